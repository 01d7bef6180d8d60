import { afterAll, describe, expect, it } from 'vitest';
import {
  savedRequestSchema,
  type RunEvent,
  type RunRequest,
  type RunResult,
  type RunSummary,
  type SavedRequest,
  type SavedRequestInput,
} from '../../../../shared/contract/collections.ts';
import { fillCall, type FilledCall } from '../../../../shared/collections/fill-request.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import { createCheckThread, type CheckSubject } from '../checks/check-thread.ts';
import { createScripts } from '../../scripts/index.ts';
import { runRequests, type RunnerOptions } from './runner.ts';
import { RunVariables } from './run-variables.ts';

const checks = createCheckThread();
const bugs: unknown[] = [];
const scripts = createScripts({ onBug: (error) => void bugs.push(error) });
afterAll(async () => {
  checks.close();
  await scripts.close();
  expect(bugs).toEqual([]);
});

const request = (name: string, more: Partial<SavedRequestInput> = {}): SavedRequest =>
  savedRequestSchema.parse({ kind: 'rpc', name, topic: 'edge/a', method: name, ...more });
const result = (body: JsonValue, elapsedMs = 5): CheckSubject => ({ status: 'ok', errorName: null, errorText: '', body, elapsedMs });

interface Played {
  readonly events: readonly RunEvent[];
  readonly results: readonly RunResult[];
  readonly summary: RunSummary;
  readonly sent: readonly FilledCall[];
  readonly cancelled: number;
  readonly waits: readonly number[];
}

/** `answer`: what becomes of a call; `null`: no answer ever. */
async function play(
  files: readonly (SavedRequest | RunRequest['problem'])[],
  answer: (call: FilledCall) => CheckSubject | null,
  more: Partial<RunnerOptions> & { readonly onEvent?: (event: RunEvent) => void } = {},
): Promise<Played> {
  const events: RunEvent[] = [];
  const sent: FilledCall[] = [];
  const waits: number[] = [];
  let [cancelled, ids, time] = [0, 0, 0];
  const { onEvent, ...options } = more;
  const summary = await runRequests({
    name: 'Lab',
    requests: files.map((file, index) => ({ id: String(index), name: `r${index}`, folder: '', problem: file && 'code' in file ? file : null })),
    load: (id) => Promise.resolve({ request: files[Number(id)] as SavedRequest, problem: null }),
    executors: {
      rpc: {
        start(call, source) {
          const filled = fillCall(call, source);
          if ('problem' in filled) return filled;
          sent.push(filled);
          const subject = answer(filled);
          return {
            callId: (ids += 1),
            coapId: null,
            ended: subject ? Promise.resolve(subject) : new Promise(() => undefined),
            cancel: () => void (cancelled += 1),
          };
        },
      },
      coap: { start: () => ({ problem: { code: 'bad-input', message: 'Nothing goes over UDP here.' } }) },
    },
    checks,
    scripts,
    functions: {},
    variables: new RunVariables([], []),
    iterations: 1,
    delayMs: 0,
    stopOnFailure: false,
    clock: () => (time += 10),
    wait: (ms) => Promise.resolve(void waits.push(ms)),
    emit: (event) => {
      events.push(event);
      onEvent?.(event);
      return Promise.resolve();
    },
    signal: new AbortController().signal,
    ...options,
  });
  const results = events.flatMap((event) => (event.type === 'result' ? [event.result] : []));
  return { events, results, summary, sent, cancelled, waits };
}

const states = ({ results }: Played): readonly string[] => results.map(({ state }) => state);

