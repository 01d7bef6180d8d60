import { clauseOf } from './clauses.ts';
import { hasWildcard } from './filter-syntax.ts';
import { checkReservedFlags } from './fixed-header.ts';
import { packetType } from './packet-type.ts';
import { readProperties } from './property-reader.ts';
import { willPlace } from './property-table.ts';
import { malformed, MqttProtocolError, protocolError } from './protocol-error.ts';
import type { BodyReader } from './body-reader.ts';
import type { ConnectPacket, ProtocolLevel, Properties, Will } from './packets.ts';
import type { Qos } from '../../contract/common.ts';

const bridgeBit = 0x80;
const flag = { reserved: 0x01, cleanStart: 0x02, will: 0x04, willQos: 0x18, willRetain: 0x20, password: 0x40, username: 0x80 } as const;

/** CONNECT (§3.1). `headerFlags` and `shortest`, whether the remaining length has no byte too many, are judged by the level it tells. */
export function readConnect(reader: BodyReader, headerFlags: number, shortest: boolean): ConnectPacket {
  const name = reader.string('the protocol name');
  if (name !== 'MQTT' && name !== 'MQIsdp') throw new MqttProtocolError(0x84, 'MQTT-3.1.2-1', `The protocol name is "${name}", not "MQTT".`);
  const levelByte = reader.byte('the protocol level');
  const level = protocolLevel(name, levelByte);
  reader.level = level;
  reader.offered = level;
  checkReservedFlags(packetType.connect, headerFlags, level);
  if (level === 5 && !shortest) throw malformed('MQTT-1.5.5-1', 'The remaining length is written with more bytes than it needs.');
  const flags = reader.byte('the connect flags');
  checkFlags(flags, level);
  const keepAlive = reader.uint16('the keep alive');
  const properties = level === 5 ? readProperties(reader, packetType.connect, false) : null;
  if (properties) checkAuthentication(properties);
  const clientId = reader.string('the client identifier');
  const will = flags & flag.will ? readWill(reader, flags, level) : null;
  // In 3.1 the flags may be set and the fields missing: the remaining length takes precedence (3.1, §3.1).
  const missing = level === 3 && reader.at === reader.end;
  const username = flags & flag.username && !missing ? reader.string('the user name') : null;
  const missingPassword = level === 3 && reader.at === reader.end;
  const password = flags & flag.password && !missingPassword ? reader.binary('the password') : null;
  reader.finish('CONNECT');
  return {
    type: 'connect',
    level,
    bridge: (levelByte & bridgeBit) !== 0,
    cleanStart: (flags & flag.cleanStart) !== 0,
    keepAlive,
    clientId,
    username,
    password,
    will,
    properties,
  };
}

function protocolLevel(name: string, levelByte: number): ProtocolLevel {
  const level = levelByte & ~bridgeBit;
  if (name === 'MQIsdp' && level === 3) return 3;
  // Bridges mark themselves only in the levels 3 and 4; 5 has No Local and Retain As Published instead.
  if (name === 'MQTT' && level === 4) return 4;
  if (name === 'MQTT' && levelByte === 5) return 5;
  throw new MqttProtocolError(0x84, 'MQTT-3.1.2-2', `Nobody speaks protocol level ${levelByte} of "${name}" here.`, levelByte);
}

function checkFlags(flags: number, level: ProtocolLevel): void {
  // 3.1 disregards the reserved bit, and the bits of a will that is not there.
  if (flags & flag.reserved && level !== 3) throw malformed('MQTT-3.1.2-3', 'The reserved connect flag is set.');
  if (flags & flag.will) {
    if ((flags & flag.willQos) === flag.willQos) throw malformed(clauseOf('willQos', level), 'The QoS of the will is 3.');
  } else if (level !== 3) {
    if (flags & flag.willQos) throw malformed(clauseOf('willQosWithoutWill', level), 'There is a QoS for a will, but no will.');
    if (flags & flag.willRetain) throw malformed(clauseOf('willRetainWithoutWill', level), 'There is a retain flag for a will, but no will.');
  }
  if (level !== 5 && flags & flag.password && !(flags & flag.username)) throw malformed('MQTT-3.1.2-22', 'There is a password, but no user name.');
}

function readWill(reader: BodyReader, flags: number, level: ProtocolLevel): Will {
  const properties = level === 5 ? readProperties(reader, willPlace, false) : null;
  const topic = reader.string('the will topic');
  if (topic === '') throw malformed('MQTT-4.7.3-1', 'The will topic is empty.');
  if (hasWildcard(topic)) throw malformed(clauseOf('wildcardInTopic', level), `The will topic "${topic}" contains a wildcard.`);
  const payload = reader.binary('the will payload');
  return { topic, payload, qos: ((flags & flag.willQos) >> 3) as Qos, retain: (flags & flag.willRetain) !== 0, properties };
}

function checkAuthentication(properties: Properties): void {
  if (properties.authenticationData !== undefined && properties.authenticationMethod === undefined)
    throw protocolError('§3.1.2.11.10', 'CONNECT has Authentication Data, but no Authentication Method.');
}
