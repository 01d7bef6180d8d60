import { clauseOf } from '../packet/clauses.ts';
import { hasWildcard } from '../packet/filter-syntax.ts';
import { packetType } from '../packet/packet-type.ts';
import type { ProtocolLevel } from '../packet/packets.ts';
import { willPlace } from '../packet/property-table.ts';
import { bitsField, yesNo, type Cursor } from './cursor.ts';
import { findField } from './fields.ts';
import { dissectProperties } from './properties.ts';

const bridgeBit = 0x80;
const flag = { reserved: 0x01, cleanStart: 0x02, will: 0x04, willQos: 0x18, willRetain: 0x20, password: 0x40, username: 0x80 } as const;
const levelWords: Readonly<Record<number, string>> = { 3: 'MQTT 3.1', 4: 'MQTT 3.1.1', 5: 'MQTT 5' };

/** CONNECT behind its fixed header (§3.1). Sets the level of the cursor; returns whether it is one that is spoken. */
export function dissectConnect(cursor: Cursor): void {
  const nameAt = cursor.at;
  const name = cursor.string('protocolName', 'Protocol Name');
  if (name !== 'MQTT' && name !== 'MQIsdp') cursor.violate('MQTT-3.1.2-1', `The protocol name is “${name.slice(0, 40)}”, not “MQTT”.`, nameAt, cursor.at);
  const levelAt = cursor.at;
  const levelByte = cursor.byte('protocolLevel', 'Protocol Level', {
    meaning: (value) => (levelWords[value & ~bridgeBit] ?? 'unknown version') + (value & bridgeBit ? ', a bridge' : ''),
  });
  const level = (levelByte === 5 ? 5 : levelByte & ~bridgeBit) as ProtocolLevel;
  const isSpoken = (name === 'MQIsdp' && level === 3) || (name === 'MQTT' && (level === 4 || level === 5));
  if (name === 'MQTT' || name === 'MQIsdp') {
    if (!isSpoken) cursor.violate('MQTT-3.1.2-2', `Nobody speaks protocol level ${levelByte} of “${name}”.`, levelAt, cursor.at);
  }
  cursor.level = level === 3 || level === 5 ? level : 4;
  const flagsAt = cursor.at;
  const flags = connectFlags(cursor);
  checkFlags(cursor, flags, flagsAt);
  cursor.uint16('keepAlive', 'Keep Alive', { text: (seconds) => (seconds === 0 ? 'off' : `${seconds} s`) });
  if (cursor.level === 5) {
    dissectProperties(cursor, packetType.connect, false);
    const properties = cursor.fields.at(-1)?.children ?? [];
    const data = findField(properties, 'authenticationData');
    if (data && !findField(properties, 'authenticationMethod'))
      cursor.violate('§3.1.2.11.10', 'CONNECT has Authentication Data, but no Authentication Method.', data.start, data.end);
  }
  cursor.string('clientId', 'Client Identifier');
  if (flags & flag.will) will(cursor);
  // In 3.1 the flags may be set and the fields missing: the remaining length takes precedence (3.1, §3.1).
  const mayMiss = (): boolean => cursor.level === 3 && cursor.left === 0;
  if (flags & flag.username && !mayMiss()) cursor.string('username', 'User Name');
  if (flags & flag.password && !mayMiss()) cursor.binary('password', 'Password', { secret: true });
  cursor.finish('CONNECT');
}

function connectFlags(cursor: Cursor): number {
  const clean = cursor.level === 5 ? 'Clean Start' : 'Clean Session';
  return cursor.byte('connectFlags', 'Connect Flags', {
    text: (value) => `0x${value.toString(16).padStart(2, '0')}`,
    children: (value, at) => ({
      children: [
        bitsField('usernameFlag', 'User Name Flag', at, value, [7, 7], yesNo),
        bitsField('passwordFlag', 'Password Flag', at, value, [6, 6], yesNo),
        bitsField('willRetain', 'Will Retain', at, value, [5, 5], yesNo),
        bitsField('willQos', 'Will QoS', at, value, [4, 3], String),
        bitsField('willFlag', 'Will Flag', at, value, [2, 2], yesNo),
        bitsField('cleanStart', clean, at, value, [1, 1], yesNo),
        bitsField('reservedFlag', 'Reserved', at, value, [0, 0], String),
      ],
    }),
  });
}

function checkFlags(cursor: Cursor, flags: number, at: number): void {
  const { level } = cursor;
  const wrong = (clause: string, message: string): void => cursor.violate(clause, message, at, at + 1);
  if (flags & flag.reserved && level !== 3) wrong('MQTT-3.1.2-3', 'The reserved connect flag is set.');
  if (flags & flag.will) {
    if ((flags & flag.willQos) === flag.willQos) wrong(clauseOf('willQos', level), 'The QoS of the will is 3.');
  } else if (level !== 3) {
    if (flags & flag.willQos) wrong(clauseOf('willQosWithoutWill', level), 'There is a QoS for a will, but no will.');
    if (flags & flag.willRetain) wrong(clauseOf('willRetainWithoutWill', level), 'There is a retain flag for a will, but no will.');
  }
  if (level !== 5 && flags & flag.password && !(flags & flag.username)) wrong('MQTT-3.1.2-22', 'There is a password, but no user name.');
}

function will(cursor: Cursor): void {
  cursor.group('will', 'Will', () => {
    if (cursor.level === 5) dissectProperties(cursor, willPlace, false);
    const at = cursor.at;
    const topic = cursor.string('willTopic', 'Will Topic');
    if (topic === '') cursor.violate('MQTT-4.7.3-1', 'The will topic is empty.', at, cursor.at);
    else if (hasWildcard(topic)) cursor.violate(clauseOf('wildcardInTopic', cursor.level), 'The will topic contains a wildcard.', at, cursor.at);
    cursor.binary('willPayload', 'Will Payload');
    return { text: `“${topic}”` };
  });
}
