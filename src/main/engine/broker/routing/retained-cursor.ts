import { childOf } from './level-children.ts';
import type { RetainedNode } from './retained-node.ts';

/** Nodes looked at in one slice for each message it may return, so that a filter that finds little does not hold up others. */
const looksPerMessage = 16;
const leastLooks = 256;

/**
 * Where a walk over retained messages stands between two slices. It holds iterators of maps, which stand any change of the map,
 * and yields no topic that came after its start: one that is deleted and set again moves behind the iterator, and would be
 * yielded twice.
 */
export class RetainedCursor<T> {
  readonly #levels: readonly string[];
  readonly #newest: number;
  readonly #iterators: Iterator<RetainedNode<T>>[] = [];
  /** For each iterator the filter level that applies to the children of what it gives. */
  readonly #depths: number[] = [];
  #node: RetainedNode<T> | null;
  #depth = 0;

  constructor(root: RetainedNode<T>, filter: string, newest: number) {
    this.#levels = filter.split('/');
    this.#newest = newest;
    this.#node = root;
  }

  /** Appends at most `limit` values to `out`; true when there are no more. */
  advance(limit: number, out: T[], nowMs: number): boolean {
    let looks = Math.max(leastLooks, limit * looksPerMessage);
    let room = limit;
    for (;;) {
      const node = this.#node ?? this.#takeNext();
      if (node === null) return true;
      if (looks === 0 || room === 0) {
        this.#node = node;
        return false;
      }
      looks -= 1;
      const level = this.#levels[this.#depth];
      if (level === undefined || level === '#') {
        // `a/#` matches `a` as well (§4.7.1.2).
        const { entry } = node;
        if (entry !== null && entry.sequence <= this.#newest && entry.expiresAtMs > nowMs) {
          out.push(entry.value);
          room -= 1;
        }
      }
      this.#node = level === undefined ? null : this.#descend(node, level);
    }
  }

  /** The one node below that matches; where several may, `null`, and an iterator over them. */
  #descend(node: RetainedNode<T>, level: string): RetainedNode<T> | null {
    if (level !== '#') this.#depth += 1;
    if (level !== '#' && level !== '+') return childOf(node, level);
    const { child, children } = node;
    if (child !== null) return isHidden(child) ? null : child;
    if (children !== null) {
      this.#iterators.push(children.values());
      this.#depths.push(this.#depth);
    }
    return null;
  }

  #takeNext(): RetainedNode<T> | null {
    for (let top = this.#iterators.length - 1; top >= 0; top -= 1) {
      const iterator = this.#iterators[top] as Iterator<RetainedNode<T>>;
      this.#depth = this.#depths[top] as number;
      for (let next = iterator.next(); next.done !== true; next = iterator.next()) if (!isHidden(next.value)) return next.value;
      this.#iterators.pop();
      this.#depths.pop();
    }
    return null;
  }
}

/** Asked where a wildcard stands: one in the first level does not match topics that begin with $ [MQTT-4.7.2-1]. */
function isHidden<T>(node: RetainedNode<T>): boolean {
  return node.parent !== null && node.parent.parent === null && node.level.charCodeAt(0) === 0x24;
}
