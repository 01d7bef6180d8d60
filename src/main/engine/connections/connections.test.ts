import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { Aedes } from 'aedes';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createWebSocketStream, WebSocketServer } from 'ws';
import type { ConnectionProfile, ConnectionStatus } from '../../../shared/contract/connections.ts';
import { newProfile, newSubscription } from '../../../shared/connections/new-profile.ts';
import { connectionProfileSchema } from '../../../shared/contract/connections.ts';
import type { MessageRecord } from '../../../shared/messages/record.ts';
import { PacketDecoder } from '../../../shared/mqtt/packet/decoder.ts';
import { encodePacket } from '../../../shared/mqtt/packet/encoder.ts';
import type { ConnectPacket } from '../../../shared/mqtt/packet/packets.ts';
import { createConnections, type Connections, type ConnectionsOptions } from './index.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

interface Bench {
  readonly connections: Connections;
  readonly messages: MessageRecord[];
  status(): ConnectionStatus;
}

function connectionTo(uri: string, more: Partial<ConnectionProfile> = {}, password?: string, surroundings: Partial<ConnectionsOptions> = {}): Bench {
  const messages: MessageRecord[] = [];
  const profile = connectionProfileSchema.parse({ id: 'c', name: 'Test', uri, version: '3.1.1', connectTimeoutSeconds: 5, ...more });
  const connections = createConnections({
    profiles: [profile],
    secrets: () => Promise.resolve(password === undefined ? {} : { password }),
    now: Date.now,
    random: Math.random,
    onMessages: (_id, records) => messages.push(...records),
    onNotification: () => undefined,
    onChange: () => undefined,
    ...surroundings,
  });
  cleanups.push(() => connections.close());
  return { connections, messages, status: () => connections.statuses()[0] as ConnectionStatus };
}

async function listen(server: net.Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sockets = new Set<net.Socket>();
  server.on('connection', (socket: net.Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as net.AddressInfo).port;
}

async function aedesBroker(configure?: (broker: Aedes) => void): Promise<{ readonly broker: Aedes; readonly port: number }> {
  const broker = await Aedes.createBroker();
  configure?.(broker);
  const port = await listen(net.createServer((socket) => broker.handle(socket)));
  cleanups.push(() => new Promise<void>((resolve) => broker.close(resolve)));
  return { broker, port };
}

/** A self-signed certificate for `name`; needs the openssl command. */
function certificate(name: string, days = 2): { readonly key: Buffer; readonly cert: Buffer } {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'workbench-cert-'));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  const file = (suffix: string): string => path.join(folder, suffix);
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      file('key'),
      '-out',
      file('cert'),
      '-days',
      String(days),
      '-subj',
      `/CN=${name}`,
      '-addext',
      `subjectAltName=DNS:${name}`,
    ],
    { stdio: 'ignore' },
  );
  return { key: readFileSync(file('key')), cert: readFileSync(file('cert')) };
}

