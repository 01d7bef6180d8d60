import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CallInput } from '../../../../shared/contract/rpc.ts';
import type { BatchInput } from '../../../../shared/contract/rpc-batches.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import type { RpcOutcome } from '../../../../shared/rpc/dialect.ts';
import { rpcError } from '../../../../shared/rpc/rpc-error.ts';
import type { CallObserver } from '../caller/own-calls.ts';
import { Batch, type BatchCaller } from './batch.ts';

interface Started {
  readonly id: number;
  readonly input: CallInput;
  readonly observer: CallObserver;
}

let clock: number;
let open: Started[];
let takenOut: number[];
let lastId: number;
let most: number;
let refuse: ((input: CallInput) => CodedError | undefined) | undefined;
let atOnce: RpcOutcome | undefined;

const caller: BatchCaller = {
  start(input, observer) {
    const refused = refuse?.(input);
    if (refused) throw refused;
    lastId += 1;
    if (atOnce) observer.onEnd?.(atOnce, 0);
    else open.push({ id: lastId, input, observer });
    most = Math.max(most, open.length);
    return lastId;
  },
  cancel(id) {
    const found = open.find((one) => one.id === id);
    open = open.filter((one) => one !== found);
    found?.observer.onCancelled?.();
    return found !== undefined;
  },
  takeOut: (id) => takenOut.push(id) > 0,
};

const call: CallInput = { source: 'broker', dialect: 'mqttxx2', topic: 'edge/a', method: 'get', params: null };
const repeat = (times: number, more: Partial<BatchInput> = {}): BatchInput => ({ call, plan: { kind: 'repeat', times }, inFlight: 1, ...more });
const fanOut = (topics: string[], more: Partial<BatchInput> = {}): BatchInput => ({ call, plan: { kind: 'fan-out', topics }, inFlight: 2, ...more });

function begin(input: BatchInput): Batch {
  const batch = new Batch('b', input, { caller, now: () => 1_700_000_000_000, clock: () => clock, onChange: () => undefined });
  batch.begin();
  return batch;
}
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);
const pass = async (ms: number): Promise<void> => {
  clock += ms;
  await vi.advanceTimersByTimeAsync(ms);
};
async function end(outcome: RpcOutcome = { result: 1 }, elapsedMs = 5): Promise<void> {
  open.shift()?.observer.onEnd?.(outcome, elapsedMs);
  await settle();
}
const failure: RpcOutcome = { error: rpcError('RPC_EXECUTION_ERROR', 'remote', 'broken') };

beforeEach(() => {
  vi.useFakeTimers();
  [clock, open, takenOut, lastId, most, refuse, atOnce] = [1000, [], [], 0, 0, undefined, undefined];
});
afterEach(() => vi.useRealTimers());

