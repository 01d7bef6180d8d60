import { afterEach, describe, expect, it } from 'vitest';
import { connectToCore, dialCore } from '../../../../../test/support/core-client.ts';
import { activeFault, faultProfile, faultRule, faultyCore } from '../../../../../test/support/faulty-core.ts';
import { RawClient } from '../../../../../test/conformance/mqtt/raw-client.ts';
import * as wire from '../../../../../test/conformance/mqtt/wire.ts';
import type { FaultAction, FaultWhere } from '../../../../shared/broker/faults/fault-rules.ts';
import { crossedNetwork } from '../../../../shared/messages/tapped-packet.ts';

const labs: ReturnType<typeof faultyCore>[] = [];
const clients: RawClient[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.drop();
  for (const { core, bugs, plan } of labs.splice(0)) {
    await core.close();
    expect(bugs).toEqual([]);
    // Nothing is held for connections that are gone.
    expect(plan.report().held).toEqual({ packets: 0, bytes: 0 });
    expect(plan.report().affected.total).toBe(0);
  }
});

function lab(...options: Parameters<typeof faultyCore>) {
  const made = faultyCore(...options);
  labs.push(made);
  return made;
}
async function come(core: ReturnType<typeof lab>['core'], clientId: string, level: 3 | 4 | 5 = 4, more: Partial<wire.ConnectFields> = {}): Promise<RawClient> {
  const client = await connectToCore(core, { clientId, ...more }, level);
  clients.push(client);
  return client;
}
const one = (action: FaultAction, where: Partial<FaultWhere> = {}) => activeFault(faultProfile([faultRule(action, where)]));
const say = (core: ReturnType<typeof lab>['core'], topic: string, payload = 'x', qos: 0 | 1 | 2 = 0, retain = false) =>
  core.publish({ topic, payload: Buffer.from(payload), qos, retain });
/** What comes before the answer to a ping has come. */
async function quiet(client: RawClient): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
  expect(client.unread.map(({ type }) => type)).toEqual([]);
}

describe('without a fault', () => {
  it('leaves connections alone, new ones and old ones', async () => {
    const { core, on, off } = lab();
    const early = await come(core, 'early');
    on(activeFault(faultProfile([faultRule({ kind: 'drop' })]), { scope: { kind: 'client', clientId: 'other*' } }));
    const late = await come(core, 'late');
    expect([...core.connections].map(({ fault }) => fault)).toEqual([null, null]);
    off();
    expect(core.linkFaults).toBeNull();
    await early.ping();
    await late.ping();
  });
});

describe('delay', () => {
  it('keeps packets back for their time, in both directions and in their order', async () => {
    const { core, clock, on, packets } = lab();
    const client = await come(core, 'a');
    await client.subscribe({ filter: 't', qos: 1 });
    on(one({ kind: 'delay', ms: 100, jitterMs: 400 }));
    for (let n = 0; n < 20; n += 1) await say(core, 't', String(n));
    await quiet(client);
    clock.advance(99);
    await quiet(client);
    clock.advance(401);
    expect((await client.publishes(20)).map(({ payload }) => payload.toString())).toEqual(Array.from({ length: 20 }, (_, n) => String(n)));
    client.send(wire.pingreq);
    await quiet(client);
    clock.advance(99);
    await quiet(client);
    clock.advance(901);
    await client.expectPacket('pingresp');
    const last = packets.slice(-2);
    expect(last.map(({ direction, fault }) => [direction, fault?.effect])).toEqual([
      ['in', 'delayed'],
      ['out', 'delayed'],
    ]);
  });

  it('lets go of what it holds when it ends', async () => {
    const { core, on, off } = lab();
    const client = await come(core, 'a');
    await client.subscribe('t');
    on(one({ kind: 'delay', ms: 60_000, jitterMs: 0 }));
    await say(core, 't', '1');
    await say(core, 't', '2');
    client.send(wire.pingreq);
    await quiet(client);
    off();
    expect((await client.publishes(2)).map(({ payload }) => payload.toString())).toEqual(['1', '2']);
    await client.expectPacket('pingresp');
    expect([...core.connections][0]?.fault).toBeNull();
  });

  it('takes what a client has sent before it left', async () => {
    const { core, clock, on } = lab();
    const [reader, writer] = [await come(core, 'reader'), await come(core, 'writer', 4, { will: { topic: 'gone' } })];
    await reader.subscribe({ filter: '#' });
    on(
      activeFault(faultProfile([faultRule({ kind: 'delay', ms: 1000, jitterMs: 0 }, { direction: 'in' })]), { scope: { kind: 'client', clientId: 'writer' } }),
    );
    writer.send(wire.publish(4, { topic: 'last', payload: 'words' }), wire.disconnect());
    writer.drop();
    await quiet(reader);
    clock.advance(1000);
    // No will: it has said goodbye.
    expect((await reader.receive()).topic).toBe('last');
    await reader.expectNothing();
  });

  it('begins with the next packet when one is under way', async () => {
    const { core, clock, on } = lab();
    const client = await come(core, 'a');
    const publish = wire.publish(4, { topic: 'x', qos: 1, id: 9, payload: 'long enough' });
    client.send(publish.subarray(0, 7));
    await quiet(client);
    on(one({ kind: 'delay', ms: 10, jitterMs: 0 }, { direction: 'in' }));
    client.send(Buffer.concat([publish.subarray(7), wire.pingreq]));
    await client.expectPacket('puback');
    // Its other half and what came with it went past.
    await client.expectPacket('pingresp');
    client.send(wire.pingreq);
    await quiet(client);
    clock.advance(10);
    await client.expectPacket('pingresp');
  });
});

