/** Rows asked for beyond each edge of what is visible, so that small scrolls need no round trip. */
const overscanRows = 40;
/** The contract's limit for one viewport. */
const maxRows = 500;

/** The part of a long list to ask the engine for. Rounds outwards, so that a scroll by one row asks for nothing new; a count of 0 asks for totals only. */
export function rowsAround(first: number, count: number): { readonly first: number; readonly count: number } {
  if (count === 0) return { first: 0, count: 0 };
  const step = overscanRows / 2;
  const start = Math.max(0, Math.floor((first - overscanRows) / step) * step);
  const end = Math.ceil((first + count + overscanRows) / step) * step;
  return { first: start, count: Math.min(maxRows, end - start) };
}

/** Sends a state that changes fast: one call under way at a time, and whatever changed meanwhile goes out with the next. */
export class LatestSender {
  readonly #send: () => Promise<unknown>;
  #sending = false;
  #dirty = false;
  #closed = false;

  /** `send` sends the newest state. A lost link fails it, which is ignored: the reopened stream carries the newest state by itself. */
  constructor(send: () => Promise<unknown>) {
    this.#send = send;
  }

  changed(): void {
    if (this.#sending) {
      this.#dirty = true;
      return;
    }
    this.#sending = true;
    const done = (): void => {
      this.#sending = false;
      if (!this.#dirty || this.#closed) return;
      this.#dirty = false;
      this.changed();
    };
    this.#send().then(done, done);
  }

  close(): void {
    this.#closed = true;
  }
}
