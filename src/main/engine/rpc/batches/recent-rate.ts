const bucketMs = 100;
const buckets = 10;

/** How many happened in the last second. */
export class RecentRate {
  readonly #clock: () => number;
  readonly #began: number;
  readonly #counts = new Array<number>(buckets).fill(0);
  #at: number;

  constructor(clock: () => number) {
    this.#clock = clock;
    this.#began = clock();
    this.#at = this.#bucket();
  }

  count(): void {
    this.#advance();
    const place = this.#at % buckets;
    this.#counts[place] = (this.#counts[place] as number) + 1;
  }

  perSecond(): number {
    this.#advance();
    const sum = this.#counts.reduce((a, b) => a + b, 0);
    const sinceMs = Math.min(buckets * bucketMs, Math.max(bucketMs, this.#clock() - this.#began));
    return (sum / sinceMs) * 1000;
  }

  #bucket(): number {
    return Math.floor(this.#clock() / bucketMs);
  }

  #advance(): void {
    const now = this.#bucket();
    for (let at = Math.max(this.#at + 1, now - buckets + 1); at <= now; at += 1) this.#counts[at % buckets] = 0;
    this.#at = Math.max(this.#at, now);
  }
}
