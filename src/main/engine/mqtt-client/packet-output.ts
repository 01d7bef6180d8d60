import type { Duplex } from 'node:stream';
import { atEndOfTurn } from './end-of-turn.ts';

/** Parts that are this large on average go to the system as a list; smaller ones cost less when they are copied together. */
const listedPartBytes = 2048;

/** The way out: packets of one turn of the event loop leave together, so that answers to packets that came together take one system call. */
export class PacketOutput {
  readonly #stream: Duplex;
  #parts: Uint8Array[] = [];
  #bytes = 0;
  #waiting: ((error?: Error | null) => void)[] = [];
  #scheduled = false;

  constructor(stream: Duplex) {
    this.#stream = stream;
  }

  /** Bytes that the system has not taken yet. */
  get pendingBytes(): number {
    return this.#bytes + this.#stream.writableLength;
  }

  push(bytes: Uint8Array): void {
    this.#parts.push(bytes);
    this.#bytes += bytes.byteLength;
    if (this.#scheduled) return;
    this.#scheduled = true;
    atEndOfTurn(this.flush);
  }

  /** Called when the system has taken everything pushed so far, or never will. */
  onceWritten(done: (error?: Error | null) => void): void {
    this.#waiting.push(done);
  }

  readonly flush = (): void => {
    this.#scheduled = false;
    const parts = this.#parts;
    const waiting = this.#waiting;
    if (parts.length === 0 && waiting.length === 0) return;
    const bytes = this.#bytes;
    this.#parts = [];
    this.#bytes = 0;
    this.#waiting = [];
    const stream = this.#stream;
    const done =
      waiting.length === 0
        ? undefined
        : (error?: Error | null): void => {
            for (const tell of waiting) tell(error);
          };
    if (!stream.writable) {
      done?.(new Error('The connection is closed.'));
      return;
    }
    if (parts.length === 0) done?.();
    else if (parts.length === 1 || bytes < parts.length * listedPartBytes) {
      stream.write(parts.length === 1 ? parts[0] : Buffer.concat(parts, bytes), done);
    } else {
      stream.cork();
      for (let at = 0; at < parts.length - 1; at += 1) stream.write(parts[at]);
      stream.write(parts.at(-1), done);
      stream.uncork();
    }
  };
}
