import { describe, expect, test } from 'vitest';
import type { PacketFilter, PacketsFrame } from '../../../shared/contract/packets.ts';
import type { TappedPacket } from '../../../shared/messages/tapped-packet.ts';
import { encodePacket } from '../../../shared/mqtt/packet/encoder.ts';
import type { ConnectPacket, PublishPacket } from '../../../shared/mqtt/packet/packets.ts';
import { PacketRecorder, type PacketFeed } from './packet-recorder.ts';
import { PacketsView, type PacketsWindow } from './packets-view.ts';

const connectPacket: ConnectPacket = {
  ...{ type: 'connect', level: 5, bridge: false, cleanStart: true, keepAlive: 60, clientId: 'a', username: 'me', password: null, will: null, properties: null },
};
const publishPacket: PublishPacket = {
  ...{ type: 'publish', dup: false, qos: 1, retain: false, topic: 'room/1', packetId: 7, properties: null, payload: Buffer.from('Hello') },
};

function tapped(over: Partial<TappedPacket> = {}): TappedPacket {
  return { timeUs: 1_000_000, connection: 1, clientId: 'a', direction: 'in', level: 5, bytes: encodePacket(publishPacket, 5), ...over };
}

/** A recorder of one source that is being recorded, and the way to feed it. */
function setUp(limits?: { packets: number; bytes: number }) {
  let changes = 0;
  const recorder = new PacketRecorder(() => (changes += 1));
  if (limits) recorder.setLimits(limits);
  let feed: ((feed: PacketFeed) => void) | undefined;
  const withdraw = recorder.offer({
    id: 'broker',
    name: () => 'Local broker',
    follow(onFeed) {
      feed = onFeed;
      return () => (feed = undefined);
    },
  });
  recorder.record('broker', true);
  const take = (packets: readonly TappedPacket[], more: Partial<PacketFeed> = {}): void => feed?.({ packets, connections: [], lost: 0, ...more });
  const frameOf = (filter: PacketFilter = {}, window: Partial<PacketsWindow> = {}): PacketsFrame => {
    const view = new PacketsView(recorder, filter, { first: 0, count: 100, follow: true, ...window }, () => undefined);
    const frame = view.frame() as PacketsFrame;
    view.close();
    return frame;
  };
  return { recorder, take, frameOf, withdraw, isFollowed: () => feed !== undefined, changes: () => changes };
}

