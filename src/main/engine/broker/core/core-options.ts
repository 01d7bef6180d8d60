import type { Qos } from '../../../../shared/contract/common.ts';

/** Limits and habits of the broker core. Sizes in bytes, times in the unit of their name. */
export interface CoreOptions {
  /** Unix time in µs, for what people see. */
  readonly nowUs: () => number;
  /** A clock that never jumps, in ms, for intervals. */
  readonly monotonicMs: () => number;
  /** A connection has to send its whole CONNECT within this time. */
  readonly connectTimeoutMs: number;
  /** The largest CONNECT: who nobody knows yet may not fill our memory. */
  readonly maximumConnectSize: number;
  /** A connection that ended gets this long to take what was sent and to close its side. */
  readonly lingerMs: number;
  /** Sessions kept at once, connected or not; further clients are told that the broker is busy. */
  readonly maximumSessions: number;
  /** The largest packet taken from a client, fixed header included (§3.1.2.11.4). */
  readonly maximumPacketSize: number;
  /** QoS 1 and 2 messages a client may have under way to us at once (§3.2.2.3.3). */
  readonly receiveMaximum: number;
  /** The highest topic alias a client may use (§3.2.2.3.8). */
  readonly topicAliasMaximum: number;
  /** The highest QoS a client may publish with; subscriptions are granted no more (§3.2.2.3.4). */
  readonly maximumQos: Qos;
  /** What the broker can be asked for (§3.2.2.3.5, §3.2.2.3.11 to 13). */
  readonly retainAvailable: boolean;
  readonly wildcardSubscriptionAvailable: boolean;
  readonly subscriptionIdentifierAvailable: boolean;
  readonly sharedSubscriptionAvailable: boolean;
  /** Subscriptions of one session; further ones are refused. */
  readonly maximumSubscriptions: number;
  /** QoS 1 and 2 messages under way to one client at once, whatever more it allows. */
  readonly maximumInflight: number;
  /** Sessions without a connection end after this time at the latest; `Infinity`: when their client asked. */
  readonly maximumSessionExpirySeconds: number;
  /** The longest keep alive granted; clients of MQTT 5 that ask for more, or for none, are told (§3.2.2.3.14). `null`: no limit. */
  readonly maximumKeepAliveSeconds: number | null;
  /**
   * Bytes that may wait for a client that does not read. Beyond it QoS 0 messages to this client are dropped and counted, and QoS 1
   * and 2 wait in its queue; nobody else ever waits for it.
   */
  readonly outputLimitBytes: number;
  /** What may wait for one client, connected or not. When it is full, new messages are dropped and counted; what was queued first stays. */
  readonly maximumQueuedMessages: number;
  readonly maximumQueuedBytes: number;
  /** Retained messages kept at once. Beyond, a message goes to its subscribers and is not kept, which is counted and told. */
  readonly maximumRetainedMessages: number;
  /** Of their topics and payloads together. */
  readonly maximumRetainedBytes: number;
  /** Clients connected at once, and of one address; new ones per second. Our own clients are neither counted nor limited. `null`: no limit. */
  readonly maximumConnections: number | null;
  readonly maximumConnectionsPerAddress: number | null;
  readonly connectsPerSecond: number | null;
  /** Of one client; `null`: no limit. */
  readonly messagesPerSecond: number | null;
  readonly whenTooFast: 'disconnect' | 'wait';
  /** Of one connection, filter by filter; `null`: no limit. */
  readonly subscriptionsPerMinute: number | null;
  /** Of a publication or a will; `null`: no limit. */
  readonly maximumPayloadBytes: number | null;
  /** The beginning of response topics that clients asking for it are given (§3.2.2.3.15); `null`: none is given. */
  readonly responseInformation: string | null;
}

/** Limits to what clients do, which may change while the broker runs: nothing of them was told to a client. */
export const clientLimitNames = [
  ...(['maximumConnections', 'maximumConnectionsPerAddress', 'connectsPerSecond'] as const),
  ...(['messagesPerSecond', 'whenTooFast', 'subscriptionsPerMinute', 'maximumPayloadBytes'] as const),
];
export type ClientLimits = Pick<CoreOptions, (typeof clientLimitNames)[number]>;

export const defaultCoreOptions: Omit<CoreOptions, 'nowUs' | 'monotonicMs'> = {
  connectTimeoutMs: 10_000,
  maximumConnectSize: 1_048_576,
  lingerMs: 3000,
  maximumSessions: 200_000,
  maximumPacketSize: 67_108_864 + 5,
  receiveMaximum: 1000,
  topicAliasMaximum: 1000,
  maximumQos: 2,
  retainAvailable: true,
  wildcardSubscriptionAvailable: true,
  subscriptionIdentifierAvailable: true,
  sharedSubscriptionAvailable: true,
  maximumSubscriptions: 200_000,
  maximumInflight: 1000,
  maximumSessionExpirySeconds: Infinity,
  maximumKeepAliveSeconds: null,
  outputLimitBytes: 1_048_576,
  maximumQueuedMessages: 100_000,
  maximumQueuedBytes: 67_108_864,
  maximumRetainedMessages: 1_000_000,
  maximumRetainedBytes: 1_073_741_824,
  responseInformation: null,
  maximumConnections: null,
  maximumConnectionsPerAddress: null,
  connectsPerSecond: null,
  messagesPerSecond: null,
  whenTooFast: 'disconnect',
  subscriptionsPerMinute: null,
  maximumPayloadBytes: null,
};
