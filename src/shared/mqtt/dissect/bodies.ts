import { clauseOf, packetIdClause } from '../packet/clauses.ts';
import { filterProblem, hasWildcard, isSharedFilter } from '../packet/filter-syntax.ts';
import { packetName, packetType } from '../packet/packet-type.ts';
import { isReasonCode, reasonCodeClause } from '../packet/reason-code-table.ts';
import { codeWords } from './code-words.ts';
import { bitsField, yesNo, type Cursor } from './cursor.ts';
import { findField } from './fields.ts';
import { dissectProperties } from './properties.ts';

const hex = (value: number): string => `0x${value.toString(16).padStart(2, '0')}`;

/** CONNACK (§3.2). */
export function dissectConnack(cursor: Cursor): void {
  const flagsAt = cursor.at;
  const flags = cursor.byte('acknowledgeFlags', 'Connect Acknowledge Flags', {
    text: hex,
    children: (value, at) => ({
      children: [
        bitsField('reservedFlags', 'Reserved', at, value, [7, 1], String),
        bitsField('sessionPresent', cursor.level === 3 ? 'Not used' : 'Session Present', at, value, [0, 0], yesNo),
      ],
    }),
  });
  if (flags > 1 && cursor.level !== 3)
    cursor.violate(clauseOf('connackFlags', cursor.level), 'A reserved connect acknowledge flag is set.', flagsAt, flagsAt + 1);
  const codeAt = cursor.at;
  const code = cursor.byte('code', cursor.level === 5 ? 'Reason Code' : 'Return Code', { text: hex, meaning: (value) => codeWords(2, value, cursor.level) });
  // A server that does not know MQTT 5 refuses it with the bytes of 3.1.1 (3.1.1, §3.1.2.2).
  const plain = cursor.level !== 5 || (code === 1 && cursor.left === 0);
  if (plain ? code > 5 : !isReasonCode(packetType.connack, code)) unknownCode(cursor, packetType.connack, code, codeAt);
  if (flags === 1 && cursor.level !== 3 && code !== 0)
    cursor.violate(clauseOf('sessionPresent', cursor.level), 'Session Present is set although the connection is refused.', flagsAt, codeAt + 1);
  if (!plain) dissectProperties(cursor, packetType.connack, true);
  cursor.finish('CONNACK');
}

export interface PublishFlags {
  readonly qos: number;
  readonly fromServer: boolean;
}

/** PUBLISH (§3.3). */
export function dissectPublish(cursor: Cursor, { qos, fromServer }: PublishFlags): void {
  const topicAt = cursor.at;
  const topic = cursor.string('topic', 'Topic Name');
  const topicEnd = cursor.at;
  if (hasWildcard(topic)) cursor.violate('MQTT-3.3.2-2', 'The topic contains a wildcard.', topicAt, topicEnd);
  if (qos !== 0) packetId(cursor, packetType.publish, fromServer);
  if (cursor.level === 5) dissectProperties(cursor, packetType.publish, fromServer);
  const alias = cursor.level === 5 ? findField(cursor.fields.at(-1)?.children ?? [], 'topicAlias') : undefined;
  if (topic === '' && !alias) {
    if (cursor.level === 5) cursor.violate('§3.3.2.1', 'PUBLISH has neither a topic nor a topic alias.', topicAt, topicEnd);
    else cursor.violate('MQTT-4.7.3-1', 'The topic of PUBLISH is empty.', topicAt, topicEnd);
  }
  cursor.rest('payload', 'Payload');
}

/** PUBACK, PUBREC, PUBREL and PUBCOMP (§3.4–3.7). */
export function dissectAck(cursor: Cursor, type: number, fromServer: boolean): void {
  packetId(cursor, type, fromServer);
  if (cursor.left > 0 && cursor.level === 5) {
    reasonCode(cursor, type);
    if (cursor.left > 0) dissectProperties(cursor, type, fromServer);
  }
  cursor.finish(packetName(type));
}

/** SUBSCRIBE (§3.8). */
export function dissectSubscribe(cursor: Cursor): void {
  packetId(cursor, packetType.subscribe, false);
  if (cursor.level === 5) dissectProperties(cursor, packetType.subscribe, false);
  if (cursor.left === 0 && !cursor.isPartial) cursor.violate(clauseOf('noSubscription', cursor.level), 'SUBSCRIBE has no topic filter.', cursor.at, cursor.at);
  while (cursor.left > 0) {
    cursor.group('subscription', 'Subscription', () => {
      const wanted = filter(cursor);
      subscriptionOptions(cursor, wanted);
      return { text: `“${wanted}”` };
    });
  }
}

const retainHandlings = ['send retained messages', 'send retained messages for a new subscription', 'send no retained messages', '3 (reserved)'];

