import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { PacketDecoder } from '../../../shared/mqtt/packet/decoder.ts';
import type { Packet } from '../../../shared/mqtt/packet/packets.ts';
import { customDialect } from '../../../shared/rpc/custom.ts';
import { customProfileSchema } from '../../../shared/rpc/custom-profile.ts';
import type { Dialect, OutgoingMessage } from '../../../shared/rpc/dialect.ts';
import { dialects } from '../../../shared/rpc/dialects.ts';
import { rpcError } from '../../../shared/rpc/rpc-error.ts';
import { openResponder } from '../../../../test/support/rpc-peer.ts';
import { createBrokerService, type BrokerService } from '../broker/index.ts';

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

let broker: BrokerService;
let url: string;
let port: number;
const device = 'edge/demo-thermostat';
const cleanups: (() => unknown)[] = [];

beforeAll(async () => {
  broker = createBrokerService({
    workerUrl: new URL('../broker/broker-worker.ts', import.meta.url),
    now: Date.now,
    random: Math.random,
    onMessages: () => undefined,
    onChange: () => undefined,
    demoDevice: { enabled: true },
  });
  const status = await broker.start({ engine: 'workbench', host: '127.0.0.1', tcpPort: 0, webSocketPort: null });
  port = status.listeners[0]?.port ?? 0;
  url = `mqtt://127.0.0.1:${port}`;
  await vi.waitUntil(() => broker.clients().some(({ clientId, subscriptions }) => clientId === 'demo-thermostat' && subscriptions.length === 2), {
    timeout: 20_000,
  });
});
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});
afterAll(() => broker.close());

function start(...args: readonly string[]): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', path.join(import.meta.dirname, '../../../../tools/call.ts'), ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1' },
  });
  cleanups.push(() => child.kill('SIGKILL'));
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return { child, ended: once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr })) };
}

const run = (...args: readonly string[]): Promise<Ended> => start(...args).ended;
const call = (...args: readonly string[]): Promise<Ended> => run(url, ...args);

async function peerOn(filter: string, dialect: Dialect, answer: Parameters<typeof openResponder>[3]): Promise<void> {
  const peer = await openResponder(port, filter, dialect, answer);
  cleanups.push(() => peer.close());
}

const mqttxx2 = dialects.get('mqttxx2') as Dialect;

/** A listener that is no broker of ours. */
async function listen(onSocket: (socket: net.Socket) => void): Promise<number> {
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined);
    cleanups.push(() => socket.destroy());
    onSocket(socket);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  cleanups.push(() => server.close());
  return (server.address() as net.AddressInfo).port;
}

describe('calls to the demo device', () => {
  it('print the result as JSON, and nothing else', async () => {
    const { code, stdout, stderr } = await call(device, 'get_status');
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({ temperature: expect.any(Number), heater: expect.stringMatching(/^(?:on|off)$/) });
  });

  it.each(['3.1', '3.1.1', '5'])('work with MQTT %s', async (version) => {
    const { code, stdout } = await call(device, 'set_target', '--params', '{"target": 18.5}', '--mqtt', version);
    expect([code, JSON.parse(stdout)]).toEqual([0, { target: 18.5 }]);
  });

  it('take parameters from the standard input', async () => {
    const { child, ended } = start(url, device, 'set_target', '--params', '-');
    child.stdin?.end('{"target": 19}\n');
    expect((await ended).stdout).toBe('{\n  "target": 19\n}\n');
  });

  it.each([
    ['a wrong value', ['set_target', '--params', '{"target": 99}'], 4, 'target 99 °C is out of range (5 to 30 °C) [RPC_EXECUTION_ERROR 3003, remote]\n'],
    ['a method that fails', ['calibrate'], 4, 'calibration failed: reference sensor not found ['],
    ['too little time', ['run_self_test', '--timeout', '0.3'], 3, 'No answer within 0.3 s. [RPC_TIMEOUT 3002, local]\n'],
    ['an unknown method', ['melt'], 7, 'The peer does not have this method. [METHOD_NOT_FOUND 3001, remote]\nThe peer said: 方法未找到: melt\n'],
  ])('explain %s', async (_what, args, exitCode, text) => {
    const { code, stdout, stderr } = await call(device, ...args);
    expect(stderr.startsWith(text), stderr).toBe(true);
    expect([code, stdout]).toEqual([exitCode, '']);
    expect(stderr.trim().split('\n').at(-1)).toMatch(/\.$/);
  });

  it('print one line about all of it with --json', async () => {
    const { code, stdout } = await call(device, 'get_status', '--json', '--client-id', 'me');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\{.*\}\n$/);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      result: { target: expect.any(Number) },
      requestTopic: device,
      replyTopic: 'mqtt-workbench/me',
      elapsedMs: expect.any(Number),
    });
    const failed = await call(device, 'melt', '--json');
    expect(failed.code).toBe(7);
    expect(JSON.parse(failed.stdout)).toMatchObject({ ok: false, error: { code: 3001, origin: 'remote', advice: expect.any(String) } });
  });
});

