import type { RpcMethodDetail, RpcMethodId } from '../../../../shared/contract/rpc.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import type { RpcOutcome } from '../../../../shared/rpc/dialect.ts';
import { Examples, type Example, type ExampleShelf } from './examples.ts';
import { InferredSchema, type NodeBudget } from './infer-schema.ts';
import { Latency } from './latency.ts';

const maxCallers = 50;
const shownCallers = 10;
const maxCallerIdLength = 200;

/** What all methods share to stay within bounds. */
export interface MethodBounds {
  readonly nodes: NodeBudget;
  readonly shelf: ExampleShelf;
}

export interface SeenRequest {
  readonly params: JsonValue;
  readonly payloadBytes: number;
  readonly callerId: string;
  /** Unix ms. */
  readonly at: number;
}

interface SeenAnswer {
  readonly elapsedMs: number;
  readonly isLate: boolean;
  readonly payloadBytes: number;
  readonly example: Example | null;
}

/** One method of a service, as its calls show it. */
export class MethodEntry {
  readonly name: string;
  addedByHand = false;
  calls = 0;
  succeeded = 0;
  failed = 0;
  timedOut = 0;
  pending = 0;
  /** Unix ms. */
  lastAt = 0;
  /** Grows with each change of what `detail` tells. */
  version = 0;
  readonly #bounds: MethodBounds;
  #released = false;
  #params: InferredSchema | null = null;
  #results: InferredSchema | null = null;
  #latency: Latency | null = null;
  #examples: Examples | null = null;
  /** The one who has not called for longest comes first. */
  readonly #callers = new Map<string, { calls: number; lastAt: number }>();

  constructor(name: string, bounds: MethodBounds) {
    this.name = name;
    this.#bounds = bounds;
  }

  /** Answers what the outcome of this call is to be told with. */
  request({ params, payloadBytes, callerId, at }: SeenRequest): Example | null {
    if (this.#released) return null;
    this.version += 1;
    this.calls += 1;
    this.lastAt = at;
    (this.#params ??= new InferredSchema(this.#bounds.nodes)).learn(params);
    if (callerId !== '') this.#countCaller(callerId.slice(0, maxCallerIdLength), at);
    return (this.#examples ??= new Examples(this.#bounds.shelf)).begin(params, payloadBytes);
  }

  /** `isLate`: it was counted when its time was over. */
  answer(outcome: RpcOutcome, { elapsedMs, isLate, payloadBytes, example }: SeenAnswer): void {
    if (this.#released) return;
    this.version += 1;
    if (!isLate && 'error' in outcome) this.failed += 1;
    else if (!isLate) this.succeeded += 1;
    (this.#latency ??= new Latency()).add(elapsedMs);
    if ('result' in outcome) (this.#results ??= new InferredSchema(this.#bounds.nodes)).learn(outcome.result);
    if (example) this.#examples?.finish(example, 'result' in outcome ? outcome : { error: outcome.error.message }, payloadBytes);
  }

  /** The call ends without an answer. */
  unanswered(how: 'failed' | 'timedOut'): void {
    this.version += 1;
    this[how] += 1;
  }

  addByHand(): void {
    this.version += 1;
    this.addedByHand = true;
  }

  medianMs(): number | null {
    return this.#latency?.median() ?? null;
  }

  detail(id: RpcMethodId): RpcMethodDetail {
    const { addedByHand, calls, succeeded, failed, timedOut } = this;
    const callers = [...this.#callers].map(([callerId, seen]) => ({ callerId, ...seen })).toSorted((a, b) => b.calls - a.calls || b.lastAt - a.lastAt);
    return {
      id,
      addedByHand,
      calls,
      succeeded,
      failed,
      timedOut,
      latency: this.#latency?.summary() ?? null,
      paramsSchema: this.#params?.toJsonSchema() ?? null,
      resultSchema: this.#results?.toJsonSchema() ?? null,
      examples: this.#examples?.newestFirst() ?? [],
      callers: callers.slice(0, shownCallers),
    };
  }

  /** It is forgotten: gives back what it holds of the common bounds, and takes no more. */
  release(): void {
    this.#released = true;
    this.#params?.release();
    this.#results?.release();
    this.#examples?.clear();
  }

  #countCaller(callerId: string, at: number): void {
    const calls = (this.#callers.get(callerId)?.calls ?? 0) + 1;
    this.#callers.delete(callerId);
    this.#callers.set(callerId, { calls, lastAt: at });
    if (this.#callers.size <= maxCallers) return;
    for (const quietest of this.#callers.keys()) {
      this.#callers.delete(quietest);
      return;
    }
  }
}
