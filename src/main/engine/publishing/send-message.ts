import type { SourceId } from '../../../shared/contract/common.ts';
import type { BrokerStatus } from '../../../shared/contract/broker.ts';
import type { PublishInput } from '../../../shared/contract/messages.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import type { BrokerService } from '../broker/index.ts';
import { publishProperties, type Connections } from '../connections/index.ts';

export type OutgoingMessage = Omit<PublishInput, 'source' | 'knowingly'>;

export interface MessageSender {
  /** Rejects as `messages.publish` does. */
  send(source: SourceId, message: OutgoingMessage): Promise<{ readonly note: string | null }>;
  /** Whether messages can be sent there now. */
  isLive(source: SourceId): boolean;
}

export interface MessageSenderOptions {
  readonly broker: { readonly status: () => BrokerStatus; readonly publish: BrokerService['publish'] };
  readonly connections: Pick<Connections, 'publish' | 'statuses'>;
}

/** Puts messages on their way, whatever the source. */
export function createMessageSender({ broker, connections }: MessageSenderOptions): MessageSender {
  return {
    async send(source, message) {
      if (source.startsWith('intercept:'))
        throw new CodedError('invalid-state', 'Nothing can be published through an intercept: it only forwards what devices send.', {
          advice: 'Publish with a connection to the same broker.',
        });
      if (source !== 'broker') return connections.publish(source.slice('connection:'.length), message);
      const { phase, engine } = broker.status();
      if (phase !== 'running') throw new CodedError('broker-not-running');
      const { topic, payload, qos, retain, properties } = message;
      const { topicAlias, ...sent } = properties ?? {};
      const hasProperties = Object.values(sent).some((value) => value !== undefined);
      if (engine !== 'aedes') {
        await broker.publish({ topic, payload, qos, retain, properties: hasProperties ? publishProperties(sent) : null });
        return {
          note: topicAlias === undefined ? null : 'The topic alias was left out: it belongs to a connection, and the local broker publishes without one.',
        };
      }
      await broker.publish({ topic, payload, qos, retain });
      return { note: hasProperties || topicAlias !== undefined ? 'aedes routes messages as MQTT 3.1.1 does: the properties were left out.' : null };
    },
    isLive(source) {
      if (source === 'broker') return broker.status().phase === 'running';
      const id = source.slice('connection:'.length);
      return connections.statuses().some((status) => status.id === id && status.phase === 'connected');
    },
  };
}
