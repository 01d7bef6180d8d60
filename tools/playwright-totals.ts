import { writeFileSync } from 'node:fs';
import type { FullConfig, FullResult, Reporter, Suite, TestCase } from '@playwright/test/reporter';
import type { SkippedTest, Totals } from './totals.ts';

/** Writes the totals, with the reason of every skip, to the file named by `TOTALS_FILE`, if there is one. */
export default class TotalsReporter implements Reporter {
  #suite: Suite | undefined;

  onBegin(_config: FullConfig, suite: Suite): void {
    this.#suite = suite;
  }

  onEnd(result: FullResult): void {
    let passed = 0;
    const failures: string[] = [];
    const skipped: SkippedTest[] = [];
    const flaky: string[] = [];
    for (const test of this.#suite?.allTests() ?? []) {
      const outcome = test.outcome();
      if (outcome === 'skipped') {
        const reason =
          test.results.at(-1)?.annotations.find((a) => a.type === 'skip')?.description ?? test.annotations.find((a) => a.type === 'skip')?.description;
        skipped.push({ name: nameOf(test), reason: reason ?? 'not reached' });
        continue;
      }
      if (outcome === 'flaky') flaky.push(nameOf(test));
      if (outcome === 'unexpected') failures.push(nameOf(test));
      else passed += 1;
    }
    const failed = result.status === 'passed' ? failures.length : Math.max(1, failures.length);
    const totals: Totals = { passed, failed, failures, skipped, flaky };
    const file = process.env['TOTALS_FILE'];
    if (file !== undefined) writeFileSync(file, JSON.stringify(totals));
  }
}

function nameOf(test: TestCase): string {
  return test.titlePath().filter(Boolean).join(' › ');
}
