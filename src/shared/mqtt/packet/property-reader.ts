import { packetName, packetType } from './packet-type.ts';
import { malformed, protocolError } from './protocol-error.ts';
import { propertyById, willPlace, type PropertyEntry } from './property-table.ts';
import type { BodyReader } from './body-reader.ts';
import type { Properties } from './packets.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Reads a property length and the properties behind it (§2.2.2); `null` when there are none. `place` is the packet type, or `willPlace`.
 * `fromServer` tells the two directions of PUBLISH apart.
 */
export function readProperties(reader: BodyReader, place: number, fromServer: boolean): Properties | null {
  const length = reader.variableByteInteger('the property length');
  if (length === 0) return null;
  const outerEnd = reader.end;
  const end = reader.at + length;
  if (end > outerEnd) throw malformed('§2.2.2.1', `The properties of ${placeName(place)} are longer than the packet.`);
  reader.end = end;
  const found: Mutable<Properties> = {};
  // The identifiers seen, 0–31 and 32–42.
  let low = 0;
  let high = 0;
  while (reader.at < end) {
    const id = reader.variableByteInteger('a property identifier');
    const entry = propertyById[id];
    if (entry === undefined) throw malformed('§2.2.2.2', `0x${id.toString(16).padStart(2, '0')} is no property of MQTT 5.`);
    if ((entry.places & (1 << place)) === 0) throw malformed('§2.2.2.2', `${placeName(place)} may not have the property ${entry.words}.`);
    if (id !== 0x26) {
      const bit = 1 << (id & 31);
      const repeated = id < 32 ? low & bit : high & bit;
      if (repeated && !(id === 0x0b && place === packetType.publish)) throw protocolError('§2.2.2.2', `${entry.words} is given twice in ${placeName(place)}.`);
      if (id < 32) low |= bit;
      else high |= bit;
    }
    readProperty(reader, entry, found, place, fromServer);
  }
  reader.end = outerEnd;
  return found;
}

function readProperty(reader: BodyReader, entry: PropertyEntry, found: Mutable<Properties>, place: number, fromServer: boolean): void {
  const { id, words } = entry;
  switch (id) {
    case 0x01:
      found.payloadFormatIndicator = readFlag(reader, words);
      return;
    case 0x02:
      found.messageExpiryInterval = reader.uint32(words);
      return;
    case 0x03:
      found.contentType = reader.string(words);
      return;
    case 0x08:
      found.responseTopic = readResponseTopic(reader, words);
      return;
    case 0x09:
      found.correlationData = reader.binary(words);
      return;
    case 0x0b:
      readSubscriptionIdentifier(reader, found, place, fromServer, words);
      return;
    case 0x11:
      if (fromServer && place === packetType.disconnect) throw protocolError('MQTT-3.14.2-2', 'A server may not send a Session Expiry Interval in DISCONNECT.');
      found.sessionExpiryInterval = reader.uint32(words);
      return;
    case 0x12:
      found.assignedClientIdentifier = reader.string(words);
      return;
    case 0x13:
      found.serverKeepAlive = reader.uint16(words);
      return;
    case 0x15:
      found.authenticationMethod = reader.string(words);
      return;
    case 0x16:
      found.authenticationData = reader.binary(words);
      return;
    case 0x17:
      found.requestProblemInformation = readFlag(reader, words);
      return;
    case 0x18:
      found.willDelayInterval = reader.uint32(words);
      return;
    case 0x19:
      found.requestResponseInformation = readFlag(reader, words);
      return;
    case 0x1a:
      found.responseInformation = reader.string(words);
      return;
    case 0x1c:
      found.serverReference = reader.string(words);
      return;
    case 0x1f:
      found.reasonString = reader.string(words);
      return;
    case 0x21:
      found.receiveMaximum = notZero(reader.uint16(words), '§3.1.2.11.3', words);
      return;
    case 0x22:
      found.topicAliasMaximum = reader.uint16(words);
      return;
    case 0x23:
      found.topicAlias = notZero(reader.uint16(words), 'MQTT-3.3.2-8', words);
      return;
    case 0x24:
      found.maximumQos = readFlag(reader, words);
      return;
    case 0x25:
      found.retainAvailable = readFlag(reader, words);
      return;
    case 0x26: {
      const pair = [reader.string('the name of a User Property'), reader.string('the value of a User Property')] as const;
      if (found.userProperties === undefined) found.userProperties = [pair];
      else (found.userProperties as (readonly [string, string])[]).push(pair);
      return;
    }
    case 0x27:
      found.maximumPacketSize = notZero(reader.uint32(words), '§3.1.2.11.4', words);
      return;
    case 0x28:
      found.wildcardSubscriptionAvailable = readFlag(reader, words);
      return;
    case 0x29:
      found.subscriptionIdentifierAvailable = readFlag(reader, words);
      return;
    default:
      found.sharedSubscriptionAvailable = readFlag(reader, words);
  }
}

function readSubscriptionIdentifier(reader: BodyReader, found: Mutable<Properties>, place: number, fromServer: boolean, words: string): void {
  if (place === packetType.publish && !fromServer) throw protocolError('MQTT-3.3.4-6', 'A client may not send a Subscription Identifier in PUBLISH.');
  const value = notZero(reader.variableByteInteger(words), place === packetType.publish ? '§3.3.2.3.8' : '§3.8.2.1.2', words);
  if (found.subscriptionIdentifiers === undefined) found.subscriptionIdentifiers = [value];
  else (found.subscriptionIdentifiers as number[]).push(value);
}

function readResponseTopic(reader: BodyReader, words: string): string {
  const topic = reader.string(words);
  if (topic === '') throw protocolError('MQTT-4.7.3-1', 'The Response Topic is empty.');
  if (topic.includes('+') || topic.includes('#')) throw protocolError('MQTT-3.3.2-14', 'The Response Topic contains a wildcard.');
  return topic;
}

function readFlag(reader: BodyReader, words: string): 0 | 1 {
  const value = reader.byte(words);
  if (value > 1) throw protocolError('§2.2.2.2', `${words} is ${value}, but may only be 0 or 1.`);
  return value as 0 | 1;
}

function notZero(value: number, clause: string, words: string): number {
  if (value === 0) throw protocolError(clause, `${words} may not be 0.`);
  return value;
}

function placeName(place: number): string {
  return place === willPlace ? 'a will' : packetName(place);
}
