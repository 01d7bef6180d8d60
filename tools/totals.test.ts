import { expect, test } from 'vitest';
import { addTotals, formatTotals, noTotals, withExitCode } from './totals.ts';

test('adds runners and groups skips by reason', () => {
  const a = { ...noTotals, passed: 2, skipped: [{ name: 'x', reason: 'no display' }] };
  const b = { ...noTotals, passed: 3, failed: 1, skipped: [{ name: 'y', reason: 'no display' }] };
  expect(formatTotals(addTotals(a, b))).toBe('skipped 2: no display\n  - x\n  - y\n5 passed, 1 failed, 2 skipped');
});

test('names what failed and what needed two tries', () => {
  const a = { ...noTotals, passed: 2, flaky: ['slow'] };
  const b = { ...noTotals, failed: 2, failures: ['first', 'second'] };
  expect(formatTotals(addTotals(a, b))).toBe('passed at the second try: 1\n  - slow\nfailed 2\n  - first\n  - second\n2 passed, 2 failed, 0 skipped');
});

test('a runner that crashed counts as a failure', () => {
  expect(withExitCode(noTotals, 1).failed).toBe(1);
  expect(withExitCode(noTotals, 0).failed).toBe(0);
  expect(withExitCode({ ...noTotals, failed: 3 }, 1).failed).toBe(3);
});
