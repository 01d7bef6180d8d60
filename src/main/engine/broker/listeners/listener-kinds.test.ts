import { readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeCertificates, type Certificates } from '../../../../../test/support/certificates.ts';
import { dialBare, dialListener, type DialOptions } from '../../../../../test/support/dial-listener.ts';
import { connectPacket, publishPacket, rawPeer, subscribePacket, type RawPeer } from '../../../../../test/support/raw-mqtt.ts';
import type { BrokerEngineName, BrokerListener } from '../../../../shared/contract/broker.ts';
import { listenerKinds, type ListenerKind } from '../../../../shared/mqtt/listener-kinds.ts';
import { listenersSchema, type ListenerOptions } from '../../../../shared/contract/listeners.ts';
import type { Refusal } from '../broker-engine.ts';
import { openLocalBroker, type LocalBroker } from '../local-broker.ts';

const certificates = makeCertificates();
afterAll(() => certificates?.remove());
const closers: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

let sockets = 0;
function socketPath(): string {
  const name = path.join(os.tmpdir(), `workbench-${process.pid}-${(sockets += 1)}.sock`);
  closers.push(() => rmSync(name, { force: true }));
  return name;
}

const isSecure = (kind: ListenerKind): boolean => kind === 'tls' || kind === 'wss';
const needed = (): Certificates => {
  if (!certificates) throw new Error('openssl is not installed');
  return certificates;
};

function listener(kind: ListenerKind, more: object = {}): ListenerOptions {
  const place = kind === 'unix' ? { path: socketPath() } : { port: 0 };
  const files = isSecure(kind) && { tls: { certificateFile: needed().server.certificate, keyFile: needed().server.key, ...(more as { tls?: object }).tls } };
  return listenersSchema.parse([{ kind, id: kind === 'tcp' || kind === 'ws' ? `${kind}-2` : kind, ...place, ...more, ...files }])[0] as ListenerOptions;
}

interface Opened {
  readonly broker: LocalBroker;
  readonly at: BrokerListener;
  readonly refusals: Refusal[];
}

async function open(options: ListenerOptions, engine: BrokerEngineName = 'workbench'): Promise<Opened> {
  const broker = await openLocalBroker({ engine, host: '127.0.0.1', tcpPort: null, webSocketPort: null, listeners: [options] });
  closers.push(() => broker.close());
  const refusals: Refusal[] = [];
  broker.engine.onRefused((refusal) => refusals.push(refusal));
  return { broker, at: broker.listeners[0] as BrokerListener, refusals };
}

async function dial(at: BrokerListener, options: DialOptions = {}): Promise<RawPeer> {
  const stream = await dialListener(at, { ...options, tls: { ...(isSecure(at.kind) ? { ca: readFileSync(needed().ca) } : {}), ...options.tls } });
  closers.push(() => void stream.destroy());
  return rawPeer(stream);
}

async function connected(at: BrokerListener, options: DialOptions = {}, clientId = 'device'): Promise<RawPeer> {
  const peer = await dial(at, options);
  peer.send(connectPacket({ clientId }));
  expect((await peer.next()).toString('hex')).toBe('20020000');
  return peer;
}

const until = (check: () => unknown): Promise<void> => vi.waitFor(() => expect(check()).toBeTruthy(), { timeout: 10_000, interval: 5 });

const version1 = Buffer.from('PROXY TCP4 203.0.113.7 198.51.100.2 50000 1883\r\n');
const version2 = Buffer.from('0d0a0d0a000d0a515549540a2111000ccb007107c633640213881883', 'hex');
const bytewise = (bytes: Buffer): Buffer[] => Array.from(bytes, (byte) => Buffer.of(byte));

