import { decode, encode } from '@msgpack/msgpack';
import type { HeldSubscription } from '../core/session.ts';
import type { DeliveryRecord, SessionRecord, WillRecord } from '../core/persistence/broker-persistence.ts';

/*
 * What stands in the values in Redis: MessagePack, as arrays whose places never change their meaning; new ones are added at the end. What others
 * have written is read with care: who reads throws for what it cannot be, and its caller leaves it out.
 */

const bytes = (value: unknown): Buffer => {
  const packed = encode(value, { ignoreUndefined: true });
  return Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength);
};

function fields(value: Uint8Array, least: number): readonly unknown[] {
  const found = decode(value);
  if (!Array.isArray(found) || found.length < least) throw new SyntaxError('Not a record of this program.');
  return found;
}

export type StoredSession = Omit<SessionRecord, 'key' | 'clientId'>;

export function packSession({ level, expirySeconds, disconnectedMs, will }: SessionRecord): Buffer {
  return bytes([level, expirySeconds, disconnectedMs, will === null ? null : [will.packet, will.delaySeconds, will.username]]);
}

export function unpackSession(value: Uint8Array): StoredSession {
  const [level, expirySeconds, disconnectedMs, will] = fields(value, 4);
  if (level !== 3 && level !== 4 && level !== 5) throw new SyntaxError('A session of no version of MQTT.');
  return { level, expirySeconds: numberOrNull(expirySeconds), disconnectedMs: numberOrNull(disconnectedMs), will: unpackWill(will) };
}

function unpackWill(value: unknown): WillRecord | null {
  if (!Array.isArray(value)) return null;
  const [packet, delaySeconds, username] = value as unknown[];
  if (!(packet instanceof Uint8Array)) return null;
  return { packet, delaySeconds: Number(delaySeconds), username: textOrNull(username) };
}

export function packSubscription({ qos, noLocal, retainAsPublished, retainHandling, subscriptionIdentifier }: HeldSubscription): Buffer {
  return bytes([qos, noLocal, retainAsPublished, retainHandling, subscriptionIdentifier]);
}

export function unpackSubscription(filter: string, value: Uint8Array): HeldSubscription {
  const [qos, noLocal, retainAsPublished, retainHandling, subscriptionIdentifier] = fields(value, 5);
  return {
    filter,
    qos: qosOf(qos),
    noLocal: noLocal === true,
    retainAsPublished: retainAsPublished === true,
    retainHandling: retainHandling === 1 || retainHandling === 2 ? retainHandling : 0,
    subscriptionIdentifier: Number(subscriptionIdentifier),
  };
}

/** Begins with the uid of its message and a space, which the scripts read. */
export function packDelivery(uid: string, { qos, retain, subscriptionIdentifiers, share, packetId, released }: DeliveryRecord): Buffer {
  return Buffer.concat([Buffer.from(`${uid} `), bytes([qos, retain, subscriptionIdentifiers, share, packetId, released])]);
}

export function unpackDelivery(value: Buffer): { readonly uid: string; readonly delivery: Omit<DeliveryRecord, 'session' | 'key' | 'message'> } {
  const space = value.indexOf(0x20);
  const [qos, retain, identifiers, share, packetId, released] = fields(value.subarray(space + 1), 6);
  return {
    uid: value.toString('utf8', 0, space),
    delivery: {
      qos: qosOf(qos),
      retain: retain === true,
      subscriptionIdentifiers: Array.isArray(identifiers) ? identifiers.map(Number) : null,
      share: textOrNull(share),
      packetId: Number(packetId),
      released: released === true,
    },
  };
}

/** A message as it travels and as it is retained; `packet`, see `MessageRecord`. */
export interface SharedMessage {
  readonly packet: Uint8Array;
  readonly publisher: string | null;
  readonly expiresMs: number | null;
}

/** Begins with the time it expires, or `-`, and a space, which the scripts read. */
export function packRetained({ packet, publisher, expiresMs }: SharedMessage): Buffer {
  return Buffer.concat([Buffer.from(`${expiresMs ?? '-'} `), bytes([packet, publisher])]);
}

export function unpackRetained(value: Buffer): SharedMessage {
  const space = value.indexOf(0x20);
  const expires = value.toString('latin1', 0, space);
  const [packet, publisher] = fields(value.subarray(space + 1), 2);
  return { packet: bytesOf(packet), publisher: textOrNull(publisher), expiresMs: expires === '-' ? null : Number(expires) };
}

/** One message on its way between brokers. */
export interface TravellingMessage extends SharedMessage {
  /** Shared subscriptions and the broker that gives it to a member, `[share, run]`. */
  readonly targets: readonly (readonly [string, string])[];
  /** Only for `targets`: all others have had it. */
  readonly isRedirected: boolean;
  /** Brokers that had no member any more, so that it does not go round for ever. */
  readonly passed: readonly string[];
}

/** `null`: what is retained has to be read again. */
export function packTravelling(message: TravellingMessage | null): Buffer {
  if (message === null) return bytes([null, null, null, [], false, []]);
  const { packet, publisher, expiresMs, targets, isRedirected, passed } = message;
  return bytes([packet, publisher, expiresMs, targets, isRedirected, passed]);
}

export function unpackTravelling(value: Uint8Array): TravellingMessage | null {
  return travelling(fields(value, 6));
}

function travelling([packet, publisher, expiresMs, targets, isRedirected, passed]: readonly unknown[]): TravellingMessage | null {
  if (packet === null) return null;
  return {
    packet: bytesOf(packet),
    publisher: textOrNull(publisher),
    expiresMs: numberOrNull(expiresMs),
    targets: Array.isArray(targets) ? targets.map((target: unknown) => pair(target)) : [],
    isRedirected: isRedirected === true,
    passed: Array.isArray(passed) ? passed.map(String) : [],
  };
}

/** What one turn of a broker had for the others, of QoS 0. */
export function packLive(run: string, messages: readonly TravellingMessage[]): Buffer {
  return bytes([run, messages.map(({ packet, publisher, expiresMs, targets }) => [packet, publisher, expiresMs, targets, false, []])]);
}

export function unpackLive(value: Uint8Array): { readonly run: string; readonly messages: readonly TravellingMessage[] } {
  const [run, list] = fields(value, 2);
  if (typeof run !== 'string' || !Array.isArray(list)) throw new SyntaxError('Not a record of this program.');
  const messages: TravellingMessage[] = [];
  for (const one of list as unknown[]) {
    const message = Array.isArray(one) ? travelling(one) : null;
    if (message !== null) messages.push(message);
  }
  return { run, messages };
}

function pair(value: unknown): readonly [string, string] {
  const [one, other] = Array.isArray(value) ? (value as unknown[]) : [];
  return [String(one), String(other)];
}

function qosOf(value: unknown): 0 | 1 | 2 {
  if (value === 0 || value === 1 || value === 2) return value;
  throw new SyntaxError('There is no such QoS.');
}

function bytesOf(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new SyntaxError('Not a record of this program.');
}

const numberOrNull = (value: unknown): number | null => (typeof value === 'number' ? value : null);
const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);
