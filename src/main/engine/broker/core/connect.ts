import { randomUUID } from 'node:crypto';
import { encodePacket } from '../../../../shared/mqtt/packet/encoder.ts';
import type { ConnectPacket, Properties, Will } from '../../../../shared/mqtt/packet/packets.ts';
import type { BrokerCore } from './broker-core.ts';
import { hostOf } from './connect-limits.ts';
import type { Connection } from './connection.ts';
import { sendAgain, unlimitedPacketSize } from './delivery.ts';
import { ownBytes } from './own-bytes.ts';
import { Session } from './session.ts';

/** CONNACK codes: of MQTT 5, with what 3.x has for them (§3.2.2.2, §3.2.2.3 of 3.1.1). */
export const refusals = {
  clientId: { code5: 0x85, code3: 2 },
  credentials: { code5: 0x86, code3: 4 },
  notAuthorised: { code5: 0x87, code3: 5 },
  unavailable: { code5: 0x88, code3: 3 },
  busy: { code5: 0x89, code3: 3 },
  authMethod: { code5: 0x8c, code3: 5 },
  retain: { code5: 0x9a, code3: 5 },
  qos: { code5: 0x9b, code3: 5 },
  payload: { code5: 0x97, code3: 5 },
  connectionRate: { code5: 0x9f, code3: 3 },
} as const;

/** CONNACK with the reason, then the end. */
export function refuseConnect(connection: Connection, { code5, code3 }: { readonly code5: number; readonly code3: number }, message: string): void {
  const isV5 = connection.level === 5;
  const properties: Properties | null = isV5 && connection.wantsProblemInformation ? { reasonString: message } : null;
  connection.sendLast({ type: 'connack', sessionPresent: false, code: isV5 ? code5 : code3, properties });
  connection.core.refused(connection, code5, message);
  connection.end('closed-by-broker');
}

/** The client is let in: its session, what is left of an earlier one, CONNACK. `authenticationData` ends an enhanced authentication. */
export function accept(connection: Connection, packet: ConnectPacket, authenticationData: Uint8Array | null): void {
  const { core } = connection;
  const { options } = core;
  if (packet.will !== null && packet.will.qos > options.maximumQos) {
    // [MQTT-3.2.2-12]
    return refuseConnect(connection, refusals.qos, `The will has QoS ${packet.will.qos}; the highest this broker takes is ${options.maximumQos}.`);
  }
  // [MQTT-3.2.2-13]
  if (packet.will?.retain === true && !options.retainAvailable)
    return refuseConnect(connection, refusals.retain, 'This broker keeps no retained messages, so it takes no will that is one.');
  const { maximumPayloadBytes } = options;
  if (packet.will !== null && maximumPayloadBytes !== null && packet.will.payload.byteLength > maximumPayloadBytes && !connection.isOwn) {
    return refuseConnect(connection, refusals.payload, `The will has ${packet.will.payload.byteLength} bytes; payloads may have ${maximumPayloadBytes}.`);
  }
  const isAssigned = packet.clientId === '';
  const clientId = isAssigned ? `auto-${randomUUID()}` : packet.clientId;
  if (packet.will !== null && !core.mayHaveWill(connection, clientId, packet.will.topic))
    return refuseConnect(connection, refusals.notAuthorised, `The will may not be published to “${packet.will.topic}”.`);

  if (core.cluster !== null && !isAssigned && !connection.isOwn && !core.cluster.holds(clientId)) return claimFirst(connection, packet, authenticationData);
  const earlier = core.sessions.get(clientId);
  const tooMany = connection.isOwn ? null : (core.connectLimits?.tooMany(hostOf(connection.info.address), countedHost(earlier)) ?? null);
  if (tooMany !== null) return refuseConnect(connection, tooMany.of === 'all' ? refusals.busy : refusals.connectionRate, tooMany.message);
  if (earlier?.connection) core.takeOver(earlier.connection);
  if (earlier === undefined && core.sessions.size >= options.maximumSessions) {
    return refuseConnect(connection, refusals.busy, `The broker keeps ${options.maximumSessions} sessions, the most it can.`);
  }
  const changes = core.journal === null ? 0 : core.journal.changes;
  const session = resumeOrMake(core, clientId, packet);
  const sessionPresent = session === earlier;
  session.cancelTimers();
  session.level = packet.level;
  session.will = packet.will === null ? null : { will: ownWill(packet.will), username: connection.username };
  const wantedExpiry = packet.level === 5 ? (packet.properties?.sessionExpiryInterval ?? 0) : packet.cleanStart ? 0 : 0xffff_ffff;
  session.expirySeconds = core.sessionExpiry(wantedExpiry);
  core.journal?.connected(session);
  session.connection = connection;
  connection.session = session;
  connection.isBridge = packet.bridge;
  connection.connectedAtMs = core.wallMs;
  connection.decoder.maximumPacketSize = connection.packetLimit;

  const keepAlive = packet.level === 5 ? grantedKeepAlive(packet.keepAlive, options.maximumKeepAliveSeconds) : packet.keepAlive;
  connection.watchKeepAlive(keepAlive);
  const connack = encodePacket(
    {
      type: 'connack',
      // MQTT 3.1 has no such flag.
      sessionPresent: sessionPresent && packet.level > 3,
      code: 0,
      properties: packet.level === 5 ? connackProperties(core, connection, packet, isAssigned ? clientId : null, wantedExpiry, authenticationData) : null,
    },
    packet.level,
  );
  core.connected(connection, sessionPresent);
  core.cluster?.connectionChanged(session);
  if (core.journal !== null && core.journal.changes !== changes) core.journal.hold(connection);
  if (connack.byteLength > connection.maximumPacketSize) {
    // Nothing may be said before CONNACK [MQTT-3.2.0-1], not even why.
    core.refused(connection, 0x95, connection.tooLarge(connack));
    return connection.end('closed-by-broker');
  }
  connection.push(connack);
  if (sessionPresent) sendAgain(connection, session);
}

