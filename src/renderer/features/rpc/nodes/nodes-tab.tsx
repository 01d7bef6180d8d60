import { Server } from 'lucide-react';
import type { ReactElement } from 'react';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { Loading } from '../../../ui/loading.tsx';
import type { SourceOption } from '../../common/index.ts';
import { addNode, restoreNode, serveMethod } from './node-actions.ts';
import { sourceWords } from './node-words.ts';
import { NodeView } from './node-view.tsx';
import { nodesStore, useNodesState } from './nodes-model.ts';
import { nodeState, unsavedParts } from './nodes-store.ts';
import { useShownNode } from './use-shown-node.ts';

/** What is served over a source: the chosen node with its methods, rules, log and settings. */
export function NodesTab({ source }: { readonly source: SourceOption }): ReactElement {
  const { nodes, statuses, node, lost } = useShownNode(source.id);
  const lostParts = useNodesState((state) => (lost ? unsavedParts(lost, nodeState(state, lost.id)).join(', ') : ''));
  if (nodes === undefined) {
    return <Loading label="Loading nodes" />;
  }
  if (lost) {
    return (
      <EmptyState
        icon={<Server size={24} aria-hidden />}
        title={`“${lost.name}” was deleted elsewhere`}
        text={`Not saved yet: ${lostParts}. Restore the node to go on with it.`}
        actions={
          <>
            <Button variant="primary" onClick={() => void restoreNode(lost, false)}>
              Restore the node
            </Button>
            <Button onClick={() => nodesStore().forget(lost.id)}>Discard the changes</Button>
          </>
        }
      />
    );
  }
  if (!node) return <NoNodes source={source} />;
  return <NodeView key={node.id} node={node} status={statuses.get(node.id)} source={source} others={nodes} />;
}

function NoNodes({ source }: { readonly source: SourceOption }): ReactElement {
  return (
    <EmptyState
      icon={<Server size={28} aria-hidden />}
      title="Serve methods of your own"
      text={
        <>
          A node is a peer that the workbench plays: it listens on a topic and answers calls, with fixed JSON, a template or a script. Use it as a stand-in for
          a device, and let it be slow, wrong or silent on purpose. {!source.live && `It starts once ${sourceWords(source)} is there.`}
        </>
      }
      actions={
        <>
          <Button variant="primary" size="large" onClick={() => void serveMethod(source.id, [])}>
            Serve a method
          </Button>
          <Button size="large" onClick={() => void addNode(source.id, [])}>
            Add an empty node
          </Button>
        </>
      }
    />
  );
}
