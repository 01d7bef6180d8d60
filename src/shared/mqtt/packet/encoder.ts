import { packetType } from './packet-type.ts';
import { binarySize, checkInteger, maxVariableByteInteger, packetWriter, stringSize, variableSize } from './packet-writer.ts';
import { propertiesLength, writeProperties } from './property-writer.ts';
import { willPlace } from './property-table.ts';
import { encodedPublish } from './publish-encoder.ts';
import type {
  AckPacket,
  AuthPacket,
  ConnackPacket,
  ConnectPacket,
  DisconnectPacket,
  Packet,
  Properties,
  ProtocolLevel,
  SubackPacket,
  SubscribePacket,
  UnsubackPacket,
  UnsubscribePacket,
} from './packets.ts';

/**
 * The bytes of a packet. Throws a RangeError for what cannot be written. CONNECT is written in its own level; properties are left out below
 * MQTT 5, as are subscription options. Properties are in the order of table 2-4, user properties last in their own order.
 */
export function encodePacket(packet: Packet, level: ProtocolLevel): Uint8Array {
  switch (packet.type) {
    case 'connect':
      return encodeConnect(packet);
    case 'connack':
      return encodeConnack(packet, level);
    case 'publish':
      return encodedPublish(level, packet).bytes;
    case 'puback':
    case 'pubrec':
    case 'pubrel':
    case 'pubcomp':
      return encodeAck(packet, level);
    case 'subscribe':
      return encodeSubscribe(packet, level);
    case 'suback':
      return encodeCodes(packetType.suback, packet, level);
    case 'unsubscribe':
      return encodeUnsubscribe(packet, level);
    case 'unsuback':
      return encodeCodes(packetType.unsuback, packet, level);
    case 'pingreq':
      return Uint8Array.of(packetType.pingreq << 4, 0);
    case 'pingresp':
      return Uint8Array.of(packetType.pingresp << 4, 0);
    case 'disconnect':
    case 'auth':
      return encodeReason(packet, level);
  }
}

function start(first: number, remaining: number): void {
  if (remaining > maxVariableByteInteger) throw new RangeError(`The packet has ${remaining} bytes; MQTT allows ${maxVariableByteInteger}.`);
  packetWriter.begin(1 + variableSize(remaining) + remaining);
  packetWriter.byte(first);
  packetWriter.variable(remaining);
}

function encodeConnect(packet: ConnectPacket): Uint8Array {
  const { level, will, username, password } = packet;
  const name = level === 3 ? 'MQIsdp' : 'MQTT';
  checkInteger(packet.keepAlive, 0, 0xffff, 'The keep alive');
  if (password !== null && username === null && level !== 5) throw new RangeError('MQTT before 5 needs a user name beside a password [MQTT-3.1.2-22].');
  if (packet.bridge && level === 5) throw new RangeError('MQTT 5 has no mark for bridges.');
  let size = name.length + 2 + 4 + stringSize(packet.clientId, 'The client identifier');
  let connectProperties = 0;
  let willProperties = 0;
  if (level === 5) {
    connectProperties = propertiesLength(packet.properties, packetType.connect);
    size += variableSize(connectProperties) + connectProperties;
  }
  if (will !== null) {
    if (will.topic === '') throw new RangeError('The will topic is empty [MQTT-4.7.3-1].');
    if (level === 5) {
      willProperties = propertiesLength(will.properties, willPlace);
      size += variableSize(willProperties) + willProperties;
    }
    size += stringSize(will.topic, 'The will topic') + binarySize(will.payload, 'The will payload');
  }
  if (username !== null) size += stringSize(username, 'The user name');
  if (password !== null) size += binarySize(password, 'The password');
  start(packetType.connect << 4, size);
  packetWriter.string(name);
  packetWriter.byte(packet.bridge ? level | 0x80 : level);
  packetWriter.byte(
    (packet.cleanStart ? 0x02 : 0) |
      (will === null ? 0 : 0x04 | (will.qos << 3) | (will.retain ? 0x20 : 0)) |
      (password === null ? 0 : 0x40) |
      (username === null ? 0 : 0x80),
  );
  packetWriter.uint16(packet.keepAlive);
  if (level === 5) writeProperties(packet.properties, connectProperties, packetType.connect);
  packetWriter.string(packet.clientId);
  if (will !== null) {
    if (level === 5) writeProperties(will.properties, willProperties, willPlace);
    packetWriter.string(will.topic);
    packetWriter.binary(will.payload);
  }
  if (username !== null) packetWriter.string(username);
  if (password !== null) packetWriter.binary(password);
  return packetWriter.take();
}

function encodeConnack(packet: ConnackPacket, level: ProtocolLevel): Uint8Array {
  const { code, sessionPresent, properties } = packet;
  checkInteger(code, 0, level === 5 ? 0xff : 5, 'The code of CONNACK');
  if (sessionPresent && code !== 0) throw new RangeError('CONNACK that refuses may not say Session Present [MQTT-3.2.2-6].');
  // The refusal of a server that does not know MQTT 5 has the bytes of 3.1.1.
  const plain = level !== 5 || code === 1;
  const length = plain ? 0 : propertiesLength(properties, packetType.connack);
  start(packetType.connack << 4, plain ? 2 : 2 + variableSize(length) + length);
  packetWriter.byte(sessionPresent && level !== 3 ? 1 : 0);
  packetWriter.byte(code);
  if (!plain) writeProperties(properties, length, packetType.connack);
  return packetWriter.take();
}