describe('the recording', () => {
  test('holds packets of a source while it is recorded, and tells what it could not hold', () => {
    const { recorder, take, withdraw, isFollowed } = setUp({ packets: 1000, bytes: 1_048_576 });
    take(Array.from({ length: 2500 }, (_, at) => tapped({ timeUs: at })));
    expect(recorder.status()).toMatchObject({ packets: 1000, forgotten: 1500, lost: 0, sources: [{ recording: true, packets: 1000 }] });
    expect(recorder.ring.get(1500)).toBeUndefined();
    expect(recorder.ring.get(1501)?.timeUs).toBe(1500);
    take([], { lost: 3 });
    take([], { lost: 5 });
    expect(recorder.status().lost).toBe(5);
    recorder.record('broker', false);
    expect(isFollowed()).toBe(false);
    recorder.clear();
    expect(recorder.status()).toMatchObject({ packets: 0, bytes: 0, forgotten: 0, lost: 0, sources: [{ recording: false, packets: 0 }] });
    withdraw();
    expect(() => recorder.record('broker', true)).toThrow('nothing');
  });

  test('is bounded by bytes as well; of a huge packet the beginning is kept, and its size', () => {
    const { recorder, take } = setUp({ packets: 100_000, bytes: 1_048_576 });
    for (let at = 0; at < 300; at += 1) take([tapped({ bytes: new Uint8Array(10_000) })]);
    expect(recorder.status()).toMatchObject({ packets: 104, forgotten: 196 });
    expect(recorder.status().bytes).toBeLessThanOrEqual(1_048_576);
    take([tapped({ bytes: new Uint8Array(3_000_000).fill(1) })]);
    const last = recorder.ring.get(recorder.ring.next - 1);
    expect([last?.size, last?.bytes.length, last?.bytes.at(-1)]).toEqual([3_000_000, 1_048_576, 1]);
    expect(recorder.status().packets).toBe(1);
    // The bytes of each are its own, over the borders of segments.
    for (let at = 0; at < 5000; at += 1) take([tapped({ bytes: Uint8Array.of(at >> 8, at & 0xff) })]);
    for (let seq = recorder.ring.next - 5000, at = 0; at < 5000; at += 1, seq += 1) {
      const { bytes } = recorder.ring.get(seq) ?? { bytes: new Uint8Array(2) };
      expect((bytes[0] as number) * 256 + (bytes[1] as number)).toBe(at);
    }
  });

  test('tells connections of different runs apart, knows their addresses and forgets those that are over', () => {
    const { recorder, take, frameOf } = setUp();
    const about = (address: string) => ({ connections: [{ connection: 1, transport: 'tcp' as const, address, listener: 'tcp' }] });
    take([tapped()], about('10.0.0.1:1'));
    take([tapped()], about('10.0.0.1:1'));
    take([tapped({ clientId: 'b' })], about('10.0.0.2:2'));
    take([tapped({ clientId: 'b', bytes: new Uint8Array(), end: 'Over.' }), tapped({ clientId: 'c' })]);
    expect(frameOf().rows.map(({ connection, clientId }) => `${connection} ${clientId}`)).toEqual(['1 a', '1 a', '2 b', '2 b', '3 c']);
    expect(recorder.connection(2)).toMatchObject({ address: '10.0.0.2:2', ended: true });
    expect(recorder.clients('broker', 10)).toHaveLength(3);
    recorder.clear();
    expect(recorder.connection(2)).toBeUndefined();
    expect(recorder.connection(3)).toBeDefined();
  });

  test('knows the topic behind an alias', () => {
    const { take, frameOf } = setUp();
    const aliased = (topic: string) => encodePacket({ ...publishPacket, topic, properties: { contentType: 'x', topicAlias: 3 } }, 5);
    take([tapped({ bytes: aliased('long/topic') }), tapped({ bytes: aliased('') }), tapped({ bytes: aliased(''), direction: 'out' })]);
    expect(frameOf().rows.map(({ topic }) => topic)).toEqual(['long/topic', 'long/topic', null]);
    expect(frameOf({ topic: 'long/#' }).rows).toHaveLength(2);
  });
});

