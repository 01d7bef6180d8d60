import type { Qos } from '../../contract/common.ts';
import type { AckPacket, Packet, Properties, ProtocolLevel, Will } from './packets.ts';
import { packetType } from './packet-type.ts';
import { propertyTable, willPlace, type PropertyEntry } from './property-table.ts';

// Packets for tests: written by hand, or random, but the same for the same seed.

const utf8 = new TextEncoder();

/** Bytes from words: hexadecimal digits, `'text'` for a string with its two-byte length, `=text` for bare characters. */
export function bytesOf(words: string): Uint8Array {
  const bytes: number[] = [];
  for (const word of words.split(' ')) {
    if (word.startsWith("'")) {
      const text = utf8.encode(word.slice(1, -1));
      bytes.push(text.length >> 8, text.length & 0xff, ...text);
    } else if (word.startsWith('=')) bytes.push(...utf8.encode(word.slice(1)));
    else for (let at = 0; at < word.length; at += 2) bytes.push(Number.parseInt(word.slice(at, at + 2), 16));
  }
  return Uint8Array.from(bytes);
}

/** A packet with the right remaining length from its first byte and the words of its body. */
export function wire(first: number, words: string): Uint8Array {
  const body = bytesOf(words);
  const length: number[] = [];
  let rest = body.length;
  do {
    length.push(rest > 0x7f ? (rest & 0x7f) | 0x80 : rest);
    rest >>= 7;
  } while (rest > 0);
  return Uint8Array.from([first, ...length, ...body]);
}

export type Random = () => number;

/** Numbers from 0 up to 1 (mulberry32). */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

export function below(random: Random, limit: number): number {
  return Math.floor(random() * limit);
}

export function pick<T>(random: Random, values: readonly T[]): T {
  return values[below(random, values.length)]!;
}

const texts = [
  'a',
  'sensors/room1/temperature',
  'é',
  '€uro',
  'tiny 😀 face',
  '\ufeffmark',
  'x'.repeat(300),
  'ä'.repeat(70),
  '日本語/テスト',
  '/',
  '$SYS/x',
  ' ',
];
const filters = ['#', '+', 'a/+/b', 'a/#', '+/+', '/', '$share/group/a/#', '$SYS/#', '日本/+'];

function sampleText(random: Random): string {
  return random() < 0.1 ? '' : pick(random, texts);
}

function sampleBytes(random: Random, most: number): Uint8Array {
  const bytes = new Uint8Array(below(random, most + 1));
  for (let index = 0; index < bytes.length; index += 1) bytes[index] = below(random, 256);
  return bytes;
}

function samplePacketId(random: Random): number {
  return pick(random, [1, 255, 256, 65_535, 1 + below(random, 65_535)]);
}

function sampleValue(random: Random, { kind, least, name }: PropertyEntry, place: number): Properties[keyof Properties] {
  switch (kind) {
    case 'flag':
      return random() < 0.5 ? 0 : 1;
    case 'uint16':
      return Math.max(least, pick(random, [0, 1, 255, 65_535]));
    case 'uint32':
      return Math.max(least, pick(random, [0, 1, 65_536, 0x7fff_ffff, 0xffff_ffff]));
    case 'variable': {
      const values = Array.from({ length: place === packetType.publish ? 1 + below(random, 3) : 1 }, () => pick(random, [1, 127, 128, 16_384, 268_435_455]));
      return values;
    }
    case 'string':
      return name === 'responseTopic' ? pick(random, texts) : sampleText(random);
    case 'binary':
      return sampleBytes(random, 20);
    case 'pair':
      return Array.from({ length: 1 + below(random, 4) }, () => [sampleText(random), sampleText(random)] as const);
  }
}

/** Properties that may stand in this packet; `density` of them. */
function sampleProperties(random: Random, place: number, fromServer: boolean, density = 0.4): Properties | null {
  const properties: Record<string, unknown> = {};
  for (const entry of propertyTable) {
    if (!(entry.places & (1 << place)) || random() >= density) continue;
    if (entry.name === 'subscriptionIdentifiers' && place === packetType.publish && !fromServer) continue;
    if (entry.name === 'sessionExpiryInterval' && place === packetType.disconnect && fromServer) continue;
    properties[entry.name] = sampleValue(random, entry, place);
  }
  // Authentication Data needs its method; AUTH always has one.
  if (place === packetType.auth || properties['authenticationData'] !== undefined) properties['authenticationMethod'] ??= 'SCRAM-SHA-256';
  return Object.keys(properties).length === 0 ? null : properties;
}

const clientPacketTypes = ['connect', 'publish', 'puback', 'pubrec', 'pubrel', 'pubcomp', 'subscribe', 'unsubscribe', 'pingreq', 'disconnect'] as const;
const serverPacketTypes = ['connack', 'publish', 'puback', 'pubrec', 'pubrel', 'pubcomp', 'suback', 'unsuback', 'pingresp'] as const;

