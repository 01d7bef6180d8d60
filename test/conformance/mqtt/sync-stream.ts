import { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';

/**
 * A connection without a network and without turns of the event loop, as the core sees it; the other end is played by methods.
 * What the core writes is unread until `take`; the core is told to go on only then, as a socket does whose peer has read.
 */
export class SyncStream extends EventEmitter {
  writable = true;
  closed = false;
  writableLength = 0;
  writableNeedDrain = false;
  #unread: Uint8Array[] = [];
  readonly #highWaterMark: number;
  readonly #onWrite: (bytes: Uint8Array) => void;

  /** `onWrite` sees everything the core writes, also what is lost before the other end reads it. */
  constructor(highWaterMark: number, onWrite: (bytes: Uint8Array) => void) {
    super();
    this.#highWaterMark = highWaterMark;
    this.#onWrite = onWrite;
  }

  asDuplex(): Duplex {
    return this as unknown as Duplex;
  }

  // The core's side.

  write(bytes: Uint8Array): boolean {
    if (!this.writable) throw new Error('written after the end');
    this.#unread.push(bytes);
    this.writableLength += bytes.byteLength;
    this.#onWrite(bytes);
    this.writableNeedDrain ||= this.writableLength >= this.#highWaterMark;
    return !this.writableNeedDrain;
  }

  end(): void {
    this.writable = false;
  }

  destroy(): void {
    if (this.closed) return;
    this.closed = true;
    this.writable = false;
    this.#unread = [];
    this.writableLength = 0;
    this.emit('close');
  }

  cork(): void {
    // Nothing is written later than at once.
  }

  uncork(): void {
    // See `cork`.
  }

  pause(): void {
    // Bytes are pushed only when the other end says so.
  }

  resume(): void {
    // See `pause`.
  }

  // The other end.

  deliver(bytes: Uint8Array): void {
    if (!this.closed) this.emit('data', bytes);
  }

  /** All that is unread. */
  take(): Buffer {
    const bytes = Buffer.concat(this.#unread);
    this.#unread = [];
    this.writableLength = 0;
    if (this.writableNeedDrain) {
      this.writableNeedDrain = false;
      if (!this.closed) this.emit('drain');
    }
    return bytes;
  }
}

/**
 * Runs `work` with a `setImmediate` that waits for `turn`, which runs what is due and answers whether anything was. Work that waits for
 * promises may wait for nothing else: the real event loop must not turn meanwhile.
 */
export function withTurns<T>(work: (turn: () => boolean) => T): T {
  const real = globalThis.setImmediate;
  let due: (() => void)[] = [];
  globalThis.setImmediate = ((callback: () => void) => due.push(callback)) as unknown as typeof setImmediate;
  const turn = (): boolean => {
    const now = due;
    due = [];
    for (const callback of now) callback();
    return now.length > 0;
  };
  const restore = (): void => {
    globalThis.setImmediate = real;
  };
  let result: T;
  try {
    result = work(turn);
  } catch (error) {
    restore();
    throw error;
  }
  if (result instanceof Promise) return result.finally(restore) as T;
  restore();
  return result;
}
