import { AnswerPanel } from './answer-panel.tsx';
import type { BatchUi } from './batch-ui.ts';
import { batchStore, rpcStore } from './rpc-model.ts';

let ui: BatchUi | undefined;

/** Batches as the place RPC shows them: all of a source. */
export function rpcBatchUi(): BatchUi {
  ui ??= {
    store: batchStore(),
    words: { call: 'call', peer: 'peer', act: 'Call', answer: 'answer', list: 'All calls' },
    command: { id: 'rpc.cancel', group: 'RPC', place: 'rpc' },
    // A list of requests is made in the place CoAP.
    shows: ({ kind }) => kind !== 'requests',
    labelOf: ({ topic }) => topic,
    Answer: ({ source, id }) => <AnswerPanel source={source} id={id} place="list" />,
    lookAt: (source, id) => {
      rpcStore().selectCall(source, id);
      rpcStore().setTab(source, 'calls');
    },
  };
  return ui;
}
