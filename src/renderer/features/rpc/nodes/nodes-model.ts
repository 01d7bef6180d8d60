import { useStore } from 'zustand';
import type { SourceId } from '../../../../shared/contract/common.ts';
import type { RpcNode, RpcNodeStatus } from '../../../../shared/contract/rpc-nodes.ts';
import { engineClient, useStreamValue } from '../../../data/index.ts';
import { guardUnsaved } from '../../common/index.ts';
import { createNodesStore, nodeState, unsavedParts, type NodesState, type NodesStore, type NodeState } from './nodes-store.ts';

let store: NodesStore | undefined;

/** The page's one store of what is being written about nodes: it outlives the screen, so that unsaved changes wait there. */
export function nodesStore(): NodesStore {
  if (!store) {
    store = createNodesStore(engineClient());
    guardUnsaved(hasUnsaved);
  }
  return store;
}

export function useNodesState<T>(select: (state: NodesState) => T): T {
  return useStore(nodesStore().state, select);
}

export function useNodeState<T>(id: string, select: (state: NodeState) => T): T {
  return useNodesState((state) => select(nodeState(state, id)));
}

/** Every node of every source as it is saved; `undefined` until the first answer. */
const useNodes = (): readonly RpcNode[] | undefined => useStreamValue('rpcNodes.watch', undefined)?.nodes;

export function useNodesOf(source: SourceId): readonly RpcNode[] | undefined {
  return useNodes()?.filter((node) => node.source === source);
}

export const useNodeStatuses = (): readonly RpcNodeStatus[] | undefined => useStreamValue('rpcNodes.statuses', undefined)?.statuses;

const hasUnsaved = (): boolean => Object.values(nodesStore().state.getState().nodes).some((state) => unsavedParts(state.lastSeen, state).length > 0);
