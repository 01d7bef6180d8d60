/** Topics and filters for property tests, from a seed: a failing test tells the seed, and fails again with it. */
export class RandomTopics {
  #state: number;
  readonly #levels: readonly string[];

  /** Few different levels, so that topics and filters meet often. */
  constructor(seed: number, levels: readonly string[] = ['a', 'b', 'c', '', '$x', 'é', '温度', '𝒳', 'a-level-longer-than-twelve']) {
    this.#state = seed;
    this.#levels = levels;
  }

  /** Below `limit`. */
  integer(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }

  chance(percent: number): boolean {
    return this.integer(100) < percent;
  }

  pick<V>(list: readonly V[]): V {
    return list[this.integer(list.length)] as V;
  }

  topic(): string {
    return this.#join(Array.from({ length: 1 + this.integer(5) }, () => this.#level()));
  }

  filter(): string {
    const levels = Array.from({ length: 1 + this.integer(5) }, () => (this.chance(30) ? '+' : this.#level()));
    if (this.chance(25)) levels[levels.length - 1] = '#';
    return this.#join(levels);
  }

  #level(): string {
    // The first ones come most often.
    return this.#levels[Math.min(this.integer(this.#levels.length), this.integer(this.#levels.length))] as string;
  }

  /** An empty text is no topic [MQTT-4.7.3-1]. */
  #join(levels: readonly string[]): string {
    return levels.join('/') || '/';
  }
}
