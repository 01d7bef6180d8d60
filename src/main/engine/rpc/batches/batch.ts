import type { Problem } from '../../../../shared/contract/common.ts';
import type { CallInput } from '../../../../shared/contract/rpc.ts';
import type { BatchInput, BatchOutcome, BatchPhase, BatchStatus } from '../../../../shared/contract/rpc-batches.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import type { RpcOutcome } from '../../../../shared/rpc/dialect.ts';
import { rpcError } from '../../../../shared/rpc/rpc-error.ts';
import type { CallObserver } from '../caller/own-calls.ts';
import { Latency } from '../methods/latency.ts';
import { ErrorTally } from './error-tally.ts';
import { PeerResults } from './peer-results.ts';
import { RecentRate } from './recent-rate.ts';

export interface BatchCaller {
  /** Throws a coded error for what cannot be sent. */
  start(input: CallInput, observer: CallObserver): number;
  cancel(id: number): boolean;
  takeOut(id: number): boolean;
}

export interface BatchDeps {
  readonly caller: BatchCaller;
  /** Unix ms. */
  readonly now: () => number;
  /** ms, of a clock that never goes back. */
  readonly clock: () => number;
  readonly onChange: () => void;
}

/** Puts values in the place of variables. */
export interface BatchFilling {
  readonly environment: BatchStatus['environment'];
  /** Throws a coded error for what is not known. */
  fill(input: CallInput): CallInput;
}

/** Of a repeated call so many stay in the list of all calls: the first ones that failed, and the newest with a result. */
const listedFailures = 1000;
const listedResults = 200;
/** The way through the broker is followed of the first ones only. */
const tracedCalls = 100;
/** When the source has no room for one more, the next try waits a little. */
const noRoomWaitMs = 100;

/** What is wrong with one of the calls alone: the others can be made. */
const ofOne: Readonly<Record<BatchInput['plan']['kind'], readonly string[]>> = {
  repeat: [],
  'fan-out': ['invalid-topic'],
  requests: ['invalid-topic', 'bad-input'],
};

/** Without a connection no further call can go out. */
const fatal: ReadonlySet<string> = new Set(['NOT_CONNECTED', 'CONNECTION_FAILED', 'CONNECTION_LOST']);

/** One call made many times, or many calls, a few at the same time. */
export class Batch {
  readonly id: string;
  readonly input: BatchInput;
  /** Of each peer of a fan-out, or request of a list. */
  readonly peers: PeerResults | null;
  readonly #deps: BatchDeps;
  readonly #startedAt: number;
  readonly #latency = new Latency();
  readonly #errors = new ErrorTally();
  readonly #rate: RecentRate;
  readonly #pending = new Set<number>();
  readonly #timers = new Set<NodeJS.Timeout>();
  /** With a result, the oldest first. */
  readonly #results: number[] = [];
  readonly #outcomes: Record<BatchOutcome, number> = { ok: 0, failed: 0, 'timed-out': 0, cancelled: 0 };
  /** How far it has come in the plan, or in the queue of places that are called again. */
  #next = 0;
  #queue: readonly number[] | null = null;
  #lanes = 0;
  #made = 0;
  #unlisted = 0;
  #failuresListed = 0;
  #firstFailedCall: number | null = null;
  #phase: BatchPhase = 'running';
  #problem: Problem | null = null;
  #filling: BatchFilling | undefined;
  /** Of runs before the present one. */
  #elapsedBefore = 0;
  #runStartedClock: number;

  constructor(id: string, input: BatchInput, deps: BatchDeps, filling?: BatchFilling) {
    this.id = id;
    this.input = input;
    this.#deps = deps;
    this.#filling = filling;
    this.#startedAt = deps.now();
    this.#runStartedClock = deps.clock();
    this.#rate = new RecentRate(deps.clock);
    const targets = targetsOf(input.plan);
    this.peers = targets && new PeerResults(targets);
  }

  get total(): number {
    const { plan } = this.input;
    return plan.kind === 'repeat' ? plan.times : plan.kind === 'fan-out' ? plan.topics.length : plan.requests.length;
  }

  get isOver(): boolean {
    return this.#phase !== 'running' && this.#phase !== 'stopping';
  }

  /** The first call goes out before this returns, so that what cannot be sent at all is thrown here. */
  begin(): void {
    this.#openLanes(true);
  }

