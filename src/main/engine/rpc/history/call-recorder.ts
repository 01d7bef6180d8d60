import type { CallStore } from '../../store/index.ts';
import type { CallRecord } from '../calls/call-record.ts';
import { toStored } from './call-body.ts';

/** What becomes of a call shortly after its end is written together with it. */
const everyMs = 100;
/** Calls made ready in one go: about two milliseconds of work. */
const sliceCalls = 250;
/** More do not wait for the timer. */
const maxMarked = 5000;

/** Writes each call that has ended to the store, and again when something comes later. */
export class CallRecorder {
  readonly #store: Pick<CallStore, 'put' | 'remove'>;
  readonly #onBug: (error: unknown) => void;
  readonly #marked = new Set<CallRecord>();
  /** Those that the store was given. */
  readonly #written = new WeakSet<CallRecord>();
  #removed: number[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(store: Pick<CallStore, 'put' | 'remove'>, onBug: (error: unknown) => void) {
    this.#store = store;
    this.#onBug = onBug;
  }

  changed(call: CallRecord): void {
    if (call.state === 'pending') return;
    this.#marked.add(call);
    if (this.#marked.size >= maxMarked) this.flush();
    else this.#timer ??= setTimeout(() => this.#writeSlice(), everyMs);
  }

  /** It is not to be kept after all. */
  takenOut(call: CallRecord): void {
    this.#marked.delete(call);
    if (!this.#written.has(call)) return;
    this.#removed.push(call.id);
    this.#timer ??= setTimeout(() => this.#writeSlice(), everyMs);
  }

  /** Calls that were cleared are not written after all. */
  forget(which: (call: CallRecord) => boolean): void {
    for (const call of this.#marked) if (which(call)) this.#marked.delete(call);
  }

  /** Hands everything over at once. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#write(this.#marked.size);
  }

  #writeSlice(): void {
    this.#write(sliceCalls);
    this.#timer = this.#marked.size > 0 ? setTimeout(() => this.#writeSlice()) : undefined;
  }

  #write(count: number): void {
    const calls = [];
    for (const call of this.#marked) {
      if (calls.length >= count) break;
      this.#marked.delete(call);
      this.#written.add(call);
      try {
        calls.push(toStored(call));
      } catch (error) {
        this.#onBug(error);
      }
    }
    if (calls.length > 0) this.#store.put(calls);
    if (this.#removed.length > 0) this.#store.remove(this.#removed.splice(0));
  }
}
