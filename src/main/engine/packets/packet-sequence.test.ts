import { describe, expect, test } from 'vitest';
import type { MessageTrace, TracedReceiver } from '../../../shared/contract/broker-inside.ts';
import type { MessageDetail } from '../../../shared/contract/messages.ts';
import type { PacketSequence } from '../../../shared/contract/packets.ts';
import type { TappedPacket } from '../../../shared/messages/tapped-packet.ts';
import { encodePacket } from '../../../shared/mqtt/packet/encoder.ts';
import type { AckPacket, Packet, PublishPacket } from '../../../shared/mqtt/packet/packets.ts';
import { PacketRecorder, type PacketFeed } from './packet-recorder.ts';
import { sequenceOfMessages, sequenceOfPacket } from './packet-sequence.ts';

const publish = (over: Partial<PublishPacket> = {}): PublishPacket => ({
  ...{ type: 'publish', dup: false, qos: 0, retain: false, topic: 'a', packetId: 0, properties: null, payload: Buffer.from('x') },
  ...over,
});
const ack = (type: AckPacket['type'], packetId: number): AckPacket => ({ type, packetId, code: 0, properties: null });

/** Records packets written as `client direction packet`, one millisecond apart; each client is a connection. */
function record(rows: readonly (readonly [client: string, direction: 'in' | 'out', packet: Packet | string])[]): PacketRecorder {
  const recorder = new PacketRecorder(() => undefined);
  let feed: ((feed: PacketFeed) => void) | undefined;
  recorder.offer({ id: 'broker', name: () => 'Local broker', follow: (onFeed) => ((feed = onFeed), () => undefined) });
  recorder.record('broker', true);
  const clients = [...new Set(rows.map(([client]) => client))];
  const packets = rows.map(([client, direction, packet], at): TappedPacket => ({
    ...{ timeUs: 1_000_000 + at * 1000, connection: clients.indexOf(client) + 1, clientId: client, direction, level: 4 },
    ...(typeof packet === 'string' ? { bytes: new Uint8Array(), end: packet } : { bytes: encodePacket(packet, 4) }),
  }));
  feed?.({ packets, connections: [], lost: 0 });
  return recorder;
}

const drawn = ({ participants, steps }: PacketSequence): readonly string[] => {
  const name = (id: string): string => participants.find((one) => one.id === id)?.name ?? '?';
  return steps.map(({ from, to, name: what, seq }) => `${seq ?? '-'} ${name(from)}>${name(to)} ${what}`);
};

const rows = [
  [
    'sub1',
    'in',
    { type: 'subscribe', packetId: 5, subscriptions: [{ filter: '#', qos: 2, noLocal: false, retainAsPublished: false, retainHandling: 0 }], properties: null },
  ],
  ['sub1', 'out', { type: 'suback', packetId: 5, codes: [2], properties: null }],
  ['pub', 'in', publish({ qos: 2, packetId: 7 })],
  ['other', 'in', publish({ topic: 'b' })],
  ['sub1', 'out', publish({ qos: 2, packetId: 1 })],
  ['sub2', 'out', publish()],
  ['pub', 'out', ack('pubrec', 7)],
  ['sub1', 'in', ack('pubrec', 1)],
  ['pub', 'in', ack('pubrel', 7)],
  ['sub1', 'out', ack('pubrel', 1)],
  ['pub', 'out', ack('pubcomp', 7)],
  ['sub1', 'in', ack('pubcomp', 1)],
  // The same words again are another message.
  ['pub', 'in', publish({ qos: 1, packetId: 7 })],
  ['sub1', 'out', publish({ qos: 1, packetId: 1 })],
  ['pub', 'out', ack('puback', 7)],
  ['sub2', 'in', 'The connection ended without DISCONNECT.'],
] as const satisfies Parameters<typeof record>[0];