function countedHost(session: Session | undefined): string | null {
  const connection = session?.connection;
  return connection && !connection.isOwn ? hostOf(connection.info.address) : null;
}

const claimPatienceMs = 60_000;

/** Another broker of the cluster may have this client. Nothing more of it is handled until it is ours. */
function claimFirst(connection: Connection, packet: ConnectPacket, authenticationData: Uint8Array | null): void {
  const { cluster } = connection.core;
  if (cluster === null) return;
  const wantsExpiry = packet.level === 5 ? (packet.properties?.sessionExpiryInterval ?? 0) > 0 || !packet.cleanStart : !packet.cleanStart;
  connection.pause();
  // It may wait for a session of a broker that has died, which takes longer than a CONNECT may.
  connection.core.wheel.reschedule(connection.timer, claimPatienceMs);
  cluster
    .claim(packet.clientId, wantsExpiry)
    .catch((error: unknown) => {
      connection.core.reportBug(error);
      return false;
    })
    .then((isOurs) => {
      if (connection.endedBy !== null) return;
      if (isOurs) accept(connection, packet, authenticationData);
      else refuseConnect(connection, refusals.unavailable, 'The brokers that share sessions cannot be asked for this one at the moment.');
      connection.resume();
    })
    .catch((error: unknown) => connection.fail(error));
}

/** It stays as long as the session: not with everything that was read together with CONNECT. */
function ownWill(will: Will): Will {
  const { payload, properties } = will;
  const correlationData = properties?.correlationData;
  return {
    ...will,
    payload: ownBytes(payload),
    properties: correlationData === undefined ? properties : { ...properties, correlationData: ownBytes(correlationData) },
  };
}

function grantedKeepAlive(wanted: number, maximum: number | null): number {
  return maximum === null || (wanted > 0 && wanted <= maximum) ? wanted : maximum;
}

function resumeOrMake(core: BrokerCore, clientId: string, packet: ConnectPacket): Session {
  const earlier = core.sessions.get(clientId);
  if (earlier && !packet.cleanStart) return earlier;
  // [MQTT-3.1.2-4]: a clean start ends what there was, its will included.
  if (earlier) core.endSession(earlier);
  const session = new Session(core, clientId, packet.level);
  core.sessions.set(clientId, session);
  return session;
}

/** What differs from the defaults of the specification (§3.2.2.3), no more. */
function connackProperties(
  core: BrokerCore,
  connection: Connection,
  packet: ConnectPacket,
  assignedId: string | null,
  wantedExpiry: number,
  authenticationData: Uint8Array | null,
): Properties | null {
  const { options } = core;
  const granted = connection.session?.expirySeconds ?? 0;
  const limited = granted !== (wantedExpiry === 0xffff_ffff ? Infinity : wantedExpiry);
  const properties: Properties = {
    ...(limited ? { sessionExpiryInterval: granted === Infinity ? 0xffff_ffff : granted } : {}),
    ...(options.receiveMaximum === 65_535 ? {} : { receiveMaximum: options.receiveMaximum }),
    ...(connection.packetLimit >= unlimitedPacketSize ? {} : { maximumPacketSize: connection.packetLimit }),
    ...(options.maximumQos === 2 ? {} : { maximumQos: options.maximumQos }),
    ...(options.retainAvailable ? {} : { retainAvailable: 0 }),
    ...(options.wildcardSubscriptionAvailable ? {} : { wildcardSubscriptionAvailable: 0 }),
    ...(options.subscriptionIdentifierAvailable ? {} : { subscriptionIdentifierAvailable: 0 }),
    ...(options.sharedSubscriptionAvailable ? {} : { sharedSubscriptionAvailable: 0 }),
    ...(assignedId === null ? {} : { assignedClientIdentifier: assignedId }),
    ...(options.topicAliasMaximum === 0 ? {} : { topicAliasMaximum: options.topicAliasMaximum }),
    ...(connection.keepAliveSeconds === packet.keepAlive ? {} : { serverKeepAlive: connection.keepAliveSeconds }),
    ...(options.responseInformation === null || packet.properties?.requestResponseInformation !== 1
      ? {}
      : { responseInformation: options.responseInformation }),
    // [MQTT-4.12.0-5]
    ...(connection.authentication === null ? {} : { authenticationMethod: connection.authentication.method }),
    ...(authenticationData === null ? {} : { authenticationData }),
  };
  return Object.keys(properties).length === 0 ? null : properties;
}
