import { afterEach, describe, expect, it } from 'vitest';
import { ack, connect, publish } from '../../../../../test/conformance/mqtt/wire.ts';
import { connectToCore, dialCore } from '../../../../../test/support/core-client.ts';
import { FakePersistence } from '../../../../../test/support/fake-persistence.ts';
import type { TraceEvent } from '../../../../shared/contract/broker-inside.ts';
import type { TappedConnection, TappedPacket } from '../../../../shared/messages/tapped-packet.ts';
import { PacketDecoder } from '../../../../shared/mqtt/packet/decoder.ts';
import { BrokerCore, type BrokerCoreOptions } from './broker-core.ts';

const cores: BrokerCore[] = [];
afterEach(async () => {
  for (const core of cores.splice(0)) await core.close();
});

function startCore(options: Partial<BrokerCoreOptions> = {}): BrokerCore {
  let timeUs = 0;
  const core = new BrokerCore({ nowUs: () => (timeUs += 1), ...options });
  cores.push(core);
  return core;
}

function traced(options: Partial<BrokerCoreOptions> = {}): {
  readonly core: BrokerCore;
  readonly events: TraceEvent[];
  readonly told: () => readonly string[];
} {
  const core = startCore(options);
  const events: TraceEvent[] = [];
  core.inside.onTrace((event) => events.push(event));
  return { core, events, told: () => events.map(inWords) };
}

/** Short, and without times. */
function inWords(event: TraceEvent): string {
  if (event.kind !== 'routed')
    return `${event.number} ${event.kind} ${event.clientId} ${event.packetId}${event.kind === 'dropped' ? ` ${event.reason}` : event.kind === 'written' && event.again ? ' again' : ''}`;
  const receivers = event.receivers.map(
    ({ clientId, filters, group, grantedQos, qos, state, packetId }) =>
      `${clientId} ${group === null ? '' : `${group}:`}${filters.join('+')} ${grantedQos}>${qos} ${state}${packetId > 0 ? ` ${packetId}` : ''}`,
  );
  return `${event.number} ${event.cause} by ${event.publisher} ${event.packetId}: ${receivers.join(', ')}${event.omitted > 0 ? ` and ${event.omitted}` : ''}`;
}

