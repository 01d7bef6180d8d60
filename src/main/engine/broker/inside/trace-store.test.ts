import { expect, it } from 'vitest';
import type { TraceEvent, TraceReceiver } from '../../../../shared/contract/broker-inside.ts';
import type { MessageRecord } from '../../../../shared/messages/record.ts';
import { TraceStore } from './trace-store.ts';

const receiver = (clientId: string, more: Partial<TraceReceiver> = {}): TraceReceiver => ({
  clientId,
  filters: ['#'],
  group: null,
  grantedQos: 1,
  qos: 1,
  state: 'written',
  packetId: 1,
  ...more,
});
const routed = (number: number, receivers: readonly TraceReceiver[], cause: 'published' | 'retained' = 'published'): TraceEvent => ({
  kind: 'routed',
  number,
  timeUs: number * 100,
  cause,
  publisher: 'p',
  packetId: 9,
  receivers,
  omitted: 0,
});
const record = (id: number): MessageRecord => ({
  id,
  timeUs: 0,
  topic: 't',
  payload: new Uint8Array(0),
  qos: 0,
  retain: false,
  dup: false,
  direction: 'in',
  publisher: 'p',
  properties: null,
});
const states = (store: TraceStore, id: number): readonly string[] | undefined => store.get(id)?.receivers.map(({ clientId, state }) => `${clientId} ${state}`);

it('puts events and records together, whichever comes first', () => {
  const store = new TraceStore();
  store.apply([routed(1, [receiver('a')])]);
  store.attach([record(1), record(2)], 501);
  expect(store.get(501)).toMatchObject({ publisher: 'p', packetId: 9, routedAtUs: 100, omitted: 0, receivers: [{ clientId: 'a', writtenAtUs: 100 }] });
  expect(store.get(502)).toBeNull();
  store.apply([routed(2, [])]);
  expect(store.get(502)).toMatchObject({ routedAtUs: 200, receivers: [] });
  expect(store.get(503)).toBeNull();
  // Of an engine that counts no messages.
  store.attach([record(0)], 503);
  expect(store.get(503)).toBeNull();
});

it('finds a message by its number as well, of the present run, and tells how long acknowledgements took', () => {
  const times: number[] = [];
  const store = new TraceStore({ onAcknowledged: (us) => times.push(us) });
  store.apply([
    routed(1, [receiver('a')]),
    { kind: 'acknowledged', number: 1, timeUs: 350, clientId: 'a', packetId: 1 },
    routed(1, [receiver('late', { packetId: 2 })], 'retained'),
    { kind: 'acknowledged', number: 1, timeUs: 9000, clientId: 'late', packetId: 2 },
  ]);
  expect(store.getNumber(1)?.receivers).toHaveLength(2);
  expect(store.getNumber(2)).toBeNull();
  // A retained message that somebody gets much later says nothing about speed.
  expect(times).toEqual([250]);
  store.newRun();
  expect(store.getNumber(1)).toBeNull();
});

it('follows each receiver to its end', () => {
  const store = new TraceStore();
  const waiting = { state: 'waiting', packetId: 0 } as const;
  store.attach([record(1)], 1);
  store.apply([
    routed(1, [
      receiver('a', { packetId: 4 }),
      receiver('b', waiting),
      receiver('b', { ...waiting, group: 'g' }),
      receiver('c', waiting),
      receiver('d', { state: 'offline' }),
    ]),
    { kind: 'written', number: 1, timeUs: 200, clientId: 'b', packetId: 5, again: false },
    { kind: 'written', number: 1, timeUs: 210, clientId: 'b', packetId: 6, again: false },
    { kind: 'acknowledged', number: 1, timeUs: 220, clientId: 'b', packetId: 6 },
    { kind: 'written', number: 1, timeUs: 230, clientId: 'a', packetId: 4, again: true },
    { kind: 'dropped', number: 1, timeUs: 240, clientId: 'a', packetId: 4, reason: 'session-ended' },
    { kind: 'dropped', number: 1, timeUs: 250, clientId: 'c', packetId: 0, reason: 'expired' },
    { kind: 'acknowledged', number: 1, timeUs: 260, clientId: 'nobody', packetId: 6 },
    { kind: 'acknowledged', number: 77, timeUs: 260, clientId: 'b', packetId: 6 },
  ]);
  expect(store.get(1)?.receivers).toMatchObject([
    { clientId: 'a', state: 'session-ended', writtenAtUs: 100, sentAgain: 1, acknowledgedAtUs: null, endedAtUs: 240 },
    { clientId: 'b', group: null, state: 'written', writtenAtUs: 200, packetId: 5, acknowledgedAtUs: null, endedAtUs: null },
    { clientId: 'b', group: 'g', state: 'written', writtenAtUs: 210, packetId: 6, acknowledgedAtUs: 220 },
    { clientId: 'c', state: 'expired', writtenAtUs: null, endedAtUs: 250 },
    { clientId: 'd', state: 'offline', writtenAtUs: null, endedAtUs: 100 },
  ]);
});

it('adds who gets a retained message later, but only of messages it knows', () => {
  const store = new TraceStore();
  store.attach([record(1)], 1);
  store.apply([routed(1, []), routed(1, [receiver('late')], 'retained'), routed(2, [receiver('late')], 'retained')]);
  store.attach([record(2)], 2);
  expect(store.get(1)?.receivers).toMatchObject([{ clientId: 'late', cause: 'retained' }]);
  expect(store.get(2)).toBeNull();
});

it('keeps the messages of earlier runs of the broker apart', () => {
  const store = new TraceStore();
  store.attach([record(1)], 1);
  store.apply([routed(1, [receiver('old')])]);
  store.newRun();
  store.attach([record(1)], 2);
  store.apply([
    routed(1, [receiver('new', { state: 'waiting' })]),
    { kind: 'dropped', number: 1, timeUs: 5, clientId: 'old', packetId: 1, reason: 'session-ended' },
  ]);
  expect([states(store, 1), states(store, 2)]).toEqual([['old written'], ['new waiting']]);
});

it('holds so many messages and bytes, and forgets the oldest', () => {
  const few = new TraceStore({ maxMessages: 2 });
  few.attach([record(1), record(2), record(3)], 1);
  few.apply([1, 2, 3].map((number) => routed(number, [])));
  // The first was forgotten before its event came, and came back as the newest.
  expect(few.status).toMatchObject({ messages: 2, lost: 0 });
  expect(few.get(2)).toBeNull();
  expect(few.get(3)).not.toBeNull();

  const small = new TraceStore({ maxBytes: 100_000 });
  for (let number = 1; number <= 50; number += 1) {
    small.attach([record(number)], number);
    small.apply([
      routed(
        number,
        Array.from({ length: 20 }, (_, n) => receiver(`c${n}`)),
      ),
    ]);
  }
  const { messages, revision } = small.status;
  expect(messages).toBeGreaterThan(10);
  expect(messages).toBeLessThan(25);
  expect(revision).toBe(100);
  expect(states(small, 50)).toHaveLength(20);
  small.countLost(7);
  expect(small.status.lost).toBe(7);
});
