import { useEffect, type ReactElement } from 'react';
import { useCommands } from '../../../app/commands.ts';
import type { RpcNode, RpcNodeStatus } from '../../../../shared/contract/rpc-nodes.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Banner } from '../../../ui/banner.tsx';
import { Tabs } from '../../../ui/tabs.tsx';
import { StartBrokerButton } from '../../broker/index.ts';
import { connectionOf, formatCount, type SourceOption } from '../../common/index.ts';
import { ConnectButton } from '../../connections/index.ts';
import { MethodsPanel } from './methods-panel.tsx';
import { NodeHeader } from './node-header.tsx';
import { NodeLog } from './node-log.tsx';
import { NodeSettings } from './node-settings.tsx';
import { nodesStore, useNodeState } from './nodes-model.ts';
import { sourceWords } from './node-words.ts';
import { isRuleUnsaved, type NodeTab } from './nodes-store.ts';
import { RulesPanel } from './rules-panel.tsx';
import styles from './nodes.module.css';

interface NodeViewProps {
  readonly node: RpcNode;
  readonly status: RpcNodeStatus | undefined;
  readonly source: SourceOption;
  /** Every node of the source. */
  readonly others: readonly RpcNode[];
}

/** One node: how it is, its methods, rules, log and settings. Give it the node's id as key. */
export function NodeView({ node, status, source, others }: NodeViewProps): ReactElement {
  const store = nodesStore();
  const tab = useNodeState(node.id, (state) => state.tab);
  const dirtySettings = useNodeState(node.id, (state) => state.settings !== null);
  const dirtyRule = useNodeState(node.id, (state) => state.rule !== null && isRuleUnsaved(node, state.rule));
  useEffect(() => store.seen(node), [store, node]);
  const setTab = (next: NodeTab): void => store.set(node.id, { tab: next });
  useCommands([
    {
      id: 'rpc.addServedMethod',
      title: 'Add a method to the node',
      group: 'RPC',
      place: 'rpc',
      shortcut: 'Mod+Shift+M',
      keywords: 'serve',
      run: () => void store.addMethod(node.id),
    },
  ]);
  return (
    <section className={styles.view} aria-label={`Node ${node.name}`}>
      <NodeHeader node={node} status={status} source={source} others={others} />
      <NodeNews status={status} source={source} />
      <Tabs<NodeTab>
        label="Node"
        value={tab}
        onChange={setTab}
        tabs={[
          {
            value: 'methods',
            label: 'Methods',
            badge: <Count of={node.methods.length} />,
            content: <MethodsPanel node={node} status={status} source={source} />,
          },
          {
            value: 'rules',
            label: 'Permission rules',
            badge: dirtyRule ? <Unsaved /> : <Count of={node.rules.length} />,
            content: <RulesPanel node={node} />,
          },
          { value: 'log', label: 'Log', content: <NodeLog key={node.id} id={node.id} /> },
          {
            value: 'settings',
            label: 'Settings',
            badge: dirtySettings ? <Unsaved /> : undefined,
            content: <NodeSettings node={node} source={source} />,
          },
        ]}
      />
    </section>
  );
}

function Count({ of }: { readonly of: number }): ReactElement | null {
  return of === 0 ? null : <Badge>{formatCount(of)}</Badge>;
}

function Unsaved(): ReactElement {
  return <Badge tone="warn">Unsaved</Badge>;
}

/** What keeps the node from working, or may surprise, and the next step. */
function NodeNews({ status, source }: { readonly status: RpcNodeStatus | undefined; readonly source: SourceOption }): ReactElement | null {
  if (!status) return null;
  const connection = connectionOf(source.id);
  const waitsForSource = status.phase === 'waiting' && !source.live;
  return (
    <>
      {waitsForSource && (
        <Banner
          title={`The node starts once ${sourceWords(source)} is there.`}
          actions={connection === null ? <StartBrokerButton /> : <ConnectButton id={connection} />}
        >
          {source.name} is {source.state}.
        </Banner>
      )}
      {status.problem && !waitsForSource && (
        <Banner kind={status.phase === 'failed' ? 'bad' : 'warn'} title={status.problem.message}>
          {status.problem.advice}
        </Banner>
      )}
      {status.warnings.map((warning) => (
        <Banner key={warning} kind="warn" title={warning} />
      ))}
    </>
  );
}
