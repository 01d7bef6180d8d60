/** Results of one runner, in a form that can be added up. */
export interface Totals {
  readonly passed: number;
  readonly failed: number;
  /** Names of what failed, as far as the runner knew them. */
  readonly failures: readonly string[];
  readonly skipped: readonly SkippedTest[];
  /** Names of tests that failed first and passed when they were tried again; they count as passed. */
  readonly flaky: readonly string[];
}

export interface SkippedTest {
  readonly name: string;
  readonly reason: string;
}

export const noTotals: Totals = { passed: 0, failed: 0, failures: [], skipped: [], flaky: [] };

export function addTotals(a: Totals, b: Totals): Totals {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    failures: [...a.failures, ...b.failures],
    skipped: [...a.skipped, ...b.skipped],
    flaky: [...a.flaky, ...b.flaky],
  };
}

/** A runner that ended badly without naming a failed test (a crash, a broken config) counts as one failure. */
export function withExitCode(totals: Totals, code: number): Totals {
  return code !== 0 && totals.failed === 0 ? { ...totals, failed: 1 } : totals;
}

/** The closing lines: skipped tests grouped by reason, tests that needed two tries, tests that failed, then the totals. */
export function formatTotals(totals: Totals): string {
  const { passed, failed, failures, skipped, flaky } = totals;
  const reasons = new Map<string, string[]>();
  for (const { name, reason } of skipped) reasons.set(reason, [...(reasons.get(reason) ?? []), name]);
  return [
    ...[...reasons].map(([reason, names]) => group(`skipped ${names.length}: ${reason}`, names)),
    ...(flaky.length > 0 ? [group(`passed at the second try: ${flaky.length}`, flaky)] : []),
    ...(failures.length > 0 ? [group(`failed ${failures.length}`, failures)] : []),
    `${passed} passed, ${failed} failed, ${skipped.length} skipped`,
  ].join('\n');
}

function group(title: string, names: readonly string[]): string {
  return [title, ...names.map((name) => `  - ${name}`)].join('\n');
}
