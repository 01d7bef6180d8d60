import { afterEach, expect, test } from 'vitest';
import { collectionsContract, type RunEvent, type RunResult } from '../../../shared/contract/collections.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import { serveForTests, testPacing, until, type ServedEngine } from '../serve-for-tests.ts';
import { RunModel } from './run-model.ts';

const contract = { 'collections.run': collectionsContract['collections.run'] } as const;
const open: { close(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

const requests = ['a', 'b', 'c'].map((name) => ({ id: `All/${name}.request.json`, name, folder: '', problem: null }));
const result = (iteration: number, index: number, state: RunResult['state'] = 'passed'): RunEvent => ({
  type: 'result',
  result: {
    iteration,
    index,
    state,
    problem: null,
    callId: 1,
    coapId: null,
    elapsedMs: 1,
    assertions: [{ kind: 'status', label: 'ok', passed: state === 'passed', expected: 'ok', actual: '', message: '' }],
    captured: [],
    log: [],
  },
});
const running = (iteration: number, index: number): RunEvent => ({ type: 'running', iteration, index });
const started = (iterations = 1): RunEvent => ({ type: 'started', name: 'All', requests, iterations });
const input = { id: 'All', source: 'broker', environmentId: null, variables: {}, iterations: 1, delayMs: 0, stopOnFailure: false } as const;

function runOf(
  events: readonly RunEvent[],
  options: { hang?: boolean; error?: CodedError } = {},
): { served: ServedEngine; run: RunModel; seen: string[]; cancelled: () => boolean; opened: () => number } {
  let cancelled = false;
  let opened = 0;
  const served = serveForTests(contract, {
    'collections.run': (_input, sink) => {
      opened += 1;
      if (options.error) throw options.error;
      const play = async (): Promise<void> => {
        for (const event of events) await sink.send(event);
        if (!options.hang) sink.end();
      };
      void play();
      return () => {
        cancelled = true;
      };
    },
  });
  const seen: string[] = [];
  const run = new RunModel(
    served.engine,
    testPacing,
    input,
    () => 1000,
    (request) => seen.push(request.name),
  );
  open.push(run, served);
  return { served, run, seen, cancelled: () => cancelled, opened: () => opened };
}

test('rows go from pending over running to their result', async () => {
  const { run, seen } = runOf([started(2), running(1, 0), result(1, 0), running(1, 1), result(1, 1, 'failed'), running(1, 2)], { hang: true });
  await until(run.notifier, () => run.runningAt === 2);
  expect(run.total).toBe(6);
  expect([0, 1, 2, 3, 6].map((at) => run.row(at)?.state)).toEqual(['passed', 'failed', 'running', 'pending', undefined]);
  expect(run.row(4)).toMatchObject({ iteration: 2, request: { name: 'b' }, result: null });
  expect(run.summary).toMatchObject({ passed: 1, failed: 1, assertionsPassed: 1, assertionsFailed: 1 });
  expect(seen).toEqual(['a', 'b']);
  expect(run.problems).toEqual([1]);
  expect(run.failedIds).toEqual(['All/b.request.json']);
});

test('cancelling tells the engine, keeps the results and calls the rest cancelled', async () => {
  const { run, cancelled } = runOf([started(), running(1, 0), result(1, 0), running(1, 1)], { hang: true });
  await until(run.notifier, () => run.runningAt === 1);
  run.cancel();
  expect(run.phase).toBe('cancelled');
  expect([0, 1, 2].map((at) => run.row(at)?.state)).toEqual(['passed', 'cancelled', 'cancelled']);
  expect(run.summary).toMatchObject({ passed: 1, cancelled: 2 });
  await expect.poll(cancelled).toBe(true);
});

test('the end has the numbers of the engine', async () => {
  const summary = { state: 'stopped', passed: 1, failed: 1, skipped: 1, cancelled: 0, assertionsPassed: 1, assertionsFailed: 1, elapsedMs: 42 } as const;
  const { run } = runOf([started(), result(1, 0), result(1, 1, 'failed'), result(1, 2, 'skipped'), { type: 'ended', summary }]);
  await until(run.notifier, () => !run.active);
  expect(run.phase).toBe('stopped');
  expect(run.summary).toEqual(summary);
  expect(run.done).toBe(3);
});

test('a run that cannot start says why', async () => {
  const { run } = runOf([], { error: new CodedError('not-found', 'There is no such collection.') });
  await until(run.notifier, () => !run.active);
  expect(run.phase).toBe('broken');
  expect(run.error?.message).toBe('There is no such collection.');
});

test('an engine that starts again has ended the run; it is not run once more', async () => {
  const { run, served, opened } = runOf([started(), running(1, 0), result(1, 0)], { hang: true });
  await until(run.notifier, () => run.done === 1);
  served.restart();
  await until(run.notifier, () => !run.active);
  await expect(served.engine.call('collections.read', { id: 'x' })).rejects.toThrow('There is no call');
  expect(opened()).toBe(1);
  expect(run.phase).toBe('cancelled');
  expect(run.row(0)?.state).toBe('passed');
});

test('a long run keeps to its bounds, failures first', async () => {
  const one = requests.slice(0, 1);
  const events: RunEvent[] = [{ type: 'started', name: 'All', requests: one, iterations: 20_010 }];
  for (let iteration = 1; iteration <= 20_010; iteration += 1) events.push(result(iteration, 0, iteration === 20_005 ? 'failed' : 'passed'));
  const { run } = runOf(events, { hang: true });
  await until(run.notifier, () => run.done === 20_010);
  expect(run.results).toHaveLength(20_000);
  expect(run.letGo).toBe(10);
  expect(run.row(20_004)).toMatchObject({ state: 'failed', result: { iteration: 20_005 } });
  expect(run.row(20_009)).toMatchObject({ state: 'passed', result: null });
});
