import { expect, test } from 'vitest';
import type { AssertionResult } from '../../../shared/contract/collections.ts';
import type { Assertion } from './assertion-draft.ts';
import { assertionDraft } from './assertion-draft.ts';
import { resultsOf } from './assertion-results.ts';
import type { LastResult } from './collections-store.ts';

const exists: Assertion = { kind: 'path', path: '$.a', operator: 'exists' };
const fast: Assertion = { kind: 'time', belowMs: 5 };
const result = (kind: AssertionResult['kind'], label: string): AssertionResult => ({ kind, label, passed: true, expected: '', actual: '', message: '' });
const last = (assertions: readonly Assertion[] | null, results: readonly AssertionResult[]): LastResult => ({
  at: 0,
  assertions,
  result: { iteration: 1, index: 0, state: 'passed', problem: null, callId: 1, coapId: null, elapsedMs: 1, assertions: results, captured: [], log: [] },
});
const labels = (drafts: readonly Assertion[], of: LastResult): readonly (string | undefined)[] =>
  resultsOf(drafts.map(assertionDraft), of, drafts).map((one) => one?.label);

test('results follow their assertions to other places, and leave with a change', () => {
  const ran = last(
    [exists, fast],
    [result('status', 'implied'), result('path', 'exists'), result('time', 'fast'), result('capture', 'c'), result('script', 's')],
  );
  expect(labels([exists, fast], ran)).toEqual(['exists', 'fast']);
  expect(labels([fast, exists], ran)).toEqual(['fast', 'exists']);
  expect(labels([fast, { ...fast, belowMs: 6 }], ran)).toEqual(['fast', undefined]);
  expect(labels([fast, fast], ran)).toEqual(['fast', undefined]);
});

test('nothing is known without a run, or of one that asserted something else', () => {
  expect(resultsOf([assertionDraft(fast)], undefined, [fast])).toEqual([null]);
  expect(labels([fast], last(null, [result('path', 'x')]))).toEqual([undefined]);
  expect(labels([fast], last(null, [result('time', 'fast')]))).toEqual(['fast']);
  expect(labels([fast], last([fast], []))).toEqual([undefined]);
});
