import type { BrokerCore } from '../../../../src/main/engine/broker/core/broker-core.ts';
import type { Delivery } from '../../../../src/main/engine/broker/core/delivery-queue.ts';
import { readPacket, packetLength, type ReceivedPublish, type Received } from '../read-packet.ts';
import type { AckType, Level } from '../wire.ts';

/** What a client may see of a message: its number is its payload. */
export interface Published {
  readonly number: number;
  readonly topic: string;
  readonly qos: number;
  readonly expires: boolean;
}

/** A message that a session is to be given. */
interface Owed {
  /** In the order of routing. */
  readonly order: number;
  readonly message: Published;
  readonly qos: number;
  /** 0 until it was sent. */
  packetId: number;
  /** Not to be sent any more, unless that has begun. */
  hasExpired: boolean;
  /** PUBREC has come: PUBLISH must not be sent again. */
  received: boolean;
  /** The connection it was sent on last. */
  sentOn: OracleConnection | null;
  /** It was sent there for the first time. */
  isNew: boolean;
}

export interface ConnectWords {
  readonly level: Level;
  readonly clean: boolean;
  /** Seconds; what MQTT 3.1.1 has for it. */
  readonly expirySeconds: number;
  readonly receiveMaximum: number;
}

/** A naive broker of one thread: who has subscribed to what, and which messages each session is still owed. */
export class Oracle {
  readonly sessions = new Map<string, OracleSession>();
  readonly maximumInflight: number;
  #routed = 0;
  /** Whether the broker may leave out QoS 0 messages to clients that do not read. */
  readonly maySkip: boolean;
  /** Whether a connection may break before it was given what was sent for it, which then has DUP although nobody saw it before. */
  readonly mayHoldBack: boolean;

  constructor(maximumInflight: number, maySkip: boolean, mayHoldBack: boolean) {
    this.maximumInflight = maximumInflight;
    this.maySkip = maySkip;
    this.mayHoldBack = mayHoldBack;
  }

  /** A CONNECT has arrived. */
  connect(clientId: string, words: ConnectWords): OracleConnection {
    const earlier = this.sessions.get(clientId);
    if (earlier?.connection) this.end(earlier.connection);
    if (words.clean) this.sessions.delete(clientId);
    const found = this.sessions.get(clientId);
    const session = found ?? new OracleSession(clientId);
    this.sessions.set(clientId, session);
    session.expirySeconds = words.expirySeconds;
    return (session.connection = new OracleConnection(this, session, words, found !== undefined));
  }

  /** A connection has ended, in whatever way. */
  end(connection: OracleConnection): void {
    const { session } = connection;
    if (connection.ended) return;
    connection.ended = true;
    session.connection = null;
    if (session.expirySeconds === 0 && this.sessions.get(session.clientId) === session) this.sessions.delete(session.clientId);
  }

  /** Longer than any finite expiry has gone by. */
  muchLater(): void {
    for (const session of this.sessions.values()) {
      if (!session.connection && session.expirySeconds !== Infinity) this.sessions.delete(session.clientId);
      for (const owed of session.owed) if (owed.message.expires && owed.packetId === 0) owed.hasExpired = true;
    }
  }