describe('a repeated call', () => {
  it('is made n times, never with more than m under way', async () => {
    const batch = begin(repeat(250, { inFlight: 7 }));
    while (open.length > 0) await end();
    expect(most).toBe(7);
    expect(lastId).toBe(250);
    expect(batch.status()).toMatchObject({ phase: 'done', total: 250, pending: 0, outcomes: { ok: 250, failed: 0 }, latency: { count: 250 }, problem: null });
  });

  it('waits between an answer and the next call', async () => {
    const batch = begin(repeat(3, { delayMs: 1000 }));
    await end();
    await pass(999);
    expect(open).toHaveLength(0);
    await pass(1);
    expect(open).toHaveLength(1);
    await end();
    await pass(1000);
    await end();
    // Nothing is left to wait for.
    expect(batch.status()).toMatchObject({ phase: 'done', elapsedMs: 2000 });
  });

  it('ends with the last answer although others wait', async () => {
    const batch = begin(repeat(3, { inFlight: 2, delayMs: 60_000 }));
    await end();
    await pass(60_000);
    await end();
    await end();
    expect(batch.status()).toMatchObject({ phase: 'done', outcomes: { ok: 3 } });
  });

  it('stops at the first failure and awaits what is under way', async () => {
    const batch = begin(repeat(100, { inFlight: 3, stopOnFailure: true }));
    await end(failure);
    expect(batch.status()).toMatchObject({
      phase: 'stopping',
      pending: 2,
      firstFailedCall: 1,
      errors: [{ name: 'RPC_EXECUTION_ERROR', text: 'broken', count: 1 }],
    });
    await end();
    await end();
    expect(lastId).toBe(3);
    expect(batch.status()).toMatchObject({ phase: 'stopped', pending: 0, outcomes: { ok: 2, failed: 1 } });
  });

  it('is cancelled with what is under way', async () => {
    const batch = begin(repeat(100, { inFlight: 4 }));
    await end();
    expect(batch.cancel()).toBe(true);
    expect(batch.cancel()).toBe(false);
    expect(open).toHaveLength(0);
    expect(batch.status()).toMatchObject({ phase: 'cancelled', pending: 0, outcomes: { ok: 1, cancelled: 4 } });
    await pass(10_000);
    expect(lastId).toBe(5);
  });

  it('goes on when one of its calls is cancelled by hand', async () => {
    const batch = begin(repeat(3));
    caller.cancel(1);
    await settle();
    while (open.length > 0) await end();
    expect(batch.status()).toMatchObject({ phase: 'done', outcomes: { ok: 2, cancelled: 1 } });
  });

  it('does not burn through its calls while the source has no room', async () => {
    atOnce = { error: rpcError('TOO_MANY_PENDING_CALLS', 'local', 'full') };
    const batch = begin(repeat(1_000_000, { inFlight: 2 }));
    await pass(1000);
    expect(lastId).toBeLessThanOrEqual(24);
    expect(lastId).toBeGreaterThan(10);
    expect(batch.status()).toMatchObject({ phase: 'running', latency: null });
    expect(batch.status().errors).toMatchObject([{ name: 'TOO_MANY_PENDING_CALLS' }]);
    batch.cancel();
  });

  it('ends when the connection does, and says so', async () => {
    const batch = begin(repeat(1000, { inFlight: 2, delayMs: 50 }));
    await end({ error: rpcError('CONNECTION_LOST', 'local', 'The broker has gone.') });
    await end({ error: rpcError('CONNECTION_LOST', 'local', 'The broker has gone.') });
    await pass(1000);
    expect(lastId).toBe(2);
    expect(batch.status()).toMatchObject({ phase: 'failed', problem: { message: 'The broker has gone.' }, outcomes: { failed: 2 } });
  });

  it('ends when no further call can be sent', async () => {
    const batch = begin(repeat(10));
    refuse = () => new CodedError('not-connected', 'Gone.');
    await end();
    expect(batch.status()).toMatchObject({ phase: 'failed', problem: { code: 'not-connected' }, outcomes: { ok: 1 } });
  });

  it('is not begun when its first call cannot be sent', () => {
    refuse = () => new CodedError('broker-not-running');
    expect(() => begin(repeat(10))).toThrow('not running');
  });

  it('leaves room in the list of calls: the newest results and the first failures stay', async () => {
    const batch = begin(repeat(1300));
    for (let n = 0; n < 250; n += 1) await end();
    expect(takenOut).toEqual(Array.from({ length: 50 }, (_, n) => n + 1));
    while (open.length > 0) await end(failure);
    expect(takenOut).toHaveLength(100);
    expect(batch.status()).toMatchObject({ unlisted: 100, outcomes: { ok: 250, failed: 1050 } });
  });

  it('traces only the first calls', async () => {
    begin(repeat(102));
    const traced: (boolean | undefined)[] = [];
    while (open.length > 0) {
      traced.push(open[0]?.observer.traced);
      await end();
    }
    expect(traced.filter(Boolean)).toHaveLength(100);
  });
});

it('makes a list of different requests, and goes on after one that cannot be sent', async () => {
  refuse = ({ method }) => (method === 'bad' ? new CodedError('bad-input', 'There is no such method.') : undefined);
  const requests = ['a', 'bad', 'c'].map((method, at) => ({ topic: `t/${at}`, method, params: at }));
  const batch = begin({ call, plan: { kind: 'requests', requests }, inFlight: 1 });
  await end({ result: 1, code: 205 });
  await end({ ...failure, code: 404 });
  expect(batch.status()).toMatchObject({ kind: 'requests', phase: 'done', total: 3, method: '', outcomes: { ok: 1, failed: 2 } });
  expect(batch.peers?.page({ offset: 0, limit: 10 }).rows).toMatchObject([
    { topic: 't/0', method: 'a', state: 'ok', responseCode: 205 },
    { topic: 't/1', method: 'bad', state: 'failed', responseCode: null, callId: null },
    { topic: 't/2', method: 'c', state: 'failed', responseCode: 404 },
  ]);
  expect(batch.peers?.page({ offset: 0, limit: 10, text: 'BAD' }).total).toBe(1);
});

