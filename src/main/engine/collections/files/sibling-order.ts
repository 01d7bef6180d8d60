import { requestSuffix } from '../../../../shared/collections/entry-path.ts';

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Those of the list first, in its order; the others by name, with numbers as numbers. */
export function inOrder<T>(items: readonly T[], nameOf: (item: T) => string, order: readonly string[]): readonly T[] {
  const places = new Map(order.map((name, index) => [name, index]));
  const placeOf = (name: string): number => places.get(name) ?? Infinity;
  return items
    .map((item) => ({ item, name: nameOf(item) }))
    .toSorted((a, b) => {
      const [first, second] = [placeOf(a.name), placeOf(b.name)];
      return first === second ? byName(a.name, b.name) : first - second;
    })
    .map(({ item }) => item);
}

function byName(a: string, b: string): number {
  return collator.compare(withoutEnding(a), withoutEnding(b)) || (a < b ? -1 : a > b ? 1 : 0);
}

function withoutEnding(name: string): string {
  return name.endsWith(requestSuffix) ? name.slice(0, -requestSuffix.length) : name;
}