describe.each(listenerKinds)('a %s listener', (kind) => {
  beforeEach(({ skip }) => skip(isSecure(kind) && !certificates, 'openssl is not installed'));

  it.each(['workbench', 'aedes'] as const)('carries MQTT to %s, the largest packets too, and knows the kind', async (engine) => {
    const { broker, at } = await open(listener(kind, { name: 'Lab' }), engine);
    expect(at).toMatchObject({ kind, name: 'Lab' });
    const peer = await connected(at);
    const large = publishPacket('t', Buffer.alloc(3_000_000, 7));
    peer.send(subscribePacket(['t']));
    await peer.next();
    peer.send(publishPacket('t', 'x'), large);
    expect(await peer.next()).toEqual(publishPacket('t', 'x'));
    expect((await peer.next()).equals(large)).toBe(true);
    const address = kind === 'unix' ? 'local' : expect.stringMatching(/^127\.0\.0\.1:\d+$/);
    expect(broker.engine.clients()).toMatchObject([{ clientId: 'device', transport: kind, address }]);
    peer.stream.destroy();
    await until(() => broker.engine.clientCount === 0);
  });

  it.each([
    ['workbench', 'version 1', [version1]],
    ['workbench', 'version 1 in pieces', bytewise(version1)],
    ['workbench', 'version 2', [version2]],
    ['workbench', 'version 2 in pieces', bytewise(version2)],
    ['aedes', 'version 1', [version1]],
    ['aedes', 'version 2 in pieces', bytewise(version2)],
  ] as const)('hands %s the address of a PROXY header, %s', async (engine, _name, before) => {
    const { broker, at } = await open(listener(kind, { proxyProtocol: true }), engine);
    expect(at.proxyProtocol).toBe(true);
    const peer = await connected(at, { before });
    expect(broker.engine.clients()).toMatchObject([{ transport: kind, address: expect.stringMatching(/^203\.0\.113\.7:(50000|5000)$/) }]);
    peer.send(subscribePacket(['t']));
    await peer.next();
    peer.send(publishPacket('t', 'x'));
    expect(await peer.next()).toEqual(publishPacket('t', 'x'));
  });

  it('takes the first packet together with the PROXY header', async () => {
    const { broker, at } = await open(listener(kind, { proxyProtocol: true }));
    const socket = await dialBare(at);
    closers.push(() => void socket.destroy());
    if (kind === 'tcp' || kind === 'unix') {
      const peer = rawPeer(socket);
      peer.send(Buffer.concat([version2, connectPacket({ clientId: 'a' })]));
      expect((await peer.next()).toString('hex')).toBe('20020000');
    } else {
      socket.cork();
      socket.write(version2);
      if (isSecure(kind)) socket.uncork();
      else {
        socket.end('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
        expect((await rawPeer(socket).closed()).toString()).toContain('426');
      }
    }
    expect(broker.engine.clientCount).toBe(kind === 'tcp' || kind === 'unix' ? 1 : 0);
  });

  it('uses the address of the network where the proxy speaks for itself', async () => {
    const { broker, at } = await open(listener(kind, { proxyProtocol: true }));
    await connected(at, { before: [Buffer.from('PROXY UNKNOWN\r\n')] });
    expect(broker.engine.clients()[0]?.address).toMatch(kind === 'unix' ? /^local$/ : /^127\.0\.0\.1:\d+$/);
  });

  it('refuses those who come without a PROXY header, and says so', async () => {
    const { at, refusals } = await open(listener(kind, { proxyProtocol: true }));
    const socket = await dialBare(at);
    const closed = rawPeer(socket).closed();
    socket.write(connectPacket({ clientId: 'a' }));
    expect((await closed).length).toBe(0);
    await until(() => refusals.length === 1);
    expect(refusals).toMatchObject([{ clientId: null, transport: kind, listener: at.id, reason: 'Its PROXY header cannot be used: it is missing.' }]);
  });

  it('takes so many connections and no more, until one leaves', async () => {
    const { at, refusals, broker } = await open(listener(kind, { maxConnections: 2 }));
    const first = await connected(at, {}, 'first');
    await connected(at, {}, 'second');
    const third = rawPeer(await dialBare(at));
    await third.closed();
    await until(() => refusals.length === 1);
    expect(refusals[0]).toMatchObject({ transport: kind, listener: at.id, reason: expect.stringContaining('2 connections at once') });
    first.stream.destroy();
    await until(() => broker.engine.clientCount === 1);
    await vi.waitFor(() => connected(at, {}, 'fourth'), { timeout: 10_000, interval: 20 });
  });

  it('takes so many new connections per second', async () => {
    const { at, refusals } = await open(listener(kind, { connectionsPerSecond: 1 }));
    await connected(at);
    // One a second: of these, some come too early however slow the machine is.
    for (let more = 0; refusals.length === 0; more += 1) {
      expect(more).toBeLessThan(1000);
      const bare = await dialBare(at);
      closers.push(() => void bare.destroy());
      await turn();
    }
    expect(refusals[0]?.reason).toContain('1 new connections per second');
  });

  it.each(['workbench', 'aedes'] as const)('takes packets up to its limit, with %s', async (engine) => {
    const { at, refusals } = await open(listener(kind, { maxPacketBytes: 100 }), engine);
    const peer = await connected(at);
    peer.send(subscribePacket(['t']));
    await peer.next();
    // Two bytes of header, three of topic.
    peer.send(publishPacket('t', Buffer.alloc(95)));
    expect((await peer.next()).length).toBe(100);
    peer.send(publishPacket('t', Buffer.alloc(96)));
    await peer.closed();
    await until(() => refusals.length === 1);
    expect(refusals[0]).toMatchObject({ clientId: 'device', transport: kind, listener: at.id, reason: expect.stringContaining('101 bytes') });
  });

  it('stops listening, and ends what is on its way, when the broker closes', async () => {
    const { broker, at } = await open(listener(kind, { proxyProtocol: true }));
    const peer = await connected(at, { before: [version1] });
    const onItsWay = rawPeer(await dialBare(at));
    onItsWay.send(version1.subarray(0, 5));
    await turn();
    await broker.close();
    await Promise.all([peer.closed(), onItsWay.closed()]);
    await expect(dialBare(at)).rejects.toMatchObject({ code: expect.stringMatching(/ECONNREFUSED|ENOENT/) });
  });
});

it('tells a client of MQTT 5 how large its packets may be', async () => {
  const { at } = await open(listener('tcp', { maxPacketBytes: 1000 }));
  const peer = await dial(at);
  peer.send(connectPacket({ clientId: 'five', level: 5 }));
  // Property 0x27, maximum packet size.
  expect((await peer.next()).toString('hex')).toContain('27000003e8');
});

it('opens several listeners at once, and none that is switched off', async () => {
  const listeners = [listener('tcp'), listener('unix'), listener('ws', { enabled: false }), ...(certificates ? [listener('tls'), listener('wss')] : [])];
  const broker = await openLocalBroker({ engine: 'workbench', host: '127.0.0.1', tcpPort: 0, webSocketPort: 0, listeners });
  closers.push(() => broker.close());
  expect(broker.listeners.map(({ id }) => id)).toEqual(['tcp', 'ws', 'tcp-2', 'unix', ...(certificates ? ['tls', 'wss'] : [])]);
  for (const at of broker.listeners) await connected(at, {}, at.id);
  expect(broker.engine.clients().map(({ transport }) => transport)).toEqual(broker.listeners.map(({ kind }) => kind));
});
