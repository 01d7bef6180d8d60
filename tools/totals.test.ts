import { expect, test } from 'vitest';
import { addTotals, formatTotals, noTotals, withExitCode } from './totals.ts';

test('adds runners and groups skips by reason', () => {
  const a = { passed: 2, failed: 0, skipped: [{ name: 'x', reason: 'no display' }] };
  const b = { passed: 3, failed: 1, skipped: [{ name: 'y', reason: 'no display' }] };
  expect(formatTotals(addTotals(a, b))).toBe('skipped 2: no display\n  - x\n  - y\n5 passed, 1 failed, 2 skipped');
});

test('a runner that crashed counts as a failure', () => {
  expect(withExitCode(noTotals, 1).failed).toBe(1);
  expect(withExitCode(noTotals, 0).failed).toBe(0);
  expect(withExitCode({ ...noTotals, failed: 3 }, 1).failed).toBe(3);
});