  /** The broker has begun anew with what it had kept. What may be lost then and what may not, the clients know. */
  beginAnew(core: BrokerCore): void {
    this.sessions.clear();
    for (const { clientId, subscriptions, expirySeconds, inflight, queue, incoming } of core.sessions.values()) {
      const session = new OracleSession(clientId);
      session.expirySeconds = expirySeconds;
      for (const { filter, qos } of subscriptions.values()) session.subscriptions.set(filter, qos);
      for (const id of incoming ?? []) session.incoming.add(id);
      const owe = ({ message, qos }: Delivery, packetId: number, received: boolean): void => {
        const published = {
          number: Number(Buffer.from(message.payload).toString()),
          topic: message.topic,
          qos: message.qos,
          expires: message.expiresAtMs !== Infinity,
        };
        session.owed.push({ order: (this.#routed += 1), message: published, qos, packetId, hasExpired: false, received, sentOn: null, isNew: false });
      };
      for (const one of inflight?.values() ?? []) owe(one, one.packetId, one.released);
      queue?.each((one) => {
        if (one.message.expiresAtMs > core.nowMs) owe(one, 0, false);
      });
      this.sessions.set(clientId, session);
    }
  }

  /** A message is routed. False: nobody has subscribed to it. */
  route(message: Published): boolean {
    let matched = false;
    for (const session of this.sessions.values()) {
      const granted = session.grantedFor(message.topic);
      if (granted === null) continue;
      matched = true;
      const qos = Math.min(granted, message.qos);
      if (qos > 0) session.owed.push({ order: (this.#routed += 1), message, qos, packetId: 0, hasExpired: false, received: false, sentOn: null, isNew: false });
      else session.connection?.fleeting.push(message);
    }
    return matched;
  }
}

export class OracleSession {
  readonly clientId: string;
  readonly subscriptions = new Map<string, number>();
  connection: OracleConnection | null = null;
  expirySeconds = 0;
  owed: Owed[] = [];
  /** Packet ids of QoS 2 messages the client has not released. */
  readonly incoming = new Set<number>();

  constructor(clientId: string) {
    this.clientId = clientId;
  }

  grantedFor(topic: string): number | null {
    let granted: number | null = null;
    for (const [filter, qos] of this.subscriptions) if (filterMatches(filter, topic)) granted = Math.max(granted ?? 0, qos);
    return granted;
  }
}

/** Looks over everything the broker says on one connection. */
export class OracleConnection {
  readonly session: OracleSession;
  readonly words: ConnectWords;
  readonly sessionPresent: boolean;
  ended = false;
  /** QoS 0 messages that are to be sent. */
  fleeting: Published[] = [];
  readonly #oracle: Oracle;
  #data = Buffer.alloc(0);
  #greeted = false;
  #dismissed = false;
  #sentNew = false;
  /** The `order` of what was sent again last. */
  #resentUpTo = 0;
  /** Acknowledgements the client is to be given, by type and in order. */
  readonly #acknowledgements: Record<AckType, string[]> = { puback: [], pubrec: [], pubrel: [], pubcomp: [] };

  constructor(oracle: Oracle, session: OracleSession, words: ConnectWords, sessionPresent: boolean) {
    this.#oracle = oracle;
    this.session = session;
    this.words = words;
    this.sessionPresent = sessionPresent;
    // [MQTT-4.4.0-1]: PUBREL goes out again as well.
    for (const { received, packetId } of session.owed) if (received) this.#acknowledgements.pubrel.push(`${packetId} 0`);
  }

  // What the client said, as it arrives.

  publish(packetId: number, message: Published): void {
    const { incoming } = this.session;
    if (message.qos === 2 && incoming.has(packetId)) {
      this.#acknowledgements.pubrec.push(`${packetId} 0`);
      return;
    }
    const matched = this.#oracle.route(message);
    const code = this.words.level === 5 && !matched ? 0x10 : 0;
    if (message.qos === 1) this.#acknowledgements.puback.push(`${packetId} ${code}`);
    if (message.qos === 2) {
      incoming.add(packetId);
      this.#acknowledgements.pubrec.push(`${packetId} ${code}`);
    }
  }

  pubrel(packetId: number): void {
    const known = this.session.incoming.delete(packetId);
    this.#acknowledgements.pubcomp.push(`${packetId} ${known || this.words.level < 5 ? 0 : 0x92}`);
  }

  puback(packetId: number): void {
    this.#finish(packetId);
  }

  pubrec(packetId: number): void {
    const owed = this.session.owed.find((one) => one.packetId === packetId);
    if (owed) owed.received = true;
    this.#acknowledgements.pubrel.push(`${packetId} ${owed || this.words.level < 5 ? 0 : 0x92}`);
  }

  pubcomp(packetId: number): void {
    this.#finish(packetId);
  }

  #finish(packetId: number): void {
    this.session.owed = this.session.owed.filter((one) => one.packetId !== packetId);
  }

  // What the broker says.

  written(bytes: Uint8Array): void {
    this.#data = this.#data.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#data, bytes]);
    for (;;) {
      const length = packetLength(this.#data);
      if (length === null || this.#data.length < length) return;
      const packet = this.#data.subarray(0, length);
      this.#data = this.#data.subarray(length);
      this.#check(readPacket(packet, this.words.level));
    }
  }

  #check(packet: Received): void {
    if (this.#greeted !== (packet.type !== 'connack')) fail(`${packet.type} ${this.#greeted ? 'again' : 'before CONNACK'}`);
    if (this.#dismissed) fail(`${packet.type} after DISCONNECT`);
    switch (packet.type) {
      case 'connack':
        this.#greeted = true;
        if (packet.code !== 0) fail(`CONNACK ${packet.code}`);
        if (packet.sessionPresent !== this.sessionPresent) fail(`session present ${packet.sessionPresent} instead of ${this.sessionPresent}`);
        return;
      case 'publish':
        return packet.qos === 0 ? this.#checkFleeting(packet) : packet.dup ? this.#checkAgain(packet) : this.#checkNew(packet);
      case 'puback':
      case 'pubrec':
      case 'pubrel':
      case 'pubcomp': {
        const said = `${packet.id} ${packet.code}`;
        const expected = this.#acknowledgements[packet.type].shift();
        if (said !== expected) fail(`${packet.type} ${said} instead of ${expected ?? 'nothing'}`);
        return;
      }
      case 'disconnect':
        this.#dismissed = true;
        if (packet.code !== 0x8e || !this.ended) fail(`DISCONNECT ${packet.code}`);
        return;
      case 'suback':
      case 'unsuback':
        return;
      default:
        fail(`an unexpected ${packet.type}`);
    }
  }

  #checkFleeting(packet: ReceivedPublish): void {
    if (packet.dup) fail('DUP with QoS 0');
    const number = numberOf(packet);
    const next = this.fleeting.find((one) => one.topic === packet.topic && (!this.#oracle.maySkip || one.number === number));
    if (next?.number !== number) return fail(`QoS 0 message ${number} instead of ${next?.number ?? 'nothing'}`);
    // What came before it on its topic was left out, or would be out of order.
    const at = this.fleeting.indexOf(next);
    this.fleeting = this.fleeting.filter(({ topic }, index) => index > at || topic !== packet.topic);
  }

  /** [MQTT-4.4.0-1]: only after a reconnect, with its packet id, in the order of the first sending, and before anything new. */
  #checkAgain(packet: ReceivedPublish): void {
    const { owed } = this.session;
    const again = owed.find((one) => one.packetId === packet.id) ?? (this.#oracle.mayHoldBack ? this.#nextFor(packet) : undefined);
    if (!again || again.message.number !== numberOf(packet) || again.qos !== packet.qos) {
      return fail(
        `message ${numberOf(packet)} with DUP and packet id ${packet.id}, which ${again ? `is of message ${again.message.number}` : 'is not in use'}`,
      );
    }
    if (again.sentOn === this) fail(`message ${numberOf(packet)} twice on one connection`);
    if (again.received) fail(`PUBLISH again after PUBREC of message ${numberOf(packet)}`);
    if (owed.some((one) => one.sentOn === this && one.isNew && this.#isBound(one, packet))) fail(`message ${numberOf(packet)} is sent again after a new one`);
    if (again.order < this.#resentUpTo) fail(`message ${numberOf(packet)} is sent again out of order`);
    this.#resentUpTo = again.order;
    again.packetId = packet.id;
    again.sentOn = this;
    again.isNew = false;
    this.#checkWindow();
  }

  #checkNew(packet: ReceivedPublish): void {
    const { owed } = this.session;
    const used = owed.find((one) => one.packetId === packet.id);
    if (used) fail(`packet id ${packet.id} of message ${numberOf(packet)} is in use by message ${used.message.number}`);
    const next = this.#nextFor(packet);
    if (next?.message.number !== numberOf(packet)) {
      return fail(`message ${numberOf(packet)} with QoS ${packet.qos} instead of ${next?.message.number ?? 'nothing'}`);
    }
    if (owed.some((one) => one.packetId !== 0 && !one.received && one.sentOn !== this && this.#isBound(one, packet)))
      fail('something new before all was sent again');
    next.packetId = packet.id;
    next.sentOn = this;
    next.isNew = true;
    this.#sentNew = true;
    this.#checkWindow();
  }

  /** Whether the order of the two counts: what waited to be kept and was not sent yet stands among what is sent again, bound to its topic and QoS only. */
  #isBound({ message, qos }: Owed, packet: ReceivedPublish): boolean {
    return !this.#oracle.mayHoldBack || (message.topic === packet.topic && qos === packet.qos);
  }

  /** What has to be sent next on that topic with that QoS. */
  #nextFor(packet: ReceivedPublish): Owed | undefined {
    return this.session.owed.find(
      ({ packetId, hasExpired, message, qos }) => packetId === 0 && (!hasExpired || packet.dup) && message.topic === packet.topic && qos === packet.qos,
    );
  }

  #checkWindow(): void {
    const under = this.session.owed.filter(({ sentOn }) => sentOn === this).length;
    const most = Math.min(this.words.receiveMaximum, this.#sentNew ? this.#oracle.maximumInflight : Infinity);
    if (under > most) fail(`${under} messages are under way, at most ${most} may be`);
  }

  /** After everything has come to rest. */
  checkRest(): void {
    const { session } = this;
    const owed = session.owed.filter(({ hasExpired, packetId }) => !hasExpired || packetId !== 0);
    if (owed.length > 0) fail(`${session.clientId} never got message ${owed.map(({ message }) => message.number).join(', ')} completely`);
    if (!this.#oracle.maySkip && this.fleeting.length > 0) fail(`${session.clientId} never got QoS 0 message ${this.fleeting[0]?.number}`);
    for (const [type, list] of Object.entries(this.#acknowledgements)) if (list.length > 0) fail(`${session.clientId} never got ${type} ${list[0]}`);
    if (session.incoming.size > 0) fail(`${session.clientId} has not released ${[...session.incoming].join(', ')}`);
  }
}

export function fail(message: string): never {
  throw new Error(message);
}

export const numberOf = (packet: ReceivedPublish): number => Number(packet.payload.toString());

/** For filters of one level and for `#`. */
export function filterMatches(filter: string, topic: string): boolean {
  return filter === '#' || filter === '+' || filter === topic;
}
