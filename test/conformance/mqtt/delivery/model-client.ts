import { packetLength, readPacket, type Received, type ReceivedPublish } from '../read-packet.ts';
import { ack, connect, disconnect, publish, subscribe, unsubscribe, type AckType } from '../wire.ts';
import { fail, filterMatches, numberOf, type ConnectWords, type Oracle, type OracleConnection, type Published } from './oracle.ts';
import type { SyncStream } from '../sync-stream.ts';

/** A QoS 1 or 2 message the client publishes. */
interface Outgoing {
  readonly message: Published;
  /** 0 until it was sent. */
  packetId: number;
  received: boolean;
  /** The connection it was sent on last. */
  sentOn: OracleConnection | null;
}

/** A packet on its way to the broker, and what the oracle learns when all of it has arrived. */
interface Outbound {
  readonly bytes: Buffer;
  readonly arrives: (connection: OracleConnection) => void;
}

/** By what the clients themselves know, without the oracle: who has to get a message. */
interface Obligation {
  readonly message: Published;
  readonly to: ModelClient;
  readonly epoch: number;
  readonly exactlyOnce: boolean;
}

/** What all clients of a history share. */
export interface World {
  readonly oracle: Oracle;
  readonly receiveMaximum: number;
  readonly mayCrash: boolean;
  readonly clients: readonly ModelClient[];
  obligations: Obligation[];
  /** Numbers of messages whose publisher was told that they have arrived. */
  readonly acknowledged: Set<number>;
  /** What stays the same for as long as the client's session goes on, crashes of the broker included. */
  identity(clientId: string): unknown;
  /** A new connection to the core. */
  open(onWrite: (bytes: Uint8Array) => void): SyncStream;
}

/** A client that follows the specification, on connections that lose what is under way whenever they break. */
export class ModelClient {
  readonly id: string;
  readonly #world: World;
  #stream: SyncStream | null = null;
  #connection: OracleConnection | null = null;
  /** CONNACK has been read. */
  #welcome = false;
  #inbox = Buffer.alloc(0);
  #outbox: Outbound[] = [];
  /** Of the first in the outbox, how much the broker has. */
  #arrived = 0;
  #holdsAcks = false;
  #held: Outbound[] = [];
  // What belongs to the session.
  #session: unknown = null;
  /** It was told that its session is there, and asked for one that stays. */
  #counts = false;
  #expirySeconds = 0;
  /** It asked for a clean start and was not answered: whether there was one it does not know, so it asks again. */
  #startsClean = false;
  #epoch = 0;
  #outgoing: Outgoing[] = [];
  /** Numbers of QoS 2 messages by packet id, until PUBREL. */
  readonly #received = new Map<number, number>();
  readonly #granted = new Map<string, number>();
  readonly #requests = new Map<number, { readonly filter: string; readonly qos: number | null }>();
  /** How often each message came, and how often with QoS 2. */
  readonly #got = new Map<number, number>();
  readonly #gotOnce = new Set<number>();

  constructor(id: string, world: World) {
    this.id = id;
    this.#world = world;
  }

  get isOpen(): boolean {
    return this.#stream !== null;
  }

