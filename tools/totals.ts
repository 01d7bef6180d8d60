/** Results of one runner, in a form that can be added up. */
export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly SkippedTest[];
}

export interface SkippedTest {
  readonly name: string;
  readonly reason: string;
}

export const noTotals: Totals = { passed: 0, failed: 0, skipped: [] };

export function addTotals(a: Totals, b: Totals): Totals {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: [...a.skipped, ...b.skipped] };
}

/** A runner that ended badly without naming a failed test (a crash, a broken config) counts as one failure. */
export function withExitCode(totals: Totals, code: number): Totals {
  return code !== 0 && totals.failed === 0 ? { ...totals, failed: 1 } : totals;
}

/** The closing lines: skipped tests grouped by reason, then the totals. */
export function formatTotals(totals: Totals): string {
  const reasons = new Map<string, string[]>();
  for (const { name, reason } of totals.skipped) reasons.set(reason, [...(reasons.get(reason) ?? []), name]);
  const lines = [...reasons].map(([reason, names]) => `skipped ${names.length}: ${reason}\n${names.map((name) => `  - ${name}`).join('\n')}`);
  return [...lines, `${totals.passed} passed, ${totals.failed} failed, ${totals.skipped.length} skipped`].join('\n');
}