/** What a client (or a server) may send in this level. */
export function packetTypesOf(level: ProtocolLevel, fromServer: boolean): readonly Packet['type'][] {
  if (level !== 5) return fromServer ? serverPacketTypes : clientPacketTypes;
  return fromServer ? [...serverPacketTypes, 'disconnect', 'auth'] : [...clientPacketTypes, 'auth'];
}

/** A valid packet of this type as it would be decoded, so it has nothing that its level cannot carry. */
export function samplePacket(random: Random, type: Packet['type'], level: ProtocolLevel, fromServer: boolean): Packet {
  const properties = level === 5 && random() < 0.7 ? sampleProperties(random, packetType[type], fromServer) : null;
  switch (type) {
    case 'connect':
      return sampleConnect(random, level, properties);
    case 'connack': {
      const code = random() < 0.6 ? 0 : pick(random, level === 5 ? [0x80, 0x84, 0x87, 0x9f] : [1, 2, 3, 4, 5]);
      return { type, sessionPresent: code === 0 && level !== 3 && random() < 0.5, code, properties };
    }
    case 'publish': {
      const qos = below(random, 3) as Qos;
      const topic = level === 5 && properties?.topicAlias !== undefined && random() < 0.5 ? '' : pick(random, texts);
      return {
        type,
        dup: qos > 0 && random() < 0.3,
        qos,
        retain: random() < 0.3,
        topic,
        packetId: qos === 0 ? 0 : samplePacketId(random),
        properties,
        payload: sampleBytes(random, random() < 0.1 ? 20_000 : 40),
      };
    }
    case 'puback':
    case 'pubrec':
    case 'pubrel':
    case 'pubcomp':
      return sampleAck(random, type, level, properties);
    case 'subscribe': {
      const subscriptions = Array.from({ length: 1 + below(random, 4) }, () => {
        const filter = pick(random, filters);
        const noLocal = level === 5 && !filter.startsWith('$share/') && random() < 0.5;
        const retainHandling = level === 5 ? (below(random, 3) as 0 | 1 | 2) : 0;
        return { filter, qos: below(random, 3) as Qos, noLocal, retainAsPublished: level === 5 && random() < 0.5, retainHandling };
      });
      return { type, packetId: samplePacketId(random), subscriptions, properties };
    }
    case 'unsubscribe':
      return { type, packetId: samplePacketId(random), filters: Array.from({ length: 1 + below(random, 4) }, () => pick(random, filters)), properties };
    case 'suback':
      return { type, packetId: samplePacketId(random), codes: sampleCodes(random, level === 5 ? [0, 1, 2, 0x80, 0x87, 0x9e] : [0, 1, 2, 0x80]), properties };
    case 'unsuback':
      return { type, packetId: samplePacketId(random), codes: level === 5 ? sampleCodes(random, [0, 0x11, 0x80, 0x8f]) : [], properties };
    case 'pingreq':
    case 'pingresp':
      return { type };
    case 'disconnect':
      return { type, code: level === 5 ? pick(random, [0, 0x04, 0x82, 0x8e]) : 0, properties };
    case 'auth':
      return properties === null ? { type, code: 0, properties } : { type, code: pick(random, [0, 0x18, 0x19]), properties };
  }
}

function sampleCodes(random: Random, codes: readonly number[]): number[] {
  return Array.from({ length: 1 + below(random, 5) }, () => pick(random, codes));
}

function sampleAck(random: Random, type: AckPacket['type'], level: ProtocolLevel, properties: Properties | null): AckPacket {
  const codes = type === 'puback' || type === 'pubrec' ? [0, 0x10, 0x80, 0x97] : [0, 0x92];
  return { type, packetId: samplePacketId(random), code: level === 5 ? pick(random, codes) : 0, properties };
}

function sampleConnect(random: Random, level: ProtocolLevel, properties: Properties | null): Packet {
  const will: Will | null =
    random() < 0.5
      ? null
      : {
          topic: pick(random, texts),
          payload: sampleBytes(random, 30),
          qos: below(random, 3) as Qos,
          retain: random() < 0.5,
          properties: level === 5 && random() < 0.7 ? sampleProperties(random, willPlace, false) : null,
        };
  const username = random() < 0.5 ? null : sampleText(random);
  return {
    type: 'connect',
    level,
    bridge: level !== 5 && random() < 0.2,
    cleanStart: random() < 0.5,
    keepAlive: pick(random, [0, 60, 65_535]),
    clientId: sampleText(random),
    username,
    password: (level === 5 || username !== null) && random() < 0.5 ? sampleBytes(random, 20) : null,
    will,
    properties,
  };
}
