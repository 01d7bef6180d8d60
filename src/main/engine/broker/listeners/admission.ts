import { Allowance } from '../allowance.ts';

interface Limits {
  readonly maxConnections: number | null;
  readonly connectionsPerSecond: number | null;
}

/** Keeps count of a listener's connections and says who is too many. */
export class Admission {
  readonly #limits: Limits;
  readonly #allowance: Allowance | null;
  #open = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
    this.#allowance = limits.connectionsPerSecond === null ? null : new Allowance(limits.connectionsPerSecond, 1000);
  }

  /** Lets one in (`null`; `leave` has to follow some time), or says why not. `nowMs`: any clock that never jumps. */
  enter(nowMs: number): string | null {
    const { maxConnections, connectionsPerSecond } = this.#limits;
    if (maxConnections !== null && this.#open >= maxConnections) return `The listener takes ${maxConnections} connections at once, and they are all in use.`;
    if (this.#allowance?.take(nowMs) === false) return `The listener takes ${connectionsPerSecond} new connections per second, and more came.`;
    this.#open += 1;
    return null;
  }

  leave(): void {
    this.#open -= 1;
  }
}