describe('calls that reach nobody', () => {
  it('end at once when the broker says that nobody is subscribed', async () => {
    const { code, stderr } = await call('edge/nobody', 'm', '--timeout', '600');
    expect(stderr).toMatch(/^No subscriber received the request on "edge\/nobody"\. \[PEER_UNREACHABLE 3007, local\]\n/);
    expect(code).toBe(3);
  });

  it('wait in vain where the broker cannot say so, and where the peer is silent', async () => {
    await peerOn('edge/silent', mqttxx2, () => null);
    const ends = await Promise.all([call('edge/nobody', 'm', '--mqtt', '3.1.1', '--timeout', '0.3'), call('edge/silent', 'm', '--timeout', '0.3')]);
    for (const { code, stderr } of ends) {
      expect(stderr).toMatch(/^No answer within 0\.3 s\./);
      expect(code).toBe(3);
    }
  });

  it('explain a closed port as connections do', async () => {
    const blocker = net.createServer().listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    const { port: closed } = blocker.address() as net.AddressInfo;
    await new Promise((resolve) => blocker.close(resolve));
    const { code, stderr } = await run(`mqtt://127.0.0.1:${closed}`, device, 'get_status');
    expect(stderr).toMatch(new RegExp(`^Nothing accepts connections at 127\\.0\\.0\\.1:${closed}\\. \\[CONNECTION_FAILED 1002, local\\]\n`));
    expect(code).toBe(6);
  });

  it.each([
    [0x86, 'AUTHENTICATION_FAILED 4002', 'Check --username and the password.'],
    [0x84, 'CONNECTION_FAILED 1002', 'Add --mqtt 3.1.1'],
  ])('explain that the broker refuses them with reason code %i', async (reason, name, advice) => {
    const refusing = await listen((socket) => socket.once('data', () => socket.end(Buffer.from([0x20, 3, 0, reason, 0]))));
    const { code, stderr } = await run(`mqtt://127.0.0.1:${refusing}`, device, 'get_status');
    expect(stderr).toContain(name);
    expect(stderr).toContain(advice);
    expect(code).toBe(6);
  });

  it.each([
    ['the subscription', 0x87, 'The subscription to the reply topic'],
    ['the request', 1, 'The broker refused the message'],
  ])('are denied when the broker does not authorise %s', async (_what, granted, text) => {
    const refusing = await listen((socket) => {
      const decoder = new PacketDecoder({ role: 'server', maximumPacketSize: 65_536 });
      socket.on('data', (chunk) => {
        decoder.push(chunk);
        for (let packet = decoder.next(); packet; packet = decoder.next()) {
          if (packet.type === 'connect') socket.write(Buffer.from([0x20, 3, 0, 0, 0]));
          if (packet.type === 'subscribe') socket.write(Buffer.from([0x90, 4, packet.packetId >> 8, packet.packetId & 255, 0, granted]));
          if (packet.type === 'publish') socket.write(Buffer.from([0x40, 3, packet.packetId >> 8, packet.packetId & 255, 0x87]));
        }
      });
    });
    const { code, stderr } = await run(`mqtt://127.0.0.1:${refusing}`, device, 'get_status', '--client-id', 'x');
    expect(stderr).toContain(text);
    expect(stderr).toContain('PERMISSION_DENIED 4001, local');
    expect(code).toBe(5);
  });

  it('do not wait for ever for a subscription that is never confirmed', async () => {
    const deaf = await listen((socket) => socket.once('data', () => socket.write(Buffer.from([0x20, 3, 0, 0, 0]))));
    const { code, stderr } = await run(`mqtt://127.0.0.1:${deaf}`, device, 'get_status', '--connect-timeout', '1', '--timeout', '600');
    expect(stderr).toContain('The broker did not confirm the subscription to "mqtt-workbench/');
    expect(code).toBe(6);
  });

  it('end when the connection is lost under way', async () => {
    await peerOn('edge/silent', mqttxx2, (request) => {
      void broker.disconnectClient(request.callerId);
      return null;
    });
    const { code, stderr } = await call('edge/silent', 'm');
    expect(stderr).toContain('CONNECTION_LOST 1003, local');
    expect(code).toBe(6);
  });
});

