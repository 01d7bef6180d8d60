import { clauseOf, packetIdClause } from './clauses.ts';
import { filterProblem, isSharedFilter } from './filter-syntax.ts';
import { packetName, packetType } from './packet-type.ts';
import { readProperties } from './property-reader.ts';
import { malformed, protocolError } from './protocol-error.ts';
import { isReasonCode, reasonCodeClause } from './reason-code-table.ts';
import type { BodyReader } from './body-reader.ts';
import type {
  AckPacket,
  AuthPacket,
  ConnackPacket,
  DisconnectPacket,
  SubackPacket,
  SubscribePacket,
  SubscriptionRequest,
  UnsubackPacket,
  UnsubscribePacket,
} from './packets.ts';
import type { Qos } from '../../contract/common.ts';

/** CONNACK (§3.2). */
export function readConnack(reader: BodyReader): ConnackPacket {
  const flags = reader.byte('the acknowledge flags');
  // The byte is not used in 3.1.
  if (flags > 1 && reader.level !== 3) throw malformed(clauseOf('connackFlags', reader.level), 'A reserved connect acknowledge flag is set.');
  const code = reader.byte('the reason code');
  // A server that does not know MQTT 5 refuses it with the bytes of 3.1.1 (3.1.1, §3.1.2.2).
  const plain = reader.level !== 5 || (code === 1 && reader.at === reader.end);
  if (plain ? code > 5 : !isReasonCode(packetType.connack, code)) throw unknownCode(reader, packetType.connack, code);
  const sessionPresent = flags === 1 && reader.level !== 3;
  if (sessionPresent && code !== 0) throw protocolError(clauseOf('sessionPresent', reader.level), 'Session Present is set although the connection is refused.');
  const properties = plain ? null : readProperties(reader, packetType.connack, true);
  reader.finish('CONNACK');
  return { type: 'connack', sessionPresent, code, properties };
}

/** PUBACK, PUBREC, PUBREL and PUBCOMP (§3.4–3.7). */
export function readAck(reader: BodyReader, type: number, name: AckPacket['type'], fromServer: boolean): AckPacket {
  const packetId = readPacketId(reader, type);
  if (reader.at === reader.end) return { type: name, packetId, code: 0, properties: null };
  if (reader.level !== 5) reader.finish(packetName(type));
  const code = readReasonCode(reader, type);
  const properties = reader.at === reader.end ? null : readProperties(reader, type, fromServer);
  reader.finish(packetName(type));
  return { type: name, packetId, code, properties };
}

/** SUBSCRIBE (§3.8). */
export function readSubscribe(reader: BodyReader): SubscribePacket {
  const packetId = readPacketId(reader, packetType.subscribe);
  const properties = reader.level === 5 ? readProperties(reader, packetType.subscribe, false) : null;
  if (reader.at === reader.end) throw protocolError(clauseOf('noSubscription', reader.level), 'SUBSCRIBE has no topic filter.');
  const subscriptions: SubscriptionRequest[] = [];
  while (reader.at < reader.end) subscriptions.push(readSubscription(reader));
  return { type: 'subscribe', packetId, subscriptions, properties };
}

function readSubscription(reader: BodyReader): SubscriptionRequest {
  const filter = readFilter(reader);
  const options = reader.byte('the subscription options');
  const qos = options & 0x03;
  if (reader.level !== 5) {
    if (options > 2) throw malformed('MQTT-3.8.3-4', `The requested QoS of "${filter}" is 0x${options.toString(16)}.`);
    return { filter, qos: qos as Qos, noLocal: false, retainAsPublished: false, retainHandling: 0 };
  }
  if (options & 0xc0) throw malformed('MQTT-3.8.3-5', `A reserved subscription option of "${filter}" is set.`);
  if (qos === 3) throw protocolError('§3.8.3.1', `The requested QoS of "${filter}" is 3.`);
  const retainHandling = (options >> 4) & 0x03;
  if (retainHandling === 3) throw protocolError('§3.8.3.1', `The Retain Handling of "${filter}" is 3.`);
  const noLocal = (options & 0x04) !== 0;
  if (noLocal && isSharedFilter(filter)) throw protocolError('MQTT-3.8.3-4', `No Local is set on the shared subscription "${filter}".`);
  return { filter, qos: qos as Qos, noLocal, retainAsPublished: (options & 0x08) !== 0, retainHandling: retainHandling as 0 | 1 | 2 };
}

