import { PacketDecoder } from '../../../../../shared/mqtt/packet/decoder.ts';
import { encodedPublish } from '../../../../../shared/mqtt/packet/encoder.ts';
import type { PublishPacket, Will } from '../../../../../shared/mqtt/packet/packets.ts';
import { Message } from '../message.ts';
import { ownBytes } from '../own-bytes.ts';
import type { MessageRecord, WillRecord } from './broker-persistence.ts';

/** The two clocks of the broker, read at the same moment: Unix ms, and ms that never jump. */
export interface Clocks {
  readonly wallMs: number;
  readonly nowMs: number;
}

type Stored = Omit<MessageRecord, 'key'>;

/** What is kept of a message; its expiry as a time of day, so that it goes on while the broker is away. */
export function storeMessage({ topic, payload, qos, retain, properties, publisher, expiresAtMs }: Message, { wallMs, nowMs }: Clocks): Stored {
  const { bytes } = encodedPublish(5, { topic, payload, qos, retain, properties, dup: false, packetId: 1 });
  return { packet: bytes, publisher, expiresMs: expiresAtMs === Infinity ? null : Math.floor(wallMs + expiresAtMs - nowMs), storedMs: wallMs };
}

/** When it was kept, on the monotonic clock; not a number: not known. */
export function restoredSince({ storedMs }: Pick<Stored, 'storedMs'>, { wallMs, nowMs }: Clocks): number {
  return storedMs === null || storedMs === undefined ? Number.NaN : nowMs + storedMs - wallMs;
}

/** Throws when the bytes are no PUBLISH. */
export function restoreMessage({ packet, publisher, expiresMs }: Stored, { wallMs, nowMs }: Clocks): Message {
  const { topic, payload, qos, retain, properties } = readPublish(packet);
  return new Message(topic, ownBytes(payload), qos, retain, properties, publisher, expiresMs === null ? Infinity : nowMs + expiresMs - wallMs);
}

export function storeWill({ topic, payload, qos, retain, properties }: Will, username: string | null): WillRecord {
  const { willDelayInterval = 0, ...others } = properties ?? {};
  const { bytes } = encodedPublish(5, { topic, payload, qos, retain, properties: others, dup: false, packetId: 1 });
  return { packet: bytes, delaySeconds: willDelayInterval, username };
}

/** Throws when the bytes are no PUBLISH. */
export function restoreWill({ packet, delaySeconds }: WillRecord): Will {
  const { topic, payload, qos, retain, properties } = readPublish(packet);
  return { topic, payload: ownBytes(payload), qos, retain, properties: delaySeconds === 0 ? properties : { ...properties, willDelayInterval: delaySeconds } };
}

function readPublish(bytes: Uint8Array): PublishPacket {
  // What was accepted once is not judged again.
  const decoder = new PacketDecoder({ role: 'client', level: 5, maximumPacketSize: Infinity, controlCharacters: 'accept' });
  decoder.push(bytes);
  const packet = decoder.next();
  if (packet?.type !== 'publish') throw new SyntaxError('A kept message is no PUBLISH packet.');
  return packet;
}