  status(): BatchStatus {
    const { call, plan } = this.input;
    const elapsedMs = this.#elapsedBefore + (this.isOver ? 0 : this.#deps.clock() - this.#runStartedClock);
    const ended = Object.values(this.#outcomes).reduce((sum, count) => sum + count, 0);
    return {
      id: this.id,
      source: call.source,
      kind: plan.kind,
      dialect: call.dialect,
      topic: plan.kind === 'repeat' ? call.topic : '',
      method: plan.kind === 'requests' ? '' : call.method,
      correlationId: call.envelope?.correlationId ?? null,
      environment: this.#filling?.environment ?? null,
      phase: this.#phase,
      total: this.total,
      pending: this.#pending.size,
      outcomes: { ...this.#outcomes },
      ...this.#errors.summary(),
      startedAt: this.#startedAt,
      elapsedMs,
      callsPerSecond: this.isOver ? (elapsedMs === 0 ? 0 : (ended / elapsedMs) * 1000) : this.#rate.perSecond(),
      latency: this.#latency.summary(),
      unlisted: this.#unlisted,
      firstFailedCall: this.#firstFailedCall,
      problem: this.#problem,
    };
  }

  /** False when it had ended. */
  cancel(): boolean {
    if (this.isOver) return false;
    this.#phase = 'cancelled';
    this.#clearTimers();
    for (const id of [...this.#pending]) this.#deps.caller.cancel(id);
    this.#over();
    return true;
  }

  /** Absent: there are no variables in it. */
  get filling(): BatchFilling | undefined {
    return this.#filling;
  }

  /** Calls peers without a result again; answers how many. `filling`: what variables are now. */
  retry(filling = this.#filling): number {
    const { peers } = this;
    if (!peers || !this.isOver) throw new CodedError('invalid-state', 'This batch is still under way.', { advice: 'Wait until it has ended.' });
    const again = peers.withoutResult();
    if (again.length === 0) return 0;
    this.#filling = filling;
    for (const index of again) {
      const before = peers.reset(index);
      if (before === 'failed' || before === 'timed-out' || before === 'cancelled') this.#outcomes[before] -= 1;
    }
    this.#errors.clear();
    this.#phase = 'running';
    this.#problem = null;
    this.#firstFailedCall = null;
    this.#queue = again;
    this.#next = 0;
    this.#runStartedClock = this.#deps.clock();
    try {
      this.#openLanes(true);
    } catch (error) {
      this.#problem = problemOf(error);
      this.#deps.onChange();
      throw error;
    }
    return again.length;
  }

  #openLanes(throwing: boolean): void {
    const lanes = Math.min(this.input.inFlight, this.#left());
    this.#lanes = lanes;
    for (let lane = 0; lane < lanes; lane += 1) this.#callNext(throwing && lane === 0);
    this.#deps.onChange();
  }

  #left(): number {
    return (this.#queue?.length ?? this.total) - this.#next;
  }

  #callNext(throwing = false): void {
    while (this.#phase === 'running' && this.#left() > 0) if (this.#call(throwing)) return;
    this.#laneDone();
  }

  /** False: this one could not be called; the next may. */
  #call(throwing: boolean): boolean {
    const index = this.#queue?.[this.#next] ?? this.#next;
    this.#next += 1;
    this.#made += 1;
    const { call, plan } = this.input;
    let id = 0;
    let endedAtOnce = false;
    const observer: CallObserver = {
      traced: this.#made <= tracedCalls,
      onEnd: (outcome, elapsedMs) => {
        if (id === 0) endedAtOnce = true;
        // The id of a call that could not even begin comes only when this has returned.
        queueMicrotask(() => this.#ended(index, id, outcome, elapsedMs, endedAtOnce));
      },
      onCancelled: () => this.#cancelled(index, id),
    };
    try {
      const input = { ...call, ...partAt(plan, index) };
      id = this.#deps.caller.start(this.#filling?.fill(input) ?? input, observer);
    } catch (error) {
      this.#made -= 1;
      if (this.peers && error instanceof CodedError && ofOne[plan.kind].includes(error.code)) {
        this.#notCalled(index, error);
        return false;
      }
      this.#next -= 1;
      if (throwing) {
        this.#phase = 'failed';
        throw error;
      }
      this.#cannotGoOn(problemOf(error));
      return false;
    }
    this.#pending.add(id);
    this.peers?.begin(index, id);
    return true;
  }

  /** A peer whose topic is none, or a request that cannot be sent. */
  #notCalled(index: number, { message, advice }: CodedError): void {
    const outcome = { error: rpcError('INVALID_RPC_REQUEST', 'local', message, advice === undefined ? {} : { advice }) };
    this.#outcomes.failed += 1;
    this.#errors.add(outcome.error);
    this.peers?.end(index, 'failed', outcome, null);
    if (this.input.stopOnFailure) this.#phase = 'stopping';
  }

  #ended(index: number, id: number, outcome: RpcOutcome, elapsedMs: number, atOnce: boolean): void {
    if (!this.#pending.delete(id)) return;
    this.#rate.count();
    const state = outcomeOf(outcome);
    this.#outcomes[state] += 1;
    this.peers?.end(index, state, outcome, elapsedMs);
    if ('error' in outcome) {
      const { error } = outcome;
      this.#errors.add(error);
      this.#firstFailedCall ??= id;
      if (error.origin === 'remote') this.#latency.add(elapsedMs);
      this.#listFailure(id);
      if (error.origin === 'local' && fatal.has(error.name)) this.#cannotGoOn({ code: 'not-connected', message: error.message, advice: error.advice });
      else if (this.input.stopOnFailure && this.#phase === 'running') this.#phase = 'stopping';
    } else {
      this.#latency.add(elapsedMs);
      this.#listResult(id);
    }
    const waitMs = Math.max(this.input.delayMs ?? 0, atOnce ? noRoomWaitMs : 0);
    if (this.#phase === 'running' && waitMs > 0 && this.#left() > 0) this.#later(waitMs);
    else this.#callNext();
    this.#deps.onChange();
  }

  /** By the batch itself, or one alone by hand. */
  #cancelled(index: number, id: number): void {
    if (!this.#pending.delete(id)) return;
    this.#outcomes.cancelled += 1;
    this.peers?.end(index, 'cancelled', null, null);
    if (this.#phase === 'cancelled') return;
    this.#callNext();
    this.#deps.onChange();
  }

  #later(ms: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#callNext();
      this.#deps.onChange();
    }, ms);
    timer.unref();
    this.#timers.add(timer);
  }

  #cannotGoOn(problem: Problem): void {
    if (this.isOver) return;
    this.#problem ??= problem;
    this.#phase = 'stopping';
    this.#endWaits();
  }

  /** Those that wait for their next call have none. */
  #endWaits(): void {
    const waiting = this.#timers.size;
    this.#clearTimers();
    for (let lane = 0; lane < waiting; lane += 1) this.#laneDone();
  }

  #laneDone(): void {
    this.#lanes -= 1;
    if ((this.#phase === 'stopping' || this.#left() === 0) && this.#timers.size > 0) this.#endWaits();
    if (this.#lanes > 0 || this.isOver) return;
    this.#phase = this.#problem ? 'failed' : this.#phase === 'stopping' ? 'stopped' : 'done';
    this.#over();
  }

  #over(): void {
    this.#clearTimers();
    this.#elapsedBefore += this.#deps.clock() - this.#runStartedClock;
    this.#deps.onChange();
  }

  #clearTimers(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  /** Of a fan-out every call stays: each is the answer of another peer. */
  #listFailure(id: number): void {
    if (this.peers) return;
    this.#failuresListed += 1;
    if (this.#failuresListed > listedFailures) this.#takeOut(id);
  }

  #listResult(id: number): void {
    if (this.peers) return;
    this.#results.push(id);
    if (this.#results.length > listedResults) this.#takeOut(this.#results.shift() as number);
  }

  #takeOut(id: number): void {
    if (this.#deps.caller.takeOut(id)) this.#unlisted += 1;
  }
}

function targetsOf(plan: BatchInput['plan']): ConstructorParameters<typeof PeerResults>[0] | null {
  return plan.kind === 'repeat' ? null : plan.kind === 'fan-out' ? plan.topics.map((topic) => ({ topic })) : plan.requests;
}

/** What of the call is another one at a place of the plan. */
function partAt(plan: BatchInput['plan'], index: number): Partial<Pick<CallInput, 'topic' | 'method' | 'params'>> {
  if (plan.kind === 'requests') return plan.requests[index] ?? {};
  const topic = plan.kind === 'fan-out' ? plan.topics[index] : undefined;
  return topic === undefined ? {} : { topic };
}

function problemOf(error: unknown): Problem {
  if (!(error instanceof CodedError)) return { code: 'internal', message: error instanceof Error ? error.message : String(error) };
  const { code, message, advice } = error;
  return { code, message, advice };
}

function outcomeOf(outcome: RpcOutcome): BatchOutcome {
  if (!('error' in outcome)) return 'ok';
  return outcome.error.name === 'RPC_TIMEOUT' && outcome.error.origin === 'local' ? 'timed-out' : 'failed';
}
