import { Slices } from './slices.ts';

export interface ListOrder<T> {
  /** `null`: all. */
  readonly matches: ((item: T) => boolean) | null;
  /** What is compared; it is read once of each item, since it may change meanwhile. `null`: as they come. */
  readonly key: ((item: T) => string | number) | null;
  readonly descending: boolean;
}

const shortRun = 1024;

/** Those of many items that match, in order, made in slices: a hundred thousand hold nobody up. Items with the same key stay as they came. */
export async function sortedList<T>(source: Iterable<T>, { matches, key, descending }: ListOrder<T>): Promise<readonly T[]> {
  const slices = new Slices();
  const items: T[] = [];
  for (const item of source) {
    if (matches === null || matches(item)) items.push(item);
    if (slices.due) await slices.pause();
  }
  if (key === null) return descending ? items.toReversed() : items;
  const keys = items.map(key);
  const order = await mergeSort(keys, descending ? -1 : 1, slices);
  return Array.from(order, (at) => items[at] as T);
}

/** The places of the keys in their order. Runs are sorted at once, then merged with pauses. */
async function mergeSort(keys: readonly (string | number)[], direction: 1 | -1, slices: Slices): Promise<Uint32Array> {
  const compare = (a: number, b: number): number => {
    const [left, right] = [keys[a] as string | number, keys[b] as string | number];
    return left < right ? -direction : left > right ? direction : a - b;
  };
  const count = keys.length;
  let from = Uint32Array.from({ length: count }, (_, at) => at);
  for (let start = 0; start < count; start += shortRun) {
    from.subarray(start, start + shortRun).sort(compare);
    await slices.pause();
  }
  let to = new Uint32Array(count);
  for (let width = shortRun; width < count; width *= 2) {
    for (let start = 0; start < count; start += 2 * width) {
      const middle = Math.min(start + width, count);
      const end = Math.min(start + 2 * width, count);
      let left = start;
      let right = middle;
      for (let at = start; at < end; at += 1) {
        const takeLeft = left < middle && (right >= end || compare(from[left] as number, from[right] as number) <= 0);
        to[at] = from[takeLeft ? left++ : right++] as number;
        if (slices.due) await slices.pause();
      }
    }
    [from, to] = [to, from];
  }
  return from;
}
