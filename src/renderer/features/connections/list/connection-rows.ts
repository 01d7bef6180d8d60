import type { ConnectionProfileView, ConnectionStatus } from '../../../../shared/contract/connections.ts';
import type { OpenDraft } from '../connections-store.ts';
import { insecurities } from '../draft/tls-words.ts';
import { cleanFolder } from '../draft/save-input.ts';

/** A connection in the list: a saved one, or one that was never saved. */
export interface Entry {
  readonly id: string;
  readonly name: string;
  readonly uri: string;
  readonly folder: string;
  readonly color: ConnectionProfileView['color'];
  readonly favourite: boolean;
  readonly profile: ConnectionProfileView | undefined;
  readonly status: ConnectionStatus | undefined;
  readonly unsaved: boolean;
  /** What makes it insecure, in sentences. */
  readonly insecure: readonly string[];
}

export type ListRow = { readonly key: string; readonly level: number; readonly positionInSet: number; readonly setSize: number } & (
  | { readonly kind: 'folder'; readonly path: string; readonly name: string; readonly expanded: boolean; readonly entries: readonly Entry[] }
  | { readonly kind: 'connection'; readonly entry: Entry }
);

/** Saved profiles, then those that were never saved. */
export function listEntries(
  profiles: readonly ConnectionProfileView[],
  statuses: readonly ConnectionStatus[],
  drafts: Readonly<Record<string, OpenDraft>>,
): readonly Entry[] {
  const statusOf = new Map(statuses.map((status) => [status.id, status]));
  const saved = profiles.map((profile): Entry => {
    const { id, uri, folder, color, favourite } = profile;
    const draft = drafts[id];
    const name = draft && draft.draft.name !== draft.base.name ? draft.draft.name : profile.name;
    const insecure = insecurities(profile, profile.secretsSet.includes('password'));
    return { id, name, uri, folder, color, favourite, profile, status: statusOf.get(id), unsaved: draft !== undefined, insecure };
  });
  const known = new Set(profiles.map(({ id }) => id));
  const fresh = Object.values(drafts)
    .filter(({ draft, unsaved }) => unsaved && !known.has(draft.id))
    .map(({ draft }): Entry => {
      const { id, name, uri, color, favourite } = draft;
      return { id, name, uri, folder: cleanFolder(draft.folder), color, favourite, profile: undefined, status: undefined, unsaved: true, insecure: [] };
    });
  return [...saved, ...fresh];
}

/** Every folder with something in it, and those above it; sorted. */
export function folderPaths(entries: readonly { readonly folder: string }[]): readonly string[] {
  const paths = new Set<string>();
  for (const { folder } of entries) for (const path of withParents(folder)) paths.add(path);
  return [...paths].toSorted(byName);
}

const { compare: byName } = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Whether a folder is another one, or lies in it. */
export const isWithin = (folder: string, container: string): boolean => folder === container || folder.startsWith(`${container}/`);

/**
 * The visible lines: favourites, then folders, then what is in none. While there is a filter, all folders with something that fits are open. What was
 * never saved stands last among its neighbours, so that it keeps its place while its name is typed.
 */
export function listRows(entries: readonly Entry[], collapsed: ReadonlySet<string>, filter: string): readonly ListRow[] {
  const wanted = filter.trim().toLocaleLowerCase();
  const kept = wanted === '' ? entries : entries.filter((entry) => textOf(entry).includes(wanted));
  const sorted = kept.toSorted((a, b) => Number(!a.profile) - Number(!b.profile) || byName(a.profile?.name ?? '', b.profile?.name ?? ''));
  const favourites = sorted.filter(({ favourite }) => favourite);
  const others = sorted.filter(({ favourite }) => !favourite);
  /** Directly in a folder, and at any depth in it. */
  const [inFolders, within] = [new Map<string, Entry[]>(), new Map<string, Entry[]>()];
  for (const entry of others) {
    push(inFolders, entry.folder, entry);
    for (const path of withParents(entry.folder)) push(within, path, entry);
  }
  const children = new Map<string, string[]>();
  for (const path of folderPaths(others)) push(children, parentOf(path), path);
  const rows: ListRow[] = [];
  const add = (folder: string, level: number, first: readonly Entry[]): void => {
    const [below, here] = [children.get(folder) ?? [], inFolders.get(folder) ?? []];
    const setSize = first.length + below.length + here.length;
    let positionInSet = 0;
    const connection = (entry: Entry): void =>
      void rows.push({ kind: 'connection', key: entry.id, level, positionInSet: (positionInSet += 1), setSize, entry });
    first.forEach(connection);
    for (const path of below) {
      const expanded = wanted !== '' || !collapsed.has(path);
      const name = path.slice(path.lastIndexOf('/') + 1);
      rows.push({
        kind: 'folder',
        key: `folder ${path}`,
        level,
        positionInSet: (positionInSet += 1),
        setSize,
        path,
        name,
        expanded,
        entries: within.get(path) ?? [],
      });
      if (expanded) add(path, level + 1, []);
    }
    here.forEach(connection);
  };
  add('', 1, favourites);
  return rows;
}

/** A folder and those above it, the uppermost first. */
function withParents(folder: string): readonly string[] {
  const names = folder === '' ? [] : folder.split('/');
  return names.map((_name, at) => names.slice(0, at + 1).join('/'));
}

/** The folder above; empty: the top of the list. */
export const parentOf = (folder: string): string => (folder.includes('/') ? folder.slice(0, folder.lastIndexOf('/')) : '');

function push<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const there = lists.get(key);
  if (there) there.push(value);
  else lists.set(key, [value]);
}

const textOf = ({ name, uri, folder, profile }: Entry): string => `${name}\n${uri}\n${folder}\n${profile?.username ?? ''}`.toLocaleLowerCase();
