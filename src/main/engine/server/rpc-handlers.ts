import type { CallInput, rpcContract, RpcMethodId } from '../../../shared/contract/rpc.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import type { Handlers } from '../../../shared/ipc/serve.ts';
import { checkTopicName } from '../publishing/index.ts';
import { sendCall } from './call-detail.ts';
import { OpenViews } from './open-views.ts';
import type { Services } from './services.ts';
import type { TreeView } from '../rpc/index.ts';
import { changesOf, sendSnapshots, whenNewText, whenNewVersion } from '../snapshot-stream.ts';

/** Views belong to the page that opened them: make these handlers anew for each page. */
export function rpcHandlers(services: Services): Handlers<typeof rpcContract> {
  const { brokerChanged, rpc, rpcPeers, callFiller } = services;
  const trees = new OpenViews<{ readonly tree: TreeView; readonly changed: () => void }>('the services');
  const startCall = (input: CallInput): { readonly id: number } => {
    checkService(input);
    const dialect = input.dialect === 'auto' ? rpc.autoDialect(input.source, input.topic).dialect : input.dialect;
    if (input.method === '' && dialect !== 'mqtt5') throw new CodedError('bad-input', 'A call needs a method.');
    return { id: rpc.start(input) };
  };
  return {
    'rpc.tree'({ source, viewId, ...view }, sink) {
      let changed = (): void => undefined;
      const { view: opened, close } = trees.open(viewId, () => ({ tree: rpc.openTree(source, view), changed: () => changed() }));
      const stop = sendSnapshots(
        sink,
        () => opened.tree.frame(),
        (listener) => {
          changed = listener;
          return changesOf(rpc.changed, rpcPeers.changed, ...(source === 'broker' ? [brokerChanged] : []))(listener);
        },
      );
      return () => {
        stop();
        close();
      };
    },
    'rpc.setTreeView'({ viewId, ...view }) {
      const { tree, changed } = trees.find(viewId);
      tree.setView(view);
      changed();
    },
    'rpc.setExpanded'({ viewId, key, expanded }) {
      const { tree, changed } = trees.find(viewId);
      tree.setExpanded(key, expanded);
      changed();
    },
    'rpc.method'(id, sink) {
      const read = whenNewVersion(
        () => rpc.methodVersion(id),
        () => rpc.method(id),
      );
      return sendSnapshots(sink, read, rpc.changed.subscribe);
    },
    'rpc.add'(id) {
      checkService(id);
      if (!rpc.add(id)) throw new CodedError('invalid-state', 'No more services or methods can be remembered.', { advice: 'Forget some first.' });
    },
    'rpc.forget': (what) => rpc.forget(what),
    'rpc.detail': ({ id }, sink) => sendCall(services, id, sink),
    'rpc.autoDialect'({ source, topic }, sink) {
      const read = whenNewText(() => rpc.autoDialect(source, topic));
      return sendSnapshots(sink, read, rpc.changed.subscribe);
    },
    'rpc.call': ({ variables, ...input }) => (variables === true ? callFiller().then(({ fill }) => startCall(fill(input))) : startCall(input)),
    'rpc.cancel': ({ id }) => rpc.cancel(id),
  };
}

function checkService({ dialect, topic, method }: Omit<RpcMethodId, 'source' | 'dialect'> & { readonly dialect: string }): void {
  // In generic MQTT 5 requests the method is a level of the topic.
  checkTopicName(dialect === 'mqtt5' && method !== '' ? `${topic}/${method}` : topic);
}
