import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocket, type ClientOptions } from 'ws';
import { connectPacket, dial, dialMqtt, publishPacket, subscribePacket } from '../../../../../test/support/raw-mqtt.ts';
import type { BrokerOptions } from '../../../../shared/contract/broker.ts';
import { listenersSchema } from '../../../../shared/contract/listeners.ts';
import type { CodedError } from '../../../../shared/ipc/errors.ts';
import type { Refusal } from '../broker-engine.ts';
import { openLocalBroker, type LocalBroker } from '../local-broker.ts';

const closers: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function open(options: Partial<BrokerOptions> = {}): Promise<LocalBroker> {
  const broker = await openLocalBroker({ engine: 'workbench', host: '127.0.0.1', tcpPort: 0, webSocketPort: 0, ...options });
  closers.push(() => broker.close());
  return broker;
}

async function occupy(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => void server.close());
  return (server.address() as net.AddressInfo).port;
}

const withListeners = (...listeners: readonly object[]): Partial<BrokerOptions> => ({ listeners: listenersSchema.parse(listeners) });

function refusalsOf(broker: LocalBroker): Refusal[] {
  const refusals: Refusal[] = [];
  broker.engine.onRefused((refusal) => refusals.push(refusal));
  return refusals;
}

const portOf = (broker: LocalBroker, kind: 'tcp' | 'ws'): number => broker.listeners.find((listener) => listener.kind === kind)?.port ?? 0;

interface WebSocketPeer {
  readonly socket: WebSocket;
  readonly frames: Buffer[];
}

async function dialWebSocket(port: number, protocols: readonly string[], options: ClientOptions = {}): Promise<WebSocketPeer> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/mqtt`, [...protocols], options);
  const frames: Buffer[] = [];
  socket.on('message', (data) => frames.push(data as Buffer));
  socket.on('error', () => undefined);
  closers.push(() => socket.terminate());
  await once(socket, 'open');
  return { socket, frames };
}

async function refusedUpgrade(port: number, protocols: readonly string[], options: ClientOptions = {}): Promise<{ status: number; text: string }> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`, [...protocols], options);
  socket.on('error', () => undefined);
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, http.IncomingMessage];
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += String(chunk);
  return { status: response.statusCode ?? 0, text };
}

const until = (check: () => unknown): Promise<void> => vi.waitFor(() => expect(check()).toBeTruthy(), { timeout: 5000, interval: 5 });

describe('listening', () => {
  it('serves TCP and WebSocket with addresses that clients can use', async () => {
    const broker = await open();
    expect(broker.listeners).toEqual([
      { id: 'tcp', kind: 'tcp', host: '127.0.0.1', port: portOf(broker, 'tcp'), url: `mqtt://127.0.0.1:${portOf(broker, 'tcp')}` },
      { id: 'ws', kind: 'ws', host: '127.0.0.1', port: portOf(broker, 'ws'), url: `ws://127.0.0.1:${portOf(broker, 'ws')}` },
    ]);
    const everywhere = await open({ host: '0.0.0.0', webSocketPort: null });
    expect(everywhere.listeners).toMatchObject([{ host: '0.0.0.0', url: `mqtt://127.0.0.1:${portOf(everywhere, 'tcp')}` }]);
  });

  it('knows the address and the transport of each client', async () => {
    const broker = await open();
    const peer = await dialMqtt(portOf(broker, 'tcp'), { clientId: 'tcp' });
    const { socket } = await dialWebSocket(portOf(broker, 'ws'), ['mqtt']);
    socket.send(connectPacket({ clientId: 'ws' }));
    await until(() => broker.engine.clientCount === 2);
    const { localPort } = peer.stream as net.Socket;
    expect(broker.engine.clients()).toMatchObject([
      { clientId: 'tcp', transport: 'tcp', address: `127.0.0.1:${localPort}` },
      { clientId: 'ws', transport: 'ws', address: expect.stringMatching(/^127\.0\.0\.1:\d+$/) },
    ]);
  });
});