describe('odd peers', () => {
  it('that deny are told apart', async () => {
    await peerOn('edge/strict', mqttxx2, (request) => mqttxx2.buildError(request, rpcError('PERMISSION_DENIED', 'local', '')));
    const { code, stderr } = await call('edge/strict', 'm');
    expect(stderr).toContain('PERMISSION_DENIED 4001, remote]\nThe peer said: Permission denied');
    expect(code).toBe(5);
  });

  it('that send what cannot be read are quoted when time is over', async () => {
    await peerOn('edge/odd', mqttxx2, ({ replyTo: topic }, peer) => {
      const texts = ['{"temperature": NaN}', '{"temperature": 1}', '{"type": "rpc_response", "request_id": "other"}'];
      for (const text of texts) peer.send({ topic, payload: new TextEncoder().encode(text), qos: 1 });
      return null;
    });
    const { code, stdout } = await call('edge/odd', 'm', '--timeout', '2', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      error: { name: 'RPC_TIMEOUT' },
      notes: [
        'A message on the reply topic cannot be read: not JSON.',
        'A message on the reply topic is not of this dialect: no type.',
        'An answer came that belongs to another call.',
      ],
    });
    expect(code).toBe(3);
  });

  it('that answer this very call with nonsense are not waited for', async () => {
    const dialect = dialects.get('mqttxx4') as Dialect;
    await peerOn('rpc/r/odd', dialect, (request) => {
      const reply = dialect.buildResult(request, 1);
      return reply && { ...reply, payload: new TextEncoder().encode('nonsense') };
    });
    const { code, stderr } = await call('rpc/r/odd', 'm', '--dialect', 'mqttxx4', '--timeout', '600');
    expect(stderr).toContain('The answer cannot be read: not JSON. [INVALID_RPC_RESPONSE 3006, remote]');
    expect(code).toBe(4);
  });

  it('that answer twice are answered to once', async () => {
    await peerOn('edge/twice', mqttxx2, (request, peer) => {
      const reply = mqttxx2.buildResult(request, 1) as OutgoingMessage;
      peer.send(reply);
      return reply;
    });
    expect(await call('edge/twice', 'm')).toEqual({ code: 0, stdout: '1\n', stderr: '' });
  });
});

describe('every dialect', () => {
  const profile = {
    request: { topic: '{topic}/rpc', id: '/id', method: '/method', fixed: { '/src': '{client}' } },
    response: { topic: '{client}/rpc', id: '/id' },
  };

  it.each(['mqttxx2', 'mqttxx4', 'jsonrpc', 'mqtt5', 'custom'])('%s calls and understands result and error', async (name) => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'dialect-'));
    cleanups.push(() => rmSync(folder, { recursive: true }));
    const file = path.join(folder, 'own.json');
    writeFileSync(file, JSON.stringify(profile));
    const dialect = dialects.get(name) ?? customDialect(customProfileSchema.parse(profile));
    await peerOn('peer/#', dialect, (request) =>
      request.method === 'echo'
        ? dialect.buildResult(request, { echo: request.params })
        : dialect.buildError(request, rpcError('METHOD_NOT_FOUND', 'local', 'Method not found')),
    );
    const options = ['--params', '{"x": [1, "é"]}', '--dialect', name === 'custom' ? `@${file}` : name];
    const { code, stdout, stderr } = await call('peer/a', 'echo', ...options);
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toEqual({ echo: { x: [1, 'é'] } });
    expect((await call('peer/a', 'nope', ...options)).code).toBe(7);
  });
});

describe('a signal', () => {
  beforeEach(({ skip }) => skip(process.platform === 'win32', 'there are no POSIX signals on Windows'));

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s cancels, and the session ends with DISCONNECT', async (signal, exitCode) => {
    const sent: Packet['type'][] = [];
    const relay = await listen((socket) => {
      const decoder = new PacketDecoder({ role: 'server', maximumPacketSize: 65_536 });
      const upstream = net.connect(port, '127.0.0.1').on('error', () => undefined);
      socket.on('data', (chunk) => {
        decoder.push(chunk);
        for (let packet = decoder.next(); packet; packet = decoder.next()) sent.push(packet.type);
      });
      socket.pipe(upstream).pipe(socket);
      cleanups.push(() => upstream.destroy());
    });
    const { child, ended } = start(`mqtt://127.0.0.1:${relay}`, device, 'run_self_test');
    await vi.waitUntil(() => sent.includes('publish'), { timeout: 20_000, interval: 10 });
    child.kill(signal);
    expect(await ended).toEqual({ code: exitCode, stdout: '', stderr: 'Cancelled.\n' });
    expect(sent).toEqual(['connect', 'subscribe', 'publish', 'disconnect']);
  });

  it('ends an attempt to connect', async () => {
    let connected = false;
    const silent = await listen(() => (connected = true));
    const { child, ended } = start(`mqtt://127.0.0.1:${silent}`, device, 'get_status');
    await vi.waitUntil(() => connected, { timeout: 20_000, interval: 10 });
    child.kill('SIGINT');
    expect(await ended).toEqual({ code: 130, stdout: '', stderr: 'Cancelled.\n' });
  });
});

describe('wrong arguments', () => {
  it('are explained, with exit code 2', async () => {
    const { code, stdout, stderr } = await call(device);
    expect(stderr).toMatch(/^A call needs three things: .*\n.*--help/);
    expect([code, stdout]).toEqual([2, '']);
  });

  it('are listed by --help', async () => {
    const { code, stdout } = await run('--help');
    expect(stdout).toContain('--reply-to');
    expect(code).toBe(0);
  });
});
