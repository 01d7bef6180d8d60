import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { connectPacket, disconnectPacket, pingPacket, publishPacket } from '../../../../../test/support/raw-mqtt.ts';
import { activeFault, faultProfile, faultRule } from '../../../../../test/support/faulty-core.ts';
import { openTlsLab, type TlsLab } from '../../../../../test/support/tls-lab.ts';
import { newProfile } from '../../../../shared/connections/new-profile.ts';
import { interceptSchema, type InterceptStatus } from '../../../../shared/contract/broker-intercepts.ts';
import { noFaults } from '../../../../shared/broker/faults/fault-rules.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import type { MessageRecord } from '../../../../shared/messages/record.ts';
import type { TappedPacket } from '../../../../shared/messages/tapped-packet.ts';
import { parseBrokerUri } from '../../../../shared/mqtt/broker-uri.ts';
import { PacketDecoder } from '../../../../shared/mqtt/packet/decoder.ts';
import type { ConnectPacket } from '../../../../shared/mqtt/packet/packets.ts';
import type { BrokerAccess } from '../../connections/index.ts';
import { createIntercepts, type Intercepts } from './intercepts.ts';

const patience = { timeout: 20_000, interval: 10 };
const closers: (() => unknown)[] = [];
let lab: TlsLab | undefined;
beforeAll(() => {
  lab = openTlsLab();
});
afterAll(() => lab?.remove());
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