describe('the trace of a message', () => {
  it('names publisher, filters, granted and delivered QoS, and when it was acknowledged', async () => {
    const { core, events, told } = traced();
    const records: unknown[] = [];
    core.onPublish(({ id, topic }) => records.push([id, topic]));
    const [one, two, sender] = [await connectToCore(core, 'one'), await connectToCore(core, 'two', 4), await connectToCore(core, 'sender')];
    await one.subscribe([
      { filter: 'a/#', qos: 0 },
      { filter: 'a/+', qos: 1 },
    ]);
    await two.subscribe({ filter: 'a/b', qos: 2 });
    await sender.publish({ topic: 'a/b', qos: 2, id: 7 });
    await one.receive();
    await two.receive();
    await sender.publish({ topic: 'a', qos: 0 });
    await one.receive();
    await expect.poll(() => events.length).toBe(4);
    expect(told().toSorted()).toEqual(
      [
        '1 published by sender 7: two a/b 2>2 written 1, one a/#+a/+ 1>1 written 1',
        '1 acknowledged one 1',
        '1 acknowledged two 1',
        '2 published by sender 0: one a/# 0>0 written',
      ].toSorted(),
    );
    expect(records).toEqual([
      [1, 'a/b'],
      [2, 'a'],
    ]);
    expect(events[0]?.timeUs).toBeLessThan(events[1]?.timeUs ?? 0);
  });

  it('says why a session does not get it', async () => {
    const { core, told } = traced({ hooks: { authorizeDeliver: (clientId) => clientId !== 'denied' }, maximumQueuedMessages: 1 });
    const sender = await connectToCore(core, 'sender');
    await sender.subscribe({ filter: 't', qos: 1, noLocal: true });
    await (await connectToCore(core, 'denied')).subscribe('t');
    await (await connectToCore(core, { clientId: 'small', properties: [['maximumPacketSize', 30]] })).subscribe('t');
    for (const [clientId, qos] of [
      ['away', 1],
      ['away-0', 0],
    ] as const) {
      const away = await connectToCore(core, { clientId, properties: [['sessionExpiryInterval', 100]] });
      await away.subscribe({ filter: 't', qos });
      await away.disconnect();
    }
    await sender.publish({ topic: 't', payload: 'x'.repeat(50), qos: 1, id: 101 });
    await sender.publish({ topic: 't', qos: 1, id: 102 });
    expect(told()).toEqual([
      '1 published by sender 101: sender t 1>1 no-local, denied t 2>1 not-authorised, small t 2>1 too-large, away t 1>1 waiting, away-0 t 0>0 offline',
      '2 published by sender 102: sender t 1>1 no-local, denied t 2>1 not-authorised, small t 2>1 written 1, away t 1>1 queue-full, away-0 t 0>0 offline',
    ]);
  });

  it('follows what waits: sent later, sent again, expired, and gone with its session', async () => {
    const clock = { ms: 1000 };
    const { core, events, told } = traced({ monotonicMs: () => clock.ms });
    const keep = {
      clientId: 'r',
      clean: false,
      properties: [
        ['sessionExpiryInterval', 100],
        ['receiveMaximum', 1],
      ] as const,
    };
    const first = await connectToCore(core, keep);
    await first.subscribe({ filter: 't', qos: 1 });
    const sender = await connectToCore(core, 'sender');
    for (const properties of [[], [['messageExpiryInterval', 1]], [], []] as const) await sender.publish({ topic: 't', qos: 1, properties });
    first.drop();
    await expect.poll(() => core.clients().length).toBe(1);
    clock.ms += 5000;
    const second = await connectToCore(core, keep);
    const again = await second.expectPacket('publish');
    second.send(ack('puback', again.id));
    await second.expectPacket('publish');
    await expect.poll(() => told()).toContain('3 written r 2');
    await connectToCore(core, { clientId: 'r' });
    expect(told().slice(4)).toEqual([
      '1 written r 1 again',
      '1 acknowledged r 1',
      '2 dropped r 0 expired',
      '3 written r 2',
      '3 dropped r 2 session-ended',
      '4 dropped r 0 session-ended',
    ]);
    expect(events[0]).toMatchObject({ receivers: [{ state: 'written' }] });
    expect(events[1]).toMatchObject({ receivers: [{ state: 'waiting' }] });
  });

  it('shows who of a shared subscription was chosen, who was not, and who takes over', async () => {
    const { core, told } = traced();
    const sender = await connectToCore(core, 'sender');
    const members = [await connectToCore(core, 'm1'), await connectToCore(core, 'm2')];
    for (const member of members) await member.subscribe({ filter: '$share/g/t', qos: 1 });
    await sender.publish({ topic: 't', qos: 1 });
    expect(told()).toEqual(['1 published by sender 1: m2 g:t 1>1 other-member, m1 g:t 1>1 written 1']);
    members[0]?.drop();
    await members[1]?.receive();
    await expect
      .poll(() => told().slice(1))
      .toEqual(['1 dropped m1 1 session-ended', '1 handed-over by sender 0: m2 g:t 1>1 written 1', '1 acknowledged m2 1']);
  });

  it('says that a client does not read: QoS 0 is dropped, QoS 1 waits', async () => {
    const { core, events } = traced({ outputLimitBytes: 100_000 });
    const slow = await connectToCore(core, 'slow');
    await slow.subscribe({ filter: '#', qos: 1 });
    slow.stream.pause();
    const payload = new Uint8Array(60_000);
    const stateOf = (event: TraceEvent | undefined): string | undefined => (event?.kind === 'routed' ? event.receivers[0]?.state : undefined);
    for (let sent = 0; sent < 100 && stateOf(events.at(-1)) !== 'output-full'; sent += 1) {
      await core.publish({ topic: 't', payload, qos: 0, retain: false });
      await new Promise(setImmediate);
    }
    expect(stateOf(events.at(-1))).toBe('output-full');
    await core.publish({ topic: 't', payload, qos: 1, retain: false });
    expect(stateOf(events.at(-1))).toBe('waiting');
    slow.stream.resume();
    await expect.poll(() => events.at(-1)).toMatchObject({ kind: 'written', clientId: 'slow', again: false });
  });

  it('says that a client has refused a message', async () => {
    const { core, told } = traced();
    const receiver = await connectToCore(core, 'r');
    await receiver.subscribe({ filter: '#', qos: 2 });
    for (const qos of [1, 2] as const) await core.publish({ topic: 't', payload: new Uint8Array(1), qos, retain: false });
    const [first, second] = await receiver.publishes(2);
    receiver.send(ack('puback', first?.id ?? 0, 0x97), ack('pubrec', second?.id ?? 0, 0x83));
    await expect.poll(() => told().slice(2)).toEqual(['1 dropped r 1 refused', '2 dropped r 2 refused']);
    expect(told()[0]).toBe('1 published by null 0: r # 2>1 written 1');
  });

  it('tells when a QoS 2 message is sent that had to be kept first', async () => {
    const kept = new FakePersistence();
    const { core, told } = traced({ persistence: kept });
    await core.restore();
    const keep = { clientId: 'r', clean: false, properties: [['sessionExpiryInterval', 100]] as const };
    const receiver = await connectToCore(core, keep);
    await receiver.subscribe({ filter: 't', qos: 2 });
    kept.isSlow = true;
    const first = core.publish({ topic: 't', payload: new Uint8Array(1), qos: 2, retain: false });
    expect(told()).toEqual(['1 published by null 0: r t 2>2 waiting']);
    kept.release();
    await first;
    await receiver.receive();
    await expect.poll(() => told().slice(1)).toEqual(['1 written r 1', '1 acknowledged r 1']);
    receiver.drop();
    await expect.poll(() => core.clientCount).toBe(0);
    await core.publish({ topic: 't', payload: new Uint8Array(1), qos: 2, retain: false });
    await connectToCore(core, { clientId: 'r' });
    expect(told().slice(3)).toEqual(['2 published by null 0: r t 2>2 waiting', '2 dropped r 0 session-ended']);
  });

  it('tells of retained messages given to a new subscription, under the number they were published with', async () => {
    const { core, told } = traced();
    const sender = await connectToCore(core, 'sender');
    await sender.publish({ topic: 't', payload: 'x', qos: 1, retain: true });
    await sender.publish({ topic: 'u' });
    await (await connectToCore(core, 'r')).subscribe({ filter: '+', qos: 0 });
    expect(told()).toEqual(['1 published by sender 1: ', '2 published by sender 0: ', '1 retained by sender 0: r + 0>0 written']);
  });

  it('lists a bounded number of receivers', async () => {
    const { core, events } = traced();
    for (let n = 0; n < 230; n += 1) await (await connectToCore(core, `c${n}`)).subscribe(n < 30 ? '$share/g/t' : 't');
    await core.publish({ topic: 't', payload: new Uint8Array(1), qos: 0, retain: false });
    expect(events[0]).toMatchObject({ receivers: { length: 200 } });
    // 200 sessions, of the group the one that was chosen, 20 passed over, and 9 more.
    expect(events[0]).toMatchObject({ omitted: 30 });
  });

  it('ends with its last listener', async () => {
    const core = startCore();
    const seen: number[] = [];
    const [one, two] = [core.inside.onTrace(() => seen.push(1)), core.inside.onTrace(() => seen.push(2))];
    const send = (): Promise<void> => core.publish({ topic: 't', payload: new Uint8Array(1), qos: 0, retain: false });
    await send();
    one();
    await send();
    two();
    expect(core.trace).toBeNull();
    await send();
    expect(seen).toEqual([1, 2, 2]);
  });
});

