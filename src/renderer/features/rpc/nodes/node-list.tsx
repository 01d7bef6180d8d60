import { Plus } from 'lucide-react';
import { memo, type ReactElement } from 'react';
import type { RpcNode, RpcNodeStatus } from '../../../../shared/contract/rpc-nodes.ts';
import { Badge, StatusDot } from '../../../ui/badge.tsx';
import { ContextMenu, type MenuEntry } from '../../../ui/menu.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Loading } from '../../../ui/loading.tsx';
import { PanelTitle, Toolbar } from '../../../ui/toolbar.tsx';
import { VirtualList } from '../../../ui/virtual-list.tsx';
import { formatCompact, plural, type SourceOption } from '../../common/index.ts';
import { addNode, duplicateNode, removeNode, startNode, stopNode } from './node-actions.ts';
import { isOn, phaseWords } from './node-words.ts';
import { nodesStore, useNodesState } from './nodes-model.ts';
import { nodeState, unsavedParts } from './nodes-store.ts';
import { useShownNode } from './use-shown-node.ts';
import styles from './nodes.module.css';

/** The nodes of a source, in place of its services while nodes are looked at. */
export function NodeList({ source }: { readonly source: SourceOption }): ReactElement {
  const { nodes, statuses, id } = useShownNode(source.id);
  return (
    <section className={styles.side} aria-label="Nodes">
      <Toolbar
        label="Nodes"
        end={
          <IconButton
            size="small"
            label="Add a node"
            icon={<Plus size={15} aria-hidden />}
            disabled={nodes === undefined}
            onClick={() => void addNode(source.id, nodes ?? [])}
          />
        }
      >
        <PanelTitle>Nodes</PanelTitle>
      </Toolbar>
      {nodes === undefined ? (
        <Loading label="Loading nodes" />
      ) : (
        <VirtualList
          label="Nodes"
          count={nodes.length}
          getRow={(index) => nodes[index]}
          keyOf={(node) => node.id}
          rowHeightPx={48}
          isSelected={(node) => node.id === id}
          onSelect={(node) => nodesStore().select(source.id, node.id)}
          onRowKeyDown={(event, node) => {
            if (event.key === 'Delete') void removeNode(node, isOn(statuses.get(node.id)?.phase ?? 'stopped'));
          }}
          renderRow={(node) => <NodeRow node={node} status={statuses.get(node.id)} others={nodes} />}
          empty={<EmptyState compact title="No nodes yet" text="What you serve here is listed with its state." />}
        />
      )}
    </section>
  );
}

interface NodeRowProps {
  readonly node: RpcNode;
  readonly status: RpcNodeStatus | undefined;
  readonly others: readonly RpcNode[];
}

const NodeRow = memo(function NodeRow({ node, status, others }: NodeRowProps): ReactElement {
  const { label, tone } = phaseWords(status?.phase ?? 'stopped');
  const unsaved = useNodesState((state) => unsavedParts(node, nodeState(state, node.id)).length > 0);
  return (
    <ContextMenu items={() => nodeMenu(node, status, others)}>
      <span className={styles.nodeRow}>
        <StatusDot tone={tone} label={label} />
        <span className={styles.nodeText}>
          <span className={styles.nodeLine}>
            <span className={styles.nodeName}>{node.name}</span>
            {unsaved && <Badge tone="warn">Unsaved</Badge>}
            {status && status.served > 0 && <span className={styles.number}>{formatCompact(status.served)} served</span>}
          </span>
          <span className={styles.nodeLine}>
            <span className={styles.nodeTopic}>{node.topic === '' ? 'no topic' : node.topic}</span>
            <span className={styles.number}>{plural(node.methods.length, 'method')}</span>
          </span>
        </span>
      </span>
    </ContextMenu>
  );
});

/** What can be done with a node beside looking at it. */
function nodeMenu(node: RpcNode, status: RpcNodeStatus | undefined, others: readonly RpcNode[]): readonly MenuEntry[] {
  const on = isOn(status?.phase ?? 'stopped');
  return [
    on ? { label: 'Stop', onSelect: () => void stopNode(node.id) } : { label: 'Start', onSelect: () => void startNode(node.id) },
    { label: 'Duplicate', onSelect: () => void duplicateNode(node, others) },
    { kind: 'separator' },
    { label: 'Delete', shortcut: 'Delete', danger: true, onSelect: () => void removeNode(node, on) },
  ];
}