/** SUBACK (§3.9). */
export function readSuback(reader: BodyReader): SubackPacket {
  const packetId = readPacketId(reader, packetType.suback);
  const properties = reader.level === 5 ? readProperties(reader, packetType.suback, true) : null;
  return { type: 'suback', packetId, codes: readCodes(reader, packetType.suback), properties };
}

/** UNSUBSCRIBE (§3.10). */
export function readUnsubscribe(reader: BodyReader): UnsubscribePacket {
  const packetId = readPacketId(reader, packetType.unsubscribe);
  const properties = reader.level === 5 ? readProperties(reader, packetType.unsubscribe, false) : null;
  if (reader.at === reader.end) throw protocolError('MQTT-3.10.3-2', 'UNSUBSCRIBE has no topic filter.');
  const filters: string[] = [];
  while (reader.at < reader.end) filters.push(readFilter(reader));
  return { type: 'unsubscribe', packetId, filters, properties };
}

/** UNSUBACK (§3.11). */
export function readUnsuback(reader: BodyReader): UnsubackPacket {
  const packetId = readPacketId(reader, packetType.unsuback);
  if (reader.level !== 5) {
    reader.finish('UNSUBACK');
    return { type: 'unsuback', packetId, codes: [], properties: null };
  }
  const properties = readProperties(reader, packetType.unsuback, true);
  return { type: 'unsuback', packetId, codes: readCodes(reader, packetType.unsuback), properties };
}

/** DISCONNECT (§3.14). */
export function readDisconnect(reader: BodyReader, fromServer: boolean): DisconnectPacket {
  if (reader.at === reader.end) return { type: 'disconnect', code: 0, properties: null };
  if (reader.level !== 5) reader.finish('DISCONNECT');
  const code = readReasonCode(reader, packetType.disconnect);
  const properties = reader.at === reader.end ? null : readProperties(reader, packetType.disconnect, fromServer);
  reader.finish('DISCONNECT');
  return { type: 'disconnect', code, properties };
}

/** AUTH (§3.15). */
export function readAuth(reader: BodyReader, fromServer: boolean): AuthPacket {
  // Nothing at all stands for success without properties (§3.15.2.1).
  if (reader.at === reader.end) return { type: 'auth', code: 0, properties: null };
  const code = readReasonCode(reader, packetType.auth);
  const properties = readProperties(reader, packetType.auth, fromServer);
  reader.finish('AUTH');
  if (properties?.authenticationMethod === undefined) throw protocolError('§3.15.2.2.2', 'AUTH has no Authentication Method.');
  return { type: 'auth', code, properties };
}

function readPacketId(reader: BodyReader, type: number): number {
  const id = reader.uint16('the packet identifier');
  if (id === 0) throw protocolError(packetIdClause(type, reader.level, false), `The packet identifier of ${packetName(type)} is 0.`);
  return id;
}

function readFilter(reader: BodyReader): string {
  const filter = reader.string('a topic filter');
  const problem = filterProblem(filter, reader.level);
  if (problem) throw problem;
  return filter;
}

function readReasonCode(reader: BodyReader, type: number): number {
  const code = reader.byte('the reason code');
  if (!isReasonCode(type, code)) throw unknownCode(reader, type, code);
  return code;
}

function readCodes(reader: BodyReader, type: number): number[] {
  const { bytes, at, end } = reader;
  if (at === end) throw malformed(reasonCodeClause(type), `${packetName(type)} has no reason code.`);
  const codes: number[] = [];
  for (let index = at; index < end; index += 1) {
    const code = bytes[index]!;
    if (!(isReasonCode(type, code) && (reader.level === 5 || code <= 0x80))) throw unknownCode(reader, type, code);
    codes.push(code);
  }
  reader.at = end;
  return codes;
}

function unknownCode(reader: BodyReader, type: number, code: number): Error {
  const clause = reader.level === 5 ? reasonCodeClause(type) : type === packetType.connack ? clauseOf('connackCode', reader.level) : 'MQTT-3.9.3-2';
  return protocolError(clause, `${packetName(type)} may not have the reason code 0x${code.toString(16).padStart(2, '0')}.`);
}
