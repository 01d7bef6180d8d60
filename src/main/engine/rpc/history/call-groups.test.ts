import { expect, it } from 'vitest';
import type { CallRow } from '../../../../shared/contract/rpc.ts';
import { createNotifier } from '../../notifier.ts';
import { CallGroups } from './call-groups.ts';

const row = (id: number, correlationId: string, change: Partial<CallRow> = {}): CallRow => ({
  ...{ id, source: 'broker', dialect: 'gf', topic: 'gf_int_v1/s/request/A', method: 'GET x', callerId: 'me', own: true, state: 'ok', duplicates: 0 },
  ...{ timeUs: id * 1000, elapsedMs: 1, responseCode: 205, correlationId, errorText: null, ...change },
});

function groupsOf(rows: readonly CallRow[], total = rows.length) {
  const asked: unknown[] = [];
  const frame = { firstRow: 0, rows, total, looked: null, fresh: 0, notStored: 0, problem: null };
  const view = { frame: () => frame, setWindow: (window: unknown) => void asked.push(window) };
  const groups = new CallGroups(
    (filter, window) => {
      asked.push(filter, window);
      return { view, changed: createNotifier(), close: () => undefined };
    },
    { source: 'broker', text: 'x' },
    { first: 0, count: 10, frozen: false },
  );
  return { groups, asked };
}

it('puts requests with the same correlation id together, the worst outcome first', () => {
  const { groups, asked } = groupsOf([
    row(5, 'b', { topic: 'gf_int_v1/s/request/B' }),
    row(4, 'a', { state: 'failed', responseCode: 404 }),
    row(3, 'b', { state: 'timed-out', responseCode: null }),
    row(2, 'b', { state: 'failed', responseCode: 500 }),
    row(1, 'b'),
  ]);
  expect(asked).toEqual([
    { source: 'broker', text: 'x', correlated: true },
    { first: 0, count: 20_000, frozen: false },
  ]);
  const frame = groups.frame();
  expect(frame).toMatchObject({ total: 2, requests: 5, leftOut: 0 });
  expect(frame?.rows).toEqual([
    {
      ...{ correlationId: 'b', requests: 4, services: 2, otherOutcomes: 0, firstUs: 1000, lastUs: 5000 },
      outcomes: [
        { state: 'timed-out', own: true, responseCode: null, count: 1 },
        { state: 'failed', own: true, responseCode: 500, count: 1 },
        { state: 'ok', own: true, responseCode: 205, count: 2 },
      ],
    },
    expect.objectContaining({ correlationId: 'a', requests: 1 }) as unknown,
  ]);
});

it('gives the rows of its window, and says what it left out', () => {
  const { groups } = groupsOf(
    Array.from({ length: 100 }, (_, at) => row(100 - at, `c${at}`)),
    150,
  );
  groups.setWindow({ first: 98, count: 10, frozen: true });
  expect(groups.frame()).toMatchObject({ firstRow: 98, total: 100, leftOut: 50, rows: [{ correlationId: 'c98' }, { correlationId: 'c99' }] });
});

it('bounds the outcomes of a group', () => {
  const { groups } = groupsOf(Array.from({ length: 30 }, (_, at) => row(at + 1, 'a', { state: 'failed', responseCode: 600 + at })));
  const [group] = groups.frame()?.rows ?? [];
  expect(group).toMatchObject({ otherOutcomes: 10 });
  expect(group?.outcomes).toHaveLength(20);
});
