import { clauseOf } from '../packet/clauses.ts';
import { checkFixedHeader, checkReservedFlags } from '../packet/fixed-header.ts';
import { packetName, packetType } from '../packet/packet-type.ts';
import type { ProtocolLevel } from '../packet/packets.ts';
import { MqttProtocolError } from '../packet/protocol-error.ts';
import { dissectAck, dissectCodes, dissectConnack, dissectEnding, dissectPublish, dissectSubscribe, dissectUnsubscribe } from './bodies.ts';
import { dissectConnect } from './connect.ts';
import { bitsField, Cursor, OutOfBytes, yesNo } from './cursor.ts';
import type { Dissection, DissectContext, Field } from './fields.ts';

/**
 * Reads the bytes of one packet of MQTT 3.1, 3.1.1 or 5 field by field: what each byte means, and which rules are broken. It never throws: of a packet that is malformed
 * or cut, everything up to that point is told, and what is left stands as it is.
 */
export function dissect(bytes: Uint8Array, context: DissectContext): Dissection {
  const first = bytes[0];
  const level: ProtocolLevel = context.level ?? 4;
  if (first === undefined) return { type: null, name: 'no packet', level, fields: [], violations: [] };
  const type = first >> 4;
  const isPartial = context.totalBytes !== undefined && context.totalBytes > bytes.length;
  const cursor = new Cursor(bytes, 0, bytes.length, level, isPartial);
  const name = packetName(type);
  try {
    const length = fixedHeader(cursor, first, context);
    const wanted = cursor.at + length;
    const bodyAt = cursor.at;
    if (wanted < cursor.end) {
      cursor.end = wanted;
      cursor.violate(clauseOf('errors', level), `${bytes.length - wanted} bytes follow the end of the packet.`, wanted, bytes.length);
    } else if (wanted > cursor.end && !isPartial) {
      cursor.violate(
        clauseOf('errors', level),
        `The packet is cut: ${cursor.end - bodyAt} of ${length} bytes behind its fixed header are there.`,
        bodyAt,
        cursor.end,
      );
    }
    body(cursor, first, context);
    if (type === packetType.connect) checkConnectHeader(cursor, first, bodyAt);
  } catch (error) {
    if (!(error instanceof OutOfBytes)) throw error;
  }
  const covered = cursor.fields.at(-1)?.end ?? 0;
  if (covered < bytes.length) {
    const raw = bytes.subarray(covered);
    cursor.add({ key: 'unread', name: 'Not read', start: covered, end: bytes.length, raw, text: `${raw.length} bytes` });
  }
  return { type, name, level: cursor.level, fields: cursor.fields, violations: unique(cursor) };
}

/** Type, flags and remaining length (§2.1). */
function fixedHeader(cursor: Cursor, first: number, { level, fromServer, connected }: DissectContext): number {
  const type = first >> 4;
  let length = 0;
  const problem = headerProblem(first, level, fromServer, connected ?? false);
  if (problem) cursor.violate(problem.clause, problem.message, 0, 1);
  cursor.group('fixedHeader', 'Fixed Header', () => {
    cursor.byte('typeAndFlags', 'Packet Type and Flags', {
      text: (value) => `0x${value.toString(16).padStart(2, '0')}`,
      children: (value, at) => ({
        children: [bitsField('type', 'Packet Type', at, value, [7, 4], (raw) => `${packetName(raw)} (${raw})`), ...flagFields(type, value, at)],
      }),
    });
    length = cursor.variable('remainingLength', 'Remaining Length', { text: (value) => `${value} ${value === 1 ? 'byte' : 'bytes'}` });
    return { text: packetName(type) };
  });
  return length;
}

function flagFields(type: number, value: number, at: number): readonly Field[] {
  if (type !== packetType.publish) return [bitsField('flags', 'Reserved Flags', at, value, [3, 0], (raw) => raw.toString(2).padStart(4, '0'))];
  return [
    bitsField('dup', 'DUP', at, value, [3, 3], yesNo),
    bitsField('qos', 'QoS', at, value, [2, 1], String),
    bitsField('retain', 'Retain', at, value, [0, 0], yesNo),
  ];
}

/** CONNECT comes before its level is known, and may come a second time only to be refused. */
function headerProblem(first: number, level: ProtocolLevel | null, fromServer: boolean, connected: boolean): { clause: string; message: string } | null {
  if (first >> 4 === packetType.connect && !fromServer) return connected ? { clause: 'MQTT-3.1.0-2', message: 'CONNECT came a second time.' } : null;
  return refusalOf(() => checkFixedHeader(first, fromServer ? (level ?? 4) : level, fromServer));
}

/** Which flags CONNECT may have, and how its length has to be written, depends on the level it tells. */
function checkConnectHeader(cursor: Cursor, first: number, bodyAt: number): void {
  const problem = refusalOf(() => checkReservedFlags(packetType.connect, first & 0x0f, cursor.level));
  if (problem) cursor.violate(problem.clause, problem.message, 0, 1);
  if (cursor.level === 5 && bodyAt > 2 && cursor.bytes[bodyAt - 1] === 0)
    cursor.violate('MQTT-1.5.5-1', 'Remaining Length is written with more bytes than it needs.', 1, bodyAt);
}

function refusalOf(check: () => void): { clause: string; message: string } | null {
  try {
    check();
    return null;
  } catch (error) {
    if (!(error instanceof MqttProtocolError)) throw error;
    return { clause: error.clause, message: error.message.replace(/ \[[^\]]*\]$/, '') };
  }
}

function body(cursor: Cursor, first: number, { fromServer }: DissectContext): void {
  const type = first >> 4;
  switch (type) {
    case packetType.connect:
      return dissectConnect(cursor);
    case packetType.connack:
      return dissectConnack(cursor);
    case packetType.publish:
      return dissectPublish(cursor, { qos: (first >> 1) & 3, fromServer });
    case packetType.puback:
    case packetType.pubrec:
    case packetType.pubrel:
    case packetType.pubcomp:
      return dissectAck(cursor, type, fromServer);
    case packetType.subscribe:
      return dissectSubscribe(cursor);
    case packetType.suback:
    case packetType.unsuback:
      return dissectCodes(cursor, type);
    case packetType.unsubscribe:
      return dissectUnsubscribe(cursor);
    case packetType.pingreq:
    case packetType.pingresp:
      return cursor.finish(packetName(type));
    case packetType.disconnect:
    case packetType.auth:
      return dissectEnding(cursor, type, fromServer);
    default:
      cursor.rest('unread', 'Body');
  }
}

/** What is said of the same bytes twice is said once. */
function unique({ violations }: Cursor): Dissection['violations'] {
  const seen = new Set<string>();
  return violations.filter(({ clause, message, start }) => {
    const key = `${clause} ${message} ${start}`;
    return !seen.has(key) && seen.add(key) !== undefined;
  });
}
