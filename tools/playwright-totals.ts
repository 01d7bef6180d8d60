import { writeFileSync } from 'node:fs';
import type { FullResult, Reporter, Suite, FullConfig } from '@playwright/test/reporter';
import type { SkippedTest, Totals } from './totals.ts';

/** Writes the totals, with the reason of every skip, to the file named by `TOTALS_FILE`. */
export default class TotalsReporter implements Reporter {
  #suite: Suite | undefined;

  onBegin(_config: FullConfig, suite: Suite): void {
    this.#suite = suite;
  }

  onEnd(result: FullResult): void {
    let passed = 0;
    let failed = 0;
    const skipped: SkippedTest[] = [];
    for (const test of this.#suite?.allTests() ?? []) {
      const outcome = test.outcome();
      if (outcome === 'skipped') {
        const reason =
          test.results.at(-1)?.annotations.find((a) => a.type === 'skip')?.description ?? test.annotations.find((a) => a.type === 'skip')?.description;
        skipped.push({ name: test.titlePath().filter(Boolean).join(' › '), reason: reason ?? 'not reached' });
      } else if (outcome === 'unexpected') failed += 1;
      else passed += 1;
    }
    if (result.status !== 'passed' && failed === 0) failed = 1;
    const totals: Totals = { passed, failed, skipped };
    writeFileSync(process.env['TOTALS_FILE'] ?? 'totals.json', JSON.stringify(totals));
  }
}