/** The shortest form: without properties and success, the two bytes of the identifier are all (§3.4.2.1). */
function encodeAck(packet: AckPacket, level: ProtocolLevel): Uint8Array {
  const { packetId, code, properties } = packet;
  checkInteger(packetId, 1, 0xffff, 'The packet identifier');
  const type = packetType[packet.type];
  const length = level === 5 ? propertiesLength(properties, type) : 0;
  if (level === 5) checkInteger(code, 0, 0xff, 'The reason code');
  const first = type === packetType.pubrel ? (type << 4) | 2 : type << 4;
  if (level !== 5 || (length === 0 && code === 0)) return plainAck(first, packetId);
  start(first, length === 0 ? 3 : 3 + variableSize(length) + length);
  packetWriter.uint16(packetId);
  packetWriter.byte(code);
  if (length !== 0) writeProperties(properties, length, type);
  return packetWriter.take();
}

function plainAck(first: number, packetId: number): Uint8Array {
  start(first, 2);
  packetWriter.uint16(packetId);
  return packetWriter.take();
}

function startNumbered(first: number, packetId: number, level: ProtocolLevel, properties: Properties | null, payload: number): void {
  checkInteger(packetId, 1, 0xffff, 'The packet identifier');
  const length = level === 5 ? propertiesLength(properties, first >> 4) : 0;
  start(first, 2 + (level === 5 ? variableSize(length) + length : 0) + payload);
  packetWriter.uint16(packetId);
  if (level === 5) writeProperties(properties, length, first >> 4);
}

function encodeSubscribe(packet: SubscribePacket, level: ProtocolLevel): Uint8Array {
  if ((packet.properties?.subscriptionIdentifiers?.length ?? 0) > 1) throw new RangeError('SUBSCRIBE may have only one Subscription Identifier [§3.8.2.1.2].');
  if (packet.subscriptions.length === 0) throw new RangeError('SUBSCRIBE needs a topic filter [MQTT-3.8.3-2].');
  let size = 0;
  for (const { filter } of packet.subscriptions) size += stringSize(filter, 'A topic filter') + 1;
  startNumbered((packetType.subscribe << 4) | 2, packet.packetId, level, packet.properties, size);
  for (const { filter, qos, noLocal, retainAsPublished, retainHandling } of packet.subscriptions) {
    packetWriter.string(filter);
    packetWriter.byte(level === 5 ? qos | (noLocal ? 0x04 : 0) | (retainAsPublished ? 0x08 : 0) | (retainHandling << 4) : qos);
  }
  return packetWriter.take();
}

function encodeUnsubscribe(packet: UnsubscribePacket, level: ProtocolLevel): Uint8Array {
  if (packet.filters.length === 0) throw new RangeError('UNSUBSCRIBE needs a topic filter [MQTT-3.10.3-2].');
  let size = 0;
  for (const filter of packet.filters) size += stringSize(filter, 'A topic filter');
  startNumbered((packetType.unsubscribe << 4) | 2, packet.packetId, level, packet.properties, size);
  for (const filter of packet.filters) packetWriter.string(filter);
  return packetWriter.take();
}

/** SUBACK and UNSUBACK; the latter has no codes before MQTT 5. */
function encodeCodes(type: number, packet: SubackPacket | UnsubackPacket, level: ProtocolLevel): Uint8Array {
  const codes = type === packetType.unsuback && level !== 5 ? [] : packet.codes;
  startNumbered(type << 4, packet.packetId, level, packet.properties, codes.length);
  for (const code of codes) {
    checkInteger(code, 0, 0xff, 'A reason code');
    packetWriter.byte(code);
  }
  return packetWriter.take();
}

function encodeReason(packet: DisconnectPacket | AuthPacket, level: ProtocolLevel): Uint8Array {
  const { code, properties } = packet;
  const type = packetType[packet.type];
  if (level !== 5) {
    if (packet.type === 'auth') throw new RangeError('AUTH exists only in MQTT 5 [§3.15].');
    return Uint8Array.of(type << 4, 0);
  }
  checkInteger(code, 0, 0xff, 'The reason code');
  const length = propertiesLength(properties, type);
  if (code === 0 && length === 0) return Uint8Array.of(type << 4, 0);
  // AUTH may leave out its property length only with its reason code (§3.15.2.1).
  const bare = length === 0 && packet.type === 'disconnect';
  start(type << 4, bare ? 1 : 1 + variableSize(length) + length);
  packetWriter.byte(code);
  if (!bare) writeProperties(properties, length, type);
  return packetWriter.take();
}

export { encodedPublish, publishHeader, type EncodedPublish, type PublishFields } from './publish-encoder.ts';
