import { expect, test } from 'vitest';
import type { RunResult } from '../contract/collections.ts';
import { jsonReport, junitReport, type RunReport } from './run-report.ts';

const result = (iteration: number, index: number, more: Partial<RunResult> = {}): RunResult => ({
  iteration,
  index,
  state: 'passed',
  problem: null,
  callId: 1,
  elapsedMs: 12,
  assertions: [],
  captured: [],
  log: [],
  ...more,
});
const failed = { kind: 'path', label: '$.a equals "<b>"', passed: false, expected: '"<b>"', actual: '"\u0000&"', message: 'It is something else.' } as const;
const report: RunReport = {
  name: 'Lab & co',
  startedAt: Date.UTC(2026, 0, 2),
  summary: { state: 'finished', passed: 2, failed: 1, skipped: 1, cancelled: 0, assertionsPassed: 0, assertionsFailed: 1, elapsedMs: 100 },
  requests: [
    { id: 'Lab/a.request.json', name: 'a "first"', folder: 'Basics / More', problem: null },
    { id: 'Lab/b.request.json', name: 'b', folder: '', problem: null },
  ],
  results: [
    result(1, 0),
    result(1, 1, { state: 'failed', assertions: [failed], log: [{ level: 'log', text: 'a\nb' }] }),
    result(2, 0),
    result(2, 1, { state: 'skipped', elapsedMs: null }),
  ],
};

test('JUnit has a suite for each iteration and says why what failed', () => {
  expect(junitReport(report)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="Lab &amp; co" tests="4" failures="1" errors="0" skipped="1" time="0.100">
  <testsuite name="Lab &amp; co #1" tests="2" failures="1" errors="0" skipped="0" time="0.024" timestamp="2026-01-02T00:00:00.000Z">
    <testcase classname="Lab &amp; co.Basics.More" name="a &quot;first&quot;" time="0.012"/>
    <testcase classname="Lab &amp; co" name="b" time="0.012">
      <failure message="$.a equals &quot;&lt;b&gt;&quot;: It is something else.">$.a equals &quot;&lt;b&gt;&quot;: It is something else.
expected: &quot;&lt;b&gt;&quot;
actual:   &quot;\ufffd&amp;&quot;</failure>
      <system-out>a
b</system-out>
    </testcase>
  </testsuite>
  <testsuite name="Lab &amp; co #2" tests="2" failures="0" errors="0" skipped="1" time="0.012" timestamp="2026-01-02T00:00:00.000Z">
    <testcase classname="Lab &amp; co.Basics.More" name="a &quot;first&quot;" time="0.012"/>
    <testcase classname="Lab &amp; co" name="b" time="0.000">
      <skipped message="skipped"/>
    </testcase>
  </testsuite>
</testsuites>
`);
});

test('why nothing was sent is the failure', () => {
  const broken = { ...report, results: [result(1, 1, { state: 'failed', problem: { code: 'bad-input', message: '“x” is not known.' } })] };
  expect(junitReport(broken)).toContain('<failure message="“x” is not known.">“x” is not known.</failure>');
});

test('JSON names each request with its results', () => {
  expect(JSON.parse(jsonReport(report))).toMatchObject({
    name: 'Lab & co',
    startedAt: '2026-01-02T00:00:00.000Z',
    summary: { failed: 1 },
    results: [
      { id: 'Lab/a.request.json', folder: 'Basics / More', state: 'passed' },
      { name: 'b', assertions: [{ message: 'It is something else.' }] },
      {},
      {},
    ],
  });
});
