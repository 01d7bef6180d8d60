import { once } from 'node:events';
import net from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  connectPacket,
  dial,
  disconnectPacket,
  pingPacket,
  publishPacket,
  subscribePacket,
  type ConnectFields,
  type RawPeer,
} from '../../../../../test/support/raw-mqtt.ts';
import type { MessageRecord } from '../../../../shared/messages/record.ts';
import { createAedesEngine } from './aedes-engine.ts';
import type { BrokerEngine, Refusal } from '../broker-engine.ts';

let engine: BrokerEngine;
let server: net.Server;
let port: number;
let seen: MessageRecord[];
let refusals: Refusal[];
let clock: number;

beforeEach(async () => {
  clock = 1_700_000_000_000_000;
  seen = [];
  refusals = [];
  engine = await createAedesEngine({ nowUs: () => (clock += 1), maximumPacketSize: 1_000_000, connectTimeoutMs: 200, drainTimeoutMs: 300 });
  engine.onPublish((record) => seen.push({ ...record, payload: Uint8Array.from(record.payload) }));
  engine.onRefused((refusal) => refusals.push(refusal));
  server = net.createServer({ noDelay: true }, (socket) => engine.handle(socket, { transport: 'tcp', address: '10.0.0.1:50000' }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ({ port } = server.address() as net.AddressInfo);
});
afterEach(async () => {
  server.close();
  await engine.close();
});

const plug = (): Promise<RawPeer> => dial(port);

async function join(fields: ConnectFields): Promise<RawPeer> {
  const peer = await plug();
  peer.send(connectPacket(fields));
  expect((await peer.next()).toString('hex')).toMatch(/^20020[01]00$/);
  return peer;
}

const until = (check: () => unknown): Promise<void> => vi.waitFor(() => expect(check()).toBeTruthy(), { timeout: 5000, interval: 5 });

describe('clients', () => {
  it('describes who is connected, with what they asked for', async () => {
    const changed = vi.fn();
    engine.onClients(changed);
    const peer = await join({ clientId: 'device-1', keepAliveSeconds: 30 });
    peer.send(subscribePacket(['a/+', 'b'], 1));
    expect((await peer.next()).toString('hex')).toBe('900400010101');
    await until(() => engine.clients()[0]?.subscriptions.length === 2);
    expect(engine.clients()).toEqual([
      {
        clientId: 'device-1',
        version: '3.1.1',
        transport: 'tcp',
        address: '10.0.0.1:50000',
        username: null,
        cleanStart: true,
        keepAliveSeconds: 30,
        connectedAt: Math.floor(clock / 1000),
        subscriptionCount: 2,
        subscriptions: [
          { filter: 'a/+', qos: 1 },
          { filter: 'b', qos: 1 },
        ],
      },
    ]);
    expect(changed).toHaveBeenCalled();
    peer.end();
    await until(() => engine.clientCount === 0);
  });

  it('takes MQTT 3.1, also with a long client id with unusual characters', async () => {
    await join({ clientId: `{pika/${'x'.repeat(40)}}`, level: 3 });
    expect(engine.clients()[0]).toMatchObject({ version: '3.1', clientId: `{pika/${'x'.repeat(40)}}` });
  });

  it('refuses MQTT 5 with return code 1 and says so', async () => {
    const peer = await plug();
    peer.send(connectPacket({ clientId: 'five', level: 5 }));
    expect((await peer.next()).toString('hex')).toBe('20020001');
    await peer.closed();
    expect(engine.clientCount).toBe(0);
    await until(() => refusals.length === 1);
    expect(refusals[0]?.reason).toContain('MQTT 3.1 and 3.1.1');
  });

  it('refuses an empty client id without a clean session with code 2, and names the others itself', async () => {
    const peer = await plug();
    peer.send(connectPacket({ clientId: '', clean: false }));
    expect((await peer.next()).toString('hex')).toBe('20020002');
    await peer.closed();
    await join({ clientId: '' });
    expect(engine.clients()[0]?.clientId).toMatch(/^auto-[0-9a-f-]{36}$/);
  });

  it('lets a second connection with the same id take over, and keeps it in the list', async () => {
    const first = await join({ clientId: 'same' });
    const second = await join({ clientId: 'same' });
    await first.closed();
    second.send(pingPacket);
    expect((await second.next()).toString('hex')).toBe('d000');
    expect(engine.clients().map(({ clientId }) => clientId)).toEqual(['same']);
  });

  it('disconnects a client on request and publishes its will', async () => {
    const peer = await join({ clientId: 'victim', will: { topic: 'gone', payload: 'victim' } });
    expect(await engine.disconnectClient('nobody')).toBe(false);
    expect(await engine.disconnectClient('victim')).toBe(true);
    await peer.closed();
    await until(() => seen.length === 1);
    expect(seen[0]).toMatchObject({ topic: 'gone', publisher: 'victim' });
    expect(engine.clientCount).toBe(0);
  });
});

describe('the tap', () => {
  it('sees every publish with publisher, QoS, retain, time and the exact bytes, without a subscription', async () => {
    const peer = await join({ clientId: 'pub' });
    const payload = Buffer.from('00ff00c328', 'hex');
    peer.send(publishPacket('t/0', payload), publishPacket('t/1', payload, { qos: 1, id: 7, retain: true }), publishPacket('t/2', '', { qos: 2, id: 8 }));
    await until(() => seen.length === 3);
    const byTopic = new Map(seen.map((record) => [record.topic, record]));
    expect(byTopic.get('t/0')).toMatchObject({ qos: 0, retain: false, dup: false, publisher: 'pub', direction: 'in', id: 0, properties: null });
    expect(Buffer.from(byTopic.get('t/0')?.payload ?? []).toString('hex')).toBe('00ff00c328');
    expect(byTopic.get('t/1')).toMatchObject({ qos: 1, retain: true });
    expect(byTopic.get('t/2')).toMatchObject({ qos: 2, payload: new Uint8Array(0) });
    expect(seen.every(({ timeUs }) => Number.isInteger(timeUs) && timeUs > 1_700_000_000_000_000)).toBe(true);
  });

  it('shows a repeated QoS 2 packet once', async () => {
    const peer = await join({ clientId: 'pub' });
    peer.send(publishPacket('t', 'x', { qos: 2, id: 9 }));
    expect((await peer.next()).toString('hex')).toBe('50020009');
    peer.send(publishPacket('t', 'x', { qos: 2, id: 9, dup: true }));
    expect((await peer.next()).toString('hex')).toBe('50020009');
    expect(seen).toHaveLength(1);
  });

  it('shows wills and our own publishes, but not what the broker says about itself', async () => {
    const peer = await join({ clientId: 'mortal', will: { topic: 'will', payload: 'bye' } });
    peer.stream.destroy();
    await until(() => seen.length === 1);
    await engine.publish({ topic: 'ours', payload: Uint8Array.of(1, 2), qos: 1, retain: false });
    expect(seen.map(({ topic, publisher, direction }) => [topic, publisher, direction])).toEqual([
      ['will', 'mortal', 'in'],
      ['ours', null, 'out'],
    ]);
  });
});

describe('publishing and retained messages', () => {
  it('delivers our own publish to subscribers', async () => {
    const peer = await join({ clientId: 'sub' });
    peer.send(subscribePacket(['a/#']));
    await peer.next();
    await engine.publish({ topic: 'a/b', payload: Buffer.from('hi'), qos: 0, retain: false });
    expect(await peer.next()).toEqual(publishPacket('a/b', 'hi'));
  });

  it.each(['', 'a/+', '#', 'a\0b', 'a\ud800', '$SYS/x', 'x'.repeat(65_536), '/'.repeat(120)])('refuses to publish to topic %#', async (topic) => {
    await expect(engine.publish({ topic, payload: new Uint8Array(0), qos: 0, retain: false })).rejects.toMatchObject({ code: 'invalid-topic' });
    expect(seen).toHaveLength(0);
  });

  it('keeps retained messages for later subscribers and lists them by prefix', async () => {
    const publisher = await join({ clientId: 'pub' });
    publisher.send(publishPacket('r/a', 'A', { retain: true }), publishPacket('r/a/b', 'B', { retain: true }), publishPacket('other', 'C', { retain: true }));
    await until(() => engine.retained('').length === 3);
    expect(engine.retained('r/a')).toEqual(['r/a', 'r/a/b']);
    const peer = await join({ clientId: 'sub' });
    peer.send(subscribePacket(['r/#', 'r/a']));
    await peer.next();
    const got = [await peer.next(), await peer.next()].map((packet) => packet.toString('hex')).toSorted();
    expect(got).toEqual(
      [publishPacket('r/a', 'A', { retain: true }), publishPacket('r/a/b', 'B', { retain: true })].map((packet) => packet.toString('hex')).toSorted(),
    );
    publisher.send(publishPacket('r/a', '', { retain: true }));
    await until(() => !engine.retained('').includes('r/a'));
    expect(engine.retained('r')).toEqual(['r/a/b']);
  });
});

describe('bad input', () => {
  it.each([
    ['a malformed filter', subscribePacket(['a#']), 'filter'],
    ['a wildcard in a topic', publishPacket('a/+', 'x'), '+'],
    ['a topic that is not UTF-8', publishPacket(Buffer.from('c328', 'hex'), 'x'), 'UTF-8'],
    ['U+0000 in a topic', publishPacket('a\0b', 'x'), 'U+0000'],
    ['a packet that is too large', publishPacket('a', Buffer.alloc(1_000_001)), '1000008'],
    ['an unknown packet type', Buffer.from([0xf0, 0]), ''],
    ['a second CONNECT', connectPacket({ clientId: 'again' }), ''],
    ['QoS 3', Buffer.from('3605000161000a', 'hex'), ''],
  ])('closes only the connection that sends %s', async (_name, packet, reason) => {
    const good = await join({ clientId: 'good' });
    good.send(subscribePacket(['#']));
    await good.next();
    const bad = await join({ clientId: 'bad' });
    bad.send(packet);
    await bad.closed();
    await until(() => refusals.length > 0);
    expect(refusals[0]).toMatchObject({ clientId: 'bad', address: '10.0.0.1:50000' });
    expect(refusals[0]?.reason).toContain(reason);
    await engine.publish({ topic: 'still/alive', payload: Buffer.from('yes'), qos: 0, retain: false });
    expect(await good.next()).toEqual(publishPacket('still/alive', 'yes'));
    expect(seen.map(({ topic }) => topic)).toEqual(['still/alive']);
  });

  it.each([
    ['HTTP', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', 'HTTP'],
    ['TLS', '\u0016\u0003\u0001\u0002\u0000\u0001', 'TLS'],
    ['garbage', 'hello there', 'CONNECT'],
  ])('closes a connection that speaks %s', async (_name, bytes, reason) => {
    const peer = await plug();
    peer.send(Buffer.from(bytes, 'latin1'));
    expect(await peer.closed()).toHaveLength(0);
    expect(refusals[0]?.reason).toContain(reason);
  });

  it('closes a connection that never completes its CONNECT', async () => {
    const silent = await plug();
    const slow = await plug();
    slow.send(connectPacket({ clientId: 'slow' }).subarray(0, 5));
    await Promise.all([silent.closed(), slow.closed()]);
    expect(refusals.map(({ reason }) => reason)).toEqual([expect.stringContaining('in time'), expect.stringContaining('in time')]);
  });

  it('delivers 20 MB whole when the limit allows it', async () => {
    const large = await createAedesEngine({ nowUs: () => 0 });
    try {
      server.removeAllListeners('connection').on('connection', (socket: net.Socket) => large.handle(socket, { transport: 'tcp', address: 'x:1' }));
      const peer = await plug();
      let tapped = 0;
      large.onPublish(({ payload }) => (tapped += payload.length));
      peer.send(connectPacket({ clientId: 'big' }), subscribePacket(['big']), publishPacket('big', Buffer.alloc(20_971_520, 7)));
      await vi.waitFor(() => expect(tapped).toBe(20_971_520), { timeout: 20_000 });
      await peer.next();
      await peer.next();
      expect((await peer.next()).length).toBe(20_971_520 + 5 + 5);
    } finally {
      await large.close();
    }
  });
});

describe('clients that do not read', () => {
  it('makes nobody else wait, and are disconnected after the drain time', async () => {
    const stuck = net.connect(port, '127.0.0.1');
    stuck.on('error', () => undefined);
    stuck.write(Buffer.concat([connectPacket({ clientId: 'stuck' }), subscribePacket(['flood'])]));
    await until(() => engine.clients()[0]?.subscriptions.length === 1);
    stuck.pause();

    const good = await join({ clientId: 'good' });
    good.send(subscribePacket(['calm']));
    await good.next();
    const flooder = await join({ clientId: 'flooder' });
    const chunk = Buffer.concat(Array.from({ length: 60 }, () => publishPacket('flood', Buffer.alloc(16_000))));
    for (let n = 0; n < 20; n += 1) flooder.send(chunk);
    await turn();
    await engine.publish({ topic: 'calm', payload: Buffer.from('x'), qos: 0, retain: false });
    expect(await good.next()).toEqual(publishPacket('calm', 'x'));
    await until(() => !engine.clients().some(({ clientId }) => clientId === 'stuck'));
    expect(refusals.map(({ clientId, reason }) => [clientId, reason])).toEqual([['stuck', expect.stringContaining('did not read')]]);
    await until(() => seen.filter(({ topic }) => topic === 'flood').length === 1200);
    stuck.destroy();
  });
});

describe('closing', () => {
  it('ends every connection, also those before CONNECT, and can be repeated', async () => {
    const connected = await join({ clientId: 'a' });
    const early = await plug();
    await Promise.all([engine.close(), engine.close()]);
    await Promise.all([connected.closed(), early.closed()]);
    const late = await plug();
    await late.closed();
    await expect(engine.publish({ topic: 'a', payload: new Uint8Array(0), qos: 0, retain: false })).rejects.toMatchObject({ code: 'broker-not-running' });
  });

  it('sends what was written before a clean goodbye', async () => {
    const peer = await join({ clientId: 'a' });
    peer.send(publishPacket('t', 'x', { qos: 1, id: 3 }), disconnectPacket);
    expect((await peer.next()).toString('hex')).toBe('40020003');
  });
});
