import { useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import { engineClient } from '../../data/index.ts';
import { checkUri } from './check-uri.ts';
import { createConnectionsStore, type ConnectionsState, type ConnectionsStore } from './connections-store.ts';

let store: ConnectionsStore | undefined;

/** The page's one store of connection drafts: it outlives the screen, so that unsaved changes wait there. */
export function connectionsStore(): ConnectionsStore {
  store ??= createConnectionsStore(engineClient(), checkUri);
  return store;
}

export function useConnectionsState<T>(select: (state: ConnectionsState) => T): T {
  return useStore(connectionsStore().state, select);
}

/** Asks before the page is closed or reloaded while something is unsaved. */
export function useUnsavedGuard(): void {
  useSyncExternalStore(subscribeGuard, hasUnsaved);
}

const hasUnsaved = (): boolean => Object.values(connectionsStore().state.getState().drafts).some(({ unsaved, draft }) => unsaved === null || draft.name !== '');

function subscribeGuard(changed: () => void): () => void {
  const ask = (event: BeforeUnloadEvent): void => {
    if (hasUnsaved()) event.preventDefault();
  };
  addEventListener('beforeunload', ask);
  const off = connectionsStore().state.subscribe(changed);
  return () => {
    removeEventListener('beforeunload', ask);
    off();
  };
}
