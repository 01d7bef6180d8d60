/** Ids of a list, newest (highest) first. Adding at either end costs nothing, anywhere else a move in memory. */
export class IdList {
  /** Rising: what came since. All of it is above `#older`. */
  readonly #newer: number[];
  /** Falling: what was found. */
  readonly #older: number[];

  constructor(newer: number[] = [], older: number[] = []) {
    this.#newer = newer;
    this.#older = older;
  }

  get length(): number {
    return this.#newer.length + this.#older.length;
  }

  /** 0 when it is empty. */
  get newest(): number {
    return this.#newer.at(-1) ?? this.#older[0] ?? 0;
  }

  slice(from: number, count: number): readonly number[] {
    const ids: number[] = [];
    const end = Math.min(this.length, from + count);
    for (let at = from; at < end; at += 1) ids.push(this.#at(at));
    return ids;
  }

  has(id: number): boolean {
    return this.#at(this.#placeOf(id)) === id;
  }

  /** How many are above an id. */
  countAbove(id: number): number {
    return this.#placeOf(id);
  }

  /** False when it was there. */
  add(id: number): boolean {
    if (id > this.newest) {
      this.#newer.push(id);
      return true;
    }
    // Most of what a search finds is older than all that was found before.
    if (id < (this.#older.at(-1) ?? this.#newer[0] ?? 0)) {
      this.#older.push(id);
      return true;
    }
    const place = this.#placeOf(id);
    if (this.#at(place) === id) return false;
    if (place < this.#newer.length) this.#newer.splice(this.#newer.length - place, 0, id);
    else this.#older.splice(place - this.#newer.length, 0, id);
    return true;
  }

  /** False when it was not there. */
  remove(id: number): boolean {
    const place = this.#placeOf(id);
    if (this.#at(place) !== id) return false;
    if (place < this.#newer.length) this.#newer.splice(this.#newer.length - 1 - place, 1);
    else this.#older.splice(place - this.#newer.length, 1);
    return true;
  }

  copy(): IdList {
    return new IdList(this.#newer.slice(), this.#older.slice());
  }

  /** Beyond the end there is none: -1. */
  #at(place: number): number {
    const { length } = this.#newer;
    return (place < length ? this.#newer[length - 1 - place] : this.#older[place - length]) ?? -1;
  }

  /** The first place whose id is not above the given one. */
  #placeOf(id: number): number {
    let [low, high] = [0, this.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#at(middle) > id) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
