import { bytesOf, type CallRecord } from './call-record.ts';

export interface CallListBounds {
  readonly maxCalls: number;
  readonly maxBytes: number;
}

const defaultBounds: CallListBounds = { maxCalls: 20_000, maxBytes: 64 * 1024 * 1024 };

/** All calls that are remembered, the oldest first. What is beyond the bounds is forgotten. */
export class CallList {
  readonly #bounds: CallListBounds;
  readonly #onForgotten: (call: CallRecord) => void;
  readonly #byId = new Map<number, CallRecord>();
  #calls: (CallRecord | undefined)[] = [];
  /** What comes before is forgotten already. */
  #first = 0;
  #bytes = 0;

  constructor(onForgotten: (call: CallRecord) => void, bounds: CallListBounds = defaultBounds) {
    this.#onForgotten = onForgotten;
    this.#bounds = bounds;
  }

  get(id: number): CallRecord | undefined {
    return this.#byId.get(id);
  }

  get size(): number {
    return this.#byId.size;
  }

  *newestFirst(): IterableIterator<CallRecord> {
    for (let at = this.#calls.length - 1; at >= this.#first; at -= 1) {
      const call = this.#calls[at] as CallRecord;
      if (this.#byId.has(call.id)) yield call;
    }
  }

  add(call: CallRecord): void {
    this.#calls.push(call);
    this.#byId.set(call.id, call);
    this.changed(call);
  }

  /** Its messages or its state are others now. */
  changed(call: CallRecord): void {
    call.version += 1;
    if (!this.#byId.has(call.id)) return;
    const bytes = bytesOf(call);
    this.#bytes += bytes - call.bytes;
    call.bytes = bytes;
    // The newest one stays, however large it is.
    while (this.#byId.size > 1 && (this.#byId.size > this.#bounds.maxCalls || this.#bytes > this.#bounds.maxBytes)) this.#forgetOldest();
  }

  /** Takes a call out. Its place goes when many are empty. */
  takeOut(call: CallRecord): boolean {
    if (!this.#byId.delete(call.id)) return false;
    this.#bytes -= call.bytes;
    if (this.#calls.length > 2 * this.#byId.size + 1024) {
      this.#calls = [...this.newestFirst()].toReversed();
      this.#first = 0;
    }
    return true;
  }

  /** Answers how many have gone. */
  clear(stays: (call: CallRecord) => boolean): number {
    const before = [...this.newestFirst()].toReversed();
    this.#calls = before.filter(stays);
    this.#first = 0;
    const kept = new Set(this.#calls);
    for (const call of before) if (!kept.has(call)) this.#drop(call);
    return before.length - kept.size;
  }

  #forgetOldest(): void {
    const oldest = this.#calls[this.#first] as CallRecord;
    this.#calls[this.#first] = undefined;
    this.#first += 1;
    if (this.#first > 4096 && this.#first * 2 > this.#calls.length) {
      this.#calls = this.#calls.slice(this.#first);
      this.#first = 0;
    }
    // It was taken out before.
    if (!this.#byId.has(oldest.id)) return;
    this.#drop(oldest);
  }

  #drop(call: CallRecord): void {
    this.#byId.delete(call.id);
    this.#bytes -= call.bytes;
    this.#onForgotten(call);
  }
}
