import { useStore } from 'zustand';
import type { SourceId } from '../../../../shared/contract/common.ts';
import { engineClient } from '../../../data/index.ts';
import { browserPacing, effectiveSource, listSources, useBrokerStatus, useConnections, type SourceOption } from '../../common/index.ts';
import { createCoapStore, sourceOf, type CoapSource, type CoapState, type CoapStore } from './coap-store.ts';

let store: CoapStore | undefined;

export function coapStore(): CoapStore {
  store ??= createCoapStore(engineClient(), browserPacing);
  return store;
}

export function useCoapState<T>(select: (state: CoapState) => T): T {
  return useStore(coapStore().state, select);
}

export function useCoapSource<T>(source: SourceId, select: (state: CoapSource) => T): T {
  return useCoapState((state) => select(sourceOf(state, source)));
}

/** Every source, and the one that is shown. */
export function useSources(): { readonly sources: readonly SourceOption[]; readonly current: SourceOption } {
  const sources = listSources(useBrokerStatus(), useConnections());
  const id = effectiveSource(
    useCoapState((state) => state.chosenSource),
    sources,
  );
  return { sources, current: sources.find((source) => source.id === id) ?? sources[0] };
}
