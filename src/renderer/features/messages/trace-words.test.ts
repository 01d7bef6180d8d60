import { expect, it } from 'vitest';
import type { TracedReceiver, TraceReason } from '../../../shared/contract/broker-inside.ts';
import { formatDelay, qosWords, receiverWords, sortReceivers } from './trace-words.ts';

const routedAtUs = 1_790_000_000_000_000;
const receiver = (change: Partial<TracedReceiver> = {}): TracedReceiver => ({
  clientId: 'a',
  filters: ['#'],
  group: null,
  grantedQos: 1,
  qos: 1,
  state: 'written',
  packetId: 1,
  cause: 'published',
  writtenAtUs: routedAtUs,
  sentAgain: 0,
  acknowledgedAtUs: null,
  endedAtUs: null,
  ...change,
});
const gone = (state: TraceReason, laterUs = 0, more: Partial<TracedReceiver> = {}): TracedReceiver =>
  receiver({ state, writtenAtUs: null, endedAtUs: routedAtUs + laterUs, ...more });

it.each([
  [receiver({ qos: 0 }), 'ok', 'Sent'],
  [receiver(), 'busy', 'Sent, not acknowledged yet'],
  [receiver({ writtenAtUs: routedAtUs + 3_240_000, sentAgain: 2 }), 'busy', 'Sent after 3.2 s, not acknowledged yet, sent again 2 times'],
  [receiver({ acknowledgedAtUs: routedAtUs + 1400, sentAgain: 1 }), 'ok', 'Acknowledged after 1.4 ms, sent again once'],
  [receiver({ state: 'waiting', writtenAtUs: null }), 'busy', 'Waits to be sent'],
  [gone('no-local'), 'off', 'Not sent back to its publisher (no-local)'],
  [gone('other-member'), 'off', 'Another member of the group got it'],
  [gone('offline', 0, { qos: 0 }), 'bad', 'Not connected, and QoS 0 does not wait'],
  [gone('offline'), 'bad', 'Not connected'],
  [gone('expired', 5_000_000), 'bad', 'Expired while it waited, after 5.0 s'],
  [gone('session-ended', 800), 'bad', 'Its session ended before it could be sent, after 800 µs'],
  [gone('session-ended', 800, { writtenAtUs: routedAtUs }), 'bad', 'Sent, but its session ended after 800 µs, before it acknowledged'],
])('says of %j: %s, %s', (one, tone, text) => {
  expect(receiverWords(one, routedAtUs)).toMatchObject({ tone, text });
});

it('gives the moments in full', () => {
  const { title } = receiverWords(receiver({ acknowledgedAtUs: routedAtUs + 7 }), routedAtUs);
  expect(title).toMatch(/^Routed .*\.000000\nSent .*\.000000\nAcknowledged .*\.000007$/);
});

it('has words for every reason', () => {
  const all: readonly TraceReason[] = [
    'no-local',
    'not-authorised',
    'expired',
    'queue-full',
    'discarded',
    'output-full',
    'offline',
    'too-large',
    'other-member',
    'no-member',
    'session-ended',
    'refused',
  ];
  expect(new Set(all.map((state) => receiverWords(gone(state), routedAtUs).text)).size).toBe(all.length);
});

it.each([
  [0, '0 µs'],
  [999, '999 µs'],
  [1000, '1.0 ms'],
  [377_400, '377 ms'],
  [3_240_000, '3.2 s'],
  [300_000_000, '5 min'],
])('writes %i µs as %s', (us, text) => expect(formatDelay(us)).toBe(text));

it('shows both QoS where they differ', () => {
  expect(qosWords(receiver())).toBe('QoS 1');
  expect(qosWords(receiver({ qos: 0, grantedQos: 2 }))).toBe('QoS 0 of 2');
});

it('lists who got it first, and those not concerned last', () => {
  const list = [gone('no-local'), gone('too-large'), receiver({ state: 'waiting' }), receiver({ clientId: 'b', qos: 0 }), receiver({ clientId: 'c', qos: 0 })];
  expect(sortReceivers(list).map(({ clientId, state }) => `${clientId} ${state}`)).toEqual([
    'b written',
    'c written',
    'a waiting',
    'a too-large',
    'a no-local',
  ]);
});
