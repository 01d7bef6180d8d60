import type { Problem } from '../../../shared/contract/common.ts';
import { CodedError, toWireError } from '../../../shared/ipc/errors.ts';
import { readJsonText } from '../../../shared/rpc/json-payload.ts';
import type { JsonValue } from '../../../shared/rpc/python-json.ts';
import { encodeJson } from './encode-json.ts';
import { faultError, limitWords } from './fault-error.ts';
import { defaultLimits, maxSourceLength, type ScriptLimits } from './script-limits.ts';
import type { ConsoleLevel, FromScriptThread } from './script-messages.ts';
import type { ScriptThread } from './script-thread.ts';
import { ThreadPool, type Seat } from './thread-pool.ts';

/** What a host function rejects with where the script shall know why: an `Error` with this `code`. A `CodedError` does as well; anything else is a bug. */
export class HostFailure extends Error {
  override readonly name = 'HostFailure';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * A function that scripts may call. `signal` aborts when the call it was called in was cancelled, failed or hit a limit. `context`: what `Script.call`
 * was given.
 */
export type HostFunction = (args: readonly JsonValue[], signal: AbortSignal, context: unknown) => Promise<JsonValue | undefined>;

interface ScriptLine {
  readonly level: ConsoleLevel;
  readonly text: string;
  /** The `context` of the call that printed it. */
  readonly call: unknown;
}

export interface ScriptOptions {
  /** As a file name: where errors are said to be, for example `answer.js`. */
  readonly name: string;
  /** An ECMAScript module. */
  readonly source: string;
  /** Globals of the script, besides `sleep`, `console` and the language. */
  readonly functions?: Readonly<Record<string, HostFunction>>;
  readonly onConsole?: (line: ScriptLine) => void;
  readonly limits?: Partial<ScriptLimits>;
}

interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Handed to the host functions and with console lines. */
  readonly context?: unknown;
}

export interface Script {
  /**
   * Calls what the module exports under a name, `default` or another; resolves with the JSON it gives, `undefined` for none. Whole numbers that a double
   * cannot hold are `BigInt` in the script, in both directions. The module is loaded by the first call, and keeps its variables until a limit stops it
   * in the middle. Rejects with a `CodedError`: `script-error` (`data`: name, line, column, stack), `script-limit` (`data`: limit, reloaded, ownFault, line, column),
   * `cancelled`, `worker-crashed` (another script took the thread with it), `too-many-requests`, `payload-too-large` (the arguments), `invalid-state`
   * (closed).
   */
  call(exportName: string, args: readonly JsonValue[], options?: CallOptions): Promise<JsonValue | undefined>;
  /** Cancels what is under way. Idempotent. */
  close(): void;
}

/** Line and column count from 1. */
interface ScriptProblem extends Problem {
  readonly line: number | null;
  readonly column: number | null;
}

export interface Scripts {
  open(options: ScriptOptions): Script;
  /** What keeps a source from being read as a module; nothing of it runs. */
  check(source: string): Promise<ScriptProblem | null>;
  /** Threads that run now. */
  readonly threadCount: number;
  close(): Promise<void>;
}

export interface ScriptsOptions {
  /** A host function has rejected with something else than a `CodedError`. */
  readonly onBug: (error: unknown) => void;
  /** A thread without scripts ends after this, in ms. */
  readonly idleMs?: number;
  /** How often a turn that takes long is looked at, in ms. */
  readonly lookEveryMs?: number;
}

interface OpenScript {
  readonly id: number;
  readonly options: ScriptOptions;
  readonly limits: ScriptLimits;
  readonly calls: Set<RunningCall>;
  seat: Seat | undefined;
  /** A thread had to be ended with it. */
  isApart: boolean;
  isClosed: boolean;
}

interface RunningCall {
  readonly id: number;
  readonly script: OpenScript;
  readonly context: unknown;
  readonly abort: AbortController;
  readonly resolve: (value: JsonValue | undefined) => void;
  readonly reject: (error: CodedError) => void;
  readonly release: () => void;
}

interface RunningCheck {
  readonly seat: Seat;
  readonly settle: (problem: ScriptProblem | null) => void;
}

/** A turn may take this many times the processor time of a call before its thread is ended, and this much longer: other threads want to run as well. */
const patienceFactor = 3;
const patienceMoreMs = 2000;

/** Entry of the thread: among the other workers when this code is bundled, the source file when it runs from source. */
function workerUrl(ownUrl: string): URL {
  return new URL(ownUrl.endsWith('.ts') ? './script-worker.ts' : '../workers/script-worker.js', ownUrl);
}

