import { jsonReport, junitReport } from '../../../shared/collections/run-report.ts';
import { saveFile } from '../common/index.ts';
import type { RunModel } from './run-model.ts';

/** Offers the report of a run that is over as a file. */
export function saveReport(run: RunModel, format: 'json' | 'junit'): void {
  const { name, startedAt, requests, results, phase } = run;
  const state = phase === 'finished' || phase === 'stopped' ? phase : 'cancelled';
  const report = { name, startedAt, requests, results, summary: { ...run.summary, state } } as const;
  const text = format === 'junit' ? junitReport(report) : jsonReport(report);
  saveFile([new TextEncoder().encode(text)], `${name.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')}.${format === 'junit' ? 'xml' : 'json'}`);
}
