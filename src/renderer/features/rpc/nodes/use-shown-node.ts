import type { SourceId } from '../../../../shared/contract/common.ts';
import type { RpcNode, RpcNodeStatus } from '../../../../shared/contract/rpc-nodes.ts';
import { useNodesOf, useNodesState, useNodeStatuses } from './nodes-model.ts';
import { nodeState, unsavedParts } from './nodes-store.ts';

export interface ShownNode {
  /** Of the source; `undefined` until the first answer. */
  readonly nodes: readonly RpcNode[] | undefined;
  readonly statuses: ReadonlyMap<string, RpcNodeStatus>;
  readonly id: string | null;
  readonly node: RpcNode | undefined;
  /** The chosen node was deleted elsewhere while something of it was not saved: as it was then. */
  readonly lost: RpcNode | null;
}

/** The nodes of a source, and the one to show: the chosen one while it exists or holds unsaved changes, otherwise the first. */
export function useShownNode(source: SourceId): ShownNode {
  const nodes = useNodesOf(source);
  const statuses = new Map(useNodeStatuses()?.map((status) => [status.id, status]));
  const chosen = useNodesState((state) => state.selected[source]);
  const kept = useNodesState((state) => {
    if (chosen === undefined) return null;
    const held = nodeState(state, chosen);
    return unsavedParts(held.lastSeen, held).length > 0 ? held.lastSeen : null;
  });
  const found = nodes?.find((node) => node.id === chosen);
  const lost = nodes && !found ? kept : null;
  const node = found ?? (lost ? undefined : nodes?.[0]);
  return { nodes, statuses, id: node?.id ?? lost?.id ?? null, node, lost };
}
