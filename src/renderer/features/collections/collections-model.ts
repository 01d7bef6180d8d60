import { useEffect } from 'react';
import { useStore } from 'zustand';
import { useLayoutValue } from '../../app/layout-store.ts';
import type { CollectionEntry, CollectionsView } from '../../../shared/contract/collections.ts';
import type { SourceId } from '../../../shared/contract/common.ts';
import { engineClient, useStreamValue } from '../../data/index.ts';
import { browserPacing, effectiveSource, guardUnsaved, listSources, useBrokerStatus, useConnections, useModel, type SourceOption } from '../common/index.ts';
import { createCollectionsStore, type CollectionsState, type CollectionsStore, type LastResult } from './collections-store.ts';
import type { OpenRequest } from './open-requests.ts';

let store: CollectionsStore | undefined;

/** The page's one store of what is open in the collections: it outlives the place, so that unsaved changes and runs wait there. */
export function collectionsStore(): CollectionsStore {
  if (!store) {
    store = createCollectionsStore(engineClient(), browserPacing, () => Date.now());
    guardUnsaved(hasUnsaved);
  }
  return store;
}

export function useCollectionsState<T>(select: (state: CollectionsState) => T): T {
  return useStore(collectionsStore().state, select);
}

export function useOpenRequest(id: string): OpenRequest | undefined {
  return useStore(collectionsStore().open.state, (state) => state[id]);
}

/** Ids of the requests with changes that are not saved. */
export function useUnsaved(): ReadonlySet<string> {
  const open = useStore(collectionsStore().open.state);
  return new Set(Object.entries(open).flatMap(([id, { draft }]) => (draft ? [id] : [])));
}

/** What a request came to when it ran last, live. */
export function useLastResult(id: string): LastResult | undefined {
  const { lastResults } = collectionsStore();
  useModel(lastResults.notifier);
  return lastResults.get(id);
}

/** The tree of files, live. */
export const useCollections = (): CollectionsView | undefined => useStreamValue('collections.watch', undefined);

const hasUnsaved = (): boolean => Object.values(collectionsStore().open.state.getState()).some(({ draft }) => draft !== null);

/** Reads what is open again whenever files changed, and lets go of what is gone. */
export function useFollowFiles(view: CollectionsView | undefined, selectedId: string | null): void {
  const { open } = collectionsStore();
  useEffect(() => {
    if (!view) return;
    const requests = new Set(view.entries.filter(({ kind }) => kind === 'request').map(({ id }) => id));
    open.keepOnly(requests);
    const changed = Object.entries(open.state.getState()).flatMap(([id, { draft }]) => (draft && requests.has(id) ? [id] : []));
    for (const id of new Set([...changed, ...(selectedId !== null && requests.has(selectedId) ? [selectedId] : [])])) void open.read(id);
  }, [open, view, selectedId]);
}

/** Every source, the one that runs go to, and how to choose another; the choice outlives the program. */
export function useRunSource(): { readonly sources: readonly SourceOption[]; readonly current: SourceOption; readonly choose: (id: SourceId) => void } {
  const sources = listSources(useBrokerStatus(), useConnections());
  const [chosen, choose] = useLayoutValue('collections.source', (stored) => (typeof stored === 'string' ? stored : null));
  const id = effectiveSource(chosen as SourceId | null, sources);
  return { sources, current: sources.find((source) => source.id === id) ?? sources[0], choose };
}

/** Requests whose files are gone while changes to them are not saved: shown as if they were still there. */
export function useOrphans(): readonly CollectionEntry[] {
  const open = useStore(collectionsStore().open.state);
  return Object.entries(open).flatMap(([id, { draft, foreign, file }]): CollectionEntry[] => {
    if (!draft || foreign !== 'gone') return [];
    const levels = id.split('/');
    const name = file?.request?.name ?? levels.at(-1) ?? id;
    return [{ id, kind: 'request', parentId: levels.slice(0, -1).join('/'), depth: levels.length - 1, name, problem: null, request: null, requests: 0 }];
  });
}

export const entryOf = (view: CollectionsView, id: string | null): CollectionEntry | undefined =>
  id === null ? undefined : view.entries.find((entry) => entry.id === id);
