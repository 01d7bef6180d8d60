/** A list is as old as this at most, or as it took to make, so many times over: who scrolls through it sees one order. */
const freshMs = 1000;
const freshShare = 20;
/** Nobody asks any more. */
const forgetAfterMs = 10_000;

interface Made<T> {
  readonly key: string;
  readonly items: Promise<readonly T[]>;
  freshUntilMs: number;
}

/** The list that somebody looks at, found and put in order once for all its pages. */
export class ListCache<T> {
  #made: Made<T> | null = null;
  #timer: NodeJS.Timeout | undefined;

  /** `key`: what the list is of. Each has its own items; a new key takes the place of the one before. */
  async page(
    key: string,
    { offset, limit }: { readonly offset: number; readonly limit: number },
    make: () => Promise<readonly T[]>,
  ): Promise<{ readonly total: number; readonly items: readonly T[] }> {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.clear(), forgetAfterMs).unref();
    const beganMs = performance.now();
    let made = this.#made;
    if (made?.key !== key || made.freshUntilMs < beganMs) {
      const items = make();
      const begun: Made<T> = { key, items, freshUntilMs: Infinity };
      this.#made = made = begun;
      items.then(
        () => (begun.freshUntilMs = performance.now() + Math.max(freshMs, (performance.now() - beganMs) * freshShare)),
        () => this.#made === begun && this.clear(),
      );
    }
    const items = await made.items;
    return { total: items.length, items: items.slice(offset, offset + limit) };
  }

  /** Something was changed by hand: the next page shows it. */
  clear(): void {
    this.#made = null;
  }
}
