import type { AssertionResult, RunRequest, RunResult, RunSummary } from '../contract/collections.ts';

/** A run as it ended. */
export interface RunReport {
  /** Of the collection or folder. */
  readonly name: string;
  /** Unix ms. */
  readonly startedAt: number;
  readonly summary: RunSummary;
  readonly requests: readonly RunRequest[];
  /** In the order they ran. */
  readonly results: readonly RunResult[];
}

/** For programs: every request of every iteration with its assertions. */
export function jsonReport({ name, startedAt, summary, requests, results }: RunReport): string {
  const report = {
    name,
    startedAt: new Date(startedAt).toISOString(),
    summary,
    results: results.map(({ index, ...result }) => ({ id: requests[index]?.id, name: requests[index]?.name, folder: requests[index]?.folder, ...result })),
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

/** JUnit XML as Jenkins, GitLab and GitHub actions read it: a suite for each iteration, a case for each request. */
export function junitReport({ name, startedAt, summary, requests, results }: RunReport): string {
  const iterations = [...new Set(results.map(({ iteration }) => iteration))];
  const suites = iterations.map((iteration) => {
    const cases = results.filter((result) => result.iteration === iteration);
    const count = (...states: readonly RunResult['state'][]): number => cases.filter(({ state }) => states.includes(state)).length;
    const ms = cases.reduce((sum, { elapsedMs }) => sum + (elapsedMs ?? 0), 0);
    const title = iterations.length > 1 ? `${name} #${iteration}` : name;
    return [
      `  <testsuite${attributes({ name: title, tests: cases.length, failures: count('failed'), errors: 0, skipped: count('skipped', 'cancelled'), time: seconds(ms), timestamp: new Date(startedAt).toISOString() })}>`,
      ...cases.map((result) => caseOf(name, requests[result.index], result)),
      '  </testsuite>',
    ].join('\n');
  });
  const totals = {
    name,
    tests: results.length,
    failures: summary.failed,
    errors: 0,
    skipped: summary.skipped + summary.cancelled,
    time: seconds(summary.elapsedMs),
  };
  return ['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites${attributes(totals)}>`, ...suites, '</testsuites>', ''].join('\n');
}

function caseOf(suite: string, request: RunRequest | undefined, { state, elapsedMs, problem, assertions, log }: RunResult): string {
  const className = [suite, ...(request && request.folder !== '' ? [request.folder.replaceAll(' / ', '.')] : [])].join('.');
  const open = `    <testcase${attributes({ classname: className, name: request?.name ?? '', time: seconds(elapsedMs ?? 0) })}`;
  const failed = assertions.filter(({ passed }) => !passed);
  const reasons = [...(problem ? [problem.message] : []), ...failed.map(sentence)];
  const inside = [
    ...(state === 'failed'
      ? [
          `      <failure${attributes({ message: reasons[0] ?? 'failed' })}>${escaped([...(problem ? [problem.message] : []), ...failed.map(details)].join('\n\n'))}</failure>`,
        ]
      : []),
    ...(state === 'skipped' || state === 'cancelled' ? [`      <skipped${attributes({ message: state })}/>`] : []),
    ...(log.length > 0 ? [`      <system-out>${escaped(log.map(({ text }) => text).join('\n'))}</system-out>`] : []),
  ];
  return inside.length === 0 ? `${open}/>` : [`${open}>`, ...inside, '    </testcase>'].join('\n');
}

const sentence = ({ label, message }: AssertionResult): string => (message === '' ? label : `${label}: ${message}`);
const details = (assertion: AssertionResult): string => `${sentence(assertion)}\nexpected: ${assertion.expected}\nactual:   ${assertion.actual}`;
const seconds = (ms: number): string => (ms / 1000).toFixed(3);

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escaped(String(value)).replaceAll('\n', '&#10;')}"`)
    .join('');
}

/** XML 1.0 §2.2: most control characters and half surrogates cannot be written at all. */
function escaped(text: string): string {
  return (
    text
      .toWellFormed()
      // oxlint-disable-next-line no-control-regex -- these are what is replaced
      .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
  );
}
