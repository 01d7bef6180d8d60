import type { CollectionEntry } from '../../../shared/contract/collections.ts';

export interface TreeRow {
  readonly entry: CollectionEntry;
  /** `undefined`: nothing below it. */
  readonly expanded: boolean | undefined;
  readonly positionInSet: number;
  readonly setSize: number;
}

/**
 * The visible lines of the tree, from entries with parents before their children. While there is a filter, branches with something that fits are
 * open whatever was closed; a branch that fits by its own name keeps all of its content.
 */
export function treeRows(entries: readonly CollectionEntry[], collapsed: ReadonlySet<string>, filter: string): readonly TreeRow[] {
  const wanted = filter.trim().toLocaleLowerCase();
  const kept = wanted === '' ? entries : matching(entries, wanted);
  const sizes = new Map<string | null, number>();
  for (const { parentId } of kept) sizes.set(parentId, (sizes.get(parentId) ?? 0) + 1);
  const positions = new Map<string | null, number>();
  const rows: TreeRow[] = [];
  /** Below a closed branch of this depth nothing is shown. */
  let hiddenBelow = Number.POSITIVE_INFINITY;
  for (const entry of kept) {
    const positionInSet = (positions.get(entry.parentId) ?? 0) + 1;
    positions.set(entry.parentId, positionInSet);
    if (entry.depth > hiddenBelow) continue;
    const expanded = sizes.has(entry.id) ? wanted !== '' || !collapsed.has(entry.id) : undefined;
    hiddenBelow = expanded === false ? entry.depth : Number.POSITIVE_INFINITY;
    rows.push({ entry, expanded, positionInSet, setSize: sizes.get(entry.parentId) ?? 1 });
  }
  return rows;
}

/** Whether something at or below an entry goes over MQTT. */
export function needsBroker(entries: readonly CollectionEntry[], id: string): boolean {
  return entries.some((entry) => isWithin(entry.id, id) && entry.kind === 'request' && entry.request?.kind !== 'coap');
}

function matching(entries: readonly CollectionEntry[], wanted: string): readonly CollectionEntry[] {
  const fits = ({ name, request }: CollectionEntry): boolean =>
    `${name}\n${request?.topic ?? ''}\n${request?.method ?? ''}`.toLocaleLowerCase().includes(wanted);
  const kept = new Set<string>();
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const whole = new Set<string>();
  for (const entry of entries) {
    const below = entry.parentId !== null && whole.has(entry.parentId);
    if (!below && !fits(entry)) continue;
    whole.add(entry.id);
    for (let at: CollectionEntry | undefined = entry; at && !kept.has(at.id); at = at.parentId === null ? undefined : byId.get(at.parentId)) kept.add(at.id);
  }
  return entries.filter(({ id }) => kept.has(id));
}

/** Collections and folders: where something can be put. */
export const containers = (entries: readonly CollectionEntry[]): readonly CollectionEntry[] => entries.filter(({ kind }) => kind !== 'request');

/** The names from the collection down to an entry. */
export function pathNames(entries: readonly CollectionEntry[], id: string): readonly string[] {
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const names: string[] = [];
  for (let entry = byId.get(id); entry; entry = entry.parentId === null ? undefined : byId.get(entry.parentId)) names.unshift(entry.name);
  return names;
}

/** Whether an entry lies in another one, at any depth, or is the same. */
export const isWithin = (id: string, container: string): boolean => id === container || id.startsWith(`${container}/`);

/** Where an id leads once something above it, or itself, has a new one. */
export const movedId = (id: string, from: string, to: string): string => (isWithin(id, from) ? to + id.slice(from.length) : id);

/** The neighbours of an entry in order, itself included. */
export function siblings(entries: readonly CollectionEntry[], { parentId }: CollectionEntry): readonly CollectionEntry[] {
  return entries.filter((entry) => entry.parentId === parentId);
}
