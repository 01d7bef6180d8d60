import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readStrictXml } from '../../../../../../test/support/strict-xml.ts';
import type { RunEvent, RunResult, RunSummary } from '../../../../../shared/contract/collections.ts';
import { jsonReport } from '../../../../../shared/collections/reports/json-report.ts';
import { junitReport } from '../../../../../shared/collections/reports/junit-report.ts';
import { createPrettyReport } from './pretty-report.ts';
import type { RunReport } from '../../../../../shared/collections/reports/run-report.ts';

const hostile = '\u0000\u0007\u001b[31m <a href="x">&amp;\r\n\t]]> \ud800 \ufffe \u202e 温度';
const passed: RunResult = {
  iteration: 1,
  index: 0,
  state: 'passed',
  problem: null,
  callId: 1,
  coapId: null,
  elapsedMs: 1234.5678,
  assertions: [],
  captured: [],
  log: [],
};
const failed: RunResult = {
  ...passed,
  state: 'failed',
  assertions: [{ kind: 'path', label: hostile, passed: false, expected: hostile, actual: hostile, message: hostile }],
  log: [{ level: 'log', text: hostile }],
};
const summary: RunSummary = {
  state: 'finished',
  passed: 1,
  failed: 1,
  skipped: 0,
  cancelled: 0,
  assertionsPassed: 0,
  assertionsFailed: 1,
  elapsedMs: 1300.1234,
};
const report: RunReport = {
  name: hostile,
  startedAt: Date.UTC(2026, 10, 21, 7, 30),
  broker: 'mqtt://lab',
  environment: null,
  requests: [{ id: 'Lab/a.request.json', name: hostile, folder: 'v1.2 / b', problem: null }],
  iterations: 1,
  results: [passed, failed, { ...failed, problem: { code: 'bad-template', message: hostile } }],
  summary,
};

describe('a report for build servers', () => {
  const suites = readStrictXml(junitReport(report));
  const [suite] = suites.children;
  const [first, second, third] = suite?.children ?? [];

  it('is well-formed, whatever peers and files say', () => {
    const safe = '\\u0000\\u0007\\u001b[31m <a href="x">&amp;\r\n\t]]> \\ud800 \\ufffe \u202e 温度';
    expect([suites.attributes['name'], first?.attributes['name']]).toEqual([safe, safe]);
    expect(second?.children[0]).toMatchObject({ name: 'failure', attributes: { message: `${safe}: ${safe}`, type: 'path' } });
    expect(second?.children[1]).toMatchObject({ name: 'system-out', text: `[log] ${safe}` });
    expect(third?.children[0]).toMatchObject({ name: 'error', attributes: { type: 'bad-template' } });
  });

  it('has times in seconds, and names that readers divide at points', () => {
    expect(suites.attributes).toMatchObject({ tests: '3', failures: '1', errors: '1', time: '1.300123' });
    expect(first?.attributes).toMatchObject({ time: '1.234568', classname: expect.stringMatching(/\.v1_2\.b$/) });
    expect(suite?.attributes['timestamp']).toBe('2026-11-21T07:30:00');
  });
});

it('a report as JSON is JSON, with times to the microsecond', () => {
  const read = JSON.parse(jsonReport(report)) as {
    readonly summary: RunSummary;
    readonly results: readonly { readonly elapsedMs: number; readonly name: string }[];
  };
  expect([read.summary.elapsedMs, read.results[0]?.elapsedMs]).toEqual([1300.123, 1234.568]);
});

describe('a report for people', () => {
  const events: readonly RunEvent[] = [
    { type: 'started', name: hostile, requests: report.requests, iterations: 2 },
    { type: 'running', iteration: 1, index: 0 },
    { type: 'result', result: failed },
    { type: 'result', result: { ...passed, iteration: 2, state: 'skipped', elapsedMs: null } },
    { type: 'ended', summary: { ...summary, state: 'stopped', skipped: 1 } },
  ];
  const textOf = (colours: boolean): string => {
    const show = createPrettyReport({ broker: 'mqtt://lab', environment: 'Lab', colours });
    return events.map(show).join('');
  };

  it('lets nobody steer the terminal', () => {
    expect(textOf(false).replaceAll('\n', '')).toMatch(/^[^\p{Cc}\u202e]*$/u);
    expect(stripVTControlCharacters(textOf(true))).toBe(textOf(false));
  });

  it('says what was and what was not run', () => {
    const text = textOf(false);
    expect(text).toContain('\nIteration 1 of 2\n');
    expect(text).toContain('\nIteration 2 of 2\n\n  v1.2 / b\n');
    expect(text).toContain('skipped\n');
    expect(text).toContain('Stopped at the first failure. 3 requests: 1 passed, 1 failed, 1 skipped; 0 of 1 assertions passed; 1.3 s\n');
  });
});