  /** With `over`, while an earlier connection still stands. */
  connect(wanted: ConnectWords, over: boolean): void {
    if (!over) this.drop();
    const before = this.#stream;
    // A session that was to end with its connection has ended; but a broker that crashed may not have come to keep that.
    if (this.#world.mayCrash && this.#expirySeconds === 0) this.#startsClean = true;
    const words = this.#startsClean ? { ...wanted, clean: true, expirySeconds: wanted.level === 4 ? 0 : wanted.expirySeconds } : wanted;
    // Who asks for a clean start has nothing left, whether it hears an answer or not.
    if (words.clean) this.#forget();
    this.#startsClean = words.clean;
    const mustBeThere = this.#counts && !words.clean;
    this.#counts = false;
    const stream = this.#world.open((bytes) => connection.written(bytes));
    const connection = this.#world.oracle.connect(this.id, words);
    if (mustBeThere && !connection.sessionPresent) fail(`the session of ${this.id} was lost`);
    this.#expirySeconds = words.expirySeconds;
    this.#leave();
    this.#stream = stream;
    this.#connection = connection;
    const { level, clean, expirySeconds, receiveMaximum } = words;
    stream.deliver(
      connect(level, {
        clientId: this.id,
        clean,
        properties:
          level < 5
            ? []
            : [
                ['sessionExpiryInterval', expirySeconds === Infinity ? 0xffff_ffff : expirySeconds],
                ['receiveMaximum', receiveMaximum],
              ],
      }),
    );
    before?.destroy();
  }

  /** The connection breaks: what is under way, either way, is lost. */
  drop(): void {
    if (!this.#stream || !this.#connection) return;
    const stream = this.#stream;
    this.#world.oracle.end(this.#connection);
    this.#leave();
    stream.destroy();
  }

  /** More time than any finite expiry has gone by. */
  muchLater(): void {
    if (!this.#stream && this.#expirySeconds !== Infinity) this.#counts = false;
  }

  /** DISCONNECT, after everything else. */
  disconnect(): void {
    if (!this.#stream || !this.#welcome) return;
    this.#send(disconnect(), (connection) => this.#world.oracle.end(connection));
    this.deliver(Infinity);
    this.drop();
  }

  publish(message: Published): void {
    if (message.qos > 0) {
      this.#outgoing.push({ message, packetId: 0, received: false, sentOn: null });
      this.#sendOutgoing();
    } else if (this.#welcome) this.#sendPublish(message, 0, false);
  }

  subscribe(filter: string, qos: number): void {
    if (!this.#connection || !this.#welcome) return;
    const id = this.#newId();
    this.#request(id, filter, qos);
    this.#send(subscribe(this.#connection.words.level, id, [{ filter, qos }]), ({ session }) => session.subscriptions.set(filter, qos));
  }

  unsubscribe(filter: string): void {
    if (!this.#connection || !this.#welcome) return;
    const id = this.#newId();
    this.#request(id, filter, null);
    this.#send(unsubscribe(this.#connection.words.level, id, [filter]), ({ session }) => session.subscriptions.delete(filter));
  }

  /** Lets the broker have up to so many bytes, in one chunk. Answers whether there were any. */
  deliver(limit: number): boolean {
    const stream = this.#stream;
    const connection = this.#connection;
    if (!stream || !connection || this.#outbox.length === 0) return false;
    const parts: Buffer[] = [];
    for (let left = limit; left > 0;) {
      const [first] = this.#outbox;
      if (!first) break;
      const part = first.bytes.subarray(this.#arrived, this.#arrived + Math.min(left, first.bytes.length));
      parts.push(part);
      left -= part.length;
      this.#arrived += part.length;
      if (this.#arrived < first.bytes.length) break;
      this.#arrived = 0;
      this.#outbox.shift();
      if (!connection.ended) first.arrives(connection);
    }
    stream.deliver(Buffer.concat(parts));
    return true;
  }

  /** Reads up to so many packets. Answers whether there were any. */
  read(limit: number): boolean {
    const stream = this.#stream;
    if (!stream) return false;
    this.#inbox = Buffer.concat([this.#inbox, stream.take()]);
    let count = 0;
    for (; count < limit; count += 1) {
      const length = packetLength(this.#inbox);
      if (length === null || this.#inbox.length < length) break;
      const packet = readPacket(this.#inbox.subarray(0, length), this.#connection?.words.level ?? 4);
      this.#inbox = this.#inbox.subarray(length);
      this.#handle(packet);
      if (this.#stream !== stream) return true;
    }
    if (!stream.writable && this.#inbox.length === 0) {
      if (this.#connection?.ended !== true) fail(`the broker closed the connection of ${this.id}`);
      this.drop();
    }
    return count > 0;
  }

  holdAcks(holds: boolean): void {
    this.#holdsAcks = holds;
    if (!holds) this.#outbox.push(...this.#held.splice(0));
  }

  /** After everything has come to rest. */
  checkRest(): void {
    if (!this.#connection) return;
    if (!this.#welcome) fail(`${this.id} never got CONNACK`);
    this.#connection.checkRest();
    if (this.#outgoing.length > 0) fail(`${this.id} was never told that message ${this.#outgoing[0]?.message.number} has arrived`);
    for (const { message, to, epoch, exactlyOnce } of this.#world.obligations) {
      if (to !== this || epoch !== this.#epoch || !this.#world.acknowledged.has(message.number)) continue;
      const times = this.#got.get(message.number) ?? 0;
      if (times === 0) fail(`${this.id} never got message ${message.number}, which was acknowledged`);
      if (exactlyOnce && times !== 1) fail(`${this.id} got message ${message.number} ${times} times`);
    }
  }

  #leave(): void {
    this.#stream = null;
    this.#connection = null;
    this.#welcome = false;
    this.#inbox = Buffer.alloc(0);
    this.#outbox = [];
    this.#arrived = 0;
    this.#held = [];
    // Whether the broker had them is not known; nothing is built on them.
    this.#requests.clear();
  }

  #forget(): void {
    this.#epoch += 1;
    this.#outgoing = this.#outgoing.filter(({ packetId }) => packetId === 0);
    this.#received.clear();
    this.#granted.clear();
  }

  #handle(packet: Received): void {
    switch (packet.type) {
      case 'connack':
        return this.#welcomed();
      case 'publish':
        return this.#receive(packet);
      case 'pubrel':
        this.#received.delete(packet.id);
        return this.#acknowledge('pubcomp', packet.id, (connection) => connection.pubcomp(packet.id));
      case 'puback':
      case 'pubcomp':
        return this.#arrivedAt(packet.id);
      case 'pubrec':
        return this.#releases(packet.id);
      case 'suback':
      case 'unsuback':
        return this.#answered(packet.id);
      default:
    }
  }

  #welcomed(): void {
    const session = this.#world.identity(this.id);
    // A session that ended unnoticed and began anew, whose CONNACK was lost, would look as if it had gone on.
    if (session !== this.#session) this.#forget();
    this.#session = session;
    this.#welcome = true;
    this.#startsClean = false;
    this.#counts = this.#expirySeconds > 0;
    for (const outgoing of this.#outgoing) if (outgoing.received) this.#release(outgoing);
    this.#sendOutgoing();
  }

  #receive(packet: ReceivedPublish): void {
    const number = numberOf(packet);
    const { id, qos } = packet;
    const earlier = qos === 2 ? this.#received.get(id) : undefined;
    if (earlier !== undefined) {
      if (!packet.dup || earlier !== number) fail(`packet id ${id} of message ${number} has not been released for message ${earlier}`);
    } else {
      this.#got.set(number, (this.#got.get(number) ?? 0) + 1);
      if (qos === 2) {
        this.#received.set(id, number);
        if (this.#gotOnce.has(number)) fail(`${this.id} got message ${number} twice with QoS 2`);
        this.#gotOnce.add(number);
      }
    }
    if (qos === 1) this.#acknowledge('puback', id, (connection) => connection.puback(id));
    if (qos === 2) this.#acknowledge('pubrec', id, (connection) => connection.pubrec(id));
  }

  #acknowledge(type: AckType, id: number, arrives: Outbound['arrives']): void {
    (this.#holdsAcks ? this.#held : this.#outbox).push({ bytes: ack(type, id), arrives });
  }

  #arrivedAt(packetId: number): void {
    const at = this.#outgoing.findIndex((one) => one.packetId === packetId);
    const [outgoing] = at < 0 ? [] : this.#outgoing.splice(at, 1);
    if (!outgoing) return fail(`${this.id} was told about packet id ${packetId}, which it does not use`);
    this.#world.acknowledged.add(outgoing.message.number);
    this.#sendOutgoing();
  }

  #releases(packetId: number): void {
    const outgoing = this.#outgoing.find((one) => one.packetId === packetId);
    if (!outgoing) return fail(`PUBREC for packet id ${packetId}, which ${this.id} does not use`);
    outgoing.received = true;
    this.#release(outgoing);
  }

  #release(outgoing: Outgoing): void {
    outgoing.sentOn = this.#connection;
    const { packetId } = outgoing;
    this.#send(ack('pubrel', packetId), (connection) => connection.pubrel(packetId));
  }

  #answered(id: number): void {
    const request = this.#requests.get(id);
    if (!request) return fail(`an answer for packet id ${id}, which ${this.id} did not ask with`);
    this.#requests.delete(id);
    const isLast = ![...this.#requests.values()].some(({ filter }) => filter === request.filter);
    if (request.qos !== null && isLast) this.#granted.set(request.filter, request.qos);
  }

  /** What is under way may be matched by the old subscription or the new one. */
  #request(id: number, filter: string, qos: number | null): void {
    this.#requests.set(id, { filter, qos });
    this.#granted.delete(filter);
    const { acknowledged } = this.#world;
    this.#world.obligations = this.#world.obligations.filter(({ to, message }) => to !== this || acknowledged.has(message.number));
  }

  /** What was under way before first, as far as the broker's receive maximum allows. */
  #sendOutgoing(): void {
    const connection = this.#connection;
    if (!connection || !this.#welcome) return;
    const limit = connection.words.level === 5 ? this.#world.receiveMaximum : 12;
    let under = this.#outgoing.filter(({ sentOn }) => sentOn === connection).length;
    for (const outgoing of this.#outgoing) {
      if (outgoing.sentOn === connection) continue;
      if (under >= limit) return;
      under += 1;
      const isNew = outgoing.packetId === 0;
      if (isNew) outgoing.packetId = this.#newId();
      outgoing.sentOn = connection;
      this.#sendPublish(outgoing.message, outgoing.packetId, !isNew);
      if (isNew && !outgoing.message.expires) this.#promise(outgoing.message);
    }
  }

  #promise(message: Published): void {
    for (const to of this.#world.clients) {
      const granted = to.#grantedFor(message.topic);
      if (granted > 0) this.#world.obligations.push({ message, to, epoch: to.#epoch, exactlyOnce: granted === 2 && message.qos === 2 });
    }
  }

  /** The QoS this client may count on; 0 also while it is not sure of any. */
  #grantedFor(topic: string): number {
    if (this.#requests.size > 0) return 0;
    let granted = 0;
    for (const [filter, qos] of this.#granted) if (filterMatches(filter, topic)) granted = Math.max(granted, qos);
    return granted;
  }

  #sendPublish(message: Published, id: number, dup: boolean): void {
    const level = this.#connection?.words.level ?? 4;
    const { topic, qos, number, expires } = message;
    const properties = expires && level === 5 ? ([['messageExpiryInterval', 100]] as const) : [];
    this.#send(publish(level, { topic, qos, payload: String(number), id, dup, properties }), (connection) =>
      connection.publish(id, level === 5 ? message : { ...message, expires: false }),
    );
  }

  #send(bytes: Buffer, arrives: Outbound['arrives']): void {
    this.#outbox.push({ bytes, arrives });
  }

  /** The lowest that is free, so that ids come again soon. */
  #newId(): number {
    let id = 1;
    while (this.#requests.has(id) || this.#outgoing.some(({ packetId }) => packetId === id)) id += 1;
    return id;
  }
}
