import type { SourceId } from '../../../shared/contract/common.ts';
import type { messagesContract } from '../../../shared/contract/messages.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import type { CallContext, Handlers } from '../../../shared/ipc/serve.ts';
import { guardPeers } from '../guard-peers.ts';
import { checkPublish, checkTopicName } from '../publishing/index.ts';
import { openTail } from './message-tail.ts';
import type { Services } from './services.ts';
import { sendSnapshots } from '../snapshot-stream.ts';

/** Clearing a large subtree lets other work through after each slice. */
const clearSlice = 50;

export function messagesHandlers(services: Services): Handlers<typeof messagesContract> {
  const { broker, callHistory, publishing, store, storeChanged, topics, workspace } = services;

  const needRunningBroker = (): void => {
    if (broker.status().phase !== 'running') throw new CodedError('broker-not-running');
  };
  const findRetained = async (source: SourceId, topic: string): Promise<{ readonly known: readonly string[]; readonly exact: boolean }> => {
    if (source !== 'broker') return { known: topics.retainedUnder(source, topic), exact: false };
    needRunningBroker();
    return { known: await broker.retained(topic), exact: true };
  };
  const clear = async (source: SourceId, found: readonly string[], { signal }: CallContext): Promise<number> => {
    let cleared = 0;
    for (const topic of found) {
      if (signal.aborted) throw new CodedError('cancelled');
      // QoS 1 through a connection: an answer shows that the broker took it.
      await publishing.sender.send(source, { topic, payload: new Uint8Array(0), qos: source === 'broker' ? 0 : 1, retain: true });
      cleared += 1;
      if (cleared % clearSlice === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    return cleared;
  };

  return {
    'messages.publish'({ source, knowingly = false, ...message }) {
      checkPublish(message);
      if (!knowingly) guardPeers(message.topic, message.payload);
      return publishing.sender.send(source, message);
    },
    'messages.latest': ({ source, topic, maxBytes }) => store.latest(source, topic, maxBytes),
    'messages.get': ({ id, maxBytes }) => store.get(id, maxBytes),
    async 'messages.payload'({ id, offset, length }) {
      const part = await store.payload(id, offset, length);
      if (!part) throw new CodedError('not-found', 'That message is not in the history (any more).');
      return part;
    },
    'messages.history': (query) => store.history(query),
    'messages.tail': (input, sink) => openTail(services, input, sink),
    async 'messages.countRetained'({ source, topic }) {
      if (source !== 'broker') return { count: topics.retainedCount(source, topic), exact: false };
      // Its retained messages live and die with the broker.
      if (broker.status().phase !== 'running') return { count: 0, exact: true };
      return { count: (await broker.retained(topic)).length, exact: true };
    },
    async 'messages.clearRetained'({ source, topic, subtree }, context) {
      if (!subtree) {
        checkTopicName(topic);
        return { cleared: await clear(source, [topic], context) };
      }
      const { known } = await findRetained(source, topic);
      return { cleared: await clear(source, known, context) };
    },
    'messages.ledger': (_input, sink) => sendSnapshots(sink, () => store.ledger(), storeChanged.subscribe),
    // The setting is the budget; the engine follows it.
    'messages.setBudget': ({ budgetBytes }) => workspace.updateSettings({ historyBudgetBytes: budgetBytes }),
    async 'messages.clearHistory'({ source }) {
      // A call holds the bytes of its messages.
      const [deleted] = await Promise.all([store.clear(source), callHistory.clear(source)]);
      return { deleted };
    },
  };
}