describe('throttle', () => {
  it('lets so many bytes a second through', async () => {
    const { core, clock, on } = lab();
    const client = await come(core, 'a');
    await client.subscribe('t');
    on(one({ kind: 'throttle', bytesPerSecond: 100 }, { direction: 'out' }));
    await say(core, 't', 'x'.repeat(995));
    await say(core, 't', 'y');
    let bytes = 0;
    client.stream.on('data', (chunk: Buffer) => (bytes += chunk.length));
    for (let second = 1; second <= 10; second += 1) {
      clock.advance(1000);
      await expect.poll(() => bytes, { interval: 1 }).toBeGreaterThanOrEqual(second * 100 - 6);
      expect(bytes).toBeLessThanOrEqual(second * 100);
    }
    clock.advance(200);
    expect((await client.publishes(2)).map(({ payload }) => payload.length)).toEqual([995, 1]);
  });

  it('counts as what waits for the client: QoS 0 is dropped beyond the limit, QoS 1 waits', async () => {
    const { core, on, off, plan } = lab({}, { outputLimitBytes: 5000 });
    const client = await come(core, 'a');
    await client.subscribe({ filter: 't', qos: 1 });
    on(one({ kind: 'throttle', bytesPerSecond: 1 }, { direction: 'out' }));
    for (let n = 0; n < 100; n += 1) await say(core, 't', 'z'.repeat(100));
    expect(core.counters.droppedSlow).toBeGreaterThan(40);
    expect(plan.report().held.bytes).toBeLessThan(5200);
    for (let n = 0; n < 5; n += 1) await say(core, 't', `kept ${n}`, 1);
    off();
    await client.waitFor('publish');
    await expect.poll(() => client.unread.filter((packet) => packet.type === 'publish' && packet.payload.toString().startsWith('kept')).length).toBe(5);
  });

  it('makes the client wait when it sends more than goes through', async () => {
    const { core, on, off } = lab({}, { outputLimitBytes: 50_000_000 });
    const [writer, reader] = [await come(core, 'w'), await come(core, 'r')];
    await reader.subscribe('t');
    on(activeFault(faultProfile([faultRule({ kind: 'throttle', bytesPerSecond: 10 }, { direction: 'in' })]), { scope: { kind: 'client', clientId: 'w' } }));
    for (let n = 0; n < 40; n += 1) {
      writer.send(wire.publish(4, { topic: 't', payload: Buffer.alloc(100_000, n) }));
      await quiet(reader);
    }
    expect(writer.stream.writableLength).toBeGreaterThan(1_000_000);
    off();
    expect((await reader.publishes(40)).map(({ payload }) => payload[0])).toEqual(Array.from({ length: 40 }, (_, n) => n));
  });
});

