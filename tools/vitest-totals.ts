import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';
import type { SkippedTest, Totals } from './totals.ts';

/** Writes the totals, with the reason of every skip, to the file named by `TOTALS_FILE`. */
export default class TotalsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    let passed = 0;
    let failed = unhandled.length;
    const skipped: SkippedTest[] = [];
    for (const module of modules) {
      if (module.errors().length > 0) failed += 1;
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') passed += 1;
        else if (result.state === 'failed') failed += 1;
        else skipped.push({ name: test.fullName, reason: (result.state === 'skipped' && result.note) || 'no reason given' });
      }
    }
    const totals: Totals = { passed, failed, skipped };
    writeFileSync(process.env['TOTALS_FILE'] ?? 'totals.json', JSON.stringify(totals));
  }
}
