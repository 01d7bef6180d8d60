import type { BrokerHandler, HandlerError, HandlerEvent, HandlerStatus } from '../../../../shared/contract/broker-handlers.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import type { Script, Scripts } from '../../scripts/index.ts';
import { guestSource, maxStateLength } from './guest-source.ts';
import type { HandlerLogBook } from './handler-log.ts';
import { readAnswer, readSent, type HandlerAnswer, type SentByScript } from './wire.ts';

/** Calls of one handler at once. Further ones wait, within their time. */
const mostRunning = 32;
/** Calls that nobody waits for, waiting for their turn. Beyond, they are left out and counted. */
const mostWaiting = 1000;
/** Failures in a row after which a handler is switched off. */
const mostFailures = 10;
/** Of one call: to load a script takes some, and what needs more is no handler for a message. */
const leastCpuMs = 100;
const mostCpuMs = 250;
/** Whom nobody waits for any more may go on so long: a loop is stopped by then, and its line known. */
const lastWordsMs = 5000;
const jsonBytes = 4 * 1024 * 1024;
/** How much the newest answer counts in the mean. */
const newestShare = 0.1;

export interface HandlerHost {
  readonly scripts: Pick<Scripts, 'open'>;
  readonly log: HandlerLogBook;
  /** Unix ms. */
  readonly now: () => number;
  /** A script publishes. Throws a `CodedError` where it may not. */
  readonly send: (handler: BrokerHandler, message: SentByScript) => void;
  /** The status is another. */
  readonly onChange: () => void;
}

/** What came of a call. */
export interface HandlerCall {
  /** Where it published to. */
  readonly sent: string[];
  /** `null`: it failed, or is off. */
  answer: HandlerAnswer | null;
  /** Why it failed; `null`: it did not. */
  problem: string | null;
}

/** What the counts of a status begin with. */
const noCounts = { runs: 0, changed: 0, answered: 0, dropped: 0, refused: 0, failed: 0, timedOut: 0, missed: 0 };

/** A handler with its script, in a broker that runs. */
export class RunningHandler {
  readonly #host: HandlerHost;
  readonly #script: Script | null;
  readonly #loading: Promise<void>;
  readonly #gate: (() => void)[] = [];
  readonly counts = { ...noCounts };
  handler: BrokerHandler;
  #phase: HandlerStatus['phase'];
  #running = 0;
  #observing = 0;
  #inARow = 0;
  #meanMs: number | null = null;
  #lastError: HandlerError | null = null;
  #state: string;

  constructor(handler: BrokerHandler, host: HandlerHost, state = '{}') {
    this.handler = handler;
    this.#host = host;
    this.#state = state;
    this.#phase = handler.enabled ? 'loading' : 'off';
    this.#script = handler.enabled ? this.#open() : null;
    this.#loading = this.#load();
  }

  get isOn(): boolean {
    return this.#phase === 'ready' || this.#phase === 'loading';
  }

  get state(): string {
    return this.#state;
  }

