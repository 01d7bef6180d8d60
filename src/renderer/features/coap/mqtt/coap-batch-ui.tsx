import type { BatchUi } from '../../rpc/index.ts';
import { addressOf } from './coap-address.ts';
import { coapStore } from './coap-model.ts';
import { ResponsePanel } from './response-panel.tsx';

let ui: BatchUi | undefined;

/** Batches as the place CoAP shows them: those of requests to devices. */
export function coapBatchUi(): BatchUi {
  const store = coapStore();
  ui ??= {
    store: store.batches,
    words: { call: 'request', peer: 'device', act: 'Send', answer: 'response', list: 'All requests' },
    command: { id: 'coap.cancel', group: 'CoAP', place: 'coap', view: 'mqtt', shortcut: 'Mod+.' },
    shows: ({ dialect }) => dialect === 'gf',
    labelOf: ({ topic, method }) => {
      const address = addressOf(topic);
      const device = address ? `${address.target} · ${address.subsystem}` : topic;
      return method === '' ? device : `${method} · ${device}`;
    },
    Answer: ({ source, id }) => <ResponsePanel source={source} id={id} place="list" />,
    lookAt: (source, id) => {
      store.showGroup(source, null);
      store.setGrouped(false);
      store.selectRequest(source, id);
    },
    showGroup: (source, correlationId) => store.showGroup(source, correlationId),
  };
  return ui;
}
