import { useStore } from 'zustand';
import { engineClient } from '../../data/index.ts';
import { guardUnsaved } from '../common/index.ts';
import { checkUri } from './draft/check-uri.ts';
import { createConnectionsStore, type ConnectionsState, type ConnectionsStore } from './connections-store.ts';
import { isUntouched } from './draft/draft-sections.ts';

let store: ConnectionsStore | undefined;

/** The page's one store of connection drafts: it outlives the screen, so that unsaved changes wait there. */
export function connectionsStore(): ConnectionsStore {
  if (!store) {
    store = createConnectionsStore(engineClient(), checkUri);
    guardUnsaved(hasUnsaved);
  }
  return store;
}

export function useConnectionsState<T>(select: (state: ConnectionsState) => T): T {
  return useStore(connectionsStore().state, select);
}

/** A new profile in which nothing was entered is none. */
const hasUnsaved = (): boolean =>
  Object.values(connectionsStore().state.getState().drafts).some(({ unsaved, draft }) => unsaved === null || !isUntouched({ ...draft, folder: '' }));
