import { expect, it } from 'vitest';
import type { MessageTail } from '../../../shared/contract/messages.ts';
import type { MessageRecord } from '../../../shared/messages/record.ts';
import { createIngest } from './ingest.ts';
import { createTails, rowOf, type TailReader } from './tails.ts';

const record = (id: number, topic = 'a', payload = new Uint8Array(1)): MessageRecord => ({
  id,
  timeUs: id,
  topic,
  payload,
  qos: 0,
  retain: false,
  dup: false,
  direction: 'in',
  publisher: null,
  properties: null,
});
const range = (from: number, to: number): MessageRecord[] => Array.from({ length: to - from + 1 }, (_, n) => record(from + n));

function setUp() {
  let nowMs = 0;
  let due: { readonly run: () => void; readonly at: number } | undefined;
  const tails = createTails({
    now: () => nowMs,
    setTimer: (run, ms) => (due = { run, at: nowMs + ms }),
    clearTimer: () => (due = undefined),
  });
  const advance = (ms: number): void => {
    const end = nowMs + ms;
    while (due && due.at <= end) {
      const { run, at } = due;
      nowMs = at;
      due = undefined;
      run();
    }
    nowMs = end;
  };
  advance(1000);
  return { tails, advance, isIdle: () => due === undefined };
}

function reader(): TailReader & { readonly received: MessageTail[]; blocked: boolean } {
  const state = { received: [] as MessageTail[], blocked: false, ready: () => !state.blocked, send: (tail: MessageTail) => void state.received.push(tail) };
  return state;
}
const ids = (tails: readonly MessageTail[]): readonly (readonly number[])[] => tails.map(({ rows }) => rows.map(({ id }) => id));

it('gives a topic’s messages to who looks at it, and nothing else', () => {
  const { tails, advance, isIdle } = setUp();
  const one = reader();
  const stop = tails.open('broker', 'a', one);
  tails.ingest('broker', [record(1), record(2, 'b'), record(3)]);
  tails.ingest('connection:x', [record(4)]);
  advance(0);
  expect(ids(one.received)).toEqual([[1, 3]]);
  stop();
  tails.ingest('broker', [record(5)]);
  advance(1000);
  expect(ids(one.received)).toEqual([[1, 3]]);
  expect(isIdle()).toBe(true);
});

it('sends at most 20 times a second', () => {
  const { tails, advance } = setUp();
  const one = reader();
  tails.open('broker', 'a', one);
  for (let id = 1; id <= 1000; id += 1) {
    tails.ingest('broker', [record(id)]);
    advance(1);
  }
  expect(one.received.length).toBeGreaterThanOrEqual(19);
  expect(one.received.length).toBeLessThanOrEqual(21);
  expect(one.received.reduce((sum, { rows, omitted }) => sum + rows.length + omitted, 0)).toBeGreaterThanOrEqual(950);
});

it('keeps the newest rows of a flood and counts the others', () => {
  const { tails, advance } = setUp();
  const one = reader();
  tails.open('broker', 'a', one);
  tails.ingest('broker', range(1, 1000));
  advance(0);
  expect(one.received).toHaveLength(1);
  expect(one.received[0]).toMatchObject({ omitted: 800, rows: { length: 200 } });
  expect(one.received[0]?.rows.at(-1)?.id).toBe(1000);
});

it('waits for a reader that is not ready, without losing count or holding up others', () => {
  const { tails, advance } = setUp();
  const [slow, fast] = [reader(), reader()];
  tails.open('broker', 'a', slow);
  tails.open('broker', 'a', fast);
  slow.blocked = true;
  tails.ingest('broker', range(1, 150));
  advance(500);
  tails.ingest('broker', range(151, 300));
  advance(500);
  expect(slow.received).toEqual([]);
  expect(fast.received.map(({ rows }) => rows.length)).toEqual([150, 150]);
  slow.blocked = false;
  advance(50);
  expect(slow.received).toMatchObject([{ omitted: 100, rows: { length: 200 } }]);
});

it('copies only the beginning of a payload', () => {
  const payload = new Uint8Array(1_000_000).fill(7);
  const row = rowOf(record(1, 'a', payload));
  expect(row).toMatchObject({ sizeBytes: 1_000_000, head: { length: 256 } });
  expect(row.head.buffer.byteLength).toBe(256);
});

it('numbers messages of all sources in one sequence, continuing the history', () => {
  const seen: (readonly [string, number])[] = [];
  const note = (part: string) => ({
    append: (_source: string, records: readonly MessageRecord[]) => void seen.push(...records.map(({ id }) => [part, id] as const)),
    ingest: (_source: string, records: readonly MessageRecord[]) => void seen.push(...records.map(({ id }) => [part, id] as const)),
  });
  const ingest = createIngest({ store: note('store'), topics: note('topics'), tails: note('tails'), rpc: note('rpc') }, 41);
  ingest.receive('broker', [record(0)]);
  ingest.receive('connection:x', [record(0)]);
  expect(seen).toEqual([
    ['store', 42],
    ['topics', 42],
    ['tails', 42],
    ['rpc', 42],
    ['store', 43],
    ['topics', 43],
    ['tails', 43],
    ['rpc', 43],
  ]);
  expect(ingest.lastId).toBe(43);
});
