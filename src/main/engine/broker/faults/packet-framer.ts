const empty = Buffer.alloc(0);

/**
 * Whole packets out of the chunks of a connection, undecoded. It collects no more than `limit` bytes: what is longer, or has no length at all, is
 * `raw` from there on, for the broker to judge.
 */
export class PacketFramer {
  /** Bytes of the largest packet that is put together. */
  limit: number;
  isRaw = false;
  #parts: Buffer[] = [];
  #bytes: Buffer = empty;
  #held = 0;
  /** Fewer bytes make no packet. */
  #wanted = 2;

  constructor(limit: number) {
    this.limit = limit;
  }

  push(chunk: Uint8Array): void {
    this.#parts.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    this.#held += chunk.byteLength;
  }

  get isEmpty(): boolean {
    return this.#held === 0;
  }

  next(): Buffer | undefined {
    if (this.isRaw) return undefined;
    if (this.#parts.length > 0) {
      // Put together only when there is enough: a packet in a thousand pieces is copied once.
      if (this.#held < this.#wanted) return undefined;
      this.#bytes = this.#bytes.length === 0 && this.#parts.length === 1 ? (this.#parts[0] as Buffer) : Buffer.concat([this.#bytes, ...this.#parts]);
      this.#parts = [];
    }
    const bytes = this.#bytes;
    let [length, at, shift] = [0, 1, 0];
    for (;;) {
      if (at >= bytes.length) {
        this.#wanted = bytes.length + 1;
        return undefined;
      }
      const byte = bytes[at] as number;
      at += 1;
      length += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
      shift += 7;
      if (shift > 21) {
        this.isRaw = true;
        return undefined;
      }
    }
    const size = at + length;
    if (size > this.limit) {
      this.isRaw = true;
      return undefined;
    }
    if (size > bytes.length) {
      this.#wanted = size;
      return undefined;
    }
    this.#wanted = 2;
    this.#held -= size;
    this.#bytes = size === bytes.length ? empty : bytes.subarray(size);
    return bytes.subarray(0, size);
  }

  /** All that is in no packet yet, which it forgets. */
  takeRest(): Buffer {
    const rest = Buffer.concat([this.#bytes, ...this.#parts]);
    this.#bytes = empty;
    this.#parts = [];
    this.#held = 0;
    this.#wanted = 2;
    return rest;
  }
}
