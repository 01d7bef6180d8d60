import { packetType } from '../packet/packet-type.ts';
import { propertyById } from '../packet/property-table.ts';
import type { ProtocolLevel } from '../packet/packets.ts';
import { decodeUtf8 } from '../packet/utf8.ts';

// Single facts of a packet without dissecting all of it, for filters over a hundred thousand. What cannot be found is `null`.

const withPacketId = new Set<number>([
  packetType.puback,
  packetType.pubrec,
  packetType.pubrel,
  packetType.pubcomp,
  packetType.subscribe,
  packetType.suback,
  packetType.unsubscribe,
  packetType.unsuback,
]);

/** Where the body begins; 0 when the fixed header is damaged. */
function bodyStart(bytes: Uint8Array): number {
  for (let at = 1; at < 5; at += 1) {
    const byte = bytes[at];
    if (byte === undefined) return 0;
    if (byte < 0x80) return at + 1;
  }
  return 0;
}

function uint16At(bytes: Uint8Array, at: number): number | null {
  return at + 2 > bytes.length ? null : ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}

export function packetIdOf(bytes: Uint8Array): number | null {
  const first = bytes[0];
  const body = bodyStart(bytes);
  if (first === undefined || body === 0) return null;
  if (first >> 4 === packetType.publish) {
    if ((first & 0x06) === 0) return null;
    const length = uint16At(bytes, body);
    return length === null ? null : uint16At(bytes, body + 2 + length);
  }
  return withPacketId.has(first >> 4) ? uint16At(bytes, body) : null;
}

/** Of PUBLISH; empty where an alias stands for it. */
export function publishTopic(bytes: Uint8Array): string | null {
  const body = bodyStart(bytes);
  if (body === 0 || (bytes[0] as number) >> 4 !== packetType.publish) return null;
  const length = uint16At(bytes, body);
  if (length === null || body + 2 + length > bytes.length) return null;
  return decodeUtf8(bytes, body + 2, body + 2 + length, false);
}

interface PublishParts {
  readonly topicAlias: number | null;
  /** Where the payload begins. */
  readonly payloadStart: number;
}

/** What follows the topic of a PUBLISH; `null` when it is damaged. */
export function publishParts(bytes: Uint8Array, level: ProtocolLevel | null): PublishParts | null {
  const body = bodyStart(bytes);
  const length = body === 0 ? null : uint16At(bytes, body);
  if (length === null) return null;
  let at = body + 2 + length + (((bytes[0] as number) & 0x06) === 0 ? 0 : 2);
  if (at > bytes.length) return null;
  if (level !== 5) return { topicAlias: null, payloadStart: at };
  const properties = variableAt(bytes, at);
  if (properties === null) return null;
  at = properties.end;
  const end = at + properties.value;
  if (end > bytes.length) return null;
  let topicAlias: number | null = null;
  while (at < end) {
    const id = bytes[at] as number;
    if (id === 0x23) topicAlias = uint16At(bytes, at + 1);
    const next = behindProperty(bytes, at + 1, id);
    if (next === null) break;
    at = next;
  }
  return { topicAlias, payloadStart: end };
}

function behindProperty(bytes: Uint8Array, at: number, id: number): number | null {
  switch (propertyById[id]?.kind) {
    case 'flag':
      return at + 1;
    case 'uint16':
      return at + 2;
    case 'uint32':
      return at + 4;
    case 'variable':
      return variableAt(bytes, at)?.end ?? null;
    case 'string':
    case 'binary':
      return behindCounted(bytes, at);
    case 'pair': {
      const value = behindCounted(bytes, at);
      return value === null ? null : behindCounted(bytes, value);
    }
    default:
      return null;
  }
}

function behindCounted(bytes: Uint8Array, at: number): number | null {
  const length = uint16At(bytes, at);
  return length === null ? null : at + 2 + length;
}

function variableAt(bytes: Uint8Array, start: number): { readonly value: number; readonly end: number } | null {
  let value = 0;
  for (let index = 0; index < 4; index += 1) {
    const byte = bytes[start + index];
    if (byte === undefined) return null;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { value, end: start + index + 1 };
  }
  return null;
}
