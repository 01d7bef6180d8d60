import type { rpcPeersContract } from '../../../shared/contract/rpc-peers.ts';
import type { SourceId } from '../../../shared/contract/common.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import type { Handlers } from '../../../shared/ipc/serve.ts';
import { buildEvent } from '../../../shared/rpc/events.ts';
import { kickMessage, presenceRemoval, type PresenceMessage } from '../../../shared/rpc/presence.ts';
import { changesOf, sendSnapshots, whenNewText } from '../snapshot-stream.ts';
import { checkTopicName } from '../publishing/index.ts';
import { connectionIdOf, type Services } from './services.ts';

export function rpcPeersHandlers({ broker, brokerChanged, connections, rpc, rpcPeers }: Services): Handlers<typeof rpcPeersContract> {
  /** QoS 1 and retained, as it has to be: the client of own calls retains nothing. */
  const publish = async (source: SourceId, { topic, payload, qos, retain }: PresenceMessage): Promise<void> => {
    checkTopicName(topic);
    const id = connectionIdOf(source);
    if (id !== null) await connections.publish(id, { topic, payload, qos, retain });
    else if (broker.status().phase === 'running') await broker.publish({ topic, payload, qos, retain });
    else throw new CodedError('broker-not-running');
  };
  return {
    'rpcPeers.watch'(query, sink) {
      const isNode4 = (clientId: string): boolean => rpc.knows({ source: query.source, dialect: 'mqttxx4', topic: `rpc/r/${clientId}` });
      const read = whenNewText(() => rpcPeers.page(query, isNode4));
      return sendSnapshots(sink, read, changesOf(rpcPeers.changed, ...(query.source === 'broker' ? [brokerChanged] : [])));
    },
    'rpcPeers.kick': ({ source, clientId }) => publish(source, kickMessage(clientId)),
    'rpcPeers.clearPresence': ({ source, clientId }) => publish(source, presenceRemoval(clientId)),
    'rpcPeers.forget': ({ source, clientId }) => rpcPeers.forget(source, clientId),
    'rpcPeers.ping': ({ source, clientId }, { signal }) => rpc.ping(source, clientId, signal),
    'rpcEvents.watch': (query, sink) =>
      sendSnapshots(
        sink,
        whenNewText(() => rpcPeers.events(query)),
        rpcPeers.changed.subscribe,
      ),
    'rpcEvents.detail': ({ id }) => rpcPeers.eventDetail(id),
    'rpcEvents.clear': ({ source }) => ({ cleared: rpcPeers.clearEvents(source) }),
    async 'rpcEvents.send'({ source, form, from, ...event }) {
      checkTopicName(event.topic);
      if (form !== 'raw' && event.eventType === '') throw new CodedError('bad-input', 'An event needs a type.');
      await rpc.publish(source, (nowMs) => buildEvent(form, { ...event, source: from, atMs: nowMs }));
    },
  };
}
