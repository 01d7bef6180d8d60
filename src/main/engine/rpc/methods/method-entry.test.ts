import { expect, it } from 'vitest';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import { rpcError } from '../../../../shared/rpc/rpc-error.ts';
import { MethodEntry } from './method-entry.ts';
import { IndexBounds } from './method-index.ts';

const id = { source: 'broker', dialect: 'mqttxx2', topic: 'edge/x', method: 'm' } as const;
const request = (params: JsonValue, callerId = 'me', at = 1, payloadBytes = 100) => ({ params, payloadBytes, callerId, at });
const answered = (example: ReturnType<MethodEntry['request']>, payloadBytes = 100) => ({ elapsedMs: 5, isLate: false, payloadBytes, example });

it('keeps the last example of each shape of the params, five at most', () => {
  const entry = new MethodEntry('m', new IndexBounds());
  for (let n = 0; n < 7; n += 1) entry.answer({ result: n }, answered(entry.request(request({ [`key${n}`]: n }))));
  entry.answer({ error: rpcError('RPC_EXECUTION_ERROR', 'remote', 'too hot') }, answered(entry.request(request({ key6: 99 }))));
  const { examples, calls, succeeded, failed } = entry.detail(id);
  expect(examples).toHaveLength(5);
  expect(examples[0]).toEqual({ params: { key6: 99 }, error: 'too hot' });
  expect(examples[4]).toEqual({ params: { key2: 2 }, result: 2 });
  expect({ calls, succeeded, failed }).toEqual({ calls: 8, succeeded: 7, failed: 1 });
});

it('keeps no large example, and of a call with a large result only the params', () => {
  const entry = new MethodEntry('m', new IndexBounds());
  expect(entry.request(request({ large: true }, 'me', 1, 10_000))).toBeNull();
  entry.answer({ result: 'large' }, answered(entry.request(request({ small: true })), 10_000));
  expect(entry.detail(id).examples).toEqual([{ params: { small: true } }]);
});

it('gives up the oldest examples of all methods when there are too many', () => {
  const bounds = new IndexBounds();
  const entries = Array.from({ length: 2000 }, (_, n) => new MethodEntry(`m${n}`, bounds));
  for (const entry of entries) entry.request(request('x', 'me', 1, 8000));
  expect(entries[0]?.detail(id).examples).toEqual([]);
  expect(entries.at(-1)?.detail(id).examples).toHaveLength(1);
  expect(entries.filter((entry) => entry.detail(id).examples.length > 0).length).toBeLessThan(1100);
});

it('names the ten who called most of those who called last', () => {
  const entry = new MethodEntry('m', new IndexBounds());
  for (let n = 0; n < 1000; n += 1) entry.request(request(null, `caller ${n}`, n));
  for (let n = 0; n < 3; n += 1) entry.request(request(null, 'busy', 2000));
  entry.request(request(null, ''));
  const { callers } = entry.detail(id);
  expect(callers).toHaveLength(10);
  expect(callers[0]).toEqual({ callerId: 'busy', calls: 3, lastAt: 2000 });
  expect(callers[1]).toEqual({ callerId: 'caller 999', calls: 1, lastAt: 999 });
});

it('holds nothing of the common bounds once it is forgotten', () => {
  const bounds = new IndexBounds();
  const before = bounds.nodes.left;
  const entry = new MethodEntry('m', bounds);
  const example = entry.request(request({ a: { b: [1] } }));
  entry.release();
  entry.answer({ result: { late: true } }, answered(example));
  entry.request(request({ more: 1 }));
  expect(bounds.nodes.left).toBe(before);
});