describe('a fan-out', () => {
  const page = { offset: 0, limit: 100 };

  it('calls each peer once, and groups equal results', async () => {
    const batch = begin(fanOut(['p/1', 'p/2', 'p/3', 'p/4']));
    await end({ result: { a: 1, b: 2 } });
    await end({ result: { b: 2, a: 1 } });
    await end(failure);
    await end({ error: rpcError('RPC_TIMEOUT', 'local', 'No answer within 1 s.') });
    expect(batch.status()).toMatchObject({ phase: 'done', kind: 'fan-out', outcomes: { ok: 2, failed: 1, 'timed-out': 1 } });
    const { rows, groups, total } = batch.peers?.page(page) ?? { rows: [], groups: [], total: 0 };
    expect(total).toBe(4);
    expect(rows.map(({ topic, state, text }) => [topic, state, text])).toEqual([
      ['p/1', 'ok', '{"a":1,"b":2}'],
      ['p/2', 'ok', '{"a":1,"b":2}'],
      ['p/3', 'failed', 'RPC_EXECUTION_ERROR: broken'],
      ['p/4', 'timed-out', 'RPC_TIMEOUT: No answer within 1 s.'],
    ]);
    expect(groups).toMatchObject([{ count: 2, text: '{"a":1,"b":2}' }, { count: 1 }, { count: 1 }]);
    expect(takenOut).toEqual([]);
  });

  it('sorts and filters', async () => {
    const batch = begin(fanOut(['p/b', 'p/a', 'q/c'], { inFlight: 3 }));
    await end({ result: 'x' }, 30);
    await end({ result: 'y' }, 10);
    await end(failure, 20);
    const topics = (query: object): readonly string[] => batch.peers?.page({ ...page, ...query }).rows.map(({ topic }) => topic) ?? [];
    expect(topics({ sort: 'topic' })).toEqual(['p/a', 'p/b', 'q/c']);
    expect(topics({ sort: 'topic', descending: true })).toEqual(['q/c', 'p/b', 'p/a']);
    expect(topics({ sort: 'time' })).toEqual(['p/a', 'q/c', 'p/b']);
    expect(topics({ states: ['failed'] })).toEqual(['q/c']);
    expect(topics({ text: 'P/' })).toEqual(['p/b', 'p/a']);
    expect(topics({ group: batch.peers?.page(page).rows[1]?.group })).toEqual(['p/a']);
    expect(topics({ offset: 1, limit: 1 })).toEqual(['p/a']);
  });

  it('calls those again that gave no result', async () => {
    const batch = begin(fanOut(['p/1', 'p/2', 'p/3']));
    expect(() => batch.retry()).toThrow('under way');
    await end();
    await end(failure);
    await end(failure);
    expect(batch.retry()).toBe(2);
    expect(batch.status()).toMatchObject({ phase: 'running', outcomes: { ok: 1, failed: 0 }, errors: [] });
    expect(open.map(({ input }) => input.topic)).toEqual(['p/2', 'p/3']);
    await end();
    await end();
    expect(batch.status()).toMatchObject({ phase: 'done', outcomes: { ok: 3, failed: 0 } });
    expect(batch.retry()).toBe(0);
    expect(batch.peers?.page(page).groups).toMatchObject([{ count: 3 }]);
  });

  it('passes by a peer whose topic is none, and says so', async () => {
    refuse = ({ topic }) => (topic.includes('#') ? new CodedError('invalid-topic', 'No wildcards.') : undefined);
    const batch = begin(fanOut(['p/#', 'p/1', 'q/#']));
    await end();
    expect(batch.status()).toMatchObject({ phase: 'done', outcomes: { ok: 1, failed: 2 } });
    expect(batch.peers?.page(page).rows.map(({ state }) => state)).toEqual(['failed', 'ok', 'failed']);
  });

  it('takes ten thousand peers, none of which is one, without a stack of calls', () => {
    refuse = () => new CodedError('invalid-topic', 'No wildcards.');
    const batch = begin(fanOut(Array.from({ length: 10_000 }, (_, n) => `p/${n}/#`)));
    expect(batch.status()).toMatchObject({ phase: 'done', outcomes: { failed: 10_000 } });
  });
});