  status(): HandlerStatus {
    const { id } = this.handler;
    return { id, phase: this.#phase, ...this.counts, meanMs: this.#meanMs, lastError: this.#lastError, state: this.#state };
  }

  /** Waits for the answer, in its time. Never rejects. */
  async ask(event: HandlerEvent, given: JsonValue): Promise<HandlerCall> {
    const call: HandlerCall = { sent: [], answer: null, problem: null };
    await this.#loading;
    if (!this.isOn || this.#script === null) return call;
    const { timeoutMs } = this.handler;
    const began = performance.now();
    let entered = false;
    let isLate = false;
    let timer: NodeJS.Timeout | undefined;
    const abort = new AbortController();
    const tooLate = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        isLate = true;
        this.counts.timedOut += 1;
        reject(
          new CodedError('timed-out', `${entered ? 'It did not answer' : 'Its turn did not come'} within ${timeoutMs} ms.`, {
            advice: 'Make it faster, or give it more time.',
          }),
        );
        timer = setTimeout(() => abort.abort(), entered ? lastWordsMs : 0);
      }, timeoutMs);
    });
    try {
      const run = async (): Promise<JsonValue | undefined> => {
        await this.#enter(abort.signal);
        entered = true;
        this.counts.runs += 1;
        try {
          return await (this.#script as Script).call('$workbenchRun', [event, given], { signal: abort.signal, context: call.sent });
        } finally {
          this.#leave();
          clearTimeout(timer);
        }
      };
      const result = run();
      result.catch((error: unknown) => {
        // It knows the line.
        if (isLate && this.isOn && error instanceof CodedError && error.code === 'script-limit') this.#note(error);
        this.#host.onChange();
      });
      const value = (await Promise.race([result, tooLate])) as { readonly result?: JsonValue; readonly state?: JsonValue } | undefined;
      if (typeof value?.state === 'string') this.#keepState(value.state);
      call.answer = readAnswer(value?.result);
      this.#inARow = 0;
      const ms = performance.now() - began;
      this.#meanMs = this.#meanMs === null ? ms : this.#meanMs + (ms - this.#meanMs) * newestShare;
    } catch (error) {
      call.problem = this.#failed(error);
    }
    if (!isLate) clearTimeout(timer);
    this.counts.answered += call.sent.length;
    this.#host.onChange();
    return call;
  }

  /** Nobody waits for it. */
  observe(event: HandlerEvent, given: () => JsonValue): void {
    if (!this.isOn) return;
    if (this.#observing >= mostRunning + mostWaiting) {
      this.counts.missed += 1;
      this.#host.onChange();
      return;
    }
    this.#observing += 1;
    void this.ask(event, given()).then(() => (this.#observing -= 1));
  }

  /** What a script gave cannot be used. */
  reject(message: string): void {
    this.#failed(new CodedError('script-error', message, { data: { name: 'Error', line: null, column: null } }));
  }

  close(): void {
    this.#phase = 'off';
    this.#script?.close();
    for (const go of this.#gate.splice(0)) go();
  }

  #open(): Script {
    const { id, name, source, timeoutMs } = this.handler;
    // Less than the whole time: a loop is stopped in its line before nobody waits for it any more.
    const cpuMs = Math.min(mostCpuMs, Math.max(leastCpuMs, timeoutMs / 4));
    return this.#host.scripts.open({
      ...{
        name: `${id}.js`,
        source: `${source}\n${guestSource}`,
        limits: { cpuMs, wallMs: timeoutMs + lastWordsMs + 1000, jsonBytes, concurrentCalls: mostRunning + 1 },
      },
      functions: {
        $workbenchSend: ([message], _signal, context) => {
          const sent = readSent(message);
          this.#host.send(this.handler, sent);
          if (Array.isArray(context)) context.push(sent.topic);
          return Promise.resolve(undefined);
        },
        $workbenchState: ([text]) => {
          if (typeof text === 'string') this.#keepState(text);
          return Promise.resolve(this.#state);
        },
      },
      onConsole: ({ level, text }) => this.#host.log.add(id, name, level, text, null),
    });
  }

  /** Before the first message: what is wrong with the script shows at once, and nobody waits for its machine. */
  async #load(): Promise<void> {
    if (this.#script === null) return;
    try {
      await this.#script.call('$workbenchLoad', []);
      if (this.#phase === 'loading') this.#phase = 'ready';
    } catch (error) {
      if (this.#phase !== 'loading') return;
      this.#phase = 'unusable';
      this.#note(error);
    }
    this.#host.onChange();
  }

  #keepState(text: string): void {
    if (text.length <= maxStateLength) this.#state = text;
  }

  async #enter(signal: AbortSignal): Promise<void> {
    if (this.#running >= mostRunning) await new Promise<void>((resolve) => this.#gate.push(resolve));
    if (signal.aborted) {
      this.#gate.shift()?.();
      throw new CodedError('cancelled');
    }
    this.#running += 1;
  }

  #leave(): void {
    this.#running -= 1;
    this.#gate.shift()?.();
  }

  /** Answers with what is to be said of it; `null`: it was changed or switched off meanwhile. */
  #failed(error: unknown): string | null {
    if (!this.isOn) return null;
    this.counts.failed += 1;
    const { message } = this.#note(error);
    // What another script, or a call before this one, has done is not held against it.
    const { code, data } = error instanceof CodedError ? error : { code: 'internal', data: undefined };
    const isInnocent = code === 'worker-crashed' || (data as { readonly ownFault?: unknown } | undefined)?.ownFault === false;
    if (!isInnocent) this.#inARow += 1;
    if (this.#inARow >= mostFailures && this.#phase === 'ready') {
      this.#phase = 'switched-off';
      this.#script?.close();
      this.#host.log.add(
        this.handler.id,
        this.handler.name,
        'error',
        `Switched off: it failed ${mostFailures} times in a row. Messages pass it by until it is saved again or switched on.`,
        null,
      );
    }
    this.#host.onChange();
    return message;
  }

  #note(error: unknown): HandlerError {
    const { advice, data } = error instanceof CodedError ? error : { advice: undefined, data: undefined };
    const noted: HandlerError = {
      message: error instanceof Error ? error.message : String(error),
      advice: advice ?? null,
      ...placeOf(data, this.handler),
      at: this.#host.now(),
    };
    this.#lastError = noted;
    this.#host.log.add(this.handler.id, this.handler.name, 'error', noted.message, noted.line);
    return noted;
  }
}

/** Where in the script: what stands behind it is no line of it. */
function placeOf(data: unknown, { id, source }: BrokerHandler): Pick<HandlerError, 'line' | 'column'> {
  const { line, column, stack } = (data ?? {}) as { readonly line?: unknown; readonly column?: unknown; readonly stack?: unknown };
  const last = source.split('\n').length;
  if (typeof line === 'number' && line <= last) return { line, column: typeof column === 'number' ? column : null };
  for (const frame of typeof stack === 'string' ? stack.split('\n') : []) {
    const [, row, place] = frame.includes(`${id}.js:`) ? (/:(\d+):(\d+)\)?$/.exec(frame) ?? []) : [];
    if (row !== undefined && Number(row) <= last) return { line: Number(row), column: Number(place) };
  }
  return { line: null, column: null };
}
