import type { AssertionResult, RequestFile, RunEvent, RunRequest, RunResult, RunSummary, SavedRequest } from '../../../../shared/contract/collections.ts';
import type { Problem } from '../../../../shared/contract/common.ts';
import type { Check } from '../../../../shared/collections/check.ts';
import { fillChecks, type FillSource } from '../../../../shared/collections/fill-request.ts';
import { cut } from '../../../../shared/collections/shown-text.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import type { TemplateFunctions } from '../../../../shared/template/index.ts';
import { openRequestScript, type RequestScript, type ScriptOutcome, type ScriptRunner } from '../hooks/request-script.ts';
import type { CheckSubject, CheckThread } from '../checks/check-thread.ts';
import type { Executors, StartedRequest } from './executor.ts';
import type { RunVariables } from './run-variables.ts';

export interface RunnerOptions {
  readonly name: string;
  readonly requests: readonly RunRequest[];
  /** The file as it is now. */
  readonly load: (id: string) => Promise<Pick<RequestFile, 'request' | 'problem'>>;
  readonly executors: Executors;
  readonly checks: CheckThread;
  readonly scripts: ScriptRunner;
  readonly functions: TemplateFunctions;
  readonly variables: RunVariables;
  readonly iterations: number;
  readonly delayMs: number;
  readonly stopOnFailure: boolean;
  /** ms, of a clock that never goes back. */
  readonly clock: () => number;
  /** Resolves after the time, or at once when cancelled. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  /** The run waits for whoever takes its events. */
  readonly emit: (event: RunEvent) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Runs requests one after the other and tells of each. Cancelling ends it at once, with the call under way given up. */
export async function runRequests(options: RunnerOptions): Promise<RunSummary> {
  const run = new Run(options);
  return run.run();
}

type Outcome = Omit<RunResult, 'iteration' | 'index'>;

class Run {
  readonly #options: RunnerOptions;
  readonly #startedAt: number;
  readonly #counts = { passed: 0, failed: 0, skipped: 0, cancelled: 0 };
  #assertionsPassed = 0;
  #assertionsFailed = 0;
  #end: 'stopped' | 'cancelled' | null = null;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#startedAt = options.clock();
  }