const hasOpenssl = ((): boolean => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

const reasonOf = async (attempt: Promise<void>): Promise<unknown> =>
  attempt.then(
    () => 'connected',
    (error: { data?: { reason?: string } }) => error.data?.reason,
  );

describe('a healthy broker', () => {
  for (const version of ['3.1', '3.1.1'] as const) {
    test(`MQTT ${version}: subscribes, publishes, receives whole payloads`, async () => {
      const { port } = await aedesBroker();
      const { connections, messages, status } = connectionTo(`mqtt://127.0.0.1:${port}`, {
        version,
        subscriptions: [newSubscription('lab/#', { qos: 1 }), newSubscription('off', { enabled: false })],
      });
      await connections.connect('c');
      await vi.waitFor(() => expect(status().subscriptions[0]).toMatchObject({ state: 'granted', grantedQos: 1 }), 20_000);
      expect(status().subscriptions[1]?.state).toBe('inactive');
      const payload = new Uint8Array(20_000_000).map((_, index) => index % 253);
      await connections.publish('c', { topic: 'lab/big', payload, qos: 1, retain: false });
      await vi.waitFor(() => expect(messages.filter((message) => message.direction === 'in')).toHaveLength(1), { timeout: 20_000 });
      const received = messages.find((message) => message.direction === 'in');
      expect(Buffer.compare(received?.payload ?? new Uint8Array(), payload)).toBe(0);
      expect(messages.find((message) => message.direction === 'out')?.topic).toBe('lab/big');
    });
  }

  test('user properties keep their order both ways, and a password goes without a user name', async () => {
    const connects: ConnectPacket[] = [];
    const port = await listen(
      net.createServer((socket) => {
        const decoder = new PacketDecoder({ role: 'server', maximumPacketSize: 1_000_000 });
        socket.on('data', (chunk) => {
          decoder.push(chunk);
          for (let packet = decoder.next(); packet; packet = decoder.next()) {
            if (packet.type === 'connect') {
              connects.push(packet);
              socket.write(encodePacket({ type: 'connack', sessionPresent: false, code: 0, properties: null }, 5));
            } else if (packet.type === 'publish') socket.write(encodePacket(packet, 5));
          }
        });
      }),
    );
    const { connections, messages } = connectionTo(`mqtt://127.0.0.1:${port}`, { version: '5' }, 'secret');
    await connections.connect('c');
    expect(connects).toMatchObject([{ username: null, password: Buffer.from('secret') }]);
    const userProperties = [
      ['a', '1'],
      ['b', '2'],
      ['a', '3'],
    ] as const;
    await connections.publish('c', {
      topic: 't',
      payload: new Uint8Array([1]),
      qos: 0,
      retain: false,
      properties: { userProperties: userProperties.map(([name, value]) => [name, value]) },
    });
    await vi.waitFor(() => expect(messages.find(({ direction }) => direction === 'in')?.properties?.userProperties).toEqual(userProperties), 20_000);
  });

  test('subscriptions are edited while connected', async () => {
    const { broker, port } = await aedesBroker();
    const { connections, messages, status } = connectionTo(`mqtt://127.0.0.1:${port}`, { subscriptions: [newSubscription('a')] });
    await connections.connect('c');
    connections.setSubscriptions('c', [newSubscription('b', { qos: 2 })]);
    await vi.waitFor(() => expect(status().subscriptions).toMatchObject([{ filter: 'b', state: 'granted', grantedQos: 2 }]), 20_000);
    for (const topic of ['a', 'b'])
      await new Promise<void>((resolve) =>
        broker.publish({ cmd: 'publish', topic, payload: Buffer.from('x'), qos: 0, dup: false, retain: false }, () => resolve()),
      );
    await vi.waitFor(() => expect(messages.map((message) => message.topic)).toEqual(['b']), 20_000);
  });

  test('a refused filter is shown next to the granted ones', async () => {
    const { port } = await aedesBroker((broker) => {
      broker.authorizeSubscribe = (_client, subscription, done) => done(null, subscription.topic === 'secret' ? null : subscription);
    });
    const { connections, status } = connectionTo(`mqtt://127.0.0.1:${port}`, {
      subscriptions: [newSubscription('secret'), newSubscription('open')],
    });
    await connections.connect('c');
    await vi.waitFor(() => expect(status().subscriptions.map(({ state }) => state)).toEqual(['refused', 'granted']), 20_000);
    expect(status().subscriptions[0]?.reason).toContain('0x80');
  });

  test('WebSocket with a path', async () => {
    const broker = await Aedes.createBroker();
    cleanups.push(() => new Promise<void>((resolve) => broker.close(resolve)));
    const server = http.createServer();
    new WebSocketServer({ server, path: '/mqtt' }).on('connection', (socket) => broker.handle(createWebSocketStream(socket)));
    const port = await listen(server);
    const { connections, status } = connectionTo(`ws://127.0.0.1:${port}/mqtt`);
    await connections.connect('c');
    expect(status().phase).toBe('connected');
    const wrong = connectionTo(`ws://127.0.0.1:${port}/other`);
    expect(await reasonOf(wrong.connections.connect('c'))).toBe('websocket-refused');
  });

  test.each(['close', 'terminate'] as const)('a WebSocket that the broker ends (%s) is lost at once', async (how) => {
    const broker = await Aedes.createBroker();
    cleanups.push(() => new Promise<void>((resolve) => broker.close(resolve)));
    const server = http.createServer();
    const sockets = new WebSocketServer({ server }).on('connection', (socket) => broker.handle(createWebSocketStream(socket)));
    const { connections, status } = connectionTo(`ws://127.0.0.1:${await listen(server)}`);
    await connections.connect('c');
    for (const socket of sockets.clients) socket[how]();
    await vi.waitFor(() => expect(status()).toMatchObject({ phase: 'waiting', lastProblem: { code: 'connection-lost' } }), 20_000);
  });

  test('a lost connection comes back by itself, with its subscriptions', async () => {
    const { broker, port } = await aedesBroker();
    const { connections, status } = connectionTo(`mqtt://127.0.0.1:${port}`, { subscriptions: [newSubscription('a')], clientId: 'steady' });
    await connections.connect('c');
    Object.values((broker as unknown as { clients: Record<string, { conn: net.Socket }> }).clients)[0]?.conn.destroy();
    await vi.waitFor(() => expect(status().phase).toBe('waiting'), 20_000);
    expect(status().nextAttemptAt).toBeGreaterThan(Date.now() - 100);
    expect(status().lastProblem?.code).toBe('connection-lost');
    await vi.waitFor(() => expect(status()).toMatchObject({ phase: 'connected', subscriptions: [{ state: 'granted' }], lastProblem: null }), { timeout: 5000 });
  });

  test.each([
    [0, [800, 1600, 3200, 6400, 12_800, 24_000, 24_000]],
    [0.5, [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]],
    [1, [1200, 2400, 4800, 9600, 19_200, 36_000, 36_000]],
  ])('a lost connection announces attempt 1, 2, 3 … with growing waits (random %d)', async (random, waits) => {
    const server = net.createServer((socket) => socket.once('data', () => socket.write(Buffer.from([0x20, 2, 0, 0]))));
    const port = await listen(server);
    const endServer = cleanups.pop();
    const { connections, status } = connectionTo(`mqtt://127.0.0.1:${port}`, {}, undefined, { now: () => 5000, random: () => random });
    await connections.connect('c');
    expect(status()).toMatchObject({ attempt: 0, nextAttemptAt: null });
    await endServer?.();
    await vi.waitFor(() => expect(status().phase).toBe('waiting'), 20_000);
    for (const [index, wait] of waits.entries()) {
      expect(status()).toMatchObject({ phase: 'waiting', attempt: index + 1, nextAttemptAt: 5000 + wait });
      // "Try now" makes the announced attempt at once.
      const tried = connections.connect('c');
      expect(status()).toMatchObject({ phase: 'connecting', attempt: index + 1, nextAttemptAt: null });
      await expect(tried).rejects.toMatchObject({ code: 'connect-failed' });
    }
    await connections.disconnect('c');
    await expect(connections.connect('c')).rejects.toMatchObject({ code: 'connect-failed' });
    expect(status()).toMatchObject({ phase: 'disconnected', attempt: 1 });
  });

  test('the broker is told when the workbench leaves', async () => {
    const { broker, port } = await aedesBroker();
    const { connections, status } = connectionTo(`mqtt://127.0.0.1:${port}`);
    const left = new Promise<void>((resolve) => broker.once('clientDisconnect', () => resolve()));
    await connections.connect('c');
    await connections.disconnect('c');
    await left;
    expect(status().phase).toBe('disconnected');
  });

  test('publishing without a connection says so', async () => {
    const { connections } = connectionTo('mqtt://127.0.0.1:1');
    await expect(connections.publish('c', { topic: 'a', payload: new Uint8Array(), qos: 0, retain: false })).rejects.toMatchObject({ code: 'not-connected' });
  });
});

describe('failures in plain words', () => {
  test('nothing listens', async () => {
    const port = await listen(net.createServer());
    await cleanups.pop()?.();
    const { connections, status } = connectionTo(`mqtt://127.0.0.1:${port}`);
    expect(await reasonOf(connections.connect('c'))).toBe('refused');
    expect(status()).toMatchObject({ phase: 'disconnected', lastProblem: { code: 'refused' } });
  });

  test('a password without a user name, which MQTT 3 cannot send and MQTT 5 can', async () => {
    let sent: Buffer | undefined;
    const server = net.createServer((socket) => socket.once('data', (data) => socket.write(((sent = data), Buffer.from([0x20, 3, 0, 0, 0])))));
    const uri = `mqtt://127.0.0.1:${await listen(server)}`;
    expect(await reasonOf(connectionTo(uri, {}, 'hunter2').connections.connect('c'))).toBe('password-without-user-name');
    expect(sent).toBeUndefined();
    await connectionTo(uri, { version: '5' }, 'hunter2').connections.connect('c');
    expect(sent?.toString('latin1')).toContain('hunter2');
  });

  test('unknown host', async () => {
    const { connections } = connectionTo('mqtt://no-such-host.invalid');
    expect(['unknown-host', 'dns-unavailable']).toContain(await reasonOf(connections.connect('c')));
  });

  test.each([
    ['1', 'wrong-protocol-version'],
    ['2', 'client-id-rejected'],
    ['3', 'broker-unavailable'],
    ['4', 'bad-credentials'],
    ['5', 'not-authorised'],
  ])('CONNACK %s', async (code, reason) => {
    const port = await listen(net.createServer((socket) => socket.once('data', () => socket.end(Buffer.from([0x20, 2, 0, Number(code)])))));
    expect(await reasonOf(connectionTo(`mqtt://127.0.0.1:${port}`).connections.connect('c'))).toBe(reason);
  });

  test('MQTT 5 CONNACK with the words of the broker', async () => {
    const words = Buffer.from('not on Sundays');
    const connack = Buffer.concat([Buffer.from([0x20, 3 + 3 + words.length, 0, 0x87, 3 + words.length, 0x1f, 0, words.length]), words]);
    const port = await listen(net.createServer((socket) => socket.once('data', () => socket.end(connack))));
    const { connections, status } = connectionTo(`mqtt://127.0.0.1:${port}`, { version: '5' });
    expect(await reasonOf(connections.connect('c'))).toBe('not-authorised');
    expect(status().lastProblem?.message).toContain('not on Sundays');
  });

  test('a web server', async () => {
    const port = await listen(http.createServer());
    expect(await reasonOf(connectionTo(`mqtt://127.0.0.1:${port}`).connections.connect('c'))).toBe('peer-is-http');
  });

  test('a port of plain MQTT where WebSocket was asked for, closed in every way a broker does', async () => {
    const { port } = await aedesBroker();
    const ends = await listen(net.createServer((socket) => socket.once('data', () => socket.end())));
    const resets = await listen(net.createServer((socket) => socket.once('data', () => socket.resetAndDestroy())));
    for (const at of [port, ends, resets]) {
      const { connections, status } = connectionTo(`ws://127.0.0.1:${at}`);
      expect(await reasonOf(connections.connect('c'))).toBe('peer-is-not-websocket');
      expect(status().lastProblem?.message).toBe(`127.0.0.1:${at} closed the connection instead of answering the WebSocket handshake.`);
      expect(status().lastProblem?.advice).toContain('try mqtt:// instead of ws://');
    }
    const talks = await listen(net.createServer((socket) => socket.write('SSH-2.0-OpenSSH_9\r\n')));
    const { connections, status } = connectionTo(`ws://127.0.0.1:${talks}`);
    expect(await reasonOf(connections.connect('c'))).toBe('peer-is-not-websocket');
    expect(status().lastProblem?.message).toContain('its answer is not HTTP');
    const silent = await listen(net.createServer());
    const unanswered = connectionTo(`ws://127.0.0.1:${silent}`, { connectTimeoutSeconds: 1 });
    expect(await reasonOf(unanswered.connections.connect('c'))).toBe('timed-out');
    expect(unanswered.status().lastProblem?.advice).toContain('does that port speak WebSocket?');
  });

  test('a WebSocket behind which CONNECT is not answered', async () => {
    const server = http.createServer();
    new WebSocketServer({ server }).on('connection', (socket) => socket.once('message', () => socket.terminate()));
    const port = await listen(server);
    expect(await reasonOf(connectionTo(`ws://127.0.0.1:${port}`).connections.connect('c'))).toBe('closed-without-connack');
    const silent = http.createServer();
    new WebSocketServer({ server: silent }).on('connection', () => undefined);
    const uri = `ws://127.0.0.1:${await listen(silent)}`;
    expect(await reasonOf(connectionTo(uri, { connectTimeoutSeconds: 1 }).connections.connect('c'))).toBe('no-connack');
  });

  test('a peer that speaks something else', async () => {
    const port = await listen(net.createServer((socket) => socket.write('SSH-2.0-OpenSSH_9\r\n')));
    expect(await reasonOf(connectionTo(`mqtt://127.0.0.1:${port}`).connections.connect('c'))).toBe('peer-is-not-mqtt');
  });

  test('closed without CONNACK', async () => {
    const port = await listen(net.createServer((socket) => socket.once('data', () => socket.end())));
    expect(await reasonOf(connectionTo(`mqtt://127.0.0.1:${port}`).connections.connect('c'))).toBe('closed-without-connack');
  });

  test('a silent peer', async () => {
    const port = await listen(net.createServer());
    expect(await reasonOf(connectionTo(`mqtt://127.0.0.1:${port}`, { connectTimeoutSeconds: 1 }).connections.connect('c'))).toBe('no-connack');
  });

  test('an attempt can be stopped at once', async () => {
    const port = await listen(net.createServer());
    const { connections, status } = connectionTo(`mqtt://127.0.0.1:${port}`, { connectTimeoutSeconds: 60 });
    const attempt = connections.connect('c');
    await vi.waitFor(() => expect(status().phase).toBe('connecting'), 20_000);
    await connections.disconnect('c');
    await expect(attempt).rejects.toMatchObject({ code: 'cancelled' });
    expect(status()).toMatchObject({ phase: 'disconnected', lastProblem: null });
  });

  test('nonsense as address', async () => {
    const { connections, status } = connectionTo('http://broker');
    expect(await reasonOf(connections.connect('c'))).toBe('invalid-uri');
    expect(status().lastProblem?.advice).toContain('ws://');
  });

  test('TLS where plain is served, and the reverse', async ({ skip }) => {
    skip(!hasOpenssl, 'openssl is not installed');
    const { port } = await aedesBroker();
    expect(await reasonOf(connectionTo(`mqtts://127.0.0.1:${port}`, { connectTimeoutSeconds: 2 }).connections.connect('c'))).toMatch(
      /peer-is-plain|no-tls-answer/,
    );
    expect(await reasonOf(connectionTo(`wss://127.0.0.1:${port}`, { connectTimeoutSeconds: 2 }).connections.connect('c'))).toMatch(
      /peer-is-plain|no-tls-answer/,
    );
    const secure = await listen(tls.createServer(certificate('localhost')));
    expect(await reasonOf(connectionTo(`mqtt://127.0.0.1:${secure}`).connections.connect('c'))).toMatch(/peer-is-tls|closed-without-connack/);
  });

  test('a self-signed certificate is refused, unless told otherwise', async ({ skip }) => {
    skip(!hasOpenssl, 'openssl is not installed');
    const broker = await Aedes.createBroker();
    cleanups.push(() => new Promise<void>((resolve) => broker.close(resolve)));
    const port = await listen(tls.createServer(certificate('localhost'), (socket) => broker.handle(socket)));
    const careful = connectionTo(`mqtts://localhost:${port}`);
    expect(await reasonOf(careful.connections.connect('c'))).toBe('self-signed');
    expect(careful.status().lastProblem?.advice).toContain('trust it for this connection');
    const trusting = connectionTo(`mqtts://localhost:${port}`, { tls: { ...newProfile('').tls, verify: 'none' } });
    await trusting.connections.connect('c');
    expect(trusting.status().phase).toBe('connected');
  });

  test('a topic that is not UTF-8 ends that connection only', async () => {
    const bad = Buffer.from([0x30, 5, 0, 2, 0xff, 0xfe, 0x78]);
    const port = await listen(net.createServer((socket) => socket.once('data', () => socket.write(Buffer.concat([Buffer.from([0x20, 2, 0, 0]), bad])))));
    const { connections, messages, status } = connectionTo(`mqtt://127.0.0.1:${port}`);
    await connections.connect('c');
    await vi.waitFor(() => expect(messages.length === 1 || status().phase !== 'connected').toBe(true), 20_000);
  });
});