describe('drop, duplicate, reorder, corrupt', () => {
  it('repeats itself with the same seed, for each client', async () => {
    const runs: (readonly string[])[] = [];
    for (const [seed, others] of [
      [1, 0],
      [1, 3],
      [2, 0],
    ] as const) {
      const { core, on } = lab();
      on(activeFault(faultProfile([faultRule({ kind: 'drop' }, { packets: ['publish'], direction: 'out', probability: 0.5 })], { seed })));
      for (let n = 0; n < others; n += 1) await (await come(core, `other${n}`)).subscribe('t');
      const client = await come(core, 'a');
      await client.subscribe('t');
      for (let n = 0; n < 40; n += 1) await say(core, 't', String(n));
      await client.expectNothing().catch(() => undefined);
      await expect.poll(() => client.unread.some(({ type }) => type === 'pingresp') || client.unread.length > 0).toBe(true);
      for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
      runs.push(client.unread.flatMap((packet) => (packet.type === 'publish' ? [packet.payload.toString()] : [])));
    }
    expect(runs[0]?.length).toBeGreaterThan(8);
    expect(runs[0]?.length).toBeLessThan(32);
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[2]).not.toEqual(runs[0]);
  });

  it('counts from the nth packet of a connection, so often for each client', async () => {
    const { core, on, plan, packets } = lab();
    on(one({ kind: 'drop' }, { packets: ['pingreq'], from: 3, times: 2 }));
    const client = await come(core, 'a');
    for (let n = 0; n < 6; n += 1) client.send(wire.pingreq);
    for (let n = 0; n < 4; n += 1) await client.expectPacket('pingresp');
    await quiet(client);
    expect(plan.report()).toMatchObject({
      rules: [{ activation: 'a', rule: 'drop', hits: 2 }],
      hitCount: 2,
      affected: { total: 1, clients: [{ clientId: 'a', faults: ['Lab: drop'] }] },
    });
    expect(plan.report().hits[0]).toMatchObject({ rule: 'Lab: drop', clientId: 'a', direction: 'in', what: 'PINGREQ dropped' });
    expect(packets.filter(({ fault }) => fault?.effect === 'dropped').map(crossedNetwork)).toEqual([true, true]);
    // Not again for this client when it comes back.
    client.drop();
    const again = await come(core, 'a');
    for (let n = 0; n < 5; n += 1) await again.ping();
  });

  it('sends copies with DUP where MQTT has it, and the tap tells them from what crossed', async () => {
    const { core, on, packets } = lab();
    const [reader, writer] = [await come(core, 'r'), await come(core, 'w')];
    await reader.subscribe({ filter: '#', qos: 2 });
    on(one({ kind: 'duplicate', copies: 2 }, { packets: ['publish'] }));
    await writer.publish({ topic: 'q0' });
    expect((await reader.publishes(9)).every(({ dup, topic }) => !dup && topic === 'q0')).toBe(true);
    // Three came in, and each goes out three times.
    const tapped = packets.filter(({ bytes }) => bytes[0] === 0x30);
    expect(tapped.filter(crossedNetwork).map(({ direction }) => direction)).toEqual(['in', ...Array.from({ length: 9 }, () => 'out')]);
    await writer.publish({ topic: 'q2', qos: 2 });
    const copies = await reader.publishes(3);
    expect(copies.map(({ dup, id }) => [dup, id])).toEqual([
      [false, 1],
      [true, 1],
      [true, 1],
    ]);
  });

  it('lets others overtake, or the time be over', async () => {
    const { core, clock, on } = lab();
    const client = await come(core, 'a');
    await client.subscribe('t');
    on(one({ kind: 'reorder', after: 2, maxMs: 500 }, { packets: ['publish'], direction: 'out', times: 2 }));
    for (const payload of ['1', '2', '3', '4']) await say(core, 't', payload);
    expect((await client.publishes(4)).map(({ payload }) => payload.toString())).toEqual(['3', '4', '1', '2']);
    on(one({ kind: 'reorder', after: 9, maxMs: 500 }, { packets: ['publish'], direction: 'out', times: 1 }));
    await say(core, 't', 'late');
    await quiet(client);
    clock.advance(500);
    expect((await client.receive()).payload.toString()).toBe('late');
  });

  it('damages what it is told to, and nothing that others get', async () => {
    const { core, on, packets } = lab();
    const [victim, other] = [await come(core, 'v'), await come(core, 'o')];
    for (const client of [victim, other]) await client.subscribe('t');
    on(
      activeFault(faultProfile([faultRule({ kind: 'corrupt', unit: 'bytes', count: 1, part: 'payload' }, { packets: ['publish'] })]), {
        scope: { kind: 'client', clientId: 'v' },
      }),
    );
    await say(core, 't', 'untouched');
    expect((await other.receive()).payload.toString()).toBe('untouched');
    const { payload } = await victim.receive();
    expect(payload).toHaveLength(9);
    expect([...payload].filter((byte, at) => byte !== 'untouched'.charCodeAt(at))).toHaveLength(1);
    const tapped = packets.findLast(({ fault }) => fault !== undefined);
    expect(tapped).toMatchObject({ clientId: 'v', fault: { effect: 'corrupted' } });
    expect(Buffer.from(tapped?.bytes ?? []).includes(payload)).toBe(true);
  });

  it('finds messages by topic, also through aliases, and their acknowledgements', async () => {
    const { core, on } = lab();
    const client = await come(core, 'a', 5);
    on(one({ kind: 'drop' }, { topic: 'lost/#', direction: 'out', packets: ['puback', 'publish'] }));
    client.send(wire.publish(5, { topic: 'lost/1', qos: 1, id: 1, properties: [['topicAlias', 1]] }));
    client.send(wire.publish(5, { topic: '', qos: 1, id: 2, properties: [['topicAlias', 1]] }));
    client.send(wire.publish(5, { topic: 'kept', qos: 1, id: 3 }));
    expect((await client.expectPacket('puback')).id).toBe(3);
    await quiet(client);
  });
});

