import type { StoredCall } from './stored-call.ts';

/** One transaction has at most this many calls or bytes. */
const maxBatchCalls = 1000;
const maxBatchBytes = 4 * 1024 * 1024;
/** What a waiting call costs beside its body. */
const overheadBytes = 600;

/** Calls that wait for the disk, bounded in bytes; of each only its newest version. */
export class CallQueue {
  readonly #maxBytes: number;
  readonly #calls = new Map<number, StoredCall>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get count(): number {
    return this.#calls.size;
  }

  /** False when there is no room. */
  add(call: StoredCall): boolean {
    const { id } = call.row;
    const before = this.#calls.get(id);
    const bytes = this.#bytes + sizeOf(call) - (before ? sizeOf(before) : 0);
    if (bytes > this.#maxBytes && this.#calls.size > 0) return false;
    this.#calls.set(id, call);
    this.#bytes = bytes;
    return true;
  }

  has(id: number): boolean {
    return this.#calls.has(id);
  }

  /** The next ones to write, in the order they came. */
  take(): readonly StoredCall[] {
    const batch: StoredCall[] = [];
    let bytes = 0;
    for (const call of this.#calls.values()) {
      if (batch.length >= maxBatchCalls || (batch.length > 0 && bytes + call.body.byteLength > maxBatchBytes)) break;
      batch.push(call);
      bytes += call.body.byteLength;
    }
    for (const call of batch) this.#remove(call);
    return batch;
  }

  /** Answers how many have gone. */
  remove(which: (call: StoredCall) => boolean): number {
    const gone = [...this.#calls.values()].filter(which);
    for (const call of gone) this.#remove(call);
    return gone.length;
  }

  #remove(call: StoredCall): void {
    this.#calls.delete(call.row.id);
    this.#bytes -= sizeOf(call);
  }
}

const sizeOf = ({ body }: StoredCall): number => body.byteLength + overheadBytes;