describe('a run', () => {
  it('tells of each request in order', async () => {
    const { events, summary } = await play([request('a'), request('b')], () => result(1));
    expect(events.map(({ type }) => type)).toEqual(['started', 'running', 'result', 'running', 'result', 'ended']);
    expect(events[0]).toMatchObject({ name: 'Lab', iterations: 1, requests: [{ name: 'r0' }, { name: 'r1' }] });
    expect(events[2]).toEqual({
      type: 'result',
      result: {
        iteration: 1,
        index: 0,
        state: 'passed',
        problem: null,
        callId: 1,
        coapId: null,
        elapsedMs: 5,
        assertions: [{ kind: 'status', label: 'status is ok', passed: true, expected: 'ok', actual: 'ok', message: '' }],
        captured: [],
        log: [],
      },
    });
    expect(summary).toEqual({ state: 'finished', passed: 2, failed: 0, skipped: 0, cancelled: 0, assertionsPassed: 2, assertionsFailed: 0, elapsedMs: 10 });
  });

  it('goes on after a failure, or stops where it is asked to', async () => {
    const files = [request('good'), request('bad', { assertions: [{ kind: 'path', path: '$', operator: 'equals', value: 2 }] }), request('next')];
    const all = await play(files, () => result(1), { iterations: 3 });
    expect(states(all)).toEqual(['passed', 'failed', 'passed', 'passed', 'failed', 'passed', 'passed', 'failed', 'passed']);
    expect(all.summary).toMatchObject({ state: 'finished', passed: 6, failed: 3, assertionsFailed: 3 });
    const stopped = await play(files, () => result(1), { iterations: 3, stopOnFailure: true });
    expect(states(stopped)).toEqual(['passed', 'failed', 'skipped']);
    expect(stopped.summary).toMatchObject({ state: 'stopped', passed: 1, failed: 1, skipped: 7 });
  });

  it('waits between requests, not before the first nor after the last', async () => {
    expect((await play([request('a'), request('b')], () => result(1), { iterations: 2, delayMs: 250 })).waits).toEqual([250, 250, 250]);
  });

  it('without requests ends well', async () => {
    expect((await play([], () => result(1))).summary).toMatchObject({ state: 'finished', passed: 0 });
  });

  it('ends at once when it is cancelled, with the call under way given up', async () => {
    const cancel = new AbortController();
    const played = await play([request('a'), request('slow'), request('c')], ({ method }) => (method === 'slow' ? null : result(1)), {
      iterations: 1000,
      signal: cancel.signal,
      onEvent: (event) => event.type === 'running' && event.index === 1 && setImmediate(() => cancel.abort()),
    });
    expect(states(played)).toEqual(['passed', 'cancelled', 'cancelled']);
    expect(played.summary).toMatchObject({ state: 'cancelled', passed: 1, cancelled: 2999 });
    expect([played.sent.length, played.cancelled]).toEqual([2, 1]);
  });

  it('that is cancelled before it begins sends nothing', async () => {
    const played = await play([request('a')], () => result(1), { signal: AbortSignal.abort() });
    expect([played.sent.length, played.summary.cancelled]).toEqual([0, 1]);
  });
});

describe('variables', () => {
  it('come from several places, the later ones winning, and are captured from results', async () => {
    const variables = new RunVariables([Object.entries({ a: 'environment', b: 'environment' }), Object.entries({ b: 'collection', c: '7' })], []);
    const played = await play(
      [
        request('login', { topic: '{{a}}/{{b}}', captures: [{ name: 'token', path: '$.token' }] }),
        request('use', { params: '{"token": "{{token}}", "n": {{c}}}', assertions: [{ kind: 'path', path: '$.n', operator: 'equals', value: '{{c}}' }] }),
      ],
      ({ params }) => result(params === null ? { token: 't-1', n: 7 } : params),
      { variables },
    );
    expect(played.sent).toMatchObject([{ topic: 'environment/collection', params: null }, { params: { token: 't-1', n: 7 } }]);
    expect(states(played)).toEqual(['passed', 'passed']);
    expect(played.results[0]?.captured).toEqual([{ name: 'token', value: 't-1' }]);
  });

  it('that are not known are a failure that names them, and nothing is sent', async () => {
    const played = await play(
      [request('a', { params: '{\n  "x": {{target}}\n}' }), request('b', { assertions: [{ kind: 'path', path: '$', operator: 'equals', value: '{{nope}}' }] })],
      () => result(1),
    );
    expect(played.results.map(({ problem }) => problem?.message)).toEqual([
      'The params, line 2, column 10: “target” is not known.',
      'Assertion 1: “nope” is not known.',
    ]);
    expect([played.sent.length, played.summary.failed]).toEqual([0, 2]);
  });

  it('that are secret are not shown', async () => {
    const secret = 'hush "hush"';
    const variables = new RunVariables([[['token', secret]]], [secret]);
    const played = await play(
      [
        request('a', {
          params: '{"t": "{{token}}"}',
          assertions: [{ kind: 'path', path: '$.t', operator: 'equals', value: 'x {{token}}' }],
          captures: [{ name: 'copy', path: '$.t' }],
        }),
        request('b', { topic: '{{token}}/{{other}}' }),
      ],
      ({ params }) => result(params),
      { variables },
    );
    expect(JSON.stringify(played.events)).not.toContain('hush');
    expect(played.results[0]?.assertions[1]).toMatchObject({ label: '$.t equals "x •••"', expected: '"x •••"', actual: '"•••"' });
  });
});

describe('what cannot be run', () => {
  it('fails with its reason, and the rest goes on', async () => {
    const played = await play([{ code: 'workspace-file', message: 'a.request.json is not valid JSON.' }, request('b')], () => result(1));
    expect(played.results).toMatchObject([{ state: 'failed', problem: { message: 'a.request.json is not valid JSON.' }, callId: null }, { state: 'passed' }]);
  });

  it('may have been deleted meanwhile, or be refused', async () => {
    const gone = await play([request('a')], () => result(1), { load: () => Promise.reject(new CodedError('not-found', 'It is gone.')) });
    expect(gone.results).toMatchObject([{ state: 'failed', problem: { code: 'not-found' } }]);
    const refused = await play([request('a')], () => {
      throw new CodedError('broker-not-running');
    });
    expect(refused.results).toMatchObject([{ state: 'failed', problem: { code: 'broker-not-running' } }]);
  });

  it('is a bug where it is one', async () => {
    await expect(play([request('a')], () => Promise.reject(new Error('x')) as never, { load: () => Promise.reject(new TypeError('bug')) })).rejects.toThrow(
      'bug',
    );
  });
});

