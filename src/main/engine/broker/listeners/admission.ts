interface Limits {
  readonly maxConnections: number | null;
  readonly connectionsPerSecond: number | null;
}

/** Keeps count of a listener's connections and says who is too many. */
export class Admission {
  readonly #limits: Limits;
  #open = 0;
  /** What may still come at once: fills up by `connectionsPerSecond` every second, to that number at most. */
  #allowance: number;
  #filledAtMs = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
    this.#allowance = limits.connectionsPerSecond ?? 0;
  }

  /** Lets one in (`null`; `leave` has to follow some time), or says why not. `nowMs`: any clock that never jumps. */
  enter(nowMs: number): string | null {
    const { maxConnections, connectionsPerSecond } = this.#limits;
    if (maxConnections !== null && this.#open >= maxConnections) return `The listener takes ${maxConnections} connections at once, and they are all in use.`;
    if (connectionsPerSecond !== null) {
      const grown = this.#allowance + ((nowMs - this.#filledAtMs) / 1000) * connectionsPerSecond;
      this.#allowance = Math.min(connectionsPerSecond, grown);
      this.#filledAtMs = nowMs;
      if (this.#allowance < 1) return `The listener takes ${connectionsPerSecond} new connections per second, and more came.`;
      this.#allowance -= 1;
    }
    this.#open += 1;
    return null;
  }

  leave(): void {
    this.#open -= 1;
  }
}