  async run(): Promise<RunSummary> {
    const { name, requests, iterations, delayMs, emit, signal, wait } = this.#options;
    await emit({ type: 'started', name, requests, iterations });
    let isFirst = true;
    for (let iteration = 1; iteration <= iterations && this.#end === null; iteration += 1) {
      for (const [index, request] of requests.entries()) {
        if (!isFirst && delayMs > 0 && this.#end === null) await wait(delayMs, signal);
        isFirst = false;
        if (signal.aborted) this.#end ??= 'cancelled';
        await this.#step(request, iteration, index);
      }
    }
    // Of the iterations that never began only the number is told.
    const missing = requests.length * iterations - Object.values(this.#counts).reduce((sum, count) => sum + count, 0);
    if (this.#end !== null) this.#counts[this.#end === 'stopped' ? 'skipped' : 'cancelled'] += missing;
    const summary: RunSummary = {
      state: this.#end ?? 'finished',
      ...this.#counts,
      assertionsPassed: this.#assertionsPassed,
      assertionsFailed: this.#assertionsFailed,
      elapsedMs: this.#options.clock() - this.#startedAt,
    };
    await emit({ type: 'ended', summary });
    return summary;
  }

  async #step(request: RunRequest, iteration: number, index: number): Promise<void> {
    const { emit, stopOnFailure } = this.#options;
    let outcome: Outcome;
    if (this.#end !== null) outcome = { ...nothing, state: this.#end === 'stopped' ? 'skipped' : 'cancelled' };
    else {
      await emit({ type: 'running', iteration, index });
      outcome = this.#hidden(await this.#request(request));
      if (outcome.state === 'cancelled') this.#end = 'cancelled';
      else if (outcome.state === 'failed' && stopOnFailure) this.#end = 'stopped';
    }
    this.#counts[outcome.state] += 1;
    for (const { passed } of outcome.assertions) {
      if (passed) this.#assertionsPassed += 1;
      else this.#assertionsFailed += 1;
    }
    await emit({ type: 'result', result: { iteration, index, ...outcome } });
  }

  async #request({ id, problem }: RunRequest): Promise<Outcome> {
    if (problem) return failed(problem);
    const attempt = new Attempt(this.#options);
    try {
      const file = await this.#options.load(id);
      if (!file.request) return failed(file.problem ?? { code: 'workspace-file', message: 'The file cannot be used.' });
      return await attempt.make(file.request);
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      if (error.code === 'cancelled') return { ...attempt.soFar, state: 'cancelled' };
      return { ...attempt.soFar, state: 'failed', problem: { code: error.code, message: error.message, advice: error.advice } };
    }
  }

  #hidden(outcome: Outcome): Outcome {
    const hide = (text: string): string => this.#options.variables.hide(text);
    const { problem } = outcome;
    return {
      ...outcome,
      problem: problem && { ...problem, message: hide(problem.message), advice: problem.advice === undefined ? undefined : hide(problem.advice) },
      assertions: outcome.assertions.map((one) => ({
        ...one,
        label: hide(one.label),
        expected: hide(one.expected),
        actual: hide(one.actual),
        message: hide(one.message),
      })),
      captured: outcome.captured.map(({ name, value }) => ({ name, value: cut(hide(value)) })),
      log: outcome.log.map(({ level, text }) => ({ level, text: hide(text) })),
    };
  }
}

/** One request, from its file to its assertions. */
class Attempt {
  readonly #options: RunnerOptions;
  soFar: Outcome = { ...nothing, state: 'failed' };

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  async make(request: SavedRequest): Promise<Outcome> {
    if (request.script.trim() === '') return this.#send(request, null);
    const script = openRequestScript(this.#options.scripts, request.script);
    try {
      return await this.#send(request, script);
    } finally {
      script.close();
    }
  }

  async #send(request: SavedRequest, script: RequestScript | null): Promise<Outcome> {
    const { checks: thread, executors, signal, variables } = this.#options;
    if (script && !this.#took(await script.before(variables.scope(), signal), script)) return this.soFar;
    const source = this.#source();
    const checks = fillChecks(request, source);
    if ('problem' in checks) return this.#failed(checks.problem);
    const started = startWith(executors, request, source);
    if ('problem' in started) return this.#failed(started.problem);
    this.soFar = { ...this.soFar, callId: started.callId, coapId: started.coapId };
    const subject = await endOf(started, signal);
    this.soFar = { ...this.soFar, elapsedMs: subject.elapsedMs };
    await this.#check(thread, checks, subject);
    if (script && !this.#took(await script.after(subject, variables.scope(), signal), script)) return this.soFar;
    const passed = this.soFar.assertions.every((one) => one.passed);
    return { ...this.soFar, state: passed ? 'passed' : 'failed' };
  }

  #failed(problem: Problem): Outcome {
    return { ...this.soFar, state: 'failed', problem };
  }

  /** False: the script failed, and that is the end. */
  #took({ problem, assertions, variables }: ScriptOutcome, { log }: RequestScript): boolean {
    for (const [name, value] of variables) this.#options.variables.set(name, value);
    this.soFar = { ...this.soFar, problem, assertions: [...this.soFar.assertions, ...assertions], log: [...log] };
    return problem === null && assertions.every(({ passed }) => passed);
  }

  async #check(thread: CheckThread, checks: readonly Check[], subject: CheckSubject): Promise<void> {
    const assertions: AssertionResult[] = [];
    const captured: { readonly name: string; readonly value: string }[] = [];
    for (const outcome of await thread.run(checks, subject, this.#options.signal)) {
      if (outcome.assertion) assertions.push(outcome.assertion);
      if (outcome.captured && this.#options.variables.set(outcome.captured.name, outcome.captured.value)) captured.push(outcome.captured);
    }
    this.soFar = { ...this.soFar, assertions: [...this.soFar.assertions, ...assertions], captured };
  }

  #source(): FillSource {
    return { scope: this.#options.variables.scope(), functions: this.#options.functions };
  }
}

const nothing = { problem: null, callId: null, coapId: null, elapsedMs: null, assertions: [], captured: [], log: [] } as const;

function startWith(executors: Executors, request: SavedRequest, source: FillSource): ReturnType<Executors['rpc']['start']> {
  switch (request.kind) {
    case 'rpc':
      return executors.rpc.start(request, source);
    case 'coap':
      return executors.coap.start(request, source);
  }
}

function failed(problem: Problem): Outcome {
  return { ...nothing, state: 'failed', problem };
}

/** Rejects with `cancelled`. */
function endOf(started: StartedRequest, signal: AbortSignal): Promise<CheckSubject> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => {
      started.cancel();
      reject(new CodedError('cancelled'));
    };
    if (signal.aborted) return giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    void started.ended.then((subject) => {
      signal.removeEventListener('abort', giveUp);
      resolve(subject);
    });
  });
}
