import { clauseOf } from './clauses.ts';
import { packetName, packetType } from './packet-type.ts';
import { malformed, protocolError } from './protocol-error.ts';
import type { ProtocolLevel } from './packets.ts';

const { connect, connack, publish, puback, pubrec, pubrel, pubcomp, subscribe, suback, unsubscribe, unsuback, pingreq, pingresp, disconnect, auth } =
  packetType;

const fromClients = typeSet([connect, publish, puback, pubrec, pubrel, pubcomp, subscribe, unsubscribe, pingreq, disconnect]);
const fromServers = typeSet([connack, publish, puback, pubrec, pubrel, pubcomp, suback, unsuback, pingresp]);
/** Only in MQTT 5. */
const fromClients5 = fromClients | (1 << auth);
const fromServers5 = fromServers | (1 << disconnect) | (1 << auth);
/** Their reserved flags are 0010. */
const flagged = typeSet([pubrel, subscribe, unsubscribe]);
const dupFlag = 0x08;

/** Whether a packet may start with this byte: its type and its flags (§2.1.2, §2.1.3). Throws when not. `level` is `null` before CONNECT. */
export function checkFixedHeader(first: number, level: ProtocolLevel | null, fromServer: boolean): void {
  const type = first >> 4;
  if (level === null) {
    if (type !== connect || fromServer) throw protocolError('MQTT-3.1.0-1', `${packetName(type)} came before CONNECT.`);
    // Which flags CONNECT may have depends on its level.
    return;
  }
  const allowed = fromServer ? (level === 5 ? fromServers5 : fromServers) : level === 5 ? fromClients5 : fromClients;
  if ((allowed & (1 << type)) === 0) throw forbiddenType(type, level, fromServer);
  if (type === publish) {
    const flags = first & 0x0f;
    if ((flags & 0x06) === 0x06) throw malformed('MQTT-3.3.1-4', 'The QoS of PUBLISH is 3.');
    if ((flags & 0x0e) === dupFlag) throw malformed('MQTT-3.3.1-2', 'PUBLISH has QoS 0 and the DUP flag.');
    return;
  }
  if (type === connect) throw protocolError('MQTT-3.1.0-2', 'CONNECT came a second time.');
  checkReservedFlags(type, first & 0x0f, level);
}

/** The flags of every packet but PUBLISH. */
export function checkReservedFlags(type: number, flags: number, level: ProtocolLevel): void {
  const required = flagged & (1 << type) ? 2 : 0;
  if (flags === required) return;
  // 3.1 does not use the flags of most packets, and sends PUBREL, SUBSCRIBE and UNSUBSCRIBE again with DUP.
  if (level === 3 && (type === connect || (required === 2 && flags === (required | dupFlag)))) return;
  throw malformed(flagClause(type, level), `The reserved flags of ${packetName(type)} are ${flags}, not ${required}.`);
}

function flagClause(type: number, level: ProtocolLevel): string {
  switch (type) {
    case pubrel:
      return 'MQTT-3.6.1-1';
    case subscribe:
      return 'MQTT-3.8.1-1';
    case unsubscribe:
      return 'MQTT-3.10.1-1';
    case disconnect:
      return 'MQTT-3.14.1-1';
    case auth:
      return 'MQTT-3.15.1-1';
    default:
      return clauseOf('reservedFlags', level);
  }
}

function forbiddenType(type: number, level: ProtocolLevel, fromServer: boolean): Error {
  const section = clauseOf('packetType', level);
  if (type === 0) return malformed(section, 'Packet type 0 is reserved.');
  if (type === auth) return malformed(section, 'Packet type 15 is reserved before MQTT 5.');
  return protocolError(section, `${packetName(type)} may not be sent by a ${fromServer ? 'server' : 'client'}.`);
}

function typeSet(types: readonly number[]): number {
  return types.reduce((bits, type) => bits | (1 << type), 0);
}
