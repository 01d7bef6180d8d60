/** Messages of one topic keep their order but for those of other qualities of service. */
const maxReordered = 8;
const maxWaiting = 1000;

/**
 * Own messages whose copies the tap has not shown yet, by topic, in the order in which they went. The tap drops what it cannot keep up with: of those of a
 * topic that were passed over the last few are still awaited, the others never come. Messages of other topics cost one look.
 */
export class AwaitedCopies<T> {
  readonly #topics = new Map<string, T[]>();
  #count = 0;

  add(topic: string, one: T): void {
    // Nothing was seen of so many: nothing will be.
    if (this.#count >= maxWaiting) {
      this.#topics.clear();
      this.#count = 0;
    }
    const waiting = this.#topics.get(topic);
    if (waiting) waiting.push(one);
    else this.#topics.set(topic, [one]);
    this.#count += 1;
  }

  /** The first of the topic that fits, which is awaited no more. */
  take(topic: string, fits: (one: T) => boolean): T | undefined {
    const waiting = this.#topics.get(topic);
    const at = waiting?.findIndex(fits) ?? -1;
    if (!waiting || at < 0) return undefined;
    const [taken] = waiting.splice(at, 1);
    const lost = Math.max(0, at - maxReordered);
    waiting.splice(0, lost);
    this.#count -= 1 + lost;
    if (waiting.length === 0) this.#topics.delete(topic);
    return taken;
  }
}