describe('the packet tap', () => {
  const describePacket = ({ connection, clientId, direction, bytes, end }: TappedPacket): string =>
    `${connection} ${clientId} ${direction} ${end ?? (bytes[0] ?? 0) >> 4} ${bytes.byteLength}`;

  it('shows every packet in both directions, whole, as it crossed the network', async () => {
    const core = startCore();
    const packets: TappedPacket[] = [];
    const ends: string[] = [];
    const off = core.inside.onPacket((packet) => (packet.end === undefined ? packets.push(packet) : ends.push(packet.end)), null);
    const client = await connectToCore(core, { clientId: 'a', properties: [['topicAliasMaximum', 1]] });
    await client.subscribe({ filter: '#', qos: 1 });
    const payload = 'x'.repeat(20_000);
    await client.publish({ topic: 't', payload, qos: 1 });
    await client.receive();
    await client.ping();
    await client.unsubscribe('#');
    await client.disconnect();
    const kinds = packets.map(({ direction, bytes }) => `${direction} ${(bytes[0] ?? 0) >> 4}`);
    expect(kinds).toEqual(['in 1', 'out 2', 'in 8', 'out 9', 'in 3', 'out 3', 'out 4', 'in 4', 'in 12', 'out 13', 'in 10', 'out 11', 'in 14']);
    await expect.poll(() => ends).toEqual(['The connection ended after DISCONNECT.']);
    expect(packets.every(({ level }) => level === 5)).toBe(true);
    expect(packets.map(({ timeUs }) => timeUs)).toEqual(packets.map(({ timeUs }) => timeUs).toSorted((left, right) => left - right));
    for (const direction of ['in', 'out'] as const) {
      const decoder = new PacketDecoder({ ...(direction === 'in' ? { role: 'server' } : { role: 'client', level: 5 }), maximumPacketSize: 1_000_000 });
      for (const { bytes } of packets.filter((packet) => packet.direction === direction)) {
        decoder.push(bytes);
        const packet = decoder.next();
        expect(packet).toBeDefined();
        if (packet?.type === 'publish') expect(Buffer.from(packet.payload).toString()).toBe(payload);
        expect(decoder.next()).toBeUndefined();
      }
    }
    off();
    expect(core.packetTap).toBeNull();
  });

  it('tells connections apart, shows refused packets and CONNECTs, and only the client asked for', async () => {
    const core = startCore({ hooks: { authenticate: ({ clientId }) => (clientId === 'bad' ? 'not-authorised' : 'welcome') } });
    const [all, only]: [TappedPacket[], TappedPacket[]] = [[], []];
    const connections: TappedConnection[] = [];
    core.inside.onPacket((packet, first) => {
      all.push(packet);
      if (first !== null) connections.push(first);
    }, null);
    core.inside.onPacket((packet) => only.push(packet), 'a');
    const bad = dialCore(core);
    bad.send(connect(5, { clientId: 'bad' }));
    await bad.expectPacket('connack');
    const first = await connectToCore(core, 'a', 4);
    await connectToCore(core, 'a', 4);
    await first.expectClosed();
    const broken = await connectToCore(core, 'b', 4);
    broken.send(publish(4, { topic: 'a\u0000b' }));
    await broken.expectClosed();
    const header = await connectToCore(core, 'h', 4);
    header.send(Buffer.of(0x00, 0x00));
    await header.expectClosed();
    const cut = await connectToCore(core, 'cut', 4);
    cut.send(Buffer.of(0x30, 10, 0, 1));
    cut.stream.end();
    await expect.poll(() => all.filter(({ end }) => end !== undefined).length).toBe(5);
    expect(all.map(describePacket)).toEqual([
      expect.stringMatching(/^1 bad in 1 /),
      expect.stringMatching(/^1 bad out 2 /),
      '1 bad out The broker ended the connection. 0',
      '2 a in 1 15',
      '2 a out 2 4',
      '3 a in 1 15',
      '2 a out The broker ended the connection: another one took over its client id. 0',
      '3 a out 2 4',
      '4 b in 1 15',
      '4 b out 2 4',
      '4 b in 3 7',
      expect.stringMatching(/^4 b out The broker ended the connection: .*\[MQTT-1\.5\.3-2\] 0$/),
      '5 h in 1 15',
      '5 h out 2 4',
      '5 h in 0 2',
      expect.stringMatching(/^5 h out The broker ended the connection: Packet type 0 is reserved/),
      '6 cut in 1 17',
      '6 cut out 2 4',
      '6 cut in The connection ended without DISCONNECT. 4',
    ]);
    expect(only.map(({ connection }) => connection)).toEqual([2, 2, 3, 2, 3]);
    expect(connections.map(({ connection, transport }) => `${connection} ${transport}`)).toEqual(['1 tcp', '2 tcp', '3 tcp', '4 tcp', '5 tcp', '6 tcp']);
  });
});

