import type { Qos } from '../../../../../shared/contract/common.ts';
import type { ProtocolLevel } from '../../../../../shared/mqtt/packet/packets.ts';
import type { HeldSubscription } from '../session.ts';

/*
 * What the broker keeps beyond its own life, in the terms of MQTT (§4.1). Keys are whole numbers from 1 that the broker gives and never
 * uses twice for the same kind, so that every record can be written again without harm. Times are Unix ms.
 */

/** A session, or a connection without one whose will has yet to be published when it is lost. */
export interface SessionRecord {
  readonly key: number;
  readonly clientId: string;
  readonly level: ProtocolLevel;
  /** Kept without a connection for so many seconds; `null`: for ever. 0: only the will is kept. */
  readonly expirySeconds: number | null;
  /** `null`: connected. */
  readonly disconnectedMs: number | null;
  readonly will: WillRecord | null;
}

export interface WillRecord {
  /** As PUBLISH of MQTT 5, see `MessageRecord`. */
  readonly packet: Uint8Array;
  readonly delaySeconds: number;
  readonly username: string | null;
}

export interface SubscriptionRecord extends HeldSubscription {
  /** Key of its session. */
  readonly session: number;
}

/** A message that waits for at least one session; stored once for all of them. */
export interface MessageRecord {
  readonly key: number;
  /** The message as PUBLISH of MQTT 5 (§3.3), with topic, QoS, retain flag, properties and payload in one piece; its packet identifier means nothing. */
  readonly packet: Uint8Array;
  /** Client id; `null`: the broker itself. */
  readonly publisher: string | null;
  /** `null`: never. */
  readonly expiresMs: number | null;
  /** When it was first kept, for whoever looks at it; `null` or absent: not known. */
  readonly storedMs?: number | null;
}

/** A message for one session: in its queue, or under way to it. Their keys are in the order of delivery. */
export interface DeliveryRecord {
  readonly session: number;
  readonly key: number;
  /** Key of the message. */
  readonly message: number;
  readonly qos: Qos;
  readonly retain: boolean;
  readonly subscriptionIdentifiers: readonly number[] | null;
  /** The shared subscription it came by, `$share/NAME/FILTER`. */
  readonly share: string | null;
  /** 0: still in the queue. */
  readonly packetId: number;
  /** QoS 2: PUBREC has come. */
  readonly released: boolean;
}

/** A QoS 2 message of the client that was routed and waits for PUBREL [MQTT-4.3.3-10]. */
export interface IncomingRecord {
  readonly session: number;
  readonly packetId: number;
}

export interface RetainedRecord extends Omit<MessageRecord, 'key'> {
  readonly topic: string;
}

export interface PersistentRecords {
  readonly sessions: readonly SessionRecord[];
  readonly subscriptions: readonly SubscriptionRecord[];
  readonly messages: readonly MessageRecord[];
  readonly deliveries: readonly DeliveryRecord[];
  readonly incoming: readonly IncomingRecord[];
  readonly retained: readonly RetainedRecord[];
}

/** What has changed since the batch before. Removals come first; what is to be removed need not be there. */
export interface PersistentBatch extends PersistentRecords {
  readonly nowMs: number;
  /** Sessions by key, with all that belongs to them. */
  readonly endedSessions: readonly number[];
  readonly endedSubscriptions: readonly { readonly session: number; readonly filter: string }[];
  readonly endedMessages: readonly number[];
  readonly endedDeliveries: readonly { readonly session: number; readonly key: number }[];
  readonly endedIncoming: readonly IncomingRecord[];
  readonly endedRetained: readonly string[];
}

export interface LoadReport {
  /** When the last batch was written; `null`: there was none. */
  readonly lastWriteMs: number | null;
  /** What was found damaged and where it is kept now, in a sentence. */
  readonly problem: string | null;
}

/** A place that outlives the broker. One call at a time; the broker waits for each answer before the next. */
export interface BrokerPersistence {
  /**
   * Hands over all that is kept, in parts: sessions before what belongs to them, messages before their deliveries, deliveries of a session by
   * rising key. Rejects with a coded error when the place cannot be used; what is damaged is set aside instead, and reported.
   */
  load(take: (part: PersistentRecords) => void): Promise<LoadReport>;
  /** Resolves when the whole batch survives the end of this process; rejects when it may not, and the broker tries again. */
  write(batch: PersistentBatch): Promise<void>;
  /** Idempotent. */
  close(): Promise<void>;
}
