const everyMs = 2000;

/** Lets one message in two seconds be told, and counts the others. */
export class NotificationLimit {
  readonly #now: () => number;
  #nextAt = 0;
  #more = 0;

  /** `now`: Unix ms. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** How many were not told since the last one; `null`: this one is not told either. */
  take(): number | null {
    const now = this.#now();
    // A clock that was set back must not silence what comes.
    if (now < this.#nextAt && this.#nextAt - now <= everyMs) {
      this.#more += 1;
      return null;
    }
    this.#nextAt = now + everyMs;
    const more = this.#more;
    this.#more = 0;
    return more;
  }
}