describe('ports that cannot be used', () => {
  it.each(['tcp', 'ws'] as const)('names the taken %s port, the likely reason and a port that is really free, and leaves nothing open', async (kind) => {
    const taken = await occupy();
    const other = await occupy();
    await closers.pop()?.();
    const options = { engine: 'workbench' as const, host: '127.0.0.1', tcpPort: kind === 'tcp' ? taken : other, webSocketPort: kind === 'ws' ? taken : other };
    const error = (await openLocalBroker(options).catch((failure: unknown) => failure)) as {
      code: string;
      message: string;
      advice: string;
      data: { freePort: number };
    };
    expect(error).toMatchObject({ code: 'port-taken', data: { listener: kind, port: taken } });
    expect(error.message).toContain(`port ${taken} on 127.0.0.1`);
    expect(error.message).toContain('another program');
    expect(error.message.includes('mosquitto')).toBe(kind === 'tcp');
    expect(error.advice).toContain(String(error.data.freePort));
    expect([taken, other]).not.toContain(error.data.freePort);
    await open({ tcpPort: error.data.freePort, webSocketPort: other });
  });

  it('says when this machine does not have the address', async () => {
    await expect(openLocalBroker({ engine: 'workbench', host: '192.0.2.7', tcpPort: 0, webSocketPort: null })).rejects.toMatchObject({
      code: 'address-refused',
      message: expect.stringContaining('192.0.2.7'),
      advice: expect.stringContaining('127.0.0.1'),
    });
  });

  it('says when the name of the host is unknown', async () => {
    await expect(openLocalBroker({ engine: 'workbench', host: 'no-such-host.invalid', tcpPort: 0, webSocketPort: null })).rejects.toMatchObject({
      code: 'address-refused',
    });
  });

  it('refuses two listeners on one port, and no listener at all', async () => {
    const port = await occupy();
    await expect(openLocalBroker({ engine: 'workbench', host: '127.0.0.1', tcpPort: port, webSocketPort: port })).rejects.toMatchObject({
      code: 'bad-input',
      data: { port },
    });
    await expect(openLocalBroker({ engine: 'workbench', host: '127.0.0.1', tcpPort: null, webSocketPort: null })).rejects.toMatchObject({ code: 'bad-input' });
  });

  it('names the further listener whose port is taken, offers one that is free, and leaves nothing open', async () => {
    const [tcpPort, taken] = [await occupy(), await occupy()];
    await closers.splice(-2, 1)[0]?.();
    const further = { kind: 'ws', id: 'lab', name: 'Lab', port: taken };
    const error = (await open({ tcpPort, ...withListeners(further) }).catch((failure: unknown) => failure)) as CodedError;
    expect(error).toMatchObject({ code: 'port-taken', data: { listener: 'lab', port: taken } });
    expect(error.message).toContain(`The WebSocket (“Lab”) port ${taken} on 127.0.0.1 is taken`);
    const { freePort } = error.data as { freePort: number };
    expect([tcpPort, taken]).not.toContain(freePort);
    await open({ tcpPort, ...withListeners({ ...further, port: freePort }) });
  });

  it.each([
    ['the same address', '127.0.0.1'],
    ['all addresses', '0.0.0.0'],
  ])('says which two listeners want one port on %s', async (_name, host) => {
    const tcpPort = await occupy();
    await closers.pop()?.();
    await expect(open({ tcpPort, ...withListeners({ kind: 'tcp', id: 'a', name: 'Lab', host, port: tcpPort }) })).rejects.toMatchObject({
      code: 'bad-input',
      message: `MQTT (TCP) and TCP (“Lab”) cannot share port ${tcpPort}.`,
      data: { listener: 'a', port: tcpPort },
    });
  });

  it('lets two listeners share a port on different addresses', async ({ skip }) => {
    skip(process.platform !== 'linux', 'only on Linux 127.0.0.2 is an address of every machine');
    const tcpPort = await occupy();
    await closers.pop()?.();
    const broker = await open({ tcpPort, ...withListeners({ kind: 'tcp', id: 'a', host: '127.0.0.2', port: tcpPort }) });
    expect(broker.listeners.map(({ url }) => url)).toContain(`mqtt://127.0.0.2:${tcpPort}`);
  });

  it('says which two listeners want one path, and names the listener whose path cannot be used', async ({ skip }) => {
    skip(process.platform === 'win32', 'there are no Unix sockets on Windows');
    const unix = (id: string, path: string): object => ({ kind: 'unix', id, name: id.toUpperCase(), path });
    await expect(open(withListeners(unix('a', '/tmp/same'), unix('b', '/tmp/same')))).rejects.toMatchObject({
      message: 'Unix socket (“A”) and Unix socket (“B”) cannot share the path /tmp/same.',
    });
    await expect(open(withListeners(unix('a', '/no/such/folder')))).rejects.toMatchObject({
      code: 'address-refused',
      message: expect.stringContaining('Unix socket (“A”)'),
      data: { listener: 'a' },
    });
  });
});

