/**
 * What the workbench's own engine offers its clients, told to those of MQTT 5 in CONNACK (§3.2.2.3), and how much it holds for them.
 * A device can so be tried against a broker that cannot do everything.
 */
export interface BrokerLimits {
  /** The highest QoS of a publication; subscriptions are granted no more. */
  readonly maximumQos: 0 | 1 | 2;
  readonly retainAvailable: boolean;
  readonly wildcardSubscriptionAvailable: boolean;
  readonly subscriptionIdentifierAvailable: boolean;
  readonly sharedSubscriptionAvailable: boolean;
  /** The largest packet taken, without its fixed header, in bytes. */
  readonly maximumPacketBytes: number;
  /** QoS 1 and 2 publications a client may have under way at once. */
  readonly receiveMaximum: number;
  readonly topicAliasMaximum: number;
  /** `null`: whatever the client asks for. */
  readonly maximumKeepAliveSeconds: number | null;
  /** Sessions end this long after their connection at the latest; `null`: when the client wants it. */
  readonly maximumSessionExpirySeconds: number | null;
  /** The beginning of response topics, for clients that ask; `null`: none. */
  readonly responseInformation: string | null;
  readonly maximumSessions: number;
  /** Of one session. */
  readonly maximumSubscriptions: number;
  /** Messages of QoS 1 and 2 that wait for one client, connected or not: by number and by bytes. New ones are dropped when it is full. */
  readonly maximumQueuedMessages: number;
  readonly maximumQueuedBytes: number;
  /** Retained messages, by number and by the bytes of their topics and payloads. Further ones are delivered, but not kept. */
  readonly maximumRetainedMessages: number;
  readonly maximumRetainedBytes: number;
  /** Clients connected at once, those of the workbench itself not counted; `null`: any number. */
  readonly maximumConnections: number | null;
  /** Of them from one address, whatever its port; those of Unix sockets have none. */
  readonly maximumConnectionsPerAddress: number | null;
  /** New ones of all listeners together. */
  readonly connectsPerSecond: number | null;
  /** Publications of one client, on average over a second. */
  readonly messagesPerSecond: number | null;
  /** What happens to a client that publishes faster: it is disconnected, or it is not read from until it may go on. */
  readonly whenTooFast: 'disconnect' | 'wait';
  /** Filters that one connection may subscribe to; so many at once, and then as they come back over a minute. */
  readonly subscriptionsPerMinute: number | null;
  /** Of one publication or will. */
  readonly maximumPayloadBytes: number | null;
}

export const defaultBrokerLimits: BrokerLimits = {
  maximumQos: 2,
  retainAvailable: true,
  wildcardSubscriptionAvailable: true,
  subscriptionIdentifierAvailable: true,
  sharedSubscriptionAvailable: true,
  maximumPacketBytes: 67_108_864,
  receiveMaximum: 1000,
  topicAliasMaximum: 1000,
  maximumKeepAliveSeconds: null,
  maximumSessionExpirySeconds: null,
  responseInformation: null,
  maximumSessions: 200_000,
  maximumSubscriptions: 200_000,
  maximumQueuedMessages: 100_000,
  maximumQueuedBytes: 67_108_864,
  maximumRetainedMessages: 1_000_000,
  maximumRetainedBytes: 1_073_741_824,
  maximumConnections: null,
  maximumConnectionsPerAddress: null,
  connectsPerSecond: null,
  messagesPerSecond: null,
  whenTooFast: 'disconnect',
  subscriptionsPerMinute: null,
  maximumPayloadBytes: null,
};
