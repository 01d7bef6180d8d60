import type { CollectionEntry, RunRequest } from '../../../../shared/contract/collections.ts';

/** The requests below an entry, or the request itself, in the order in which they run; `null`: there is no such entry. What cannot be read is in the list, and fails. */
export function planRun(entries: readonly CollectionEntry[], id: string): readonly RunRequest[] | null {
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  if (!byId.has(id)) return null;
  const folderOf = ({ parentId }: CollectionEntry): string => {
    const names: string[] = [];
    for (let folder = byId.get(parentId ?? ''); folder?.parentId != null; folder = byId.get(folder.parentId)) names.unshift(folder.name);
    return names.join(' / ');
  };
  return entries
    .filter((entry) => entry.id === id || entry.id.startsWith(`${id}/`))
    .filter(({ kind, problem }) => kind === 'request' || (kind === 'folder' && problem !== null))
    .map((entry) => ({ id: entry.id, name: entry.name, folder: folderOf(entry), problem: entry.problem }));
}
