import type { ReactElement } from 'react';
import { useCommands } from '../../../app/commands.ts';
import type { SourceOption } from '../../common/index.ts';
import { rpcStore } from '../rpc-model.ts';
import { MockDialog } from './mock-dialog.tsx';
import { addNode } from './node-actions.ts';
import { nodesStore, useNodesOf, useNodesState } from './nodes-model.ts';
import type { MockRequest } from './nodes-store.ts';

/** What can be done with nodes from every tab of a source. */
export function NodeServices({ source }: { readonly source: SourceOption }): ReactElement | null {
  const nodes = useNodesOf(source.id);
  const mock = useNodesState((state) => state.mock);
  const show = (): void => rpcStore().setTab(source.id, 'nodes');
  useCommands([
    { id: 'rpc.showNodes', title: 'Show the nodes', group: 'RPC', place: 'rpc', shortcut: 'Mod+Shift+S', keywords: 'serve methods mock', run: show },
    {
      id: 'rpc.addNode',
      title: 'Add a node',
      group: 'RPC',
      place: 'rpc',
      shortcut: 'Mod+Shift+D',
      keywords: 'serve mock device peer',
      when: () => nodes !== undefined,
      run: async () => {
        show();
        await addNode(source.id, nodes ?? []);
      },
    },
  ]);
  return mock?.source === source.id ? <MockDialog request={mock} /> : null;
}

/** Offers to serve a method that answers as a recorded call was answered, on a node of the user's choice. */
export function mockMethod(request: MockRequest): void {
  nodesStore().mock(request);
}
