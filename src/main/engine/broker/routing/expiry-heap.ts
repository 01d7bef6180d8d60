export interface Expiring {
  readonly expiresAtMs: number;
  /** Its place in the heap, -1 outside; kept by the heap. */
  heapIndex: number;
}

/** What expires, the soonest first. An item is added, removed or moved in time logarithmic in their number. */
export class ExpiryHeap<T extends Expiring> {
  readonly #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }

  get soonest(): T | undefined {
    return this.#items[0];
  }

  add(item: T): void {
    this.#items.push(item);
    this.#rise(item, this.#items.length - 1);
  }

  remove(item: T): void {
    const hole = item.heapIndex;
    if (hole < 0) return;
    item.heapIndex = -1;
    const last = this.#items.pop() as T;
    if (last === item) return;
    this.#rise(last, hole);
    if (last.heapIndex === hole) this.#sink(last, hole);
  }

  #rise(item: T, from: number): void {
    let at = from;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = this.#items[above] as T;
      if (parent.expiresAtMs <= item.expiresAtMs) break;
      this.#place(parent, at);
      at = above;
    }
    this.#place(item, at);
  }

  #sink(item: T, from: number): void {
    const items = this.#items;
    let at = from;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= items.length) break;
      if (below + 1 < items.length && (items[below + 1] as T).expiresAtMs < (items[below] as T).expiresAtMs) below += 1;
      const child = items[below] as T;
      if (child.expiresAtMs >= item.expiresAtMs) break;
      this.#place(child, at);
      at = below;
    }
    this.#place(item, at);
  }

  #place(item: T, at: number): void {
    this.#items[at] = item;
    item.heapIndex = at;
  }
}
