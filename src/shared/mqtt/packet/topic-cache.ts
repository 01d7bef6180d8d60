/** Longer topics are decoded each time: they bound the memory an attacker can pin here. */
const maxBytes = 256;
const minSlots = 16;

/**
 * Hands out the same string for the same bytes. It holds topic names that were checked before, so that a topic that comes again needs no
 * UTF-8 decoding, no check and no memory. Direct-mapped: a topic that came a second time pushes out the one that had its slot; one that comes once
 * costs no memory. Decoders of one thread may share it.
 */
export class TopicCache {
  readonly #mask: number;
  readonly #hashes: Int32Array;
  /** By slot the hash that was missed last: a topic is only taken in when it is missed twice. */
  readonly #missed: Int32Array;
  readonly #keys: (Uint8Array | undefined)[];
  readonly #topics: (string | undefined)[];

  /** `slots` is rounded up to a power of two. */
  constructor(slots = 4096) {
    let size = minSlots;
    while (size < slots) size *= 2;
    this.#mask = size - 1;
    this.#hashes = new Int32Array(size);
    this.#missed = new Int32Array(size);
    this.#keys = Array.from<Uint8Array | undefined>({ length: size }).fill(undefined);
    this.#topics = Array.from<string | undefined>({ length: size }).fill(undefined);
  }

  /** The topic of these bytes when it is held. */
  find(bytes: Uint8Array, start: number, end: number): string | undefined {
    const length = end - start;
    if (length > maxBytes) return undefined;
    const hash = hashOf(bytes, start, end);
    const slot = (hash ^ (hash >>> 15)) & this.#mask;
    if (this.#hashes[slot] !== hash) return undefined;
    const key = this.#keys[slot];
    if (key === undefined || key.length !== length) return undefined;
    for (let index = 0; index < length; index += 1) if (key[index] !== bytes[start + index]) return undefined;
    return this.#topics[slot];
  }

  /** Tells of a topic that was not found and has been checked. */
  add(bytes: Uint8Array, start: number, end: number, topic: string): void {
    if (end - start > maxBytes) return;
    const hash = hashOf(bytes, start, end);
    const slot = (hash ^ (hash >>> 15)) & this.#mask;
    if (this.#missed[slot] !== hash) {
      this.#missed[slot] = hash;
      return;
    }
    this.#hashes[slot] = hash;
    // Not `slice`: that of Node's Buffer is a view, which would hold the whole chunk.
    const key = new Uint8Array(end - start);
    key.set(bytes.subarray(start, end));
    this.#keys[slot] = key;
    this.#topics[slot] = topic;
  }
}

/** FNV-1a. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  return hash | 0;
}
