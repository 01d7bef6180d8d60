import type { RunResult } from '../../contract/collections.ts';
import type { RunReport } from './run-report.ts';
import { xmlAttribute, xmlText } from './xml-text.ts';

/**
 * A report in the form that Jenkins, GitLab and GitHub actions read (junit-10.xsd of the Jenkins xUnit plugin): a suite for each folder and iteration, a case
 * for each request. Failed assertions are a `failure`; what could not be sent is an `error`.
 */
export function junitReport(report: RunReport): string {
  const suites = suitesOf(report);
  const { name, summary } = report;
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name=${xmlAttribute(name)} ${counts(report.results)} time="${seconds(summary.elapsedMs)}">`,
  ];
  for (const suite of suites) lines.push(...suiteLines(suite, report));
  lines.push('</testsuites>', '');
  return lines.join('\n');
}

interface Suite {
  readonly name: string;
  readonly className: string;
  readonly results: RunResult[];
}

function suitesOf({ name, requests, iterations, results }: RunReport): readonly Suite[] {
  const suites = new Map<string, Suite>();
  for (const result of results) {
    const folder = requests[result.index]?.folder ?? '';
    const key = `${result.iteration}/${folder}`;
    let suite = suites.get(key);
    if (!suite) {
      const levels = folder === '' ? [name] : [name, folder];
      const title = `${levels.join(' / ')}${iterations === 1 ? '' : ` (iteration ${result.iteration})`}`;
      // Readers divide at points: a package and a class.
      suites.set(key, (suite = { name: title, className: levels.map((level) => level.replaceAll('.', '_').replaceAll(' / ', '.')).join('.'), results: [] }));
    }
    suite.results.push(result);
  }
  return [...suites.values()];
}

function suiteLines({ name, className, results }: Suite, report: RunReport): readonly string[] {
  const time = results.reduce((sum, { elapsedMs }) => sum + (elapsedMs ?? 0), 0);
  const skipped = results.filter(({ state }) => state === 'skipped' || state === 'cancelled').length;
  const timestamp = new Date(report.startedAt).toISOString().slice(0, 19);
  return [
    `  <testsuite name=${xmlAttribute(name)} ${counts(results)} skipped="${skipped}" time="${seconds(time)}" timestamp="${timestamp}">`,
    ...results.flatMap((result) => caseLines(result, className, report)),
    '  </testsuite>',
  ];
}

function caseLines(result: RunResult, className: string, { requests }: RunReport): readonly string[] {
  const request = requests[result.index];
  const head = `    <testcase name=${xmlAttribute(request?.name ?? '')} classname=${xmlAttribute(className)} time="${seconds(result.elapsedMs ?? 0)}"`;
  const inside = [...outcomeLines(result), ...logLines(result)];
  return inside.length === 0 ? [`${head}/>`] : [`${head}>`, ...inside, '    </testcase>'];
}

function outcomeLines(result: RunResult): readonly string[] {
  const { state, problem, assertions } = result;
  if (state === 'skipped') return ['      <skipped message="A request before it failed."/>'];
  if (state === 'cancelled') return ['      <skipped message="The run was cancelled."/>'];
  if (state === 'passed') return [];
  const failed = assertions.filter(({ passed }) => !passed);
  const details = failed.map(({ label, expected, actual, message }) => `${label}\n  ${message}\n  expected: ${expected}\n  actual:   ${actual}`);
  if (problem) {
    const text = [problem.message, ...(problem.advice === undefined ? [] : [problem.advice]), ...details].join('\n');
    return [`      <error message=${xmlAttribute(problem.message)} type=${xmlAttribute(problem.code)}>${xmlText(text)}</error>`];
  }
  const [first] = failed;
  const message = `${first?.label ?? ''}: ${first?.message ?? ''}${failed.length > 1 ? ` (and ${failed.length - 1} more)` : ''}`;
  return [`      <failure message=${xmlAttribute(message)} type=${xmlAttribute(first?.kind ?? '')}>${xmlText(details.join('\n'))}</failure>`];
}

function logLines({ log }: RunResult): readonly string[] {
  return log.length === 0 ? [] : [`      <system-out>${xmlText(log.map(({ level, text }) => `[${level}] ${text}`).join('\n'))}</system-out>`];
}

function counts(results: readonly RunResult[]): string {
  const errors = results.filter(({ state, problem }) => state === 'failed' && problem !== null).length;
  const failures = results.filter(({ state, problem }) => state === 'failed' && problem === null).length;
  return `tests="${results.length}" failures="${failures}" errors="${errors}"`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(6).replace(/\.?0+$/, '');
}
