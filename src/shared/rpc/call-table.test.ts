import { beforeEach, describe, expect, it } from 'vitest';
import { CallTable, type CallEnd, type NewCall } from './call-table.ts';
import { seeded } from '../mqtt/packet/packet-samples.ts';
import { rpcError } from './rpc-error.ts';

let now: number;
let table: CallTable;
let ends: { readonly key: string; readonly end: CallEnd }[];
const result = { result: 1 };

beforeEach(() => {
  now = 1000;
  ends = [];
  table = new CallTable({ now: () => now });
});

const newCall = (key: string, change: Partial<NewCall> = {}): NewCall => ({
  key,
  replyTo: 'mine',
  timeoutMs: 5000,
  onEnd: (end) => ends.push({ key, end }),
  ...change,
});

describe('a call', () => {
  it('is answered once; what follows is a duplicate', () => {
    expect(table.open(newCall('a'))).toBeNull();
    now += 12;
    expect(table.answer('mine', 'a', result)).toBe('answered');
    expect(table.answer('mine', 'a', { result: 2 })).toBe('duplicate');
    expect(ends).toEqual([{ key: 'a', end: { outcome: result, elapsedMs: 12 } }]);
    expect(table.pendingCount).toBe(0);
  });

  it('times out at its deadline, not before; an answer after that is late', () => {
    table.open(newCall('a'));
    table.open(newCall('b', { timeoutMs: 100 }));
    expect(table.nextDeadline()).toBe(1100);
    now = 1099;
    table.expire();
    expect(ends).toEqual([]);
    now = 1100;
    table.expire();
    expect(ends).toMatchObject([
      { key: 'b', end: { elapsedMs: 100, outcome: { error: { code: 3002, origin: 'local', message: 'No answer within 0.1 s.' } } } },
    ]);
    expect(table.answer('mine', 'b', result)).toBe('late');
    expect(table.nextDeadline()).toBe(6000);
    expect(table.answer('mine', 'a', result)).toBe('answered');
    expect(table.nextDeadline()).toBeNull();
  });

  it('does not take an answer on another topic, and says so when it times out', () => {
    table.open(newCall('a'));
    expect(table.answer('theirs', 'a', result)).toBe('wrong-reply-topic');
    expect(ends).toEqual([]);
    now += 5000;
    table.expire();
    expect(ends[0]?.end.outcome).toMatchObject({ error: { message: 'No answer within 5 s. An answer came to "theirs" instead of "mine".' } });
  });

  it('still takes the right answer after one on another topic', () => {
    table.open(newCall('a'));
    table.answer('theirs', 'a', result);
    expect(table.answer('mine', 'a', result)).toBe('answered');
  });

  it('ends silently when it is cancelled', () => {
    table.open(newCall('a'));
    expect(table.cancel('a')).toBe(true);
    expect(table.cancel('a')).toBe(false);
    now += 10_000;
    table.expire();
    expect(table.answer('mine', 'a', result)).toBe('late');
    expect(ends).toEqual([]);
  });

  it('can fail for a reason of its own, once', () => {
    table.open(newCall('a'));
    const error = rpcError('CONNECTION_LOST', 'local', 'gone');
    table.fail('a', error);
    table.fail('a', error);
    table.fail('never', error);
    expect(ends).toEqual([{ key: 'a', end: { outcome: { error }, elapsedMs: 0 } }]);
  });

  it('may make the next one when it ends', () => {
    table.open(newCall('a', { onEnd: () => table.open(newCall('b')) }));
    now += 5000;
    table.expire();
    expect(table.pendingCount).toBe(1);
    expect(table.nextDeadline()).toBe(11_000);
  });
});

describe('the table', () => {
  it('knows no orphans', () => {
    expect(table.answer('mine', 'x', result)).toBe('orphan');
  });

  it('refuses call 101 at once with 3004, and takes one more when one has ended', () => {
    for (let index = 0; index < 100; index += 1) expect(table.open(newCall(`k${index}`))).toBeNull();
    expect(table.open(newCall('one more'))).toMatchObject({ code: 3004, origin: 'local' });
    expect(ends).toEqual([]);
    table.answer('mine', 'k7', result);
    expect(table.open(newCall('one more'))).toBeNull();
  });

  it('refuses an id that is pending, and takes one that has ended', () => {
    table.open(newCall('a'));
    expect(table.open(newCall('a'))).toMatchObject({ name: 'INVALID_RPC_REQUEST' });
    table.answer('mine', 'a', result);
    expect(table.open(newCall('a'))).toBeNull();
    expect(table.answer('mine', 'a', result)).toBe('answered');
  });

  it('forgets ended calls in the end, the oldest first, and stays small under a thousand duplicates', () => {
    table = new CallTable({ now: () => now, remembered: 2 });
    for (const key of ['a', 'b', 'c']) {
      table.open(newCall(key));
      table.answer('mine', key, result);
    }
    expect(['a', 'b', 'c'].map((key) => table.answer('mine', key, result))).toEqual(['orphan', 'duplicate', 'duplicate']);
    for (let round = 0; round < 1000; round += 1) expect(table.answer('mine', 'c', result)).toBe('duplicate');
    expect(ends).toHaveLength(3);
  });

  it('ends every call exactly once in 20,000 random steps', () => {
    const random = seeded(4);
    const opened = new Set<string>();
    const cancelled = new Set<string>();
    for (let step = 0; step < 20_000; step += 1) {
      const key = `k${Math.floor(random() * 300)}-${Math.floor(step / 1000)}`;
      const what = random();
      if (what < 0.4) {
        if (!opened.has(key) && table.open(newCall(key, { timeoutMs: 1 + Math.floor(random() * 50) })) === null) opened.add(key);
      } else if (what < 0.7) table.answer(random() < 0.9 ? 'mine' : 'theirs', key, result);
      else if (what < 0.75) {
        if (table.cancel(key)) cancelled.add(key);
      } else {
        now += Math.floor(random() * 3);
        table.expire();
        expect(table.nextDeadline() ?? Infinity).toBeGreaterThan(now);
      }
      expect(table.pendingCount).toBe(opened.size - ends.length - cancelled.size);
    }
    now += 100;
    table.expire();
    expect(table.pendingCount).toBe(0);
    expect(ends.map(({ key }) => key).toSorted()).toEqual([...opened].filter((key) => !cancelled.has(key)).toSorted());
  });
});
