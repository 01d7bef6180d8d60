import type { AuthPacket, ConnectPacket, Properties } from '../../../../shared/mqtt/packet/packets.ts';
import { MqttProtocolError } from '../../../../shared/mqtt/packet/protocol-error.ts';
import { accept, refusals, refuseConnect } from './connect.ts';
import type { Connection } from './connection.ts';
import { unlimitedPacketSize } from './delivery.ts';
import type { AuthExchange, AuthStep, ConnectVerdict } from './hooks.ts';

const success = 0x00;
const continueAuthentication = 0x18;
const reAuthenticate = 0x19;

/** The authentication method of a connection (§4.12), and where its exchange stands. */
export interface EnhancedAuthentication {
  readonly method: string;
  /** `null` while none is under way. */
  exchange: AuthExchange | null;
  /** The CONNECT that waits for its CONNACK; `null` once it has it. */
  connect: ConnectPacket | null;
}

/** CONNECT: who is it, and may it come in (§3.1.4)? */
export function handleConnect(connection: Connection, packet: ConnectPacket): void {
  const { core } = connection;
  const { properties } = packet;
  connection.level = packet.level;
  connection.clientId = packet.clientId;
  connection.username = packet.username;
  connection.wantsProblemInformation = properties?.requestProblemInformation !== 0;
  connection.receiveMaximum = properties?.receiveMaximum ?? 65_535;
  connection.maximumPacketSize = properties?.maximumPacketSize ?? unlimitedPacketSize;
  connection.topicAliasMaximum = properties?.topicAliasMaximum ?? 0;

  if (packet.clientId === '' && (packet.level === 3 || (packet.level === 4 && !packet.cleanStart))) {
    // [MQTT-3.1.3-8] of 3.1.1; MQTT 3.1 wants 1 to 23 characters.
    return refuseConnect(connection, refusals.clientId, 'The client id is empty.');
  }
  if (core.connectLimits !== null || core.hasClientLimits || core.cluster !== null) connection.isOwn = core.isOwn(packet);
  const { certificateUser } = connection.info;
  if (certificateUser !== undefined) connection.username = certificateUser;
  const tooSoon = connection.isOwn ? null : (core.connectLimits?.tooSoon(core.nowMs) ?? null);
  if (tooSoon !== null) return refuseConnect(connection, refusals.connectionRate, tooSoon);
  if (certificateUser === null)
    return refuseConnect(connection, refusals.notAuthorised, 'Its certificate holds no name of the kind that this listener takes users from.');
  const method = properties?.authenticationMethod;
  if (method !== undefined && certificateUser !== undefined)
    return refuseConnect(connection, refusals.authMethod, 'Its certificate says who it is: this listener knows no authentication methods.');
  if (method !== undefined) return begin(connection, packet, method);
  const verdict = core.authenticate(connection, packet);
  if (typeof verdict === 'string') decide(connection, packet, verdict);
  else later(connection, verdict, unavailable, (answer) => decide(connection, packet, answer));
}

const unavailable: ConnectVerdict = 'unavailable';

function decide(connection: Connection, packet: ConnectPacket, verdict: ConnectVerdict): void {
  switch (verdict) {
    case 'welcome':
      return admit(connection, packet, null);
    case 'bad-credentials':
      return refuseConnect(connection, refusals.credentials, 'The user name or password is wrong.');
    case 'not-authorised':
      return refuseConnect(connection, refusals.notAuthorised, 'This client may not connect.');
    case 'unavailable':
      return refuseConnect(connection, refusals.unavailable, 'The broker cannot decide at the moment.');
  }
}

/** It is who it says it is; handlers may have something to say as well. */
function admit(connection: Connection, packet: ConnectPacket, data: Uint8Array | null): void {
  const { handlers } = connection.core;
  const asked = handlers === null ? null : handlers.connecting(connection, packet);
  if (asked === null) return accept(connection, packet, data);
  later(connection, asked, null, (refusal) => (refusal === null ? accept(connection, packet, data) : refuseConnect(connection, refusal, refusal.message)));
}

