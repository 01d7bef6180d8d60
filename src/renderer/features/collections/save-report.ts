import { jsonReport } from '../../../shared/collections/reports/json-report.ts';
import { junitReport } from '../../../shared/collections/reports/junit-report.ts';
import { saveFile } from '../common/index.ts';
import type { RunModel } from './run-model.ts';

/** Where it ran. */
interface RunPlace {
  /** Address of the broker. */
  readonly broker: string;
  /** Name of the environment. */
  readonly environment: string | null;
}

/** Offers the report of a run that is over as a file: the same that the command line writes. */
export function saveReport(run: RunModel, format: 'json' | 'junit', place: RunPlace): void {
  const { name, startedAt, requests, iterations, results, phase, summary } = run;
  const state = phase === 'finished' || phase === 'stopped' ? phase : 'cancelled';
  const report = { ...place, name, startedAt, requests, iterations, results, summary: { ...summary, state } } as const;
  const text = format === 'junit' ? junitReport(report) : jsonReport(report);
  saveFile([new TextEncoder().encode(text)], `${name.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')}.${format === 'junit' ? 'xml' : 'json'}`);
}
