import type { Qos } from '../../../../shared/contract/common.ts';
import type { PublishPacket } from '../../../../shared/mqtt/packet/packets.ts';
import { MqttProtocolError } from '../../../../shared/mqtt/packet/protocol-error.ts';
import { fitsPayloadLimit, isInTime } from './client-limits.ts';
import type { Connection } from './connection.ts';
import { Message } from './message.ts';
import type { Session } from './session.ts';

const noMatchingSubscribers = 0x10;
const notAuthorised = 0x87;
const quotaExceeded = 0x97;
const receiveMaximumExceeded = 0x93;
const retainNotSupported = 0x9a;
const qosNotSupported = 0x9b;

/** PUBLISH of a client: checked, routed and stored, and only then acknowledged. */
export function handlePublish(connection: Connection, session: Session, packet: PublishPacket): void {
  const { core } = connection;
  core.counters.publishReceived += 1;
  connection.messagesReceived += 1;
  core.counters.publishBytesReceived += packet.payload.byteLength;
  if (core.hasClientLimits && !isInTime(connection)) return;
  const { handlers, options } = core;
  const { maximumQos, retainAvailable } = options;
  // §3.2.2.3.4 and §3.2.2.3.5: a client was told; one of 3.x cannot be told, and is closed.
  if (packet.qos > maximumQos) throw new MqttProtocolError(qosNotSupported, 'MQTT-3.2.2-11', `QoS ${packet.qos} is above the maximum of ${maximumQos}.`);
  if (packet.retain && !retainAvailable) throw new MqttProtocolError(retainNotSupported, 'MQTT-3.2.2-14', 'This broker keeps no retained messages.');
  const topic = connection.level === 5 ? topicOf(connection, packet) : packet.topic;
  if (packet.qos === 2) {
    if (session.incoming?.has(packet.packetId)) {
      // Sent again: it was routed when it came first [MQTT-4.3.3-10].
      acknowledge(connection, 'pubrec', packet.packetId, 0, true);
      return;
    }
    if (handlers !== null && handlers.isHeld(connection, session, packet.packetId)) return;
    if (connection.level === 5 && (session.incoming?.size ?? 0) >= core.options.receiveMaximum) {
      throw new MqttProtocolError(receiveMaximumExceeded, 'MQTT-3.3.4-7', `More than ${core.options.receiveMaximum} QoS 2 messages are under way.`);
    }
  }
  if (!core.mayPublish(session.clientId, topic)) return refusePublish(connection, session, packet, notAuthorised);
  // 0x97 is for "an implementation or administrative imposed limit" (§3.4.2.1); 0x95 is about the size of packets, which CONNACK tells.
  if (core.hasClientLimits && !fitsPayloadLimit(connection, packet, topic)) return refusePublish(connection, session, packet, quotaExceeded);
  const { properties } = packet;
  const expiry = properties?.messageExpiryInterval;
  const forwarded = properties === null || properties.topicAlias === undefined ? properties : withoutAlias(properties);
  const message = new Message(
    topic,
    packet.payload,
    packet.qos,
    packet.retain,
    forwarded,
    session.clientId,
    expiry === undefined ? Infinity : core.nowMs + expiry * 1000,
  );
  if (handlers !== null && handlers.publish(message, { connection, session, packetId: packet.packetId, dup: packet.dup })) return;
  spreadPublish(connection, session, message, packet.qos, packet.packetId, packet.dup);
}

/** Routes a message and acknowledges it with the QoS it came with. */
export function spreadPublish(connection: Connection, session: Session, message: Message, qos: Qos, packetId: number, dup: boolean): void {
  const { core } = connection;
  const changes = core.journal === null ? 0 : core.journal.changes;
  const receivers = core.spread(message, session, dup, packetId);
  if (qos === 0 || isGone(connection, session, qos, packetId)) return;
  if (qos === 2) expectRelease(session, packetId);
  const hasChanged = core.journal !== null && core.journal.changes !== changes;
  acknowledge(connection, qos === 1 ? 'puback' : 'pubrec', packetId, receivers === 0 ? noMatchingSubscribers : 0, hasChanged);
}

/** Acknowledged as if it had been routed: nobody gets it, and its publisher does not learn that. */
export function swallowPublish(connection: Connection, session: Session, qos: Qos, packetId: number): void {
  if (qos === 0 || isGone(connection, session, qos, packetId)) return;
  if (qos === 2) expectRelease(session, packetId);
  acknowledge(connection, qos === 1 ? 'puback' : 'pubrec', packetId, 0, qos === 2);
}

/** MQTT 3.x has no way to say no but closing; there the message is acknowledged and goes nowhere (§3.3.5 of 3.1.1). `reason`: for a person, in MQTT 5. */
export function refusePublish(
  connection: Connection,
  session: Session,
  { qos, packetId }: { readonly qos: Qos; readonly packetId: number },
  code: number,
  reason: string | null = null,
): void {
  connection.core.counters.publishRefused += 1;
  if (qos === 0 || isGone(connection, session, qos, packetId)) return;
  const type = qos === 1 ? 'puback' : 'pubrec';
  const isToldWhy = reason !== null && connection.level === 5 && connection.wantsProblemInformation && connection.acksWaiting === 0;
  if (isToldWhy) return connection.send({ type, packetId, code, properties: { reasonString: reason } });
  if (qos === 2 && connection.level !== 5) expectRelease(session, packetId);
  acknowledge(connection, type, packetId, code, qos === 2 && connection.level !== 5);
}

/** The client left while its message was held: it sends it again when it comes back, and a QoS 2 message is not routed twice. */
function isGone(connection: Connection, session: Session, qos: Qos, packetId: number): boolean {
  if (connection.endedBy === null) return false;
  if (qos === 2 && !session.isEnded) expectRelease(session, packetId);
  return true;
}

/** The message has been routed: sent again before PUBREL, it is not routed again. */
function expectRelease(session: Session, packetId: number): void {
  (session.incoming ??= new Set()).add(packetId);
  session.journal?.incoming(session, packetId, true);
}

/** Answers at once, but not before what it promises is kept, nor before an answer to an earlier message. */
function acknowledge(connection: Connection, type: 'puback' | 'pubrec', packetId: number, code: number, hasChanged: boolean): void {
  const { journal } = connection.core;
  if (journal === null || (!hasChanged && connection.acksWaiting === 0)) connection.ack(type, packetId, code);
  else journal.acknowledge(connection, type, packetId, code);
}

/** The topic, through its alias where one stands for it (§3.3.2.3.4). */
function topicOf(connection: Connection, { topic, properties }: PublishPacket): string {
  const alias = properties?.topicAlias;
  if (alias === undefined) return topic;
  if (alias > connection.core.options.topicAliasMaximum) {
    throw new MqttProtocolError(0x94, 'MQTT-3.3.2-9', `Topic alias ${alias} is above the maximum of ${connection.core.options.topicAliasMaximum}.`);
  }
  connection.aliasesIn ??= new Map();
  if (topic !== '') {
    connection.aliasesIn.set(alias, topic);
    return topic;
  }
  const known = connection.aliasesIn.get(alias);
  if (known === undefined) throw new MqttProtocolError(0x82, '§3.3.2.3.4', `Topic alias ${alias} has not been set.`);
  return known;
}

function withoutAlias(properties: NonNullable<PublishPacket['properties']>): PublishPacket['properties'] {
  const { topicAlias: _alias, ...others } = properties;
  return Object.keys(others).length === 0 ? null : others;
}
