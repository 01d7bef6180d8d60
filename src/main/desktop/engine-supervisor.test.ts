import { expect, test } from 'vitest';
import type { EngineHealth } from '../../shared/host/preload-api.ts';
import { defaultLimits as limits } from './engine-lifecycle.ts';
import { EngineSupervisor, type EngineEvents } from './engine-supervisor.ts';

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** A supervisor with a clock turned by hand and engines that do only what the test says. */
function rig() {
  const timers = new Set<Timer>();
  const engines: { readonly events: EngineEvents; readonly log: string[] }[] = [];
  const health: EngineHealth[] = [];
  const failures: (number | undefined)[] = [];
  let now = 0;
  const supervisor = new EngineSupervisor({
    limits,
    fork: (events) => {
      const log: string[] = [];
      engines.push({ events, log });
      return { ping: () => log.push('ping'), askToExit: () => log.push('ask'), kill: () => log.push('kill') };
    },
    onHealth: (next) => health.push(next),
    onFailed: (code) => failures.push(code),
    setTimer: (run, ms) => {
      const timer = { at: now + ms, run };
      timers.add(timer);
      return timer;
    },
    clearTimer: (timer) => timers.delete(timer as Timer),
  });
  const advance = (ms: number): void => {
    const end = now + ms;
    for (;;) {
      const due = [...timers].filter((timer) => timer.at <= end).toSorted((a, b) => a.at - b.at)[0];
      if (!due) break;
      timers.delete(due);
      now = due.at;
      due.run();
    }
    now = end;
  };
  const newest = () => engines.at(-1) as (typeof engines)[number];
  return { supervisor, engines, health, failures, advance, newest, timers };
}

test('an engine that answers its heartbeats stays healthy', () => {
  const { supervisor, newest, advance, health } = rig();
  supervisor.start();
  newest().events.ready();
  newest().events.pong();
  for (let n = 0; n < 10; n += 1) {
    advance(limits.heartbeatMs);
    newest().events.pong();
  }
  expect(health).toEqual(['running']);
  expect(newest().log).toEqual(Array.from({ length: 11 }, () => 'ping'));
});

test('two unanswered heartbeats make it "not responding", an answer makes it well again', () => {
  const { supervisor, newest, advance, health, engines } = rig();
  supervisor.start();
  newest().events.ready();
  advance(limits.heartbeatMs);
  expect(health).toEqual(['running']);
  advance(limits.heartbeatMs);
  expect(health).toEqual(['running', 'not-responding']);
  newest().events.pong();
  expect(health).toEqual(['running', 'not-responding', 'running']);
  expect(engines).toHaveLength(1);
});

test('a silent engine is replaced on request: asked first, then killed', () => {
  const { supervisor, engines, advance, health } = rig();
  supervisor.start();
  engines[0]?.events.ready();
  supervisor.restart();
  expect(engines[0]?.log, 'a healthy engine is left alone').toEqual(['ping']);
  advance(2 * limits.heartbeatMs);
  supervisor.restart();
  advance(limits.exitTimeoutMs);
  expect(engines[0]?.log.slice(-2)).toEqual(['ask', 'kill']);
  engines[0]?.events.exited(137);
  expect(engines).toHaveLength(2);
  engines[1]?.events.ready();
  expect(health).toEqual(['running', 'not-responding', 'restarting', 'running']);
});

test('a crash is followed by restarts with growing waits, then by a question', () => {
  const { supervisor, engines, newest, advance, health, failures } = rig();
  supervisor.start();
  newest().events.ready();
  for (const [index, delay] of limits.retryDelaysMs.entries()) {
    newest().events.exited(9);
    advance(delay - 1);
    expect(engines).toHaveLength(index + 1);
    advance(1);
    expect(engines).toHaveLength(index + 2);
  }
  expect(failures).toEqual([]);
  newest().events.exited(11);
  expect(failures).toEqual([11]);
  expect(health).toEqual(['running', 'restarting', 'failed']);
  advance(3_600_000);
  expect(engines, 'nothing happens until a person decides').toHaveLength(4);
  supervisor.restart();
  newest().events.ready();
  expect(supervisor.health).toBe('running');
});

test('an engine that ran stably starts again from the first wait', () => {
  const { supervisor, engines, newest, advance } = rig();
  supervisor.start();
  for (let n = 0; n < 10; n += 1) {
    newest().events.ready();
    for (let elapsed = 0; elapsed < limits.stableAfterMs; elapsed += limits.heartbeatMs) {
      newest().events.pong();
      advance(limits.heartbeatMs);
    }
    newest().events.exited(1);
    advance(limits.retryDelaysMs[0] ?? 0);
    expect(engines).toHaveLength(n + 2);
  }
});

test('an engine that does not come up is killed and counts as a crash', () => {
  const { supervisor, engines, advance } = rig();
  supervisor.start();
  advance(limits.startTimeoutMs);
  expect(engines[0]?.log).toEqual(['kill']);
  engines[0]?.events.exited(137);
  advance(limits.retryDelaysMs[0] ?? 0);
  expect(engines).toHaveLength(2);
});

test('an engine that refuses to start is not started again by itself', () => {
  const { supervisor, engines, advance, failures, health } = rig();
  supervisor.start();
  engines[0]?.events.refused();
  engines[0]?.events.exited(2);
  advance(60_000);
  expect(engines).toHaveLength(1);
  expect(failures).toHaveLength(1);
  expect(health).toEqual(['failed']);
});

test('stop asks, waits, and resolves once the engine is gone', async () => {
  const { supervisor, newest, timers } = rig();
  supervisor.start();
  newest().events.ready();
  const stopped = supervisor.stop();
  expect(newest().log).toEqual(['ping', 'ask']);
  newest().events.exited(0);
  await stopped;
  await supervisor.stop();
  expect(supervisor.phase).toBe('stopped');
  expect(timers.size).toBe(0);
});

test('stop kills an engine that does not go', async () => {
  const { supervisor, newest, advance } = rig();
  supervisor.start();
  newest().events.ready();
  const stopped = supervisor.stop();
  advance(limits.exitTimeoutMs);
  expect(newest().log).toEqual(['ping', 'ask', 'kill']);
  newest().events.exited(137);
  await stopped;
});

test.each(['off', 'starting', 'waiting', 'failed'] as const)('stop while %s ends everything', async (phase) => {
  const { supervisor, newest, advance, engines, timers } = rig();
  if (phase !== 'off') supervisor.start();
  if (phase === 'waiting') newest().events.exited(1);
  if (phase === 'failed') newest().events.refused();
  expect(supervisor.phase).toBe(phase);
  const stopped = supervisor.stop();
  if (phase === 'starting') newest().events.exited(0);
  await stopped;
  advance(60_000);
  expect(engines.length).toBeLessThanOrEqual(1);
  expect(timers.size).toBe(0);
});

test('news of an engine that has been replaced is ignored', () => {
  const { supervisor, engines, advance } = rig();
  supervisor.start();
  engines[0]?.events.exited(1);
  advance(limits.retryDelaysMs[0] ?? 0);
  engines[1]?.events.ready();
  engines[0]?.events.exited(1);
  expect(supervisor.health).toBe('running');
});
