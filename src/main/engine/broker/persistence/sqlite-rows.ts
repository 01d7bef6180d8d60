import type { Qos } from '../../../../shared/contract/common.ts';
import type { ProtocolLevel } from '../../../../shared/mqtt/packet/packets.ts';
import type {
  DeliveryRecord,
  IncomingRecord,
  MessageRecord,
  RetainedRecord,
  SessionRecord,
  SubscriptionRecord,
} from '../core/persistence/broker-persistence.ts';

/** Records as rows: the order of the values is that of the columns in sqlite-schema.ts. */
type Value = number | string | Uint8Array | null;

const subscriptionFlag = { noLocal: 0b100, retainAsPublished: 0b1000, retainHandling: 4 } as const;
const deliveryFlag = { retain: 0b100, released: 0b1000 } as const;

export interface SessionRow {
  readonly key: number;
  readonly client_id: string;
  readonly level: number;
  readonly expiry_seconds: number | null;
  readonly disconnected_ms: number | null;
  readonly will: Uint8Array | null;
  readonly will_delay_seconds: number;
  readonly will_username: string | null;
}

export function sessionValues({ key, clientId, level, expirySeconds, disconnectedMs, will }: SessionRecord): Value[] {
  return [key, clientId, level, expirySeconds, disconnectedMs, will?.packet ?? null, will?.delaySeconds ?? 0, will?.username ?? null];
}

export function sessionOf(row: SessionRow): SessionRecord {
  return {
    key: row.key,
    clientId: row.client_id,
    level: row.level as ProtocolLevel,
    expirySeconds: row.expiry_seconds,
    disconnectedMs: row.disconnected_ms,
    will: row.will === null ? null : { packet: row.will, delaySeconds: row.will_delay_seconds, username: row.will_username },
  };
}

export interface SubscriptionRow {
  readonly session: number;
  readonly filter: string;
  readonly flags: number;
  readonly identifier: number;
}

export function subscriptionValues(record: SubscriptionRecord): Value[] {
  const { session, filter, qos, noLocal, retainAsPublished, retainHandling, subscriptionIdentifier } = record;
  const flags =
    qos |
    (noLocal ? subscriptionFlag.noLocal : 0) |
    (retainAsPublished ? subscriptionFlag.retainAsPublished : 0) |
    (retainHandling << subscriptionFlag.retainHandling);
  return [session, filter, flags, subscriptionIdentifier];
}

export function subscriptionOf({ session, filter, flags, identifier }: SubscriptionRow): SubscriptionRecord {
  return {
    session,
    filter,
    qos: (flags & 0b11) as Qos,
    noLocal: (flags & subscriptionFlag.noLocal) !== 0,
    retainAsPublished: (flags & subscriptionFlag.retainAsPublished) !== 0,
    retainHandling: (flags >> subscriptionFlag.retainHandling) as 0 | 1 | 2,
    subscriptionIdentifier: identifier,
  };
}

export interface MessageRow {
  readonly key: number;
  readonly packet: Uint8Array;
  readonly publisher: string | null;
  readonly expires_ms: number | null;
  readonly stored_ms: number | null;
}

export function messageOf({ key, packet, publisher, expires_ms: expiresMs, stored_ms: storedMs }: MessageRow): MessageRecord {
  return { key, packet, publisher, expiresMs, storedMs };
}

export interface DeliveryRow {
  readonly session: number;
  readonly key: number;
  readonly message: number;
  readonly flags: number;
  readonly packet_id: number;
  readonly identifiers: string | null;
  readonly share: string | null;
}

export function deliveryValues(record: DeliveryRecord): Value[] {
  const { session, key, message, qos, retain, subscriptionIdentifiers, share, packetId, released } = record;
  const flags = qos | (retain ? deliveryFlag.retain : 0) | (released ? deliveryFlag.released : 0);
  return [session, key, message, flags, packetId, subscriptionIdentifiers === null ? null : subscriptionIdentifiers.join(' '), share];
}

export function deliveryOf({ session, key, message, flags, packet_id: packetId, identifiers, share }: DeliveryRow): DeliveryRecord {
  return {
    session,
    key,
    message,
    qos: (flags & 0b11) as Qos,
    retain: (flags & deliveryFlag.retain) !== 0,
    subscriptionIdentifiers: identifiers === null ? null : identifiers.split(' ').map(Number),
    share,
    packetId,
    released: (flags & deliveryFlag.released) !== 0,
  };
}

export interface IncomingRow {
  readonly session: number;
  readonly packet_id: number;
}

export function incomingOf({ session, packet_id: packetId }: IncomingRow): IncomingRecord {
  return { session, packetId };
}

export interface RetainedRow {
  readonly topic: string;
  readonly packet: Uint8Array;
  readonly publisher: string | null;
  readonly expires_ms: number | null;
  readonly stored_ms: number | null;
}

export function retainedOf({ topic, packet, publisher, expires_ms: expiresMs, stored_ms: storedMs }: RetainedRow): RetainedRecord {
  return { topic, packet, publisher, expiresMs, storedMs };
}