function begin(connection: Connection, packet: ConnectPacket, method: string): void {
  const exchange = connection.core.beginAuthentication(connection, method);
  if (exchange === null) return refuseConnect(connection, refusals.authMethod, `The authentication method “${method}” is not supported.`);
  // Its user name counts only when the exchange has proved it.
  connection.username = null;
  connection.authentication = { method, exchange, connect: packet };
  step(connection, connection.authentication, exchange, packet.properties?.authenticationData ?? null);
}

/** AUTH: the next message of the exchange under way, or the first one of a re-authentication (§4.12.1). */
export function handleAuth(connection: Connection, packet: AuthPacket): void {
  const { authentication } = connection;
  if (authentication === null) throw new MqttProtocolError(0x82, '§4.12', 'AUTH without an authentication method in CONNECT.');
  const problem = wrongTurn(authentication, packet);
  if (problem !== null) throw new MqttProtocolError(0x82, '§4.12', problem);
  authentication.exchange ??= connection.core.beginAuthentication(connection, authentication.method);
  if (authentication.exchange === null) return failed(connection, authentication, { kind: 'failure', reason: 'unavailable', message: 'The method is gone.' });
  step(connection, authentication, authentication.exchange, packet.properties?.authenticationData ?? null);
}

function wrongTurn({ method, exchange }: EnhancedAuthentication, { code, properties }: AuthPacket): string | null {
  if (code === success) return 'Only the broker says that an authentication has succeeded.';
  if (properties?.authenticationMethod !== method) return `The authentication method is “${method}” and stays so for the whole connection.`;
  if (code === continueAuthentication && exchange === null) return 'AUTH goes on with an authentication that has not begun.';
  if (code === reAuthenticate && exchange !== null) return 'AUTH begins an authentication while another is under way.';
  return null;
}

function step(connection: Connection, authentication: EnhancedAuthentication, exchange: AuthExchange, data: Uint8Array | null): void {
  const answer = exchange.step(data);
  if ('kind' in answer) settle(connection, authentication, answer);
  else later(connection, answer, cannotDecide, (result) => settle(connection, authentication, result));
}

const cannotDecide: AuthStep = { kind: 'failure', reason: 'unavailable', message: 'The broker cannot decide at the moment.' };

function settle(connection: Connection, authentication: EnhancedAuthentication, answer: AuthStep): void {
  const { method, connect } = authentication;
  switch (answer.kind) {
    case 'challenge':
      return connection.send({ type: 'auth', code: continueAuthentication, properties: dataOf(method, answer.data) });
    case 'failure':
      return failed(connection, authentication, answer);
    case 'success':
      authentication.exchange = null;
      if (connect === null) return repeated(connection, method, answer.username, answer.data);
      authentication.connect = null;
      connection.username = answer.username;
      return admit(connection, connect, answer.data);
  }
}

/** A connection, its session and its subscriptions belong to whom it was opened by. */
function repeated(connection: Connection, method: string, username: string, data: Uint8Array | null): void {
  if (username !== connection.username) return connection.refuse(0x87, 'The client has authenticated again as somebody else.');
  connection.send({ type: 'auth', code: success, properties: dataOf(method, data) });
}

function failed(connection: Connection, { connect }: EnhancedAuthentication, { reason, message }: Extract<AuthStep, { kind: 'failure' }>): void {
  if (reason === 'malformed') throw new MqttProtocolError(0x82, '§4.12', message);
  // DISCONNECT has no codes for wrong credentials and for a server that cannot decide (§3.14.2.1).
  if (connect === null) return connection.refuse(0x87, message);
  const codes = { 'bad-credentials': refusals.credentials, 'not-authorised': refusals.notAuthorised, unavailable: refusals.unavailable } as const;
  refuseConnect(connection, codes[reason], message);
}

function dataOf(authenticationMethod: string, data: Uint8Array | null): Properties {
  return data === null ? { authenticationMethod } : { authenticationMethod, authenticationData: data };
}

/** Nothing more of this client is handled until the answer is there. */
function later<T>(connection: Connection, answer: Promise<T>, onBug: T, use: (answer: T) => void): void {
  connection.pause();
  answer
    .catch((error: unknown) => {
      connection.core.reportBug(error);
      return onBug;
    })
    .then((result) => {
      if (connection.endedBy !== null) return;
      use(result);
      connection.resume();
    })
    .catch((error: unknown) => connection.fail(error));
}