/** A server that does nothing by itself. */
async function remote(
  onSocket: (socket: net.Socket) => void = () => undefined,
  server: net.Server = net.createServer({ allowHalfOpen: true }),
): Promise<{ port: number; sockets: net.Socket[]; close: () => void }> {
  const sockets: net.Socket[] = [];
  server.on(server instanceof tls.Server ? 'secureConnection' : 'connection', (socket: net.Socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    onSocket(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  closers.push(close);
  return { port: (server.address() as net.AddressInfo).port, sockets, close };
}

interface Bench {
  readonly intercepts: Intercepts;
  readonly messages: MessageRecord[];
  readonly packets: TappedPacket[];
  readonly port: number;
  status(): InterceptStatus;
}

interface Wanted {
  readonly uri?: string;
  readonly more?: object;
  readonly listener?: object;
  readonly password?: string;
  readonly access?: BrokerAccess;
}

async function bench({ uri = 'mqtt://127.0.0.1:1', more = {}, listener = {}, password, access }: Wanted): Promise<Bench> {
  const messages: MessageRecord[] = [];
  const packets: TappedPacket[] = [];
  const intercept = interceptSchema.parse({
    ...{ id: 'i', name: 'Lab', listener: { kind: 'tcp', id: 'i', port: 0, ...listener } },
    ...{ remote: access ? { kind: 'connection', id: 'c' } : { kind: 'address', uri }, ...more },
  });
  const intercepts = createIntercepts({
    intercepts: [intercept],
    connections: {
      access: async () => {
        if (!access) throw new CodedError('not-found');
        return access;
      },
    },
    fill: async (profile, secrets) => ({ profile, secrets, hide: (text) => text }),
    password: async () => password,
    now: Date.now,
    onMessages: (_id, records) => messages.push(...records),
    offerPackets: ({ follow }) => follow((feed) => packets.push(...feed.packets)),
  });
  closers.push(() => intercepts.close());
  await intercepts.start('i');
  const status = (): InterceptStatus => intercepts.statuses()[0] as InterceptStatus;
  return { intercepts, messages, packets, status, port: Number(/:(\d+)$/.exec(status().url ?? '')?.[1]) };
}

async function device(port: number): Promise<net.Socket> {
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
  socket.on('error', () => undefined);
  closers.push(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

const collect = (socket: NodeJS.ReadableStream): { bytes: () => Buffer } => {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  return { bytes: () => Buffer.concat(chunks) };
};
/** Whether it was broken off. */
const closed = (socket: net.Socket): Promise<boolean> => new Promise((resolve) => socket.once('close', resolve).resume());
const until = (check: () => unknown): Promise<void> => vi.waitFor(() => expect(check()).toBeTruthy(), patience);
const connack = Buffer.from([0x20, 2, 0, 0]);

describe('bytes', () => {
  test('pass unchanged both ways, whatever they are and however they are cut', async () => {
    const streams = [
      randomBytes(200_000),
      Buffer.concat([
        connectPacket({ clientId: 'x' }),
        publishPacket('a/b', randomBytes(70_000)),
        pingPacket,
        Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 1]),
        randomBytes(500),
      ]),
      // QoS 3, a packet of the other side, a second CONNECT, a length that is never reached.
      Buffer.concat([
        connectPacket({ clientId: 'y', level: 5 }),
        Buffer.from([0x36, 2, 0, 0, 0xd0, 0]),
        connectPacket({ clientId: 'z' }),
        Buffer.from([0x32, 0xff, 0x7f, 1]),
      ]),
      Buffer.from([0x16, 3, 1, 0, 5, 1, 2, 3, 4, 5]),
    ];
    for (const stream of streams) {
      const arrived: ReturnType<typeof collect>[] = [];
      const { port: remotePort } = await remote((socket) => {
        arrived.push(collect(socket));
        socket.on('data', (chunk) => socket.write(chunk));
        socket.on('end', () => socket.end());
      });
      const { port } = await bench({ uri: `mqtt://127.0.0.1:${remotePort}` });
      const socket = await device(port);
      const back = collect(socket);
      for (let at = 0; at < stream.length;) {
        const length = 1 + Math.floor(Math.random() * (at < 100 ? 3 : 30_000));
        socket.write(stream.subarray(at, at + length));
        at += length;
      }
      // Its half ends; what the remote still sends arrives nevertheless.
      socket.end();
      await once(socket, 'end');
      expect(Buffer.compare(arrived[0]!.bytes(), stream)).toBe(0);
      expect(Buffer.compare(back.bytes(), stream)).toBe(0);
    }
  });

  test('wait for a reader that is slow, on either side', async () => {
    const { port: remotePort, sockets } = await remote((socket) => socket.pause());
    const { port, status, intercepts } = await bench({ uri: `mqtt://127.0.0.1:${remotePort}` });
    const socket = await device(port);
    await until(() => sockets.length === 1);
    const slow = sockets[0]!;
    const chunk = publishPacket('big', Buffer.alloc(1_000_000, 7));
    socket.write(connectPacket({ clientId: 'fast' }));
    for (let at = 0; at < 40; at += 1) socket.write(chunk);
    // The device is held up: what the intercept has in hand stays small.
    await until(() => (intercepts.connections('i')?.rows[0]?.pendingBytes ?? 0) > 0);
    const { bytesToRemote } = status();
    expect(bytesToRemote).toBeLessThan(30_000_000);
    expect(intercepts.connections('i')?.rows[0]?.pendingBytes).toBeLessThan(2_000_000);
    let read = 0;
    slow.on('data', (bytes) => (read += bytes.length));
    slow.resume();
    socket.end();
    await once(slow, 'end');
    expect(read).toBe(connectPacket({ clientId: 'fast' }).length + 40 * chunk.length);
  });

  test('go from WebSocket and TCP to TLS with a pinned certificate', async ({ skip }) => {
    if (!lab) return skip('openssl is not installed.');
    const pair = lab.issue({ names: 'DNS:elsewhere', selfSigned: true });
    const { port: remotePort } = await remote((socket) => socket.pipe(socket), tls.createServer({ cert: pair.cert, key: pair.key }));
    const text = `mqtts://127.0.0.1:${remotePort}`;
    const uri = parseBrokerUri(text);
    if (!uri.ok) throw new Error();
    const profile = newProfile('c', { name: 'c', uri: text });
    const untrusting = await bench({ access: { profile, uri: uri.value, username: undefined, password: undefined } });
    const refused = await device(untrusting.port);
    await closed(refused);
    expect(untrusting.status()).toMatchObject({
      failed: 1,
      problem: { message: expect.stringMatching(/certificate/i) as string, advice: expect.any(String) as string },
    });

    const { X509Certificate } = await import('node:crypto');
    const pinned = { ...profile, tls: { ...profile.tls, pinned: [new X509Certificate(pair.cert).fingerprint256] } };
    const access = { profile: pinned, uri: uri.value, username: undefined, password: undefined };
    const plain = await bench({ access });
    const socket = await device(plain.port);
    const bytes = Buffer.concat([connectPacket({ clientId: 'off' }), randomBytes(5000)]);
    const back = collect(socket);
    socket.write(bytes);
    await until(() => back.bytes().length === bytes.length);
    expect(Buffer.compare(back.bytes(), bytes)).toBe(0);

    const overWebSocket = await bench({ access, listener: { kind: 'ws' } });
    const client = new WebSocket(`ws://127.0.0.1:${overWebSocket.port}/mqtt`, 'mqtt');
    closers.push(() => client.terminate());
    await once(client, 'open');
    let came = Buffer.alloc(0);
    client.on('message', (data) => (came = Buffer.concat([came, data as Buffer])));
    client.send(bytes);
    await until(() => came.length === bytes.length);
    expect(Buffer.compare(came, bytes)).toBe(0);
    client.close();
    await until(() => overWebSocket.status().open === 0);
  });
});

describe('a remote that', () => {
  test('is not there ends the connection of the device, with the reason on the page', async () => {
    const { port: free, close } = await remote();
    close();
    const { port, status, intercepts } = await bench({ uri: `mqtt://127.0.0.1:${free}` });
    const socket = await device(port);
    expect(await closed(socket)).toBe(true);
    await until(() => status().failed === 1);
    expect(status()).toMatchObject({
      open: 0,
      problem: { code: expect.any(String) as string, message: expect.stringContaining(`127.0.0.1:${free}`) as string },
    });
    expect(intercepts.connections('i')?.rows).toMatchObject([{ state: 'closed', bytesToRemote: 0, reason: { advice: expect.any(String) as string } }]);
  });

  test.each([
    ['3.1.1', 4, [0x20, 2, 0, 3]],
    ['5', 5, [0x20, 3, 0, 0x88, 0]],
  ] as const)('is not there is told to a device of MQTT %s in its words', async (_name, level, answer) => {
    const { port } = await bench({ more: { unreachable: 'unavailable' } });
    const socket = await device(port);
    const back = collect(socket);
    const connect = connectPacket({ clientId: 'late', level });
    socket.write(connect.subarray(0, 5));
    await delay(20);
    socket.write(connect.subarray(5));
    await once(socket, 'end');
    expect([...back.bytes()]).toEqual([...answer]);
  });

  test('dies in the middle of a packet takes the device with it', async () => {
    const { port: remotePort, sockets } = await remote((socket) => socket.write(Buffer.concat([connack, Buffer.from([0x30, 100, 0, 1])])));
    const { port, status } = await bench({ uri: `mqtt://127.0.0.1:${remotePort}` });
    const socket = await device(port);
    const back = collect(socket);
    socket.write(connectPacket({ clientId: 'victim' }));
    await until(() => back.bytes().length === 8);
    sockets[0]?.resetAndDestroy();
    expect(await closed(socket)).toBe(true);
    await until(() => status().open === 0);
    expect(status().problem).toMatchObject({ code: 'remote-lost', message: expect.stringContaining('ECONNRESET') as string });
  });

  test('closes its half lets the device finish', async () => {
    const { port: remotePort } = await remote((socket) => void socket.end(connack));
    const { port, intercepts, status } = await bench({ uri: `mqtt://127.0.0.1:${remotePort}` });
    const socket = await device(port);
    const back = collect(socket);
    await once(socket, 'end');
    expect(Buffer.compare(back.bytes(), connack)).toBe(0);
    expect(intercepts.connections('i')?.rows).toMatchObject([{ state: 'closing' }]);
    socket.end(disconnectPacket);
    await until(() => status().open === 0);
    expect(intercepts.connections('i')?.rows).toMatchObject([{ state: 'closed', bytesToRemote: 2, reason: { code: 'remote-closed' } }]);
  });

  test('says nothing any more owes an answer since then', async () => {
    const { port: remotePort } = await remote();
    const { port, intercepts, status } = await bench({ uri: `mqtt://127.0.0.1:${remotePort}` });
    const socket = await device(port);
    socket.write(connectPacket({ clientId: 'waiting' }));
    await until(() => intercepts.connections('i')?.rows[0]?.clientId === 'waiting');
    expect(intercepts.connections('i')?.rows).toMatchObject([{ state: 'open', version: '3.1.1', askedAt: expect.any(Number) as number }]);
    intercepts.endConnection('i', 1);
    socket.resume();
    await once(socket, 'end');
    await until(() => status().open === 0);
    expect(() => intercepts.endConnection('i', 1)).toThrow('has ended already');
  });
});

describe('what passes', () => {
  test('is shown as packets and messages, with what broke a rule', async () => {
    const { port: remotePort } = await remote((socket) => {
      socket.once('data', () => socket.write(Buffer.concat([connack, publishPacket('from/remote', 'down')])));
    });
    const { port, messages, packets, intercepts, status } = await bench({ uri: `mqtt://127.0.0.1:${remotePort}` });
    const socket = await device(port);
    socket.write(connectPacket({ clientId: 'watched' }));
    await until(() => messages.length === 1);
    socket.write(Buffer.concat([publishPacket('from/device', 'up', { qos: 1, retain: true }), Buffer.from([0x36, 2, 0, 0]), publishPacket('after', 'it')]));
    await until(() => messages.length === 3);
    expect(messages.map(({ topic, direction, publisher, qos, retain }) => [topic, direction, publisher, qos, retain])).toEqual([
      ['from/remote', 'out', null, 0, false],
      ['from/device', 'in', 'watched', 1, true],
      ['after', 'in', 'watched', 0, false],
    ]);
    expect(packets.map(({ direction, bytes, clientId }) => [direction, bytes[0]! >> 4, clientId])).toEqual([
      ['in', 1, 'watched'],
      ['out', 2, 'watched'],
      ['out', 3, 'watched'],
      ['in', 3, 'watched'],
      ['in', 3, 'watched'],
      ['in', 3, 'watched'],
    ]);
    expect(intercepts.connections('i')?.rows[0]?.violation).toMatch(/^The device: .*QoS.*MQTT-3\.3\.1-4/);
    expect(status()).toMatchObject({ unread: 1, messages: 3, open: 1, total: 1 });
  });

  test('has another user name, password and client id where that is wanted, and nothing else changed', async () => {
    const arrived: ReturnType<typeof collect>[] = [];
    const { port: remotePort } = await remote((socket) => arrived.push(collect(socket)));
    const more = { rewrite: { username: 'lab', clientId: 'lab-%c' } };
    const { port, intercepts } = await bench({ uri: `mqtt://127.0.0.1:${remotePort}`, more, password: 'secret' });
    const socket = await device(port);
    const connect = connectPacket({ clientId: 'dev', will: { topic: 'gone', payload: 'x' }, keepAliveSeconds: 7 });
    const rest = Buffer.concat([publishPacket('a', randomBytes(1000)), pingPacket]);
    for (const byte of connect) socket.write(Uint8Array.of(byte));
    socket.write(rest);
    await until(() => (arrived[0]?.bytes().length ?? 0) > rest.length);
    const decoder = new PacketDecoder({ role: 'server', maximumPacketSize: 1_000_000 });
    decoder.push(new Uint8Array(arrived[0]!.bytes()));
    const packet = decoder.next() as ConnectPacket;
    expect(packet).toMatchObject({ clientId: 'lab-dev', username: 'lab', keepAlive: 7, level: 4, cleanStart: true, will: { topic: 'gone' } });
    expect(Buffer.from(packet.password ?? []).toString()).toBe('secret');
    expect(Buffer.compare(arrived[0]!.bytes().subarray(decoder.lastPacketBytes.length), rest)).toBe(0);
    expect(intercepts.connections('i')?.rows).toMatchObject([{ clientId: 'dev', violation: null }]);

    const stranger = await device(port);
    stranger.write(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
    await until(() => arrived[1]?.bytes().toString().startsWith('GET / '));
    expect(intercepts.connections('i')?.rows[0]?.violation).toMatch(/unchanged|CONNECT/);
  });

  test('is struck by faults where that is wanted, from the next connection on', async () => {
    const arrived: ReturnType<typeof collect>[] = [];
    const { port: remotePort } = await remote((socket) => {
      arrived.push(collect(socket));
      socket.once('data', () => socket.write(connack));
      socket.once('end', () => socket.end());
    });
    const uri = `mqtt://127.0.0.1:${remotePort}`;
    const [wanted, unwanted] = [await bench({ uri, more: { faults: true } }), await bench({ uri })];
    const config = { active: [activeFault(faultProfile([faultRule({ kind: 'drop' }, { direction: 'in', packets: ['publish'] })]))], curlListeners: [] };
    const bytes = [connectPacket({ clientId: 'struck', level: 5 }), Buffer.concat([publishPacket('a', '\0x'), pingPacket])] as const;
    const through = async ({ intercepts, port }: Bench): Promise<Buffer> => {
      intercepts.setFaults(config);
      const socket = await device(port);
      const back = collect(socket);
      socket.write(bytes[0]);
      await until(() => back.bytes().length === connack.length);
      socket.write(bytes[1]);
      await until(() => arrived.at(-1)?.bytes().subarray(-2).equals(pingPacket));
      socket.destroy();
      return arrived.at(-1)!.bytes();
    };
    expect(Buffer.compare(await through(unwanted), Buffer.concat(bytes))).toBe(0);
    expect(Buffer.compare(await through(wanted), Buffer.concat([bytes[0], pingPacket]))).toBe(0);
    expect([wanted.status().faultHits, unwanted.status().faultHits]).toEqual([1, 0]);
    wanted.intercepts.setFaults(noFaults);
    await until(() => wanted.status().open === 0);
    expect(wanted.status().faultHits).toBe(0);
  });

  test('of many devices is bounded', async () => {
    const { port: remotePort } = await remote((socket) => void socket.pipe(socket));
    const { port, status, intercepts } = await bench({ uri: `mqtt://127.0.0.1:${remotePort}` });
    const sockets = await Promise.all(Array.from({ length: 200 }, () => device(port)));
    // Each announces 200 MB that never come.
    for (const socket of sockets)
      socket.write(Buffer.concat([connectPacket({ clientId: 'm' }), Buffer.from([0x30, 0xff, 0xff, 0xff, 0x5f]), Buffer.alloc(20_000)]));
    await until(() => status().bytesToDevices === status().bytesToRemote && status().bytesToRemote > 200 * 20_000);
    expect(status()).toMatchObject({ open: 200, total: 200 });
    for (const socket of sockets) socket.destroy();
    await until(() => status().open === 0);
    expect(intercepts.connections('i')).toMatchObject({ rows: { length: 50 }, omitted: 0 });
  });
});

test('a port that is taken is named, with one that is free', async () => {
  const { port } = await remote();
  await expect(bench({ listener: { port } })).rejects.toMatchObject({ code: 'port-taken', data: { freePort: expect.any(Number) as number } });
});
