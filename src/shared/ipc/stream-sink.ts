import { CodedError, toWireError, type WireError } from './errors.ts';
import type { Overflow } from './contract.ts';

/** The producer's end of one open stream. */
export interface StreamSink<T> {
  /** Resolves at once for `coalesce` and `drop-oldest`; for `wait`, when the reader has room. Rejects with `cancelled` once closed. */
  send(item: T): Promise<void>;
  /** True while the reader has room: a producer may skip work while it is false. */
  readonly ready: boolean;
  end(): void;
  fail(error: unknown): void;
  readonly signal: AbortSignal;
}

interface Output {
  item(item: unknown, skipped: number): void;
  end(): void;
  error(error: WireError): void;
}

/** Applies credits and the overflow policy of one stream. Bounded by construction: at most `window` items wait here. */
export class CreditSink<T> implements StreamSink<T> {
  readonly #output: Output;
  readonly #overflow: Overflow;
  readonly #window: number;
  readonly #abort = new AbortController();
  readonly #queue: T[] = [];
  readonly #waiters: (() => void)[] = [];
  #credits: number;
  #skipped = 0;
  #ending = false;
  #closed = false;

  constructor(options: { readonly overflow: Overflow; readonly window: number }, output: Output) {
    this.#output = output;
    this.#overflow = options.overflow;
    this.#window = options.window;
    this.#credits = options.window;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get ready(): boolean {
    return !this.#closed && this.#credits > 0 && this.#queue.length === 0;
  }

  async send(item: T): Promise<void> {
    if (this.#closed || this.#ending) throw new CodedError('cancelled');
    if (this.#credits > 0 && this.#queue.length === 0) {
      this.#write(item);
      return;
    }
    if (this.#overflow === 'coalesce') {
      this.#queue[0] = item;
      return;
    }
    if (this.#overflow === 'drop-oldest') {
      this.#queue.push(item);
      if (this.#queue.length > this.#window) {
        this.#queue.shift();
        this.#skipped += 1;
      }
      return;
    }
    while (this.#credits === 0 || this.#queue.length > 0) {
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
      if (this.#closed) throw new CodedError('cancelled');
    }
    this.#write(item);
  }

  /** The reader consumed `count` items. A reader can never grant more than the window. */
  grant(count: number): void {
    this.#credits = Math.min(this.#window, this.#credits + count);
    while (this.#credits > 0 && this.#queue.length > 0) this.#write(this.#queue.shift() as T);
    if (this.#ending && this.#queue.length === 0) this.#finish();
    else for (let n = this.#credits; n > 0 && this.#waiters.length > 0; n -= 1) this.#waiters.shift()?.();
  }

  end(): void {
    if (this.#closed || this.#ending) return;
    this.#ending = true;
    if (this.#queue.length === 0) this.#finish();
  }

  fail(error: unknown): void {
    if (this.#closed) return;
    this.#output.error(toWireError(error));
    this.close();
  }

  /** Stops without telling the reader (it cancelled, or the transport is gone). */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#queue.length = 0;
    this.#abort.abort();
    for (const wake of this.#waiters.splice(0)) wake();
  }

  #finish(): void {
    this.#output.end();
    this.close();
  }

  #write(item: T): void {
    this.#credits -= 1;
    const skipped = this.#skipped;
    this.#skipped = 0;
    this.#output.item(item, skipped);
  }
}
