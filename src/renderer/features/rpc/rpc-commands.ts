import { useCommands, type Command } from '../../app/commands.ts';

const idle = (id: string, title: string, shortcut?: string): Command => ({
  id,
  title,
  group: 'RPC',
  place: 'rpc',
  shortcut,
  when: () => false,
  run: () => undefined,
});

/** The commands of the place while it is not shown, so that their keys can be seen and changed; the place replaces them. */
export function RpcCommands(): null {
  useCommands([
    idle('rpc.call', 'Call the method', 'Mod+Enter'),
    idle('rpc.cancel', 'Cancel the call'),
    idle('rpc.filter', 'Filter services and methods', 'Mod+F'),
    idle('rpc.add', 'Add a method …'),
    idle('rpc.toggleCalls', 'Show the list of calls', 'Mod+J'),
  ]);
  return null;
}
