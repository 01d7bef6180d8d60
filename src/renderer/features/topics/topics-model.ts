import { useStore } from 'zustand';
import type { SourceId } from '../../../shared/contract/common.ts';
import { engineClient } from '../../data/index.ts';
import {
  browserPacing,
  effectiveSource,
  listIntercepts,
  listSources,
  useBrokerStatus,
  useConnections,
  useIntercepts,
  useInterceptStatuses,
  type SourceOption,
} from '../common/index.ts';
import { createTopicsStore, type TopicsState, type TopicsStore } from './topics-store.ts';

let store: TopicsStore | undefined;

/** The page's one store of trees and selections. */
export function topicsStore(): TopicsStore {
  store ??= createTopicsStore(engineClient(), browserPacing);
  return store;
}

export function useTopicsState<T>(select: (state: TopicsState) => T): T {
  return useStore(topicsStore().state, select);
}

/** Every source and the one that is shown; `known` is false until the engine has said what there is. */
export function useSources(): { readonly sources: readonly SourceOption[]; readonly current: SourceOption; readonly known: boolean } {
  const broker = useBrokerStatus();
  const connections = useConnections();
  const chosen = useTopicsState((state) => state.chosenSource);
  const own = listSources(broker, connections);
  const sources = [...own, ...listIntercepts(useIntercepts(), useInterceptStatuses())];
  const id: SourceId = effectiveSource(chosen, sources);
  const current = sources.find((source) => source.id === id) ?? own[0];
  return { sources, current, known: broker !== undefined && connections !== undefined };
}
