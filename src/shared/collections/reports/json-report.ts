import type { RunReport } from './run-report.ts';

/** Grows when a reader of the report would have to change; new members come without that. */
const reportVersion = 1;

/** The whole run as JSON: see the user guide. */
export function jsonReport({ name, startedAt, broker, environment, requests, iterations, results, summary }: RunReport): string {
  const report = {
    format: 'mqtt-workbench-run',
    version: reportVersion,
    name,
    startedAt: new Date(startedAt).toISOString(),
    broker,
    environment,
    iterations,
    summary: { ...summary, elapsedMs: round(summary.elapsedMs) },
    results: results.map(({ iteration, index, state, problem, elapsedMs, assertions, captured, log }) => ({
      id: requests[index]?.id ?? '',
      name: requests[index]?.name ?? '',
      folder: requests[index]?.folder ?? '',
      iteration,
      state,
      problem,
      elapsedMs: elapsedMs === null ? null : round(elapsedMs),
      assertions,
      captured,
      log,
    })),
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

/** µs are what is known. */
function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
