import { stream } from '../ipc/contract.ts';
import { noInput } from './common.ts';

/** What a broker has counted since it started; `null`: this engine does not count it. */
export interface BrokerTotals {
  readonly bytesReceived: number | null;
  readonly bytesSent: number | null;
  /** MQTT packets of every kind. */
  readonly packetsReceived: number | null;
  readonly packetsSent: number | null;
  readonly publishReceived: number | null;
  /** Payloads only. */
  readonly publishBytesReceived: number | null;
  readonly publishSent: number | null;
  readonly publishBytesSent: number | null;
  /** Messages not given to a client: it did not read, its queue was full, it takes no message so large, or the message had expired. */
  readonly droppedSlow: number | null;
  readonly droppedFull: number | null;
  readonly droppedLarge: number | null;
  readonly droppedExpired: number | null;
  /** Retained messages that were delivered but not kept, as there were too many. */
  readonly retainedRefused: number | null;
  readonly publishRefused: number | null;
  /** Publishes after which their client was not read from for a while, as it was too fast. */
  readonly publishSlowed: number | null;
  readonly subscribeRefused: number | null;
  readonly connectionsRefused: number | null;
  /** Network connections that were accepted. */
  readonly connectionsMade: number | null;
  readonly sessionsExpired: number | null;
}

/** What a broker holds at the moment; `null`: this engine does not tell. */
interface BrokerLevels {
  readonly clients: number;
  /** The most clients there were at once. */
  readonly clientsMaximum: number | null;
  /** Of connected clients and others. */
  readonly sessions: number | null;
  readonly subscriptions: number | null;
  readonly retainedMessages: number;
  /** Memory, estimated. */
  readonly retainedBytes: number | null;
  /** QoS 1 and 2 messages that wait in the queues of sessions, and their memory, estimated. */
  readonly queuedMessages: number | null;
  readonly queuedBytes: number | null;
}

/** Times by logarithmic steps (`latencyBoundsUs` in the engine), since the start. */
export interface LatencyCounts {
  /** Messages in each step; the last one has no upper end. */
  readonly counts: readonly number[];
  readonly count: number;
  readonly sumUs: number;
}

/** Everything a broker says about itself in numbers, at one moment. */
export interface BrokerMetrics {
  /** Unix ms. */
  readonly timeMs: number;
  readonly totals: BrokerTotals;
  readonly levels: BrokerLevels;
  /** From the moment a PUBLISH is read to the moment it is handed to the system for its receivers; `null`: not measured. */
  readonly latency: LatencyCounts | null;
}

/** One second (or a little more) in the life of the local broker. Rates are per second; `null`: this engine does not tell. */
export interface BrokerPoint {
  /** Of its end, Unix ms. */
  readonly timeMs: number;
  readonly messagesIn: number | null;
  readonly messagesOut: number | null;
  readonly bytesIn: number | null;
  readonly bytesOut: number | null;
  readonly newConnections: number | null;
  readonly clients: number;
  readonly queuedMessages: number | null;
  readonly dropped: number | null;
  /** From PUBLISH in to written out; `null`: nothing was delivered. */
  readonly writtenP50Us: number | null;
  readonly writtenP99Us: number | null;
  /** From PUBLISH in to its acknowledgement by a receiver, of the messages that were traced; `null`: none. */
  readonly acknowledgedP50Us: number | null;
  readonly acknowledgedP99Us: number | null;
}

/** The first item has all points that are kept, of the last ten minutes; the others what has come since. */
export interface BrokerSeries {
  readonly points: readonly BrokerPoint[];
  /** `true`: in place of all points before. */
  readonly isWhole: boolean;
}

export const brokerMetricsContract = {
  /** Goes on over restarts of the broker. */
  'broker.series': stream<BrokerSeries>()(noInput, { overflow: 'wait', window: 2 }),
} as const;
