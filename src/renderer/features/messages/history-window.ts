import type { MessageRow } from '../../../shared/contract/messages.ts';

/** New rows kept in front of the pin before the pin moves up. */
const maxLiveRows = 1000;
/** Rows of pages kept; further ones are asked for again when needed. */
const maxPageRows = 6000;
const keepAround = 1500;
const pageSize = 100;

/**
 * A list of messages, newest first, of which only parts are here: pages counted back from a pinned message, and the newer rows that came since.
 * Positions never shift under a reader except through `append`, which adds in front.
 */
export class HistoryWindow {
  #pinId: number | undefined;
  #pinnedTotal = 0;
  #rows = new Map<number, MessageRow>();
  /** Newer than the pin, oldest first. */
  #live: MessageRow[] = [];

  get length(): number {
    return this.#live.length + this.#pinnedTotal;
  }

  /** Page requests carry this, so that new messages do not shift them. */
  get pinId(): number | undefined {
    return this.#pinId;
  }

  get newestId(): number | undefined {
    return this.#live.at(-1)?.id ?? this.#pinId;
  }

  row(index: number): MessageRow | undefined {
    const fromNewest = this.#live.length - 1 - index;
    return fromNewest >= 0 ? this.#live[fromNewest] : this.#rows.get(index - this.#live.length);
  }

  indexOf(id: number): number {
    const live = this.#live.findIndex((row) => row.id === id);
    if (live >= 0) return this.#live.length - 1 - live;
    for (const [offset, row] of this.#rows) if (row.id === id) return this.#live.length + offset;
    return -1;
  }

  /** Starts over from the newest page. */
  reset(rows: readonly MessageRow[], total: number): void {
    this.#pinId = rows[0]?.id;
    this.#pinnedTotal = Math.max(total, rows.length);
    this.#rows = new Map(rows.map((row, offset) => [offset, row]));
    this.#live = [];
  }

  /** Adds newer rows, oldest first; rows already here are left out. Answers how many were added. */
  append(rows: readonly MessageRow[]): number {
    const newest = this.newestId ?? -1;
    const fresh = rows.filter((row) => row.id > newest);
    if (fresh.length === 0) return 0;
    this.#live.push(...fresh);
    if (this.#live.length > maxLiveRows) this.#movePin();
    return fresh.length;
  }

  /** Puts a page where it belongs. Expiry shortens the list from its end, so totals only ever shrink here. */
  place(offset: number, rows: readonly MessageRow[], total: number, asked: number): void {
    rows.forEach((row, at) => this.#rows.set(offset + at, row));
    const end = rows.length < asked ? offset + rows.length : this.#pinnedTotal;
    this.#pinnedTotal = Math.max(0, Math.min(this.#pinnedTotal, end, Math.max(total, offset + rows.length)));
    if (this.#rows.size > maxPageRows) this.#forgetFarFrom(offset);
  }

  /** The next page to fetch for rows `first` to `last` (inclusive), or `undefined` when all of them are here. */
  missing(first: number, last: number): { readonly offset: number; readonly limit: number } | undefined {
    const from = Math.max(0, first - this.#live.length);
    const to = Math.min(this.#pinnedTotal - 1, last - this.#live.length);
    for (let offset = from; offset <= to; offset += 1) {
      if (this.#rows.has(offset)) continue;
      const start = Math.floor(offset / pageSize) * pageSize;
      return { offset: start, limit: pageSize };
    }
    return undefined;
  }

  #movePin(): void {
    const shift = this.#live.length;
    const moved = new Map<number, MessageRow>();
    this.#live.forEach((row, at) => moved.set(shift - 1 - at, row));
    for (const [offset, row] of this.#rows) if (offset + shift < maxPageRows) moved.set(offset + shift, row);
    this.#pinId = this.newestId;
    this.#pinnedTotal += shift;
    this.#rows = moved;
    this.#live = [];
  }

  #forgetFarFrom(offset: number): void {
    for (const key of this.#rows.keys()) if (Math.abs(key - offset) > keepAround) this.#rows.delete(key);
  }
}