describe('MQTT over WebSocket', () => {
  it.each(['mqtt', 'mqttv3.1'])('accepts the subprotocol %s and sends what belongs together in one frame', async (protocol) => {
    const broker = await open();
    const { socket, frames } = await dialWebSocket(portOf(broker, 'ws'), ['other', protocol]);
    expect(socket.protocol).toBe(protocol);
    socket.send(connectPacket({ clientId: 'ws' }));
    await until(() => frames.length === 1);
    expect(frames.splice(0)[0]?.toString('hex')).toBe('20020000');
    socket.send(subscribePacket(['t']));
    await until(() => frames.length === 1);
    frames.length = 0;
    socket.send(Buffer.concat([publishPacket('t', 'a'), publishPacket('t', 'b'), publishPacket('t', 'c')]));
    await until(() => Buffer.concat(frames).length === 18);
    expect(Buffer.concat(frames)).toEqual(Buffer.concat([publishPacket('t', 'a'), publishPacket('t', 'b'), publishPacket('t', 'c')]));
    expect(frames).toHaveLength(1);
  });

  it('reads packets that are split over frames', async () => {
    const broker = await open();
    const { socket, frames } = await dialWebSocket(portOf(broker, 'ws'), ['mqtt']);
    for (const byte of connectPacket({ clientId: 'split' })) socket.send(Buffer.of(byte));
    await until(() => frames.length === 1);
    expect(frames[0]?.toString('hex')).toBe('20020000');
  });

  it.each([[[]], [['chat']], [['MQTT']]])('refuses the subprotocols %j with a plain answer', async (protocols) => {
    const broker = await open();
    const refusals = refusalsOf(broker);
    expect(await refusedUpgrade(portOf(broker, 'ws'), protocols)).toEqual({ status: 400, text: 'Ask for the WebSocket subprotocol "mqtt".\n' });
    expect(refusals).toMatchObject([{ transport: 'ws', reason: expect.stringContaining('did not offer the WebSocket subprotocol') }]);
  });

  it.each(['https://example.com', 'http://attacker.localhost.example', 'null', 'http://10.1.2.3:8080'])('refuses pages of the origin %s', async (origin) => {
    const broker = await open();
    const refusals = refusalsOf(broker);
    expect(await refusedUpgrade(portOf(broker, 'ws'), ['mqtt'], { headers: { origin } })).toMatchObject({ status: 403 });
    expect(refusals).toMatchObject([{ reason: expect.stringContaining(origin) }]);
  });

  it.each(['http://localhost:5173', 'http://127.0.0.1', 'https://[::1]:3000', 'http://app.localhost'])('accepts pages of the origin %s', async (origin) => {
    const broker = await open();
    const { socket } = await dialWebSocket(portOf(broker, 'ws'), ['mqtt'], { headers: { origin } });
    expect(socket.protocol).toBe('mqtt');
  });

  it.each(['workbench', 'aedes'] as const)('refuses a first message that is larger than any CONNECT before it is there, with %s', async (engine) => {
    const broker = await open({ engine });
    const refusals = refusalsOf(broker);
    const { socket } = await dialWebSocket(portOf(broker, 'ws'), ['mqtt']);
    // The end of it never comes: a broker that waits for whole frames would keep what it has.
    socket.send(Buffer.alloc(1_048_000), { fin: false });
    const closed = once(socket, 'close');
    socket.send(Buffer.alloc(2000), { fin: false });
    await closed;
    expect(refusals).toMatchObject([{ transport: 'ws', reason: 'Its first WebSocket message is larger than 1048576 bytes.' }]);
  });

  it.each(['workbench', 'aedes'] as const)('closes a connection whose frames are too large, with %s', async (engine) => {
    const broker = await open({ engine, webSocketPort: null, ...withListeners({ kind: 'ws', id: 'small', port: 0, maxPacketBytes: 1000 }) });
    const refusals = refusalsOf(broker);
    const { socket, frames } = await dialWebSocket(portOf(broker, 'ws'), ['mqtt']);
    socket.send(connectPacket({ clientId: 'ws' }));
    await until(() => frames.length === 1);
    socket.send(Buffer.alloc(1_048_577));
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(1009);
    await until(() => broker.engine.clientCount === 0);
    expect(refusals).toMatchObject([{ transport: 'ws', listener: 'small', reason: expect.stringContaining('Max payload size exceeded') }]);
  });

  it.each([
    ['MQTT', connectPacket({ clientId: 'a' }), 'It spoke MQTT without WebSocket, which this listener does not serve.'],
    ['TLS', Buffer.from('16030100c0010000bc0303', 'hex'), 'It spoke TLS, but this listener is served without TLS.'],
    ['nonsense', Buffer.from('\u0000\u0001'), 'It did not speak HTTP, in which a WebSocket begins.'],
    ['to a web proxy', Buffer.from('CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n'), 'It took this listener for a web proxy.'],
  ])('says that a client spoke %s', async (_name, bytes, reason) => {
    const broker = await open();
    const refusals = refusalsOf(broker);
    const peer = await dial(portOf(broker, 'ws'));
    peer.send(bytes);
    await peer.closed();
    expect(refusals).toMatchObject([{ transport: 'ws', clientId: null, reason }]);
  });

  it('answers pings, but not those of a client that does not read', async () => {
    const broker = await open();
    const { socket, frames } = await dialWebSocket(portOf(broker, 'ws'), ['mqtt']);
    socket.send(connectPacket({ clientId: 'ws' }));
    let pongs = 0;
    socket.on('pong', () => (pongs += 1));
    socket.ping('a');
    await until(() => frames.length === 1 && pongs === 1);
    // More answers than the system holds for a client: 32 MiB of them.
    socket.pause();
    const pings = 256_000;
    for (let sent = 0; sent < pings; sent += 1) socket.ping(Buffer.alloc(125));
    socket.send(subscribePacket(['t']));
    await vi.waitFor(() => expect(broker.engine.clients()[0]?.subscriptions).toHaveLength(1), { timeout: 25_000, interval: 20 });
    socket.resume();
    await until(() => frames.length === 2);
    expect(pongs).toBeGreaterThan(1);
    expect(pongs).toBeLessThan(pings);
  });

  it('closes a connection that sends text frames', async () => {
    const broker = await open();
    const refusals = refusalsOf(broker);
    const { socket } = await dialWebSocket(portOf(broker, 'ws'), ['mqtt']);
    socket.send('hello');
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(1003);
    expect(refusals).toMatchObject([{ reason: 'It sent a text frame [MQTT-6.0.0-1].' }]);
  });

  it('explains itself to a browser', async () => {
    const broker = await open();
    const refusals = refusalsOf(broker);
    const response = await fetch(`http://127.0.0.1:${portOf(broker, 'ws')}/`);
    expect(response.status).toBe(426);
    expect(await response.text()).toContain('MQTT over WebSocket');
    expect(refusals).toMatchObject([
      { transport: 'ws', listener: 'ws', address: expect.stringMatching(/^127/), reason: 'It asked for a page, not for a WebSocket.' },
    ]);
  });

  it('answers a malformed upgrade and goes on', async () => {
    const broker = await open();
    const refusals = refusalsOf(broker);
    const peer = await dial(portOf(broker, 'ws'));
    peer.send(Buffer.from('GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n'));
    expect((await peer.closed()).toString()).toContain('400');
    expect(refusals).toMatchObject([{ reason: 'Its WebSocket request is malformed.' }]);
    await dialWebSocket(portOf(broker, 'ws'), ['mqtt']);
  });

  it('ends a client that vanishes without a closing handshake', async () => {
    const broker = await open();
    const { socket } = await dialWebSocket(portOf(broker, 'ws'), ['mqtt']);
    socket.send(connectPacket({ clientId: 'ws' }));
    await until(() => broker.engine.clientCount === 1);
    socket.terminate();
    await until(() => broker.engine.clientCount === 0);
    expect(broker.engine.clients()).toEqual([]);
  });

  it('closes quickly with clients connected that do not answer', async () => {
    const broker = await open();
    const { socket } = await dialWebSocket(portOf(broker, 'ws'), ['mqtt']);
    socket.send(connectPacket({ clientId: 'ws' }));
    await until(() => broker.engine.clientCount === 1);
    socket.pause();
    const before = performance.now();
    await broker.close();
    expect(performance.now() - before).toBeLessThan(1000);
  });
});

describe('a TCP client', () => {
  it('may close half of its connection after publishing', async () => {
    const broker = await open();
    const topics: string[] = [];
    broker.engine.onPublish(({ topic }) => topics.push(topic));
    const peer = await dialMqtt(portOf(broker, 'tcp'), { clientId: 'half' });
    peer.stream.end(publishPacket('last/words', 'x'));
    await until(() => topics.length > 0 && broker.engine.clientCount === 0);
    expect(topics).toEqual(['last/words']);
  });
});
