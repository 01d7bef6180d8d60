import { useMemo } from 'react';
import { useStore } from 'zustand';
import type { SourceId } from '../../../shared/contract/common.ts';
import type { Placeholder } from '../../editor/placeholder-completion.ts';
import { engineClient, useStreamValue } from '../../data/index.ts';
import { browserPacing, effectiveSource, listSources, useBrokerStatus, useConnections, type SourceOption } from '../common/index.ts';
import { batchState, createBatchStore, type BatchState, type BatchStore } from './batch-store.ts';
import { createRpcStore, sourceState, type RpcState, type RpcStore, type SourceState } from './rpc-store.ts';
import { variablesOf, type Variables } from './variables.ts';

let store: RpcStore | undefined;
let batches: BatchStore | undefined;

/** The page's one store of trees, drafts and selections. */
export function rpcStore(): RpcStore {
  store ??= createRpcStore(engineClient(), browserPacing);
  return store;
}

/** Plans and results of calls that are made many times. */
export function batchStore(): BatchStore {
  batches ??= createBatchStore(engineClient());
  return batches;
}

export function useBatchState<T>(source: SourceId, select: (state: BatchState) => T): T {
  return useStore(batchStore().state, (state) => select(batchState(state, source)));
}

/** What variables stand for; `null` until it is known. */
export function useVariables(): Variables | null {
  const view = useStreamValue('environments.watch', undefined);
  return useMemo(() => (view ? variablesOf(view) : null), [view]);
}

/** Their names, to be completed while they are written. */
export function usePlaceholders(): readonly Placeholder[] | undefined {
  const variables = useVariables();
  return useMemo(
    () => variables?.environment?.variables.map(({ name, value, secret }) => ({ name, detail: secret ? 'secret' : value.slice(0, 40) })),
    [variables],
  );
}

export function useRpcState<T>(select: (state: RpcState) => T): T {
  return useStore(rpcStore().state, select);
}

export function useSourceState<T>(source: SourceId, select: (state: SourceState) => T): T {
  return useRpcState((state) => select(sourceState(state, source)));
}

/** Every source, and the one that is shown. */
export function useSources(): { readonly sources: readonly SourceOption[]; readonly current: SourceOption } {
  const sources = listSources(useBrokerStatus(), useConnections());
  const id = effectiveSource(
    useRpcState((state) => state.chosenSource),
    sources,
  );
  return { sources, current: sources.find((source) => source.id === id) ?? sources[0] };
}
