import { ExpiryHeap } from './expiry-heap.ts';
import { attachChild, childOf, detachChild, ownLevel } from './level-children.ts';
import { RetainedCursor } from './retained-cursor.ts';
import { RetainedEntry, RetainedNode } from './retained-node.ts';

/** Estimates for the accounting of memory: what a topic and a level take besides their texts. */
const topicOverhead = 150;
const levelOverhead = 100;

export interface RetainedTerms {
  /** Bytes the value takes. */
  readonly weight: number;
  /** Infinity: never. */
  readonly expiresAtMs: number;
}

/**
 * Retained messages by topic (§3.3.1.3): a flat map for one topic, and a tree of levels for filters with wildcards. Nothing here
 * recurses. Topics and filters are expected to be valid. Times are of any one clock that only moves forward.
 */
export class RetainedTrie<T> {
  readonly #root = new RetainedNode<T>(null, '');
  readonly #entries = new Map<string, RetainedEntry<T>>();
  readonly #expiring = new ExpiryHeap<RetainedEntry<T>>();
  #sequence = 0;
  #bytes = 0;

  get size(): number {
    return this.#entries.size;
  }

  /** Estimated memory: topics, levels and what `set` was told of the values. */
  get bytes(): number {
    return this.#bytes;
  }

  /** When `sweep` has something to do; Infinity: never, as things are. */
  get nextExpiryMs(): number {
    return this.#expiring.soonest?.expiresAtMs ?? Infinity;
  }

  /** The value this replaced, expired or not. `storedMs`: when it came, for whoever wants to know. */
  set(topic: string, value: T, { weight, expiresAtMs }: RetainedTerms, storedMs = Number.NaN): T | undefined {
    let entry = this.#entries.get(topic);
    const before = entry?.value;
    if (entry === undefined) {
      const node = this.#grow(topic);
      this.#sequence += 1;
      entry = new RetainedEntry(topic, node, this.#sequence, value);
      node.entry = entry;
      this.#entries.set(topic, entry);
      this.#bytes += topicOverhead + topic.length;
    } else entry.value = value;
    this.#bytes += weight - entry.weight;
    entry.weight = weight;
    entry.storedMs = storedMs;
    if (entry.expiresAtMs !== expiresAtMs) {
      this.#expiring.remove(entry);
      entry.expiresAtMs = expiresAtMs;
      if (expiresAtMs !== Infinity) this.#expiring.add(entry);
    }
    return before;
  }

  /** The value there was, expired or not. */
  delete(topic: string): T | undefined {
    const entry = this.#entries.get(topic);
    if (entry === undefined) return undefined;
    this.#drop(entry);
    return entry.value;
  }

  /** `undefined` also for what has expired and is not swept yet. */
  get(topic: string, nowMs: number): T | undefined {
    const entry = this.#entries.get(topic);
    return entry === undefined || entry.expiresAtMs <= nowMs ? undefined : entry.value;
  }

  /**
   * Appends at most `limit` values that match the filter to `out`. `null` when there are no more, else a cursor to go on with,
   * after any number of changes: a topic is never given twice, and one that was there all along is given once. A slice may give
   * less than `limit` and not be the last.
   */
  matchInto(filter: string, cursor: RetainedCursor<T> | null, limit: number, out: T[], nowMs: number): RetainedCursor<T> | null {
    if (cursor === null && !filter.includes('+') && !filter.includes('#')) {
      const value = this.get(filter, nowMs);
      if (value !== undefined) out.push(value);
      return null;
    }
    // Most new filters find nothing: those that begin with a level no topic has are not worth a walk.
    if (cursor === null && !this.#mayMatch(filter)) return null;
    const walk = cursor ?? new RetainedCursor(this.#root, filter, this.#sequence);
    return walk.advance(limit, out, nowMs) ? null : walk;
  }

  /** A part of all entries in the order of their topics' first one, what has expired and is not swept yet included. */
  page(offset: number, limit: number): readonly RetainedEntry<T>[] {
    const page: RetainedEntry<T>[] = [];
    let at = 0;
    for (const entry of this.#entries.values()) {
      if (page.length === limit) break;
      if (at >= offset) page.push(entry);
      at += 1;
    }
    return page;
  }

  /** All of them, live: it may be walked in slices. What is deleted and set again meanwhile comes again, with a `sequence` above the `newest` of before. */
  entries(): IterableIterator<RetainedEntry<T>> {
    return this.#entries.values();
  }

  entry(topic: string): RetainedEntry<T> | undefined {
    return this.#entries.get(topic);
  }

  /** The `sequence` of the topic that came last. */
  get newest(): number {
    return this.#sequence;
  }

  /** The topic itself and every topic below it, in no order; all topics for an empty text. For one-off use: not in slices. */
  topicsUnder(topic: string): readonly string[] {
    if (topic === '') return [...this.#entries.keys()];
    const topics: string[] = [];
    const nodes: RetainedNode<T>[] = [];
    let node: RetainedNode<T> | null | undefined = this.#root;
    for (const level of topic.split('/')) {
      node = childOf(node, level);
      if (node === null) return topics;
    }
    for (; node !== undefined; node = nodes.pop()) {
      if (node.entry !== null) topics.push(node.entry.topic);
      if (node.child !== null) nodes.push(node.child);
      else if (node.children !== null) for (const child of node.children.values()) nodes.push(child);
    }
    return topics;
  }

  /** Drops at most `limit` of what has expired, appending the values to `out`; true when none is left. */
  sweep(nowMs: number, limit: number, out: T[]): boolean {
    let room = limit;
    for (let next = this.#expiring.soonest; next !== undefined && next.expiresAtMs <= nowMs; next = this.#expiring.soonest) {
      if (room === 0) return false;
      room -= 1;
      this.#drop(next);
      out.push(next.value);
    }
    return true;
  }

  /** Whether any topic may begin as this filter does. */
  #mayMatch(filter: string): boolean {
    const slash = filter.indexOf('/');
    const first = slash < 0 ? filter : filter.slice(0, slash);
    return first === '+' || first === '#' || childOf(this.#root, first) !== null;
  }

  #grow(topic: string): RetainedNode<T> {
    let node = this.#root;
    for (let start = 0; start <= topic.length;) {
      const slash = topic.indexOf('/', start);
      const end = slash < 0 ? topic.length : slash;
      const level = topic.slice(start, end);
      let child = childOf(node, level);
      if (child === null) {
        child = new RetainedNode(node, ownLevel(level, topic));
        attachChild(node, child);
        this.#bytes += levelOverhead + level.length;
      }
      node = child;
      start = end + 1;
    }
    return node;
  }

  #drop(entry: RetainedEntry<T>): void {
    this.#entries.delete(entry.topic);
    this.#expiring.remove(entry);
    this.#bytes -= topicOverhead + entry.topic.length + entry.weight;
    entry.node.entry = null;
    for (let node = entry.node; node.entry === null && node.child === null && node.children === null && node.parent !== null; node = node.parent) {
      detachChild(node.parent, node);
      this.#bytes -= levelOverhead + node.level.length;
    }
  }
}
