/** What may come at once and how fast it comes back: a full second, or whatever the span is, may be used up in one go. */
export class Allowance {
  readonly #most: number;
  readonly #perMs: number;
  #left: number;
  #filledAtMs = -Infinity;

  /** `most` in each `spanMs`. */
  constructor(most: number, spanMs: number) {
    this.#most = most;
    this.#perMs = most / spanMs;
    this.#left = most;
  }

  /** Takes one; false when there is none. `nowMs`: any clock that never jumps. */
  take(nowMs: number): boolean {
    this.#fill(nowMs);
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }

  /** Takes one, on credit if need be; answers how long it takes in ms until the debt is paid, 0 when there is none. */
  takeOnCredit(nowMs: number): number {
    this.#fill(nowMs);
    this.#left -= 1;
    return this.#left >= 0 ? 0 : -this.#left / this.#perMs;
  }

  #fill(nowMs: number): void {
    this.#left = Math.min(this.#most, this.#left + (nowMs - this.#filledAtMs) * this.#perMs);
    this.#filledAtMs = nowMs;
  }
}
