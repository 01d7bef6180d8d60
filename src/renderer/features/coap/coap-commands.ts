import { useCommands, type Command } from '../../app/commands.ts';
import type { CoapViewName } from './coap-views.ts';

const idle = (view: CoapViewName, id: string, title: string, shortcut?: string): Command => ({
  ...{ id, title, group: 'CoAP', place: 'coap', view, shortcut },
  when: () => false,
  run: () => undefined,
});

/** The commands of the place while it is not shown, so that their keys can be seen and changed; the place replaces them. */
export function CoapCommands(): null {
  useCommands([
    idle('mqtt', 'coap.send', 'Send the request', 'Mod+Enter'),
    idle('mqtt', 'coap.saveRequest', 'Save the request into a collection …', 'Mod+S'),
    idle('mqtt', 'coap.cancel', 'Cancel the request', 'Mod+.'),
    idle('mqtt', 'coap.filter', 'Filter devices and paths', 'Mod+F'),
    idle('mqtt', 'coap.toggleRequests', 'Show the list of requests', 'Mod+J'),
    idle('udp', 'coapUdp.send', 'Send the CoAP request over UDP', 'Mod+Enter'),
    idle('udp', 'coapUdp.observe', 'Observe the CoAP resource over UDP'),
    idle('udp', 'coapUdp.save', 'Save the CoAP request over UDP into a collection', 'Mod+S'),
    idle('bridge', 'bridge.addServer', 'Add a bridge to a CoAP server'),
    idle('bridge', 'bridge.addPort', 'Add a bridge from a CoAP port'),
    idle('mock', 'mock.saveResource', 'Save the resource of the mock device', 'Mod+S'),
    idle('mock', 'mock.tryRequest', 'Try the answer of the mock device', 'Mod+Shift+Enter'),
    idle('mock', 'mock.startAll', 'Start all mock devices'),
    idle('mock', 'mock.stopAll', 'Stop all mock devices'),
    idle('handlers', 'coapPipeline.saveHandler', 'Save the handler', 'Mod+S'),
  ]);
  return null;
}
