import { useCommands, type Command } from '../../app/commands.ts';

const idle = (id: string, title: string, shortcut?: string): Command => ({
  ...{ id, title, group: 'CoAP', place: 'coap', shortcut },
  when: () => false,
  run: () => undefined,
});

/** The commands of the place while it is not shown, so that their keys can be seen and changed; the place replaces them. */
export function CoapCommands(): null {
  useCommands([
    idle('coap.send', 'Send the request', 'Mod+Enter'),
    idle('coap.cancel', 'Cancel the request'),
    idle('coap.filter', 'Filter devices and paths', 'Mod+F'),
    idle('coap.toggleRequests', 'Show the list of requests', 'Mod+J'),
  ]);
  return null;
}