describe('scripts', () => {
  const scripted = (script: string, more: Partial<SavedRequestInput> = {}): SavedRequest => request('a', { script, ...more });

  it('set variables before the request, and look at the answer with those that were captured', async () => {
    const played = await play(
      [
        scripted(
          `function before(variables) { variables.target = 20 + Number(variables.add); }
           export async function after(response, variables, expect) {
             await sleep(1);
             console.log('was', variables.was);
             expect(response.status).toBe('ok');
             expect(response.result, 'the result').toEqual({ target: 21.5 });
             expect(response.elapsedMs).toBeLessThan(10);
             expect(variables.was).not.toBe('20');
             variables.next = response.result.target + 1;
             variables.list = [1];
           }`,
          { params: '{"target": {{target}}}', captures: [{ name: 'was', path: '$.target' }] },
        ),
        request('b', { params: '[{{next}}, {{list}}, "{{target}}"]' }),
      ],
      ({ params }) => result(params),
      { variables: new RunVariables([[['add', '1.5']]], []) },
    );
    expect(played.results[0]).toMatchObject({ state: 'passed', problem: null, log: [{ level: 'log', text: 'was 21.5' }] });
    expect(played.results[0]?.assertions.map(({ kind, label }) => `${kind} ${label}`)).toEqual([
      'status status is ok',
      'script expect("ok").toBe("ok")',
      'script the result.toEqual({"target":21.5})',
      'script expect(5).toBeLessThan(10)',
      'script expect("21.5").not.toBe("20")',
    ]);
    expect(played.sent[1]?.params).toEqual([22.5, [1], '21.5']);
  });

  it('fail the request where an expectation is not met, with the line', async () => {
    const played = await play(
      [
        scripted(`function after(response, variables, expect) {\n  expect(1).toBe(1);\n  expect(response.result).toMatch(/^x/);\n  expect(2).toBe(2);\n}`),
        request('b'),
      ],
      () => result('abc'),
    );
    expect(played.results[0]).toMatchObject({ state: 'failed', problem: null });
    expect(played.results[0]?.assertions.slice(1)).toEqual([
      { kind: 'script', label: 'expect(1).toBe(1)', passed: true, expected: '1', actual: '1', message: '' },
      {
        kind: 'script',
        label: 'expect("abc").toMatch(/^x/)',
        passed: false,
        expected: '/^x/',
        actual: '"abc"',
        message: 'The script expects something else in line 3.',
      },
    ]);
    expect(played.results[1]?.state).toBe('passed');
  });

  it.each([
    ['throws', 'function after() {\n  throw new Error("no such luck");\n}', 'The script failed in line 2: ', 'no such luck', 2],
    ['throws before the call', 'function before() {\n  null.x;\n}', 'The script failed in line 2: ', 'null', 2],
    ['is no JavaScript', 'function after( {', 'The script failed in line 1: ', '', 1],
    ['has no end', 'function after() {\n  if (true) {', 'The script failed in line 2: ', '', 2],
    ['does not end', 'function after() { for (;;); }', 'The script', 'processor time', undefined],
    ['allocates', 'function after() { const a = []; for (;;) a.push(new Array(100000).fill(7)); }', 'The script', 'memory', undefined],
    ['has nothing to run', 'function afterwards() {}', 'The script has neither a function before nor a function after.', '', undefined],
    ['gives a variable no name', 'function after(response, variables) { variables["a b"] = 1; }', 'The script sets the variable "a b"', '', undefined],
  ])('that %s fails the request, and the rest goes on', async (_what, script, begin, inside, line) => {
    const played = await play([scripted(script), request('b')], () => result(1));
    const problem = played.results[0]?.problem;
    expect(problem?.message).toContain(begin);
    expect(problem?.message).toContain(inside);
    if (line !== undefined) expect(problem?.line).toBe(line);
    expect(states(played)).toEqual(['failed', 'passed']);
  });

  it('that fail before the call send nothing', async () => {
    const played = await play([scripted('function before() { throw new Error("x"); }')], () => result(1));
    expect([played.sent.length, played.results[0]?.callId]).toEqual([0, null]);
  });

  it('see the error of a failed call, which is what they may expect', async () => {
    const error: CheckSubject = { status: 'failed', errorName: 'METHOD_NOT_FOUND', errorText: 'x', body: { name: 'METHOD_NOT_FOUND' }, elapsedMs: 1 };
    const script =
      'function after(response, variables, expect) { expect(response).toHaveProperty("error.name", "METHOD_NOT_FOUND"); expect(response.result).toBeUndefined(); }';
    const played = await play([scripted(script, { assertions: [{ kind: 'status', is: 'failed' }] })], () => error);
    expect(played.results[0]).toMatchObject({ state: 'passed', problem: null });
  });

  it('can be cancelled while they wait', async () => {
    const cancel = new AbortController();
    const played = await play([scripted('async function before() { await sleep(20000); }')], () => result(1), {
      signal: cancel.signal,
      onEvent: (event) => event.type === 'running' && setImmediate(() => cancel.abort()),
    });
    expect(states(played)).toEqual(['cancelled']);
  });
});
