import { useCommands, type Command } from '../../app/commands.ts';

const idle = (id: string, title: string, shortcut?: string, view?: 'calls' | 'nodes'): Command => ({
  ...{ id, title, group: 'RPC', place: 'rpc', shortcut, view },
  when: () => false,
  run: () => undefined,
});

/** The commands of the place while it is not shown, so that their keys can be seen and changed; the place replaces them. */
export function RpcCommands(): null {
  useCommands([
    idle('rpc.call', 'Call the method', 'Mod+Enter'),
    idle('rpc.cancel', 'Cancel the call'),
    idle('rpc.saveCall', 'Save the call into a collection …', 'Mod+S', 'calls'),
    idle('rpc.filter', 'Filter services and methods', 'Mod+F'),
    idle('rpc.add', 'Add a method …'),
    idle('rpc.dialects', 'Dialects of your own …'),
    idle('rpc.toggleCalls', 'Show the list of calls', 'Mod+J'),
    idle('rpc.showNodes', 'Show the nodes', 'Mod+Shift+S'),
    idle('rpc.addNode', 'Add a node', 'Mod+Shift+D'),
    idle('rpc.toggleNode', 'Start or stop the node', 'Mod+Shift+U'),
    idle('rpc.addServedMethod', 'Add a method to the node', 'Mod+Shift+M'),
    idle('rpc.saveNode', 'Save what is written of the node', 'Mod+S', 'nodes'),
    idle('rpc.tryAnswer', 'Try the answer of the method', 'Mod+Shift+Enter', 'nodes'),
  ]);
  return null;
}