function subscriptionOptions(cursor: Cursor, wanted: string): void {
  const at = cursor.at;
  const is5 = cursor.level === 5;
  const options = cursor.byte('options', is5 ? 'Subscription Options' : 'Requested QoS', {
    text: hex,
    children: (value) => ({
      children: is5
        ? [
            bitsField('reservedOptions', 'Reserved', at, value, [7, 6], String),
            bitsField('retainHandling', 'Retain Handling', at, value, [5, 4], (raw) => `${retainHandlings[raw]}`),
            bitsField('retainAsPublished', 'Retain As Published', at, value, [3, 3], yesNo),
            bitsField('noLocal', 'No Local', at, value, [2, 2], yesNo),
            bitsField('qos', 'Maximum QoS', at, value, [1, 0], String),
          ]
        : [bitsField('reservedOptions', 'Reserved', at, value, [7, 2], String), bitsField('qos', 'QoS', at, value, [1, 0], String)],
    }),
  });
  const wrong = (clause: string, message: string): void => cursor.violate(clause, message, at, at + 1);
  if (!is5) {
    if (options > 2) wrong('MQTT-3.8.3-4', `The requested QoS is ${hex(options)}.`);
    return;
  }
  if (options & 0xc0) wrong('MQTT-3.8.3-5', 'A reserved subscription option is set.');
  if ((options & 0x03) === 3) wrong('§3.8.3.1', 'The requested QoS is 3.');
  if (((options >> 4) & 0x03) === 3) wrong('§3.8.3.1', 'Retain Handling is 3.');
  if (options & 0x04 && isSharedFilter(wanted)) wrong('MQTT-3.8.3-4', 'No Local is set on a shared subscription.');
}

/** SUBACK and UNSUBACK (§3.9, §3.11). */
export function dissectCodes(cursor: Cursor, type: number): void {
  packetId(cursor, type, true);
  if (cursor.level === 5) dissectProperties(cursor, type, true);
  else if (type === packetType.unsuback) return cursor.finish('UNSUBACK');
  if (cursor.left === 0 && !cursor.isPartial) cursor.violate(reasonCodeClause(type), `${packetName(type)} has no reason code.`, cursor.at, cursor.at);
  while (cursor.left > 0) reasonCode(cursor, type);
}

/** UNSUBSCRIBE (§3.10). */
export function dissectUnsubscribe(cursor: Cursor): void {
  packetId(cursor, packetType.unsubscribe, false);
  if (cursor.level === 5) dissectProperties(cursor, packetType.unsubscribe, false);
  if (cursor.left === 0 && !cursor.isPartial) cursor.violate('MQTT-3.10.3-2', 'UNSUBSCRIBE has no topic filter.', cursor.at, cursor.at);
  while (cursor.left > 0) filter(cursor);
}

/** DISCONNECT and AUTH (§3.14, §3.15). */
export function dissectEnding(cursor: Cursor, type: number, fromServer: boolean): void {
  const name = packetName(type);
  if (cursor.left > 0 && cursor.level === 5) {
    reasonCode(cursor, type);
    if (type === packetType.auth || cursor.left > 0) {
      dissectProperties(cursor, type, fromServer);
      if (type === packetType.auth && !findField(cursor.fields.at(-1)?.children ?? [], 'authenticationMethod'))
        cursor.violate('§3.15.2.2.2', 'AUTH has no Authentication Method.', 0, cursor.end);
    }
  }
  cursor.finish(name);
}

function packetId(cursor: Cursor, type: number, fromServer: boolean): void {
  const at = cursor.at;
  const id = cursor.uint16('packetId', 'Packet Identifier');
  if (id === 0) cursor.violate(packetIdClause(type, cursor.level, fromServer), `The packet identifier of ${packetName(type)} is 0.`, at, at + 2);
}

function filter(cursor: Cursor): string {
  const at = cursor.at;
  const text = cursor.string('filter', 'Topic Filter');
  const problem = filterProblem(text, cursor.level);
  // Its message ends with the clause, which stands beside it here.
  if (problem) cursor.violate(problem.clause, problem.message.replace(/ \[[^\]]*\]$/, ''), at, cursor.at);
  return text;
}

function reasonCode(cursor: Cursor, type: number): void {
  const at = cursor.at;
  const is5 = cursor.level === 5;
  const code = cursor.byte('code', is5 ? 'Reason Code' : 'Return Code', { text: hex, meaning: (value) => codeWords(type, value, cursor.level) });
  if (!isReasonCode(type, code) || (!is5 && code > 0x80)) unknownCode(cursor, type, code, at);
}

function unknownCode(cursor: Cursor, type: number, code: number, at: number): void {
  const clause = cursor.level === 5 ? reasonCodeClause(type) : type === packetType.connack ? clauseOf('connackCode', cursor.level) : 'MQTT-3.9.3-2';
  cursor.violate(clause, `${packetName(type)} may not have the reason code ${hex(code)}.`, at, at + 1);
}