describe('a packet leads to what it belongs to', () => {
  const first = [3, 5, 6, 7, 8, 9, 10, 11, 12];
  test.each([
    ['the message that was published', 3, first],
    ['a delivery of it', 6, first],
    ['an acknowledgement by the publisher', 9, first],
    ['one by a receiver', 12, first],
    ['the same message once more', 13, [13, 14, 15]],
    ['its delivery', 14, [13, 14, 15]],
    ['SUBSCRIBE', 1, [1, 2]],
    ['SUBACK', 2, [1, 2]],
    ['a message that nobody got', 4, [4]],
    ['the end of a connection', 16, [16]],
  ])('%s', (_, seq, expected) => {
    expect(sequenceOfPacket(record(rows), seq)?.steps.map((step) => step.seq)).toEqual(expected);
  });

  test('who begins stands left of the broker, the others right of it', () => {
    const sequence = sequenceOfPacket(record(rows), 5);
    expect(sequence?.participants.map(({ name }) => name)).toEqual(['pub', 'Local broker', 'sub1', 'sub2']);
    expect(sequence && drawn(sequence).slice(0, 3)).toEqual(['3 pub>Local broker PUBLISH', '5 Local broker>sub1 PUBLISH', '6 Local broker>sub2 PUBLISH']);
    expect(sequence?.steps[0]).toMatchObject({ words: '#7 a QoS 2, payload 1 B', kind: 'message' });
    expect(sequenceOfPacket(record(rows), 99)).toBeNull();
  });
});

describe('messages of the history', () => {
  const detail = (over: Partial<MessageDetail> = {}): MessageDetail => ({
    ...{ id: 1, timeUs: 1_002_100, topic: 'a', qos: 2, retain: false, dup: false, direction: 'in', publisher: 'pub', sizeBytes: 1 },
    ...{ head: Buffer.from('x'), properties: null, payload: Buffer.from('x') },
    ...over,
  });
  const receiver = (over: Partial<TracedReceiver>): TracedReceiver => ({
    ...{ clientId: 'sub1', filters: ['#'], group: null, grantedQos: 1, qos: 1, state: 'written', packetId: 4, cause: 'published' },
    ...{ writtenAtUs: 1_003_000, sentAgain: 0, acknowledgedAtUs: 1_004_000, endedAtUs: null },
    ...over,
  });
  const trace: MessageTrace = {
    ...{ publisher: 'pub', packetId: 7, clockOffsetUs: 0, routedAtUs: 1_002_500, omitted: 0 },
    receivers: [receiver({}), receiver({ clientId: 'away', state: 'offline', writtenAtUs: null, acknowledgedAtUs: null, endedAtUs: 1_002_600 })],
  };

  test('are found among the packets, the nearest in time', async () => {
    const sources = { message: async (id: number) => (id === 1 ? detail() : detail({ id, timeUs: 1_012_000 })), whoGot: () => null };
    const recorder = record(rows);
    const one = await sequenceOfMessages(recorder, { source: 'broker', messages: [1] }, sources);
    expect(one.steps.map(({ seq }) => seq)).toEqual([3, 5, 6, 7, 8, 9, 10, 11, 12]);
    const both = await sequenceOfMessages(recorder, { source: 'broker', messages: [1, 2] }, sources);
    expect(both.steps.map(({ seq }) => seq)).toEqual([3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
    expect(both).toMatchObject({ traced: false, missing: 0 });
  });

  test('are drawn from the trace where no packets were recorded', async () => {
    const sequence = await sequenceOfMessages(record([]), { source: 'broker', messages: [1] }, { message: async () => detail(), whoGot: () => trace });
    expect(drawn(sequence)).toEqual([
      '- pub>Local broker PUBLISH',
      '- Local broker>away not delivered',
      '- Local broker>sub1 PUBLISH',
      '- sub1>Local broker PUBACK',
    ]);
    expect(sequence).toMatchObject({ traced: true, missing: 0 });
  });

  test('who did not get them is added to the packets', async () => {
    const sequence = await sequenceOfMessages(record(rows), { source: 'broker', messages: [1] }, { message: async () => detail(), whoGot: () => trace });
    // Only those that the trace names: other packets look alike by chance.
    expect(sequence.steps.map(({ seq, name }) => seq ?? name)).toEqual([3, 'not delivered', 5, 7, 8, 9, 10, 11, 12]);
  });

  test('of which nothing is known are counted', async () => {
    const sources = { message: async () => null, whoGot: () => null };
    expect(await sequenceOfMessages(record([]), { source: 'broker', messages: [1, 2] }, sources)).toMatchObject({ steps: [], missing: 2 });
  });

  test('of a connection, and of an intercept, are looked for in the right direction', async () => {
    const recorder = record(rows);
    for (const [source, direction] of [
      ['connection:c', 'out'],
      ['intercept:i', 'in'],
    ] as const) {
      const sources = { message: async () => detail({ direction }), whoGot: () => trace };
      // There are none of that source, and the trace is of the local broker only.
      expect(await sequenceOfMessages(recorder, { source, messages: [1] }, sources)).toMatchObject({ steps: [], missing: 1 });
    }
  });
});