describe('snapshots', () => {
  it('give clients, sessions, subscriptions and retained messages in pages', async () => {
    const clock = { ms: 1000 };
    const core = startCore({ monotonicMs: () => clock.ms });
    const away = await connectToCore(core, { clientId: 'away', properties: [['sessionExpiryInterval', 100]] });
    await away.subscribe([{ filter: 'a/#', qos: 1 }, '$share/g/b']);
    await away.disconnect();
    const here = await connectToCore(core, { clientId: 'here', username: 'me', clean: false, keepAliveSeconds: 30, will: { topic: 'w' } }, 4);
    await here.subscribe({ filter: 'a/b', qos: 1 });
    const sender = await connectToCore(core, 'sender');
    await sender.publish({ topic: 'a/b', payload: '123', qos: 1, retain: true, properties: [['messageExpiryInterval', 50]] });
    await sender.publish({ topic: 'z', payload: '1', retain: true });
    await sender.ping();
    clock.ms += 10_000;

    expect(await core.lists.clients({ offset: 0, limit: 10 })).toMatchObject({
      total: 2,
      rows: [
        { clientId: 'here', username: 'me', version: '3.1.1', keepAliveSeconds: 30, subscriptions: 1 },
        { clientId: 'sender', username: null, version: '5', subscriptions: 0 },
      ],
    });
    expect((await core.lists.clients({ offset: 1, limit: 1 })).rows).toMatchObject([{ clientId: 'sender' }]);
    const { rows, total } = await core.lists.sessions({ offset: 0, limit: 2 });
    expect(total).toBe(3);
    expect(rows).toMatchObject([
      { clientId: 'away', connected: false, expirySeconds: 100, subscriptions: 2, queuedMessages: 1, inflight: 0, hasWill: false },
      { clientId: 'here', connected: true, expirySeconds: null, endsAt: null, subscriptions: 1, queuedMessages: 0, inflight: 1, hasWill: true },
    ]);
    expect(rows[0]?.queuedBytes).toBeGreaterThan(3);
    expect((rows[0]?.endsAt ?? 0) - core.wallMs).toBeLessThanOrEqual(90_000);
    expect(await core.lists.subscriptions({ offset: 1, limit: 1 })).toMatchObject({ total: 3, rows: [{ clientId: 'away', filter: '$share/g/b', qos: 2 }] });
    expect(await core.lists.subscriptions({ offset: 0, limit: 10, clientId: 'here' })).toMatchObject({ total: 1, rows: [{ filter: 'a/b' }] });
    expect(await core.lists.subscriptions({ offset: 0, limit: 10, clientId: 'nobody' })).toEqual({ total: 0, rows: [] });
    expect(await core.lists.retained({ offset: 0, limit: 10 })).toMatchObject({
      total: 2,
      rows: [
        { topic: 'a/b', sizeBytes: 3, qos: 1, publisher: 'sender', expiresInSeconds: 40 },
        { topic: 'z', sizeBytes: 1, qos: 0, expiresInSeconds: null },
      ],
    });
    expect((await core.lists.retained({ offset: 1, limit: 1 })).rows).toMatchObject([{ topic: 'z' }]);
  });

  it('list the first clients and subscriptions as a whole, and count the others', async () => {
    const core = startCore();
    for (let at = 0; at < 1001; at += 1) dialCore(core, 4).send(connect(4, { clientId: `c${at}` }));
    await expect.poll(() => core.clientCount).toBe(1001);
    const many = await connectToCore(core, 'c0', 4);
    await many.subscribe(Array.from({ length: 150 }, (_, n) => `f/${n}`));
    expect(core.clients()).toHaveLength(1000);
    expect(await core.lists.clients({ offset: 1000, limit: 10 })).toMatchObject({ total: 1001, rows: [{ clientId: 'c0', subscriptions: 150 }] });
    for (let at = 1; at < 1001; at += 1) await core.disconnectClient(`c${at}`);
    expect(core.clients()).toMatchObject([{ clientId: 'c0', subscriptionCount: 150, subscriptions: { length: 100, 99: { filter: 'f/99' } } }]);
  });

  it('read a page of a hundred thousand in no time', async () => {
    const core = startCore();
    const client = await connectToCore(core, 'many');
    for (let at = 0; at < 100_000; at += 1000) await client.subscribe(Array.from({ length: 1000 }, (_, n) => `f/${at + n}`));
    for (let at = 0; at < 100_000; at += 1) await core.publish({ topic: `r/${at}`, payload: new Uint8Array(1), qos: 0, retain: true });
    const started = performance.now();
    expect(await core.lists.subscriptions({ offset: 99_900, limit: 500 })).toMatchObject({ total: 100_000, rows: { length: 100 } });
    expect(await core.lists.retained({ offset: 99_900, limit: 500 })).toMatchObject({ total: 100_000, rows: { length: 100 } });
    // Some milliseconds; the limit is for a machine that is busy with other things.
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
