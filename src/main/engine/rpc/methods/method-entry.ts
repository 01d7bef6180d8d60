import type { JsonSchema, RpcMethodDetail, RpcMethodId, SchemaOrigin } from '../../../../shared/contract/rpc.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import type { KeptMethod } from '../../../../shared/contract/rpc-schemas.ts';
import type { RpcOutcome } from '../../../../shared/rpc/dialect.ts';
import { Examples, type Example, type ExampleShelf } from './examples.ts';
import { InferredSchema, type NodeBudget } from './infer-schema.ts';
import { Latency } from './latency.ts';
import { SchemaLock } from '../schemas/schema-lock.ts';

const maxCallers = 50;
const shownCallers = 10;
const maxCallerIdLength = 200;

/** What all methods share to stay within bounds. */
export interface MethodBounds {
  readonly nodes: NodeBudget;
  readonly shelf: ExampleShelf;
  /** Units that schemas told by devices may still have. */
  readonly told: { left: number };
  /** Measures a value by a locked schema; `onDone` when its counts have changed. `null`: nothing does. */
  readonly measure: ((lock: SchemaLock, value: JsonValue, payloadBytes: number, onDone: () => void) => void) | null;
}

/** What a device says of a method of its own. */
export interface ToldMethod {
  readonly name: string;
  readonly description: string;
  readonly params: JsonSchema | null;
  readonly result: JsonSchema | null;
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
  /** Of the last response, where the dialect has one. */
  lastCode: number | null = null;
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
  #locks: { readonly params: SchemaLock | null; readonly result: SchemaLock | null } = { params: null, result: null };
  #pinned: KeptMethod['pinned'] = [];
  #told: (ToldMethod & { readonly units: number }) | null = null;
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
    this.#measure(this.#locks.params, params, payloadBytes);
    if (callerId !== '') this.#countCaller(callerId.slice(0, maxCallerIdLength), at);
    return (this.#examples ??= new Examples(this.#bounds.shelf)).begin(params, payloadBytes);
  }

  /** `isLate`: it was counted when its time was over. */
  answer(outcome: RpcOutcome, { elapsedMs, isLate, payloadBytes, example }: SeenAnswer): void {
    if (this.#released) return;
    this.version += 1;
    this.lastCode = outcome.code ?? null;
    if (!isLate && 'error' in outcome) this.failed += 1;
    else if (!isLate) this.succeeded += 1;
    (this.#latency ??= new Latency()).add(elapsedMs);
    if ('result' in outcome) {
      (this.#results ??= new InferredSchema(this.#bounds.nodes)).learn(outcome.result);
      this.#measure(this.#locks.result, outcome.result, payloadBytes);
    }
    if (example) this.#examples?.finish(example, 'result' in outcome ? { result: outcome.result } : { error: outcome.error.message }, payloadBytes);
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

  /** What the user wants kept of it; `undefined`: nothing any more. */
  keep(kept: KeptMethod | undefined): void {
    this.version += 1;
    this.addedByHand ||= kept?.addedByHand ?? false;
    this.#pinned = kept?.pinned ?? [];
    const lockOf = (before: SchemaLock | null, schema: JsonSchema | undefined): SchemaLock | null =>
      schema === undefined ? null : before?.schema === schema ? before : new SchemaLock(schema);
    this.#locks = { params: lockOf(this.#locks.params, kept?.paramsSchema), result: lockOf(this.#locks.result, kept?.resultSchema) };
  }

  /** Begins to count anew what does not fit the locked schemas. */
  resetCounts(): void {
    this.version += 1;
    const { params, result } = this.#locks;
    this.#locks = { params: params && new SchemaLock(params.schema), result: result && new SchemaLock(result.schema) };
  }

  /** What a device says of it takes the place of what it said before. */
  tell(told: ToldMethod): void {
    if (this.#released) return;
    this.#forgetTold();
    const units = JSON.stringify(told).length;
    if (units > this.#bounds.told.left) return;
    this.#bounds.told.left -= units;
    this.#told = { ...told, units };
    this.version += 1;
  }

  medianMs(): number | null {
    return this.#latency?.median() ?? null;
  }

  detail(id: RpcMethodId): RpcMethodDetail {
    const { addedByHand, calls, succeeded, failed, timedOut } = this;
    const callers = [...this.#callers].map(([callerId, seen]) => ({ callerId, ...seen })).toSorted((a, b) => b.calls - a.calls || b.lastAt - a.lastAt);
    const params = foremost(this.#locks.params, this.#told?.params, this.#params);
    const result = foremost(this.#locks.result, this.#told?.result, this.#results);
    return {
      id,
      addedByHand,
      calls,
      succeeded,
      failed,
      timedOut,
      latency: this.#latency?.summary() ?? null,
      description: this.#told?.description ?? '',
      paramsSchema: params.schema,
      resultSchema: result.schema,
      paramsOrigin: params.origin,
      resultOrigin: result.origin,
      paramsLock: this.#locks.params?.state() ?? null,
      resultLock: this.#locks.result?.state() ?? null,
      examples: this.#allExamples(),
      callers: callers.slice(0, shownCallers),
    };
  }

  /** It is forgotten: gives back what it holds of the common bounds, and takes no more. */
  release(): void {
    this.#released = true;
    this.#params?.release();
    this.#results?.release();
    this.#examples?.clear();
    this.#forgetTold();
  }

  #allExamples(): RpcMethodDetail['examples'] {
    const pinned = this.#pinned.map(({ params, result, error }) => ({
      params,
      ...(result === undefined ? {} : { result }),
      ...(error === undefined ? {} : { error }),
    }));
    const known = new Set(pinned.map((example) => JSON.stringify(example)));
    const seen = this.#examples?.newestFirst().filter((example) => !known.has(JSON.stringify(example))) ?? [];
    return [...pinned.map((example) => ({ ...example, pinned: true as const })), ...seen];
  }

  #measure(lock: SchemaLock | null, value: JsonValue, payloadBytes: number): void {
    if (lock) this.#bounds.measure?.(lock, value, payloadBytes, () => (this.version += 1));
  }

  #forgetTold(): void {
    this.#bounds.told.left += this.#told?.units ?? 0;
    this.#told = null;
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

/** What the user has locked comes first, then what the device says, then what was seen. */
function foremost(
  lock: SchemaLock | null,
  told: JsonSchema | null | undefined,
  seen: InferredSchema | null,
): { readonly schema: JsonSchema | null; readonly origin: SchemaOrigin | null } {
  if (lock) return { schema: lock.schema, origin: 'locked' };
  if (told) return { schema: told, origin: 'told' };
  const schema = seen?.toJsonSchema() ?? null;
  return { schema, origin: schema && 'seen' };
}