/** Starts no thread before the first call. */
export function createScripts(options: ScriptsOptions): Scripts {
  return new SharedScripts(options);
}

class SharedScripts implements Scripts {
  readonly #onBug: (error: unknown) => void;
  readonly #pool: ThreadPool;
  readonly #scripts = new Map<number, OpenScript>();
  readonly #calls = new Map<number, RunningCall>();
  readonly #checks = new Map<number, RunningCheck>();
  #lastId = 0;

  constructor({ onBug, idleMs = 10_000, lookEveryMs = 250 }: ScriptsOptions) {
    this.#onBug = onBug;
    this.#pool = new ThreadPool({
      workerUrl: workerUrl(import.meta.url),
      idleMs,
      lookEveryMs,
      message: (thread, message) => this.#receive(thread, message),
      gone: (thread, stuck, cause) => this.#gone(thread, stuck, cause),
      patienceMs: (script) => (this.#scripts.get(script)?.limits ?? defaultLimits).cpuMs * patienceFactor + patienceMoreMs,
    });
  }

  get threadCount(): number {
    return this.#pool.size;
  }

  open(options: ScriptOptions): Script {
    this.#lastId += 1;
    const limits = { ...defaultLimits, ...options.limits };
    const script: OpenScript = { id: this.#lastId, options, limits, calls: new Set(), seat: undefined, isApart: false, isClosed: false };
    this.#scripts.set(script.id, script);
    return {
      call: (exportName, args, callOptions = {}) => this.#call(script, exportName, args, callOptions),
      close: () => this.#close(script),
    };
  }

  check(source: string): Promise<ScriptProblem | null> {
    if (source.length > maxSourceLength) return Promise.resolve({ ...tooLong(), line: null, column: null });
    const seat = this.#pool.sit(false);
    this.#lastId += 1;
    const check = this.#lastId;
    return new Promise((resolve) => {
      this.#checks.set(check, {
        seat,
        settle: (problem) => {
          this.#checks.delete(check);
          seat.thread.await(-1);
          seat.leave();
          resolve(problem);
        },
      });
      seat.thread.await(1);
      seat.thread.post({ type: 'check', check, source });
    });
  }

  async close(): Promise<void> {
    for (const script of this.#scripts.values()) this.#close(script);
    for (const { settle } of this.#checks.values()) settle(null);
    await this.#pool.close();
  }

  async #call(script: OpenScript, exportName: string, args: readonly JsonValue[], { signal, context }: CallOptions): Promise<JsonValue | undefined> {
    const { limits, options } = script;
    if (script.isClosed) throw new CodedError('invalid-state', 'The script was closed.');
    if (signal?.aborted) throw new CodedError('cancelled');
    if (options.source.length > maxSourceLength) throw new CodedError('script-error', tooLong().message, { advice: tooLong().advice });
    if (script.calls.size >= limits.concurrentCalls) {
      throw new CodedError('too-many-requests', `The script is running ${limits.concurrentCalls} times already.`, {
        advice: 'Try again when some of these calls have ended.',
      });
    }
    const { text, bigs } = encodeJson(args);
    if (Buffer.byteLength(text) > limits.jsonBytes) {
      throw new CodedError('payload-too-large', `What the script is given is larger than ${limits.jsonBytes} bytes of JSON.`);
    }
    const { thread } = this.#seat(script);
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined;
      const cancel = (): void => this.#stop(call, new CodedError('cancelled'));
      const tooLate = (): void => {
        const [message, advice] = limitWords('wall', limits);
        this.#stop(
          call,
          new CodedError('script-limit', message, { advice, data: { limit: 'wall', reloaded: false, ownFault: true, line: null, column: null } }),
        );
      };
      const release = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', cancel);
        thread.await(-1);
      };
      const call: RunningCall = { id, script, context, abort: new AbortController(), resolve, reject, release };
      this.#calls.set(id, call);
      script.calls.add(call);
      signal?.addEventListener('abort', cancel, { once: true });
      thread.await(1);
      thread.post({ type: 'call', script: script.id, call: id, exportName, args: text, bigs });
      // The start of a thread is not the script's time.
      void thread.ready.then(() => {
        if (this.#calls.has(id)) timer = setTimeout(tooLate, limits.wallMs);
      });
    });
  }

  #seat(script: OpenScript): Seat {
    if (script.seat) return script.seat;
    script.seat = this.#pool.sit(script.isApart);
    const { name, source, functions = {} } = script.options;
    script.seat.thread.post({ type: 'open', script: script.id, definition: { name, source, functionNames: Object.keys(functions), limits: script.limits } });
    return script.seat;
  }

  #close(script: OpenScript): void {
    script.isClosed = true;
    this.#scripts.delete(script.id);
    for (const call of script.calls) this.#stop(call, new CodedError('cancelled', 'The script was closed.'));
    script.seat?.thread.post({ type: 'close', script: script.id });
    script.seat?.leave();
    script.seat = undefined;
  }

  /** Ends a call from this side. */
  #stop(call: RunningCall, error: CodedError): void {
    call.script.seat?.thread.cancel(call.script.id, call.id);
    this.#fail(call, error);
  }

  #fail(call: RunningCall, error: CodedError): void {
    this.#end(call);
    call.abort.abort();
    call.reject(error);
  }

  #end(call: RunningCall): void {
    this.#calls.delete(call.id);
    call.script.calls.delete(call);
    call.release();
  }

  #receive(thread: ScriptThread, message: FromScriptThread): void {
    if (message.type === 'checked') {
      const { fault } = message;
      return this.#checks
        .get(message.check)
        ?.settle(
          fault && { code: 'script-error', message: fault.message, advice: fault.advice, line: fault.place?.line ?? null, column: fault.place?.column ?? null },
        );
    }
    if (message.type === 'ready') return undefined;
    const call = this.#calls.get(message.call);
    switch (message.type) {
      case 'done':
        return call && this.#done(call, message.result);
      case 'failed':
        return call && this.#fail(call, faultError(message.fault, call.script.limits));
      case 'console':
        return call?.script.options.onConsole?.({ level: message.level, text: message.text, call: call.context });
      case 'request':
        return void (call && this.#request(thread, call, message));
    }
  }

  #done(call: RunningCall, result: string): void {
    const read = result === '' ? { value: undefined } : readJsonText(result);
    if (!('value' in read)) return this.#fail(call, new CodedError('script-error', `The result cannot be read: ${read.reason}.`));
    this.#end(call);
    call.resolve(read.value);
  }

  async #request(thread: ScriptThread, call: RunningCall, { script, request, name, args }: FromScriptThread & { readonly type: 'request' }): Promise<void> {
    const { functions = {} } = call.script.options;
    try {
      const run = Object.hasOwn(functions, name) ? functions[name] : undefined;
      const read = readJsonText(args);
      if (!run || !('value' in read)) throw new CodedError('bad-input', `${name}(…) cannot be called like this.`);
      const value = await run(read.value as readonly JsonValue[], call.abort.signal, call.context);
      const { text, bigs } = value === undefined ? { text: '', bigs: [] } : encodeJson(value);
      if (Buffer.byteLength(text) > call.script.limits.jsonBytes)
        throw new CodedError('payload-too-large', `The answer of ${name}(…) is too large for a script.`);
      thread.post({ type: 'answer', script, request, value: text, bigs });
    } catch (error) {
      const isExpected = error instanceof CodedError || error instanceof HostFailure;
      if (!isExpected) this.#onBug(error);
      const { message, code } = error instanceof HostFailure ? error : toWireError(error);
      thread.post({ type: 'refuse', script, request, message, code });
    }
  }

  /** A thread has ended with all the scripts in it; their next call opens them in another. */
  #gone(thread: ScriptThread, stuck: number | undefined, cause: Error | undefined): void {
    const because = cause === undefined ? '' : ` (${cause.message})`;
    for (const script of this.#scripts.values()) {
      if (script.seat?.thread !== thread) continue;
      script.seat.leave();
      script.seat = undefined;
      if (script.id === stuck) script.isApart = true;
      for (const call of script.calls) this.#fail(call, script.id === stuck ? stuckError(script.limits) : crashed(stuck, because));
    }
    for (const { seat, settle } of this.#checks.values()) {
      if (seat.thread === thread)
        settle({ code: 'worker-crashed', message: 'The script could not be checked.', advice: 'Try again.', line: null, column: null });
    }
  }
}

function stuckError(limits: ScriptLimits): CodedError {
  return faultError({ kind: 'limit', limit: 'cpu', reloaded: true, ownFault: true, place: null }, limits);
}

function crashed(stuck: number | undefined, because: string): CodedError {
  const why =
    stuck === undefined
      ? `The part that runs scripts stopped unexpectedly${because}.`
      : 'Another script did not come to an end and was stopped, with all that ran beside it.';
  return new CodedError('worker-crashed', `${why} This script starts anew with its next call.`, { advice: 'Call it again.' });
}

function tooLong(): Problem {
  return { code: 'script-error', message: `The script is longer than ${maxSourceLength} characters.`, advice: 'Make it shorter.' };
}
