import type { Contract, InputOf, ItemOf, OutputOf } from './contract.ts';
import { CodedError, toWireError } from './errors.ts';
import { isFrame, protocolVersion, type Frame } from './frames.ts';
import { CreditSink, type StreamSink } from './stream-sink.ts';
import type { Transport } from './transport.ts';

export interface CallContext {
  readonly signal: AbortSignal;
}

type MaybePromise<T> = T | Promise<T>;
/** Called when a stream has ended for any reason. */
export type StreamCleanup = () => void;

type CallHandler<Op> = (input: InputOf<Op>, context: CallContext) => MaybePromise<OutputOf<Op>>;
type StreamHandler<Op> = (input: InputOf<Op>, sink: StreamSink<ItemOf<Op>>) => MaybePromise<StreamCleanup | void>;

export type Handlers<C extends Contract> = {
  readonly [K in keyof C]: C[K]['kind'] extends 'stream' ? StreamHandler<C[K]> : CallHandler<C[K]>;
};

export interface ServeOptions {
  /** Identifies this run of the serving side, see `Hello.instance`. */
  readonly instance: string;
  /** Calls and streams one peer may have under way. */
  readonly maxOpen?: number;
  /** Told of errors that are bugs (anything but a `CodedError`). */
  readonly onBug?: (error: unknown, operation: string) => void;
}

interface Served {
  close(): void;
}

type AnyHandler = (input: unknown, second: unknown) => unknown;

/** Serves a contract to one peer until its transport closes. Every input is validated before a handler sees it. */
export function serve<C extends Contract>(contract: C, handlers: Handlers<C>, transport: Transport, options: ServeOptions): Served {
  const maxOpen = options.maxOpen ?? 1024;
  const calls = new Map<number, AbortController>();
  const streams = new Map<number, CreditSink<unknown>>();
  let closed = false;

  const fail = (id: number, error: unknown, operation: string): void => {
    if (!(error instanceof CodedError)) options.onBug?.(error, operation);
    transport.post(['err', id, toWireError(error)]);
  };

  const admit = (kind: 'call' | 'stream', id: number, name: string, input: unknown): { handler: AnyHandler; input: unknown } => {
    if (calls.has(id) || streams.has(id)) throw new CodedError('bad-input', `Request id ${id} is already in use.`);
    if (calls.size + streams.size >= maxOpen) throw new CodedError('too-many-requests');
    const operation = Object.hasOwn(contract, name) ? contract[name] : undefined;
    if (operation?.kind !== kind) throw new CodedError('unknown-method', `There is no ${kind} named "${name.slice(0, 80)}".`);
    const parsed = operation.input.safeParse(input);
    if (!parsed.success) throw badInput(name, parsed.error.issues);
    return { handler: (handlers as Record<string, AnyHandler>)[name] as AnyHandler, input: parsed.data };
  };

  const startCall = async (id: number, name: string, rawInput: unknown): Promise<void> => {
    const abort = new AbortController();
    try {
      const { handler, input } = admit('call', id, name, rawInput);
      calls.set(id, abort);
      const output = await handler(input, { signal: abort.signal });
      if (!closed && calls.get(id) === abort) transport.post(['ok', id, output]);
    } catch (error) {
      if (!closed && (calls.get(id) === abort || !calls.has(id))) fail(id, abort.signal.aborted ? new CodedError('cancelled') : error, name);
    } finally {
      if (calls.get(id) === abort) calls.delete(id);
    }
  };

  const startStream = async (id: number, name: string, rawInput: unknown): Promise<void> => {
    let sink: CreditSink<unknown> | undefined;
    try {
      const { handler, input } = admit('stream', id, name, rawInput);
      const operation = contract[name] as { overflow: 'wait'; window: number };
      sink = new CreditSink(operation, {
        item: (item, skipped) => transport.post(['item', id, item, skipped]),
        end: () => transport.post(['end', id]),
        error: (error) => transport.post(['err', id, error]),
      });
      const opened = sink;
      streams.set(id, opened);
      opened.signal.addEventListener('abort', () => streams.delete(id), { once: true });
      const cleanup = (await handler(input, opened)) as StreamCleanup | undefined;
      if (!cleanup) return;
      if (opened.signal.aborted) cleanup();
      else opened.signal.addEventListener('abort', cleanup, { once: true });
    } catch (error) {
      if (!sink) fail(id, error, name);
      else if (!sink.signal.aborted) {
        if (!(error instanceof CodedError)) options.onBug?.(error, name);
        sink.fail(error);
      }
    }
  };

  const receive = (frame: unknown): void => {
    if (!isFrame(frame)) {
      transport.close('malformed frame');
      return;
    }
    switch (frame[0]) {
      case 'hello':
        if (frame[1].protocol !== protocolVersion) transport.close('version mismatch');
        return;
      case 'call':
        void startCall(frame[1], frame[2], frame[3]);
        return;
      case 'open':
        void startStream(frame[1], frame[2], frame[3]);
        return;
      case 'cancel':
        calls.get(frame[1])?.abort();
        streams.get(frame[1])?.close();
        return;
      case 'credit':
        streams.get(frame[1])?.grant(frame[2]);
        return;
      default:
        transport.close(`unexpected ${frame[0]} frame`);
    }
  };

  transport.onFrame(receive);
  transport.onClose(() => {
    closed = true;
    for (const abort of calls.values()) abort.abort();
    for (const sink of [...streams.values()]) sink.close();
    calls.clear();
  });
  transport.post(['hello', { protocol: protocolVersion, instance: options.instance }] satisfies Frame);
  return { close: () => transport.close('server closed') };
}

function badInput(name: string, issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]): CodedError {
  const [first] = issues;
  const where = first && first.path.length > 0 ? ` at "${first.path.map(String).join('.')}"` : '';
  return new CodedError('bad-input', `${name}${where}: ${first?.message ?? 'invalid input'}`, {
    data: issues.slice(0, 10).map((issue) => ({ path: issue.path.map(String), message: issue.message })),
  });
}
