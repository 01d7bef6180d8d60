import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';
import type { SkippedTest, Totals } from './totals.ts';

/** Writes the totals, with the reason of every skip, to the file named by `TOTALS_FILE`. */
export default class TotalsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    let passed = 0;
    const failures = unhandled.map(
      (error) => `unhandled: ${error instanceof Error ? error.message : String((error as { message?: unknown }).message ?? error)}`,
    );
    const skipped: SkippedTest[] = [];
    const flaky: string[] = [];
    for (const module of modules) {
      if (module.errors().length > 0) failures.push(module.relativeModuleId);
      for (const test of module.children.allTests()) {
        const result = test.result();
        const name = `${module.relativeModuleId} › ${test.fullName}`;
        if (result.state === 'passed') passed += 1;
        else if (result.state === 'failed') failures.push(name);
        else skipped.push({ name, reason: (result.state === 'skipped' && result.note) || 'no reason given' });
        if (test.diagnostic()?.flaky === true) flaky.push(name);
      }
    }
    const totals: Totals = { passed, failed: failures.length, failures, skipped, flaky };
    writeFileSync(process.env['TOTALS_FILE'] ?? 'totals.json', JSON.stringify(totals));
  }
}
