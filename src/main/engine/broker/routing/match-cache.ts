/** What a cache may hold; both bounds count what is held by both its halves. */
export interface MatchCacheLimits {
  readonly maxTopics: number;
  /** Bytes of topics and results, estimated. */
  readonly maxWeight: number;
}

const prefixDepth = 4;
/** Prefixes are looked for in so many characters, so that a long topic costs no more than a short one. */
const prefixLength = 256;
const cells = 32_768;
/** A cell that never changes, for a prefix a topic does not have. */
const unchanging = cells;
const slotWeight = 200;

interface Slot<R> {
  result: R;
  stamp: number;
  weight: number;
  readonly first: number;
  readonly second: number;
  readonly third: number;
  readonly fourth: number;
}

/**
 * Remembers the result of matching a topic. It is in two halves: what is used moves to the young half, and when that is full,
 * it becomes the old half and the former old half is dropped; so nothing needs to be written on a hit.
 *
 * A change of a filter without wildcards forgets that one topic. A change of any other counts up one cell: that of the filter's
 * levels before its first wildcard, four at most. A result is valid while the cells of all prefixes of its topic, together with
 * the one of filters that begin with a wildcard, add up to what they did when it was stored: they only grow, so an equal sum
 * means that none has changed. Prefixes that share a cell by chance invalidate more than they must, never less.
 */
export class MatchCache<R extends { readonly weight: number }> {
  readonly #halfTopics: number;
  readonly #halfWeight: number;
  readonly #changes = new Float64Array(cells + 1);
  #leadingWildcardChanges = 0;
  #young = new Map<string, Slot<R>>();
  #old = new Map<string, Slot<R>>();
  #youngWeight = 0;
  #oldWeight = 0;
  /** Cells of the prefixes last looked at. */
  readonly #prefix = new Uint16Array(prefixDepth);

  constructor({ maxTopics, maxWeight }: MatchCacheLimits) {
    this.#halfTopics = Math.floor(maxTopics / 2);
    this.#halfWeight = Math.floor(maxWeight / 2);
  }

  /** Results held, valid or not. */
  get topics(): number {
    return this.#young.size + this.#old.size;
  }

  get weight(): number {
    return this.#youngWeight + this.#oldWeight;
  }

  get(topic: string): R | undefined {
    let slot = this.#young.get(topic);
    if (slot !== undefined) return slot.stamp === this.#stampOf(slot) ? slot.result : undefined;
    slot = this.#old.get(topic);
    if (slot === undefined || slot.stamp !== this.#stampOf(slot)) return undefined;
    this.#old.delete(topic);
    this.#oldWeight -= slot.weight;
    this.#store(topic, slot);
    return slot.result;
  }

  set(topic: string, result: R): void {
    const weight = slotWeight + topic.length + result.weight;
    if (weight > this.#halfWeight || this.#halfTopics < 1) return;
    const young = this.#young.get(topic);
    if (young === undefined) this.#store(topic, this.#newSlot(topic, result, weight));
    else {
      this.#youngWeight += weight - young.weight;
      young.result = result;
      young.weight = weight;
      young.stamp = this.#stampOf(young);
    }
  }

  /** A filter without wildcards came, went or changed. */
  topicChanged(topic: string): void {
    const young = this.#young.get(topic);
    if (young !== undefined) {
      this.#young.delete(topic);
      this.#youngWeight -= young.weight;
    }
    const old = this.#old.get(topic);
    if (old !== undefined) {
      this.#old.delete(topic);
      this.#oldWeight -= old.weight;
    }
  }

  /** A filter came, went or changed whose first wildcard stands at the index `wildcard`. */
  wildcardChanged(filter: string, wildcard: number): void {
    const depth = wildcard === 0 ? 0 : this.#readPrefixes(filter, wildcard - 1);
    if (depth === 0) this.#leadingWildcardChanges += 1;
    else (this.#changes[this.#prefix[depth - 1] as number] as number) += 1;
  }

  /** Drops what is no longer valid. */
  purge(): void {
    for (const [topic, slot] of this.#young) {
      if (slot.stamp === this.#stampOf(slot)) continue;
      this.#young.delete(topic);
      this.#youngWeight -= slot.weight;
    }
    for (const [topic, slot] of this.#old) {
      if (slot.stamp === this.#stampOf(slot)) continue;
      this.#old.delete(topic);
      this.#oldWeight -= slot.weight;
    }
  }

  #newSlot(topic: string, result: R, weight: number): Slot<R> {
    const depth = this.#readPrefixes(topic, topic.length);
    const cell = this.#prefix;
    const slot: Slot<R> = {
      result,
      stamp: 0,
      weight,
      first: depth > 0 ? (cell[0] as number) : unchanging,
      second: depth > 1 ? (cell[1] as number) : unchanging,
      third: depth > 2 ? (cell[2] as number) : unchanging,
      fourth: depth > 3 ? (cell[3] as number) : unchanging,
    };
    slot.stamp = this.#stampOf(slot);
    return slot;
  }

  #store(topic: string, slot: Slot<R>): void {
    if (this.#young.size >= this.#halfTopics || this.#youngWeight + slot.weight > this.#halfWeight) {
      this.#old = this.#young;
      this.#oldWeight = this.#youngWeight;
      this.#young = new Map();
      this.#youngWeight = 0;
    }
    this.#young.set(topic, slot);
    this.#youngWeight += slot.weight;
  }

  #stampOf(slot: Slot<R>): number {
    const changes = this.#changes;
    return (
      this.#leadingWildcardChanges +
      (changes[slot.first] as number) +
      (changes[slot.second] as number) +
      (changes[slot.third] as number) +
      (changes[slot.fourth] as number)
    );
  }

  /** Fills in the cells of the prefixes of `text` that end with one of its first levels; `end` ends the text. Their number. */
  #readPrefixes(text: string, end: number): number {
    const stop = end > prefixLength ? prefixLength : end;
    let depth = 0;
    let hash = 0x811c9dc5;
    for (let at = 0; at < stop; at += 1) {
      const unit = text.charCodeAt(at);
      if (unit === 0x2f) {
        this.#prefix[depth] = (hash ^ (hash >>> 15)) & (cells - 1);
        depth += 1;
        if (depth === prefixDepth) return depth;
      }
      hash = Math.imul(hash ^ unit, 0x01000193);
    }
    // A level that was cut short is none.
    if (stop < end) return depth;
    this.#prefix[depth] = (hash ^ (hash >>> 15)) & (cells - 1);
    return depth + 1;
  }
}
