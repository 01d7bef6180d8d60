import type { ConnectionProfile, ConnectionStatus, DroppedMessage, Subscription, SubscriptionNotification } from '../../../shared/contract/connections.ts';
import type { PublishInput } from '../../../shared/contract/messages.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import type { MessageRecord } from '../../../shared/messages/record.ts';
import type { BrokerAccess, ConnectionSecrets } from './broker-access.ts';
import type { ConnectionSession } from './connection-session.ts';
import type { ExplainedFailure } from './explain-failure.ts';
import type { TapListener } from './client-tap.ts';
import { Connection } from './connection.ts';
import type { ProfileFiller } from './profile-filler.ts';
import { NotificationLimit } from './notification-limit.ts';

export type { ConnectionSession } from './connection-session.ts';
export { closeLink } from './close-link.ts';
export { brokerAccess, type BrokerAccess, type ConnectionSecrets } from './broker-access.ts';
export { explainFailure, type ExplainedFailure } from './explain-failure.ts';
export { openTransport, type TransportStage } from './transport/open-transport.ts';
export { CheckSteps, runCheck } from './check/index.ts';
export { newClientId } from './client-id.ts';
export { createProfileFiller, type ProfileFiller } from './profile-filler.ts';
export { watchSleep } from './watch-sleep.ts';
export { messageProperties, messageRecord, publishProperties } from './message-properties.ts';
export { openMqttLink, type MqttLink } from './mqtt-link.ts';

const notifyEveryMs = 100;

export interface ConnectionsOptions {
  readonly profiles: readonly ConnectionProfile[];
  /** What is stored of the secrets of a connection. */
  readonly secrets: (id: string) => Promise<ConnectionSecrets>;
  /** Puts the values of variables in their places; absent: they stay as they are. */
  readonly fill?: ProfileFiller;
  /** Unix ms. */
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  /** `id` of the records is 0; own publishes come with direction `out`. */
  readonly onMessages: (id: string, records: MessageRecord[]) => void;
  /** A message of which a subscription is to tell; seldom enough for a person. */
  readonly onNotification: (notification: SubscriptionNotification) => void;
  /** At most ten times a second, and always after the last change. */
  readonly onChange: () => void;
}

/** All connections of the workspace. Each goes on working whatever the page shows. */
export interface Connections {
  save(profile: ConnectionProfile): void;
  remove(id: string): Promise<void>;
  /** `keepsTrying`: also when the first attempt fails. */
  connect(id: string, keepsTrying?: boolean): Promise<void>;
  disconnect(id: string): Promise<void>;
  setSubscriptions(id: string, subscriptions: readonly Subscription[]): void;
  /** Answers the time from PINGREQ to PINGRESP in ms. */
  ping(id: string): Promise<number>;
  /** `null` gives up. Throws `not-found` for a challenge that is over. */
  answerChallenge(id: string, number: number, data: Uint8Array | null): void;
  /** Too large for the limit of the profile; newest first. */
  droppedMessages(id: string): readonly DroppedMessage[];
  /** The machine was asleep. */
  wake(): void;
  publish(id: string, input: Omit<PublishInput, 'source'>): Promise<{ readonly note: string | null }>;
  /** The session that is up now. Throws `not-found` or `not-connected`. */
  session(id: string): ConnectionSession;
  /** For a session beside the connection's own. Throws `not-found`. */
  access(id: string): Promise<BrokerAccess | { readonly failure: ExplainedFailure }>;
  statuses(): readonly ConnectionStatus[];
  /** Every packet of this connection from now on. Returns what ends it. Throws `not-found`. */
  followPackets(id: string, listener: TapListener): () => void;
  /** Sends DISCONNECT to every broker; takes a second at most. */
  close(): Promise<void>;
}

export function createConnections(options: ConnectionsOptions): Connections {
  const connections = new Map<string, Connection>();
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  const changed = (): void => {
    if (closed) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      options.onChange();
    }, notifyEveryMs);
  };
  const add = (profile: ConnectionProfile): void => {
    const { id } = profile;
    const limit = new NotificationLimit(options.now);
    const connection: Connection = new Connection(profile, {
      fill: options.fill ?? (async (given, secrets) => ({ profile: given, secrets, hide: (text) => text })),
      secrets: () => options.secrets(id),
      now: options.now,
      random: options.random,
      onMessages: (records) => options.onMessages(id, records),
      onNotify(record, { filter, alias, color }) {
        const more = limit.take();
        if (more === null) return;
        const { topic, payload, timeUs } = record;
        options.onNotification({
          ...{ id, connection: connection.name, filter, alias, color, topic, more },
          ...{ head: payload.slice(0, 256), sizeBytes: payload.byteLength, timeMs: timeUs / 1000 },
        });
      },
      onChange: changed,
    });
    connections.set(id, connection);
  };
  const find = (id: string): Connection => {
    const connection = connections.get(id);
    if (!connection) throw new CodedError('not-found', 'There is no such connection (any more).');
    return connection;
  };
  for (const profile of options.profiles) add(profile);

  return {
    save(profile) {
      const known = connections.get(profile.id);
      if (known) known.setProfile(profile);
      else add(profile);
      changed();
    },
    async remove(id) {
      await find(id).disconnect();
      connections.delete(id);
      changed();
    },
    connect: async (id, keepsTrying) => find(id).connect(keepsTrying),
    disconnect: async (id) => find(id).disconnect(),
    setSubscriptions: (id, subscriptions) => find(id).setSubscriptions(subscriptions),
    ping: async (id) => find(id).ping(),
    answerChallenge: (id, number, data) => find(id).answerChallenge(number, data),
    droppedMessages: (id) => find(id).droppedMessages(),
    wake: () => {
      for (const connection of connections.values()) connection.wake();
    },
    publish: async (id, input) => find(id).publish(input),
    session: (id) => find(id).session(),
    access: async (id) => find(id).access(),
    statuses: () => [...connections.values()].map((connection) => connection.status()),
    followPackets: (id, listener) => find(id).tap.follow(listener),
    async close() {
      await Promise.all([...connections.values()].map((connection) => connection.disconnect()));
      closed = true;
      clearTimeout(timer);
    },
  };
}