describe('acknowledgements', () => {
  it('are frozen until the fault ends, while everything else goes on', async () => {
    const { core, on, off, packets } = lab();
    const [writer, reader] = [await come(core, 'w'), await come(core, 'r')];
    await reader.subscribe({ filter: 't', qos: 0 });
    on(one({ kind: 'freeze' }, { direction: 'out' }));
    writer.send(wire.publish(4, { topic: 't', qos: 1, id: 1 }), wire.publish(4, { topic: 't', qos: 2, id: 2 }));
    await reader.publishes(2);
    await writer.ping();
    await quiet(writer);
    expect(packets.filter(({ fault }) => fault?.effect === 'frozen').map(crossedNetwork)).toEqual([false, false]);
    off();
    expect((await writer.expectPacket('puback')).id).toBe(1);
    expect((await writer.expectPacket('pubrec')).id).toBe(2);
  });
});

describe('the end of a connection', () => {
  it('is forced now, with a reason or without, and the will is published', async () => {
    for (const [ending, level] of [
      [{ how: 'reason', code: 0x8b }, 5],
      [{ how: 'reason', code: 0x8b }, 4],
      [{ how: 'close' }, 5],
      [{ how: 'reset' }, 4],
    ] as const) {
      const { core, on, refusals } = lab();
      const reader = await come(core, 'reader');
      await reader.subscribe('gone');
      const client = await come(core, 'a', level, { will: { topic: 'gone' } });
      on(activeFault(faultProfile([faultRule({ kind: 'disconnect', when: 'now', n: 0, ending })]), { scope: { kind: 'client', clientId: 'a' } }));
      if (ending.how === 'reason' && level === 5) expect((await client.expectPacket('disconnect')).code).toBe(0x8b);
      await client.expectClosed();
      await reader.receive();
      expect(refusals).toHaveLength(1);
      expect(refusals[0]).toContain('Cut off by the fault “Lab: ');
      // Who comes back may stay.
      await (await come(core, 'a', level)).ping();
    }
  });

  it('is forced after so many packets, and after so many seconds', async () => {
    const { core, clock, on } = lab();
    on(one({ kind: 'disconnect', when: 'packets', n: 3, ending: { how: 'close' } }, { packets: ['pingreq'] }));
    const client = await come(core, 'a');
    await client.ping();
    await client.ping();
    client.send(wire.pingreq);
    await client.expectClosed().catch(() => client.expectPacket('pingresp'));
    on(one({ kind: 'disconnect', when: 'seconds', n: 30, ending: { how: 'close' } }));
    for (let round = 0; round < 2; round += 1) {
      const again = await come(core, 'b');
      clock.advance(29_999);
      await again.ping();
      clock.advance(1);
      await again.expectClosed();
    }
  });

  it('refuses CONNECT with any code, so often as asked', async () => {
    for (const [level, code] of [
      [5, 0x89],
      [4, 3],
      [3, 3],
    ] as const) {
      const { core, on, refusals, packets } = lab();
      on(one({ kind: 'refuse', code3: 3, code5: 0x89 }, { times: 2 }));
      for (let n = 0; n < 2; n += 1) {
        const client = dialCore(core, level);
        await client.connect({ clientId: 'a' }, code);
        await client.expectClosed();
      }
      await come(core, 'a', level);
      expect(refusals).toHaveLength(2);
      expect(refusals[0]).toContain('Refused by the fault “Lab: refuse');
      expect(packets.slice(0, 2).map(({ clientId, direction, fault }) => [clientId, direction, fault?.effect])).toEqual([
        ['a', 'in', 'dropped'],
        ['a', 'out', 'forged'],
      ]);
    }
  });

  it('closes without CONNACK', async () => {
    const { core, on, off, refusals } = lab();
    on(one({ kind: 'no-connack', reset: false }));
    const client = dialCore(core, 4);
    client.send(wire.connect(4, { clientId: 'a' }));
    await client.expectClosed();
    expect(refusals).toEqual(['Its CONNECT was not answered, by the fault “Lab: close without CONNACK”.']);
    off();
    await come(core, 'a');
  });

  it('leaves a connection half-open: nothing crosses, nobody is told, and it goes on when the fault ends', async () => {
    let nowMs = 0;
    const { core, on, off } = lab({}, { monotonicMs: () => nowMs });
    const client = await come(core, 'a', 4, { keepAliveSeconds: 10 });
    await client.subscribe('t');
    on(one({ kind: 'silent' }));
    await say(core, 't', 'lost');
    client.send(wire.pingreq);
    await quiet(client);
    nowMs += 60_000;
    await quiet(client);
    expect(core.clientCount).toBe(1);
    off();
    await say(core, 't', 'here');
    expect((await client.receive()).payload.toString()).toBe('here');
    // CONNECT itself may go into it.
    on(one({ kind: 'silent' }));
    const late = dialCore(core, 4);
    clients.push(late);
    late.send(wire.connect(4, { clientId: 'b' }));
    await quiet(late);
    expect(late.closed).toBe(false);
  });

  it('stops reading, and takes up everything where it stopped', async () => {
    const { core, on, off } = lab();
    const client = await come(core, 'a');
    on(one({ kind: 'stop-reading' }, { direction: 'in', packets: ['pingreq'], from: 2 }));
    client.send(wire.pingreq, wire.pingreq, wire.pingreq);
    await client.expectPacket('pingresp');
    client.send(wire.publish(4, { topic: 'x', qos: 1, id: 5 }));
    await quiet(client);
    off();
    await client.expectPacket('pingresp');
    await client.expectPacket('pingresp');
    expect((await client.expectPacket('puback')).id).toBe(5);
  });
});

