import type { RunEvent, RunRequest, RunResult, RunSummary } from '../../../../../shared/contract/collections.ts';
import { harmless } from '../../../terminal-text.ts';

export interface PrettyOptions {
  /** `null`: none. */
  readonly broker: string | null;
  readonly environment: string | null;
  readonly colours: boolean;
}

/** Lines for people, as the run goes on. What peers and files say cannot steer the terminal. */
export function createPrettyReport({ broker, environment, colours }: PrettyOptions): (event: RunEvent) => string {
  let requests: readonly RunRequest[] = [];
  let iterations = 1;
  let [shownIteration, shownFolder] = [0, ''];
  const paint = (code: number, text: string): string => (colours ? `\u001b[${code}m${text}\u001b[0m` : text);
  const marks = { passed: paint(32, '✓'), failed: paint(31, '✗'), skipped: paint(33, '-'), cancelled: paint(33, '-') } as const;
  const dim = (text: string): string => paint(2, text);

  const headings = ({ iteration, index }: RunResult): readonly string[] => {
    const lines: string[] = [];
    const folder = requests[index]?.folder ?? '';
    if (iteration !== shownIteration && iterations > 1) lines.push('', `Iteration ${iteration} of ${iterations}`);
    if (iteration !== shownIteration || folder !== shownFolder) lines.push('', ...(folder === '' ? [] : [`  ${harmless(folder)}`]));
    [shownIteration, shownFolder] = [iteration, folder];
    return lines;
  };
  const resultLines = (result: RunResult): readonly string[] => {
    const { index, state, elapsedMs, problem, assertions, log } = result;
    const indent = requests[index]?.folder === '' ? '  ' : '    ';
    const note = state === 'skipped' || state === 'cancelled' ? dim(state) : elapsedMs === null ? '' : dim(duration(elapsedMs));
    const lines = [...headings(result), `${indent}${marks[state]} ${harmless(requests[index]?.name ?? '')}  ${note}`.trimEnd()];
    const more = (text: string): void => void lines.push(`${indent}    ${harmless(text).replaceAll('\n', `\n${indent}    `)}`);
    for (const { level, text } of log) more(`[${level}] ${text}`);
    if (problem) more([problem.message, problem.advice].filter(Boolean).join(' '));
    for (const { label, expected, actual, message } of assertions.filter(({ passed }) => !passed)) {
      more(label);
      more(`  ${message}`);
      if (expected !== '' || actual !== '') more(`  expected ${expected}\n  actual   ${actual}`);
    }
    return lines;
  };
  const summaryLines = (summary: RunSummary): readonly string[] => {
    const { state, passed, failed, skipped, cancelled, assertionsPassed, assertionsFailed, elapsedMs } = summary;
    const parts = [
      passed > 0 ? paint(32, `${passed} passed`) : '',
      failed > 0 ? paint(31, `${failed} failed`) : '',
      skipped > 0 ? paint(33, `${skipped} skipped`) : '',
      cancelled > 0 ? paint(33, `${cancelled} cancelled`) : '',
    ].filter((part) => part !== '');
    const end = state === 'finished' ? '' : state === 'stopped' ? 'Stopped at the first failure. ' : 'Cancelled. ';
    const total = passed + failed + skipped + cancelled;
    return [
      '',
      `${end}${total} ${total === 1 ? 'request' : 'requests'}: ${parts.join(', ')}; ${assertionsPassed} of ${assertionsPassed + assertionsFailed} assertions passed; ${duration(elapsedMs)}`,
    ];
  };

  return (event) => {
    switch (event.type) {
      case 'started': {
        requests = event.requests;
        iterations = event.iterations;
        const about = [
          `${requests.length} ${requests.length === 1 ? 'request' : 'requests'}`,
          ...(broker === null ? [] : [broker]),
          ...(environment === null ? [] : [environment]),
        ];
        return `${paint(1, harmless(event.name))}  ${dim(harmless(about.join(', ')))}\n`;
      }
      case 'running':
        return '';
      case 'result':
        return resultLines(event.result)
          .map((line) => `${line}\n`)
          .join('');
      case 'ended':
        return summaryLines(event.summary)
          .map((line) => `${line}\n`)
          .join('');
    }
  };
}

function duration(ms: number): string {
  if (ms < 10) return `${Math.round(ms * 10) / 10} ms`;
  return ms < 1000 ? `${Math.round(ms)} ms` : `${Math.round(ms / 100) / 10} s`;
}
