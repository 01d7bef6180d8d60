import type { z } from 'zod';

/**
 * What happens when a stream's producer is faster than its reader:
 * - `wait`: `send` resolves only when the reader has room (lossless, the producer slows down);
 * - `coalesce`: only the newest unsent item is kept (for states and views);
 * - `drop-oldest`: a bounded queue; what falls out is counted and reported with the next item.
 */
export type Overflow = 'wait' | 'coalesce' | 'drop-oldest';

export interface CallOp<I, O> {
  readonly kind: 'call';
  readonly input: z.ZodType<I>;
  /** Only a type: outputs come from our own side and are not re-checked. */
  readonly output?: O;
}

export interface StreamOp<I, T> {
  readonly kind: 'stream';
  readonly input: z.ZodType<I>;
  readonly overflow: Overflow;
  /** Items that may be under way, unacknowledged by the reader. */
  readonly window: number;
  readonly item?: T;
}

// The operations of a contract differ in their types; `any` here only bounds the map, every use is inferred exactly.
// oxlint-disable-next-line typescript/no-explicit-any
export type Contract = { readonly [name: string]: CallOp<any, any> | StreamOp<any, any> };

/** Declares a call: `call<Output>()(inputSchema)`. The output type is given, the input type is inferred. */
export function call<O>() {
  return <I>(input: z.ZodType<I>): CallOp<I, O> => ({ kind: 'call', input });
}

/** Declares a stream: `stream<Item>()(inputSchema, { overflow, window })`. */
export function stream<T>() {
  return <I>(input: z.ZodType<I>, options: { readonly overflow: Overflow; readonly window: number }): StreamOp<I, T> => ({
    kind: 'stream',
    input,
    ...options,
  });
}

export type CallName<C extends Contract> = { [K in keyof C]: C[K] extends CallOp<infer _I, infer _O> ? K : never }[keyof C] & string;
export type StreamName<C extends Contract> = { [K in keyof C]: C[K] extends StreamOp<infer _I, infer _T> ? K : never }[keyof C] & string;
export type InputOf<Op> = Op extends CallOp<infer I, infer _O> ? I : Op extends StreamOp<infer I, infer _T> ? I : never;
export type OutputOf<Op> = Op extends CallOp<infer _I, infer O> ? O : never;
export type ItemOf<Op> = Op extends StreamOp<infer _I, infer T> ? T : never;