describe('whom it is for', () => {
  it('spares the workbench’s own clients unless it is told otherwise', async () => {
    const own = { proves: ({ username }: { readonly username: string | null }) => username === 'workbench', has: (clientId: string) => clientId === 'own' };
    const { core, on } = lab({ own });
    const early = await come(core, 'own', 4, { username: 'workbench' });
    const drop = faultProfile([faultRule({ kind: 'drop' }, { packets: ['pingreq'] })]);
    on(activeFault(drop));
    const late = await come(core, 'own2', 4, { username: 'workbench' });
    await early.ping();
    await late.ping();
    on(activeFault(drop, { id: 'b', includeOwn: true }));
    early.send(wire.pingreq);
    await quiet(early);
  });

  it('heeds listener and client id of a profile and of its rules', async () => {
    const { core, on, plan } = lab();
    on(
      activeFault(faultProfile([faultRule({ kind: 'drop' }, { packets: ['pingreq'], clientId: 'sensor-?' })]), {
        scope: { kind: 'listener', listener: 'lab' },
      }),
    );
    // The memory connections have no listener.
    await (await come(core, 'sensor-1')).ping();
    expect(plan.report().affected.total).toBe(0);
    on(activeFault(faultProfile([faultRule({ kind: 'drop' }, { packets: ['pingreq'], clientId: 'sensor-?' })])));
    await (await come(core, 'sensor-12')).ping();
    const hit = await come(core, 'sensor-2');
    hit.send(wire.pingreq);
    await quiet(hit);
    expect(plan.report().affected.clients.map(({ clientId }) => clientId)).toEqual(['sensor-1', 'sensor-2']);
  });

  it('hands strangers to the broker as they are', async () => {
    const { core, on, refusals } = lab();
    on(one({ kind: 'drop' }));
    for (const bytes of [
      Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
      Buffer.from([0x10, 0xff, 0xff, 0xff, 0xff, 0x7f]),
      Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]),
    ]) {
      const client = dialCore(core, 4);
      client.send(bytes);
      await client.expectClosed();
    }
    expect(refusals).toHaveLength(3);
    expect(refusals[0]).toContain('HTTP');
  });
});

describe('memory', () => {
  it('is bounded for what is kept back: the oldest goes on before its time, and is counted', async () => {
    const { core, on, plan, off } = lab();
    const client = await come(core, 'a');
    on(one({ kind: 'freeze' }, { direction: 'out', packets: ['pingresp'] }));
    for (let n = 0; n < 10_100; n += 1) client.send(wire.pingreq);
    await expect.poll(() => plan.report().hurried).toBe(100);
    expect(plan.report().held.packets).toBe(10_000);
    for (let n = 0; n < 100; n += 1) await client.expectPacket('pingresp');
    off();
    await expect.poll(() => client.unread.length).toBe(10_000);
    expect(plan.report().held).toEqual({ packets: 0, bytes: 0 });
  });
});
