import { readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeCertificates } from '../../../../../test/support/certificates.ts';
import { dialBare, dialListener } from '../../../../../test/support/dial-listener.ts';
import { connectPacket, publishPacket, rawPeer } from '../../../../../test/support/raw-mqtt.ts';
import type { BrokerListener } from '../../../../shared/contract/broker.ts';
import { listenersSchema } from '../../../../shared/contract/listeners.ts';
import { listenerKinds, type ListenerKind } from '../../../../shared/mqtt/listener-kinds.ts';
import { openLocalBroker, type LocalBroker } from '../local-broker.ts';

const certificates = makeCertificates();
afterAll(() => certificates?.remove());
let broker: LocalBroker | undefined;
afterEach(() => broker?.close());

const connections = 240;
const limit = 30;

/** A generator of its own, so that a failure comes again. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => (state = (state * 48_271) % 2_147_483_647) % below;
}

const proxyHeaders = ['PROXY TCP4 203.0.113.7 198.51.100.2 50000 1883\r\n', 'PROXY UNKNOWN\r\n', ''] as const;
const upgrade =
  'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n';
const clientHello = Buffer.from('16030100c0010000bc0303', 'hex');
/** MQTT in a WebSocket frame with a mask of zeros. */
const framed = (bytes: Buffer): Buffer => Buffer.concat([Buffer.of(0x82, 0x80 | bytes.length, 0, 0, 0, 0), bytes]);

/** What a visitor sends: the beginning of what the listener expects, damaged and cut anywhere. */
function visit(kind: ListenerKind, isProxied: boolean, random: (below: number) => number): Buffer {
  const connect = connectPacket({ clientId: `c${random(20)}` });
  const mqtt = Buffer.concat([connect, publishPacket('t', 'x')]);
  const spoken = kind === 'ws' ? Buffer.concat([Buffer.from(upgrade), framed(connect)]) : kind === 'tls' || kind === 'wss' ? clientHello : mqtt;
  const bytes = Buffer.concat([Buffer.from(isProxied ? (proxyHeaders[random(3)] as string) : ''), spoken]);
  for (let damage = random(4); damage > 1; damage -= 1) bytes[random(bytes.length)] = random(256);
  return random(2) === 0 ? bytes : bytes.subarray(0, random(bytes.length + 1));
}

async function pester(at: BrokerListener, isProxied: boolean, random: (below: number) => number): Promise<void> {
  const socket: net.Socket = await dialBare(at);
  socket.resume();
  const bytes = visit(at.kind, isProxied, random);
  const cut = random(bytes.length + 1);
  if (cut > 0) socket.write(bytes.subarray(0, cut));
  if (random(3) === 0) await new Promise((resolve) => setImmediate(resolve));
  if (cut < bytes.length && !socket.destroyed) socket.write(bytes.subarray(cut));
  const ending = random(4);
  if (ending === 0) socket.destroy();
  // A reset; a Unix socket has none.
  else if (ending === 1 && at.kind !== 'unix') socket.resetAndDestroy();
  else if (ending === 2) socket.end();
  else {
    await new Promise((resolve) => setImmediate(resolve));
    socket.destroy();
  }
  await closed(socket);
}

/** However it ends: a reset is no error here. */
function closed(socket: net.Socket): Promise<unknown> {
  return socket.closed ? Promise.resolve() : new Promise((resolve) => socket.once('close', resolve));
}

/** Leaves somewhere between the first byte of a real handshake and what is said after it. */
async function pesterOverTls(at: BrokerListener, isProxied: boolean, random: (below: number) => number): Promise<void> {
  const socket = await dialBare(at);
  if (isProxied) socket.write(proxyHeaders[random(2)] as string);
  const secure = tls.connect({ socket, rejectUnauthorized: false });
  secure.on('error', () => undefined);
  secure.resume();
  // Attached at once: it may be over before anybody asks.
  const shaken = Promise.race([new Promise((resolve) => secure.once('secureConnect', resolve)), closed(socket)]);
  const said = visit(at.kind === 'tls' ? 'tcp' : 'ws', false, random);
  if (random(2) === 0) secure.write(said);
  for (let turns = random(6); turns > 0; turns -= 1) await new Promise((resolve) => setImmediate(resolve));
  if (random(2) === 0) await shaken;
  if (random(2) === 0) socket.resetAndDestroy();
  else secure.destroy();
  await closed(socket);
}

describe.each(listenerKinds)('a %s listener among visitors who send anything and leave at any time', (kind) => {
  const isSecure = kind === 'tls' || kind === 'wss';
  beforeEach(({ skip }) => skip(isSecure && !certificates, 'openssl is not installed'));

  it.each([false, true])('serves on and forgets them (PROXY: %s)', async (isProxied) => {
    const socketPath = path.join(os.tmpdir(), `workbench-abuse-${process.pid}.sock`);
    rmSync(socketPath, { force: true });
    const place = kind === 'unix' ? { path: socketPath } : { port: 0 };
    const files = certificates && isSecure ? { tls: { certificateFile: certificates.server.certificate, keyFile: certificates.server.key } } : {};
    const listeners = listenersSchema.parse([{ kind, id: 'it', proxyProtocol: isProxied, maxConnections: limit, ...place, ...files }]);
    broker = await openLocalBroker({ engine: 'workbench', host: '127.0.0.1', tcpPort: null, webSocketPort: null, listeners });
    const [at] = broker.listeners as [BrokerListener];
    const random = randomFrom(kind.length * 7919 + (isProxied ? 1 : 0));
    for (let left = connections; left > 0; left -= 8)
      await Promise.all(Array.from({ length: 8 }, () => (isSecure && random(2) === 0 ? pesterOverTls : pester)(at, isProxied, random)));

    const before = isProxied ? [Buffer.from(proxyHeaders[0])] : [];
    const trusted = certificates && isSecure ? { tls: { ca: readFileSync(certificates.ca) } } : {};
    // Each of the places is free again: others take all but one, and a client gets the last.
    const takeAll = async (): Promise<void> => {
      const others = await Promise.all(Array.from({ length: limit - 1 }, () => dialBare(at)));
      try {
        const peer = rawPeer(await dialListener(at, { before, ...trusted }));
        peer.send(connectPacket({ clientId: 'good' }));
        expect((await peer.next()).toString('hex')).toBe('20020000');
        peer.end();
      } finally {
        for (const other of others) other.destroy();
      }
    };
    await vi.waitFor(takeAll, { timeout: 20_000, interval: 50 });
  });
});