describe('a view', () => {
  const rowsOf = (filter: PacketFilter): readonly number[] => {
    const { take, frameOf } = setUp();
    take([
      tapped({ bytes: encodePacket(connectPacket, 5), level: null }),
      tapped({ bytes: Uint8Array.of(0x20, 3, 0, 0, 0), direction: 'out' }),
      tapped(),
      tapped({ bytes: Uint8Array.of(0x40, 2, 0, 7), direction: 'out' }),
      tapped({
        bytes: encodePacket({ type: 'subscribe', packetId: 9, subscriptions: [{ ...subscription, filter: 'room/+' }], properties: null }, 5),
        clientId: 'b',
        connection: 2,
      }),
      tapped({ bytes: Uint8Array.of(0x90, 4, 0, 9, 0, 0x87), direction: 'out', clientId: 'b', connection: 2 }),
      tapped({ bytes: Uint8Array.of(0x36, 4, 0, 1, 0x61, 0), clientId: 'b', connection: 2 }),
      tapped({ bytes: new Uint8Array(), end: 'The broker ended the connection.', direction: 'out', clientId: 'b', connection: 2 }),
    ]);
    return frameOf(filter).rows.map(({ seq }) => seq);
  };
  const subscription = { qos: 0, noLocal: false, retainAsPublished: false, retainHandling: 0 } as const;

  test.each<[string, PacketFilter, readonly number[]]>([
    ['everything', {}, [1, 2, 3, 4, 5, 6, 7, 8]],
    ['a client', { clientId: 'b' }, [5, 6, 7, 8]],
    ['types', { types: [3, 4] }, [3, 4, 7]],
    ['the ends of connections', { types: [0] }, [8]],
    ['a direction', { direction: 'out' }, [2, 4, 6, 8]],
    ['a topic filter', { topic: 'room/#' }, [3, 5]],
    ['a packet identifier', { packetId: 7 }, [3, 4]],
    ['text in a payload, whatever its case', { text: 'HELLO' }, [3]],
    ['text in the words of an end', { text: 'ended the' }, [8]],
    ['problems', { problems: true }, [6, 7, 8]],
    ['another source', { source: 'connection:x' }, []],
    ['several at once', { types: [3], problems: true, clientId: 'b' }, [7]],
  ])('shows %s', (_, filter, expected) => {
    expect(rowsOf(filter)).toEqual(expected);
  });

  test('tells the times between packets, of the list and of their connection', () => {
    const { take, frameOf } = setUp();
    take([
      tapped({ timeUs: 100 }),
      tapped({ timeUs: 150, connection: 2, clientId: 'b' }),
      tapped({ timeUs: 400 }),
      tapped({ timeUs: 1000, direction: 'out', bytes: Uint8Array.of(0x40, 2, 0, 7) }),
    ]);
    const deltas = (filter: PacketFilter) => frameOf(filter).rows.map(({ deltaUs, connectionDeltaUs }) => [deltaUs, connectionDeltaUs]);
    expect(deltas({})).toEqual([
      [null, null],
      [50, null],
      [250, 300],
      [600, 600],
    ]);
    expect(deltas({ clientId: 'a', direction: 'in' })).toEqual([
      [null, null],
      [300, 300],
    ]);
  });

  test('keeps the places of packets while older ones are forgotten, and follows the newest', async () => {
    const { recorder, take } = setUp({ packets: 1000, bytes: 1_048_576 });
    let changed = 0;
    const view = new PacketsView(recorder, { direction: 'out' }, { first: 0, count: 5, follow: true }, () => (changed += 1));
    const out = (count: number) => take(Array.from({ length: count * 2 }, (_, at) => tapped({ direction: at % 2 === 0 ? 'in' : 'out' })));
    out(600);
    view.refresh();
    expect(view.frame()).toMatchObject({ from: 0, to: 500, first: 495, rows: { length: 5, 4: { seq: 1200 } }, looked: null });
    expect(view.frame()).toBeUndefined();
    view.setWindow({ first: 200, count: 2, follow: false });
    expect(view.frame()).toMatchObject({ first: 200, rows: [{ seq: 602 }, { seq: 604 }] });
    out(400);
    view.refresh();
    expect(view.frame()).toMatchObject({ from: 400, to: 900, first: 400 });
    recorder.clear();
    view.refresh();
    expect(view.frame()).toMatchObject({ from: 900, to: 900, rows: [] });
    expect(changed).toBeGreaterThan(3);
    view.close();
  });

  test('looks through a hundred thousand packets in slices', async () => {
    const { recorder, take } = setUp();
    for (let batch = 0; batch < 100; batch += 1) take(Array.from({ length: 1000 }, () => tapped()));
    take([tapped({ bytes: Uint8Array.of(0x36, 4, 0, 1, 0x61, 0) })]);
    const view = new PacketsView(recorder, { problems: true }, { first: 0, count: 10, follow: true }, () => undefined);
    const first = view.frame();
    expect(first?.looked).not.toBeNull();
    await expect.poll(() => (view.isLooking ? null : view.frame()), { timeout: 20_000, interval: 5 }).toMatchObject({ rows: { length: 1 }, looked: null });
    view.close();
  });
});
