/** What of a packet `each` may look at; the rest of a larger one is passed over without being put together. */
const headBytes = 512;

/** Called with the bytes a packet starts in, where, and how long it is: `headBytes` of it are there, or all of it. */
export type EachPacket = (bytes: Uint8Array, at: number, size: number) => void;

/** The length of the packet at `at`, 0 while its fixed header is not whole. */
function packetSize(bytes: Uint8Array, at: number, end: number): number {
  let length = 0;
  let shift = 0;
  for (let next = at + 1; next < end; next += 1) {
    const byte = bytes[next] as number;
    length |= (byte & 0x7f) << shift;
    if (byte < 0x80) return next + 1 - at + length;
    shift += 7;
  }
  return 0;
}

/** Cuts what a connection receives into packets, with little more work than adding up their lengths: the load may not be slower than a broker. */
export class PacketStream {
  readonly #each: EachPacket;
  readonly #held = new Uint8Array(headBytes);
  #heldLength = 0;
  /** Bytes of the last packet that are still to come. */
  #rest = 0;

  constructor(each: EachPacket) {
    this.#each = each;
  }

  feed(bytes: Uint8Array, length: number): void {
    let at = 0;
    if (this.#heldLength > 0) {
      at = this.#completeHeld(bytes, length);
      if (this.#heldLength > 0) return;
    }
    if (this.#rest > 0) {
      const passed = Math.min(this.#rest, length - at);
      this.#rest -= passed;
      at += passed;
      if (this.#rest > 0) return;
    }
    while (at < length) {
      const size = packetSize(bytes, at, length);
      const here = length - at;
      if (size === 0 || here < (size < headBytes ? size : headBytes)) {
        this.#held.set(bytes.subarray(at, length));
        this.#heldLength = here;
        return;
      }
      this.#each(bytes, at, size);
      at += size;
    }
    this.#rest = at - length;
  }

  #completeHeld(bytes: Uint8Array, length: number): number {
    const before = this.#heldLength;
    const held = before + Math.min(headBytes - before, length);
    this.#held.set(bytes.subarray(0, held - before), before);
    const size = packetSize(this.#held, 0, held);
    if (size === 0 || held < (size < headBytes ? size : headBytes)) {
      this.#heldLength = held;
      return length;
    }
    this.#heldLength = 0;
    this.#each(this.#held, 0, size);
    if (size <= held) return size - before;
    this.#rest = size - held;
    return held - before;
  }
}
