import type { RunEvent, RunRequest, RunResult, RunSummary } from '../../../shared/contract/collections.ts';
import type { EngineContract } from '../../../shared/contract/index.ts';
import type { InputOf } from '../../../shared/ipc/contract.ts';
import type { CodedError } from '../../../shared/ipc/errors.ts';
import { FrameNotifier, type Engine, type Pacing } from '../common/index.ts';

/** Results kept with everything in them; of further ones that passed, only that they did. Failures beyond it lose their details as well, and are counted. */
const maxDetailed = 20_000;

export type RunInput = InputOf<EngineContract['collections.run']>;
export type RunPhase = 'starting' | 'running' | RunSummary['state'] | 'broken';
export type RowState = 'pending' | 'running' | RunResult['state'];

/** One request of one iteration. */
export interface RunRow {
  /** Place in the whole run. */
  readonly at: number;
  readonly iteration: number;
  readonly request: RunRequest;
  readonly state: RowState;
  /** `null` before it ran, or when it was let go to keep within bounds. */
  readonly result: RunResult | null;
}

const stateCodes = ['pending', 'passed', 'failed', 'skipped', 'cancelled'] as const;

/** One run of a request, folder or collection, under way or over. Mutable and outside React. */
export class RunModel {
  readonly notifier: FrameNotifier;
  readonly input: RunInput;
  /** Unix ms. */
  readonly startedAt: number;
  #phase: RunPhase = 'starting';
  #name = '';
  #requests: readonly RunRequest[] = [];
  #iterations = 0;
  #error: CodedError | undefined;
  #summary: RunSummary | undefined;
  #running: number | undefined;
  readonly #counts = { passed: 0, failed: 0, skipped: 0, cancelled: 0, assertionsPassed: 0, assertionsFailed: 0 };
  #states = new Uint8Array(64);
  readonly #results = new Map<number, RunResult>();
  #letGo = 0;
  readonly #problems: number[] = [];
  readonly #now: () => number;
  readonly #onResult: (request: RunRequest, result: RunResult) => void;
  readonly #closeStream: () => void;

  constructor(engine: Engine, pacing: Pacing, input: RunInput, now: () => number, onResult: (request: RunRequest, result: RunResult) => void) {
    this.input = input;
    this.notifier = new FrameNotifier(pacing);
    this.#now = now;
    this.#onResult = onResult;
    this.startedAt = now();
    this.#closeStream = engine.stream('collections.run', input, {
      item: (event) => this.#take(event),
      // The engine went away in the midst of it, and the run with it: once more from the start would be another run.
      restart: () => this.cancel(),
      end: (error) => {
        this.#error = error;
        if (this.active) this.#end('broken');
      },
    });
  }

  get phase(): RunPhase {
    return this.#phase;
  }
  /** Of what is run. */
  get name(): string {
    return this.#name;
  }
  get active(): boolean {
    return this.#phase === 'starting' || this.#phase === 'running';
  }
  get error(): CodedError | undefined {
    return this.#error;
  }
  get iterations(): number {
    return this.#iterations;
  }
  get requests(): readonly RunRequest[] {
    return this.#requests;
  }
  /** Requests of all iterations. */
  get total(): number {
    return this.#requests.length * this.#iterations;
  }
  /** Results whose details were let go. */
  get letGo(): number {
    return this.#letGo;
  }
  /** So far, or in the end. */
  get summary(): Omit<RunSummary, 'state'> {
    return this.#summary ?? { ...this.#counts, elapsedMs: this.#now() - this.startedAt };
  }
  get done(): number {
    const { passed, failed, skipped, cancelled } = this.#counts;
    return passed + failed + skipped + cancelled;
  }
  /** Places of the requests that failed, in order. */
  get problems(): readonly number[] {
    return this.#problems;
  }
  /** The place that is under way. */
  get runningAt(): number | undefined {
    return this.#running;
  }
  /** Every result that is kept, in order. */
  get results(): readonly RunResult[] {
    return [...this.#results].toSorted(([one], [other]) => one - other).map(([, result]) => result);
  }
  /** The ids of the requests that failed in any iteration, each once, in the order they run. */
  get failedIds(): readonly string[] {
    return [...new Set(this.#problems.map((at) => at % this.#requests.length))].toSorted((a, b) => a - b).flatMap((index) => this.#requests[index]?.id ?? []);
  }

  readonly row = (at: number): RunRow | undefined => {
    const request = this.#requests[at % this.#requests.length];
    if (!request || at >= this.total) return undefined;
    const result = this.#results.get(at) ?? null;
    const state: RowState = result?.state ?? (at === this.#running ? 'running' : (stateCodes[this.#states[at] ?? 0] ?? 'pending'));
    // Of iterations that never began, the end tells only how many requests there were.
    const shown = state === 'pending' && !this.active ? (this.#phase === 'stopped' ? 'skipped' : 'cancelled') : state;
    return { at, iteration: Math.floor(at / this.#requests.length) + 1, request, state: shown, result };
  };

  /** Stops what is under way; answered requests keep their results. */
  cancel(): void {
    if (!this.active) return;
    this.#closeStream();
    this.#end('cancelled');
  }

  close(): void {
    this.#closeStream();
  }

  #take(event: RunEvent): Promise<void> {
    switch (event.type) {
      case 'started':
        this.#phase = 'running';
        this.#name = event.name;
        this.#requests = event.requests;
        this.#iterations = event.iterations;
        break;
      case 'running':
        this.#running = this.#place(event);
        break;
      case 'result':
        this.#add(event.result);
        break;
      default:
        this.#summary = event.summary;
        this.#end(event.summary.state);
        this.#closeStream();
    }
    void this.notifier.changed();
    // The list is painted when there is time; the run does not wait for it.
    return Promise.resolve();
  }

  #place({ iteration, index }: { readonly iteration: number; readonly index: number }): number {
    return (iteration - 1) * this.#requests.length + index;
  }

  #add(result: RunResult): void {
    const at = this.#place(result);
    if (at === this.#running) this.#running = undefined;
    this.#counts[result.state] += 1;
    for (const { passed } of result.assertions) this.#counts[passed ? 'assertionsPassed' : 'assertionsFailed'] += 1;
    if (at >= this.#states.length) {
      const larger = new Uint8Array(Math.max(2 * this.#states.length, at + 1));
      larger.set(this.#states);
      this.#states = larger;
    }
    this.#states[at] = stateCodes.indexOf(result.state);
    if (result.state === 'failed') this.#problems.push(at);
    if (this.#results.size < maxDetailed) this.#results.set(at, result);
    else this.#keepProblem(at, result);
    const request = this.#requests[result.index];
    if (request) this.#onResult(request, result);
  }

  /** When there is no more room, a failure takes the place of the oldest one that passed. */
  #keepProblem(at: number, result: RunResult): void {
    this.#letGo += 1;
    if (result.state !== 'failed') return;
    for (const [other, { state }] of this.#results) {
      if (state === 'failed') continue;
      this.#results.delete(other);
      this.#results.set(at, result);
      return;
    }
  }

  #end(phase: RunPhase): void {
    if (!this.active) return;
    if (!this.#summary) {
      const counts = { ...this.#counts, cancelled: this.#counts.cancelled + Math.max(0, this.total - this.done) };
      this.#summary = { state: 'cancelled', ...counts, elapsedMs: this.#now() - this.startedAt };
    }
    this.#phase = phase;
    this.#running = undefined;
    void this.notifier.changed();
  }
}
