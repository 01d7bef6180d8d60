import type { Duplex } from 'node:stream';
import { PacketDecoder } from '../../../shared/mqtt/packet/decoder.ts';
import { packetType } from '../../../shared/mqtt/packet/packet-type.ts';
import { encodePacket, type PublishFields } from '../../../shared/mqtt/packet/encoder.ts';
import type {
  AuthPacket,
  ConnackPacket,
  ConnectPacket,
  Packet,
  Properties,
  PublishPacket,
  SubackPacket,
  SubscriptionRequest,
  UnsubackPacket,
} from '../../../shared/mqtt/packet/packets.ts';
import { MqttProtocolError, protocolError } from '../../../shared/mqtt/packet/protocol-error.ts';
import { TopicCache } from '../../../shared/mqtt/packet/topic-cache.ts';
import { packetIdClause } from '../../../shared/mqtt/packet/clauses.ts';
import type { Authenticator } from './authenticator.ts';
import { ConnectionEnded, type ClientEnd } from './client-end.ts';
import { ClientSession, type PublishAnswer } from './client-session.ts';
import { Incoming } from './incoming.ts';
import { KeepAlive, realTimers, type Timers } from './keep-alive.ts';
import { Outgoing } from './outgoing.ts';
import { PacketOutput } from './packet-output.ts';

const largestPacket = 268_435_460;
/** For the last packets of a connection that is given up. */
const closingMs = 2000;
const continueAuthentication = 0x18;
const reAuthenticate = 0x19;
/** Shared by all clients of a thread: it holds what several of them may receive. */
const topics = new TopicCache();

export interface MqttClientOptions {
  /** As it goes out; an authenticator adds its method and data. */
  readonly connect: ConnectPacket;
  /** Seconds of silence after which PINGREQ goes out; absent: the keep alive in force. The server may ask for a keep alive of its own. */
  readonly pingAfterSeconds?: number | undefined;
  readonly authenticator?: Authenticator | undefined;
  /** Of an earlier connection; absent: a new one. */
  readonly session?: ClientSession | undefined;
  readonly timers?: Timers;
}

export interface MqttClientHooks {
  /** The server accepted the connection. */
  connected(connack: ConnackPacket): void;
  /**
   * Payload and properties are views into what was read: copy what is kept. The topic stands there even where an alias came. A promise puts off the
   * acknowledgement of QoS 1 and 2 until it is resolved; one that is rejected leaves the message unacknowledged.
   */
  message(packet: PublishPacket): Promise<void> | void;
  /** Once. */
  ended(end: ClientEnd): void;
  /** Every control packet as it is on the wire. A large payload follows its header in a call of its own. */
  packet?(direction: 'in' | 'out', bytes: Uint8Array): void;
}

interface Request {
  readonly type: 'suback' | 'unsuback';
  /** How many codes must come; -1: none are sent in this version. */
  readonly codes: number;
  readonly resolve: (packet: never) => void;
  readonly reject: (error: Error) => void;
}

/** An MQTT client over one connection: 3.1, 3.1.1 and 5. It never connects again by itself; a session may be handed to the next client. */
export class MqttClient {
  readonly #stream: Duplex;
  readonly #options: MqttClientOptions;
  readonly #hooks: MqttClientHooks;
  readonly #level: ConnectPacket['level'];
  readonly #timers: Timers;
  readonly #decoder: PacketDecoder;
  readonly #output: PacketOutput;
  readonly #session: ClientSession;
  readonly #outgoing: Outgoing;
  readonly #incoming: Incoming;
  readonly #requests = new Map<number, Request>();
  readonly #pings: { readonly at: number; readonly resolve: (ms: number) => void; readonly reject: (error: Error) => void }[] = [];
  #firstBytes: Uint8Array = new Uint8Array();
  #keepAlive: KeepAlive | undefined;
  #phase: 'opening' | 'connecting' | 'connected' | 'over' = 'opening';
  #authenticating: { readonly resolve: () => void; readonly reject: (error: Error) => void } | undefined;

  /** Call `open` once the stream can be written to. Throws a RangeError for a CONNECT that cannot be written. */
  constructor(stream: Duplex, options: MqttClientOptions, hooks: MqttClientHooks) {
    const { connect } = options;
    this.#stream = stream;
    this.#options = options;
    this.#hooks = hooks;
    this.#level = connect.level;
    this.#timers = options.timers ?? realTimers;
    this.#session = options.session ?? new ClientSession();
    this.#output = new PacketOutput(stream);
    this.#decoder = new PacketDecoder({
      role: 'client',
      level: connect.level,
      maximumPacketSize: connect.properties?.maximumPacketSize ?? largestPacket,
      topicCache: topics,
      controlCharacters: 'accept',
    });
    this.#outgoing = new Outgoing({ session: this.#session, level: connect.level, output: this.#output, send: this.#send, nextId: () => this.#nextId() });
    this.#incoming = new Incoming({
      session: this.#session,
      level: connect.level,
      receiveMaximum: connect.properties?.receiveMaximum ?? 65_535,
      topicAliasMaximum: connect.properties?.topicAliasMaximum ?? 0,
      send: (bytes) => {
        // An acknowledgement that was put off may come too late.
        if (this.#phase !== 'over') this.#send(bytes);
      },
      deliver: (packet) => hooks.message(packet),
    });
    stream.on('data', (chunk: Uint8Array) => this.#read(chunk));
    stream.on('error', (error: Error) => this.#end({ kind: 'error', error }));
    stream.on('end', () => this.#end({ kind: 'closed' }));
    stream.on('close', () => this.#end({ kind: 'closed' }));
  }

  /** Messages of QoS 1 and 2 that are not acknowledged. */
  get pendingMessages(): number {
    return this.#outgoing.pending;
  }

  /** What the server sent first, at most 32 bytes of it: tells a web server or a TLS port from a broker. */
  get firstBytes(): Uint8Array {
    return this.#firstBytes;
  }

  get pendingBytes(): number {
    return this.#output.pendingBytes;
  }

  /** Sends CONNECT. */
  open(): void {
    if (this.#phase !== 'opening') return;
    const { connect, authenticator } = this.#options;
    this.#phase = 'connecting';
    try {
      const properties = authenticator ? { ...connect.properties, ...withData(authenticator.method, authenticator.start()) } : connect.properties;
      this.#send(encodePacket({ ...connect, properties }, this.#level));
    } catch (error) {
      this.#end({ kind: 'error', error: error as Error });
    }
  }

  /** QoS 0 resolves when the system has taken it, QoS 1 and 2 with the server's answer. Rejects with `ConnectionEnded`, or a RangeError for what cannot be written. */
  async publish(fields: Omit<PublishFields, 'packetId' | 'dup'>): Promise<PublishAnswer> {
    this.#needConnection();
    return this.#outgoing.publish({ ...fields, dup: false });
  }

  async subscribe(subscriptions: readonly SubscriptionRequest[], properties: Properties | null = null): Promise<SubackPacket> {
    return this.#request('suback', subscriptions.length, (packetId) => encodePacket({ type: 'subscribe', packetId, subscriptions, properties }, this.#level));
  }

  async unsubscribe(filters: readonly string[], properties: Properties | null = null): Promise<UnsubackPacket> {
    const codes = this.#level === 5 ? filters.length : -1;
    return this.#request('unsuback', codes, (packetId) => encodePacket({ type: 'unsubscribe', packetId, filters, properties }, this.#level));
  }

  /** The time from PINGREQ to PINGRESP, in ms. */
  async ping(): Promise<number> {
    this.#needConnection();
    return new Promise((resolve, reject) => {
      this.#pings.push({ at: this.#timers.now(), resolve, reject });
      this.#send(encodePacket({ type: 'pingreq' }, this.#level));
    });
  }

  /** Goes through the exchange of the authentication method once more while connected (§4.12.1). */
  async authenticateAgain(): Promise<void> {
    this.#needConnection();
    const { authenticator } = this.#options;
    if (!authenticator || this.#authenticating) throw new RangeError('There is no authentication method, or it is at work.');
    return new Promise((resolve, reject) => {
      this.#authenticating = { resolve, reject };
      this.#auth(reAuthenticate, authenticator.start());
    });
  }

  /** DISCONNECT, then the end of the stream; resolves when it is closed. `code` 4 of MQTT 5 asks for the will. */
  disconnect(code = 0, properties: Properties | null = null): Promise<void> {
    if (this.#phase !== 'over') {
      if (this.#phase === 'connected') this.#send(encodePacket({ type: 'disconnect', code, properties }, this.#level));
      this.#end({ kind: 'asked' });
    }
    this.#output.flush();
    return new Promise((resolve) => {
      if (this.#stream.closed) resolve();
      else {
        this.#stream.once('close', resolve);
        this.#stream.end();
      }
    });
  }

  /** Drops the connection now. */
  destroy(): void {
    this.#end({ kind: 'asked' });
    this.#stream.destroy();
  }

  #nextId(): number {
    return this.#session.nextId(this.#requests);
  }

  #needConnection(): void {
    if (this.#phase !== 'connected') throw new ConnectionEnded();
  }

  async #request<T extends SubackPacket | UnsubackPacket>(type: T['type'], codes: number, encode: (packetId: number) => Uint8Array): Promise<T> {
    this.#needConnection();
    const packetId = this.#nextId();
    if (packetId === 0) throw new RangeError('All 65,535 packet identifiers are in use.');
    const bytes = encode(packetId);
    return new Promise<T>((resolve, reject) => {
      const request: Request = { type, codes, resolve, reject };
      this.#requests.set(packetId, request);
      this.#send(bytes);
    });
  }

  readonly #send = (bytes: Uint8Array): void => {
    this.#hooks.packet?.('out', bytes);
    this.#output.push(bytes);
    this.#keepAlive?.sent();
  };

  #read(chunk: Uint8Array): void {
    if (this.#phase === 'over') return;
    this.#keepAlive?.received();
    if (this.#firstBytes.length === 0) this.#firstBytes = Uint8Array.from(chunk.subarray(0, 32));
    // As plain bytes: `slice` of a Buffer would not copy.
    this.#decoder.push(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    try {
      for (let packet = this.#decoder.next(); packet; packet = this.#decoder.next()) {
        this.#hooks.packet?.('in', this.#decoder.lastPacketBytes);
        this.#handle(packet);
        // A handler may end the connection.
        if ((this.#phase as string) === 'over') return;
      }
    } catch (error) {
      if (!(error instanceof MqttProtocolError)) throw error;
      const refused = this.#decoder.lastPacketBytes.length > 0 ? this.#decoder.lastPacketBytes : this.#decoder.unread;
      this.#hooks.packet?.('in', refused);
      const bytes = this.#decoder.lastPacketBytes.length > 0 ? this.#decoder.lastPacketBytes : chunk;
      // §4.13.1: a client says why; 3.x has no way to.
      if (this.#level === 5) this.#send(encodePacket({ type: 'disconnect', code: error.reasonCode, properties: null }, 5));
      this.#end({ kind: 'protocol-error', error, bytes: bytes.slice(0, 256) });
    }
  }

  #handle(packet: Packet): void {
    if (this.#phase !== 'connected' && packet.type !== 'connack' && packet.type !== 'auth')
      throw protocolError('MQTT-3.2.0-1', `The server sent ${packet.type.toUpperCase()} before CONNACK.`);
    switch (packet.type) {
      case 'publish':
        return this.#incoming.publish(packet);
      case 'puback':
      case 'pubrec':
      case 'pubcomp':
        return this.#outgoing.acknowledge(packet);
      case 'pubrel':
        return this.#incoming.release(packet.packetId);
      case 'suback':
      case 'unsuback':
        return this.#answer(packet);
      case 'pingresp':
        this.#keepAlive?.pingAnswered();
        return this.#pong();
      case 'connack':
        return this.#connack(packet);
      case 'disconnect':
        return this.#end({ kind: 'disconnected', packet });
      case 'auth':
        return this.#challenged(packet);
      default:
        throw protocolError('§2.1.2', `The server sent ${packet.type.toUpperCase()}, which only clients send.`);
    }
  }

  #connack(packet: ConnackPacket): void {
    if (this.#phase !== 'connecting') throw protocolError('MQTT-3.2.0-1', 'The server sent CONNACK a second time.');
    if (packet.code !== 0) return this.#end({ kind: 'refused', connack: packet });
    const { connect, authenticator, pingAfterSeconds } = this.#options;
    if (packet.sessionPresent && connect.cleanStart && this.#level === 5)
      throw protocolError('MQTT-3.2.2-2', 'The server says that it goes on with a session, though a new one was asked for.');
    if (authenticator && !this.#try(() => authenticator.finish(packet.properties?.authenticationData ?? null))) return;
    // Before anything new is sent: the numbers of a session that is gone must not meet those of the new one.
    if (!packet.sessionPresent) this.#session.discard(new ConnectionEnded());
    this.#phase = 'connected';
    const server = packet.properties?.serverKeepAlive;
    const keepAlive = server ?? connect.keepAlive;
    const pingAfter = keepAlive === 0 ? 0 : Math.min(keepAlive, pingAfterSeconds ?? keepAlive);
    this.#keepAlive = new KeepAlive(pingAfter * 1000, this.#timers, {
      ping: () => this.#send(encodePacket({ type: 'pingreq' }, this.#level)),
      lost: () => {
        this.#end({ kind: 'no-pingresp' });
        this.#stream.destroy();
      },
    });
    // What the session still owes goes first, before anything new.
    this.#outgoing.start(packet.properties?.receiveMaximum ?? 65_535);
    this.#hooks.connected(packet);
  }

  #challenged({ code, properties }: AuthPacket): void {
    const { authenticator } = this.#options;
    if (!authenticator || properties?.authenticationMethod !== authenticator.method)
      throw protocolError(
        authenticator ? 'MQTT-4.12.0-5' : 'MQTT-4.12.0-6',
        `The server authenticates with "${properties?.authenticationMethod ?? ''}", which was not asked for.`,
      );
    const data = properties.authenticationData ?? null;
    if (code === 0) {
      if (!this.#authenticating) throw protocolError('§4.12.1', 'The server completed an authentication that is not under way.');
      if (!this.#try(() => authenticator.finish(data))) return;
      this.#authenticating.resolve();
      this.#authenticating = undefined;
      return;
    }
    if (this.#phase === 'connected' && !this.#authenticating) throw protocolError('§4.12.1', 'The server began to authenticate; only the client may.');
    this.#try(() => {
      const answer = authenticator.next(data?.slice() ?? null);
      if (!(answer instanceof Promise)) return this.#auth(continueAuthentication, answer);
      answer.then(
        (late) => {
          if (this.#phase !== 'over') this.#auth(continueAuthentication, late);
        },
        (error: unknown) => this.#failAuthentication(error),
      );
    });
  }

  #auth(code: number, data: Uint8Array | null): void {
    const method = this.#options.authenticator?.method ?? '';
    this.#send(encodePacket({ type: 'auth', code, properties: withData(method, data) }, this.#level));
  }

  #try(run: () => void): boolean {
    try {
      run();
      return true;
    } catch (error) {
      this.#failAuthentication(error);
      return false;
    }
  }

  #failAuthentication(error: unknown): void {
    this.#end({ kind: 'authentication', message: error instanceof Error ? error.message : String(error) });
  }

  #answer(packet: SubackPacket | UnsubackPacket): void {
    const request = this.#requests.get(packet.packetId);
    if (!request) return;
    if (request.type !== packet.type)
      throw protocolError(
        packetIdClause(packetType.suback, this.#level, true),
        `The server answered with ${packet.type.toUpperCase()} what wants ${request.type.toUpperCase()}.`,
      );
    if (request.codes >= 0 && packet.codes.length !== request.codes)
      throw protocolError(
        packet.type === 'unsuback' ? 'MQTT-3.11.3-1' : this.#level === 5 ? 'MQTT-3.8.4-6' : 'MQTT-3.8.4-5',
        `${packet.type.toUpperCase()} has ${packet.codes.length} codes for ${request.codes} topic filters.`,
      );
    this.#requests.delete(packet.packetId);
    request.resolve(packet as never);
  }

  #pong(): void {
    const first = this.#pings.shift();
    first?.resolve(this.#timers.now() - first.at);
  }

  #end(end: ClientEnd): void {
    if (this.#phase === 'over') return;
    this.#phase = 'over';
    this.#keepAlive?.stop();
    const error = new ConnectionEnded();
    this.#outgoing.end(error);
    for (const { reject } of this.#requests.values()) reject(error);
    this.#requests.clear();
    for (const { reject } of this.#pings.splice(0)) reject(error);
    this.#authenticating?.reject(error);
    // Without a session to go on with, nobody will complete what is under way.
    if (!this.#options.session) this.#session.discard(error);
    this.#hooks.ended(end);
    if (end.kind !== 'asked') {
      this.#output.flush();
      this.#close();
    }
  }

  /** What was written still leaves, if the server takes it. */
  #close(): void {
    const stream = this.#stream;
    const timer = setTimeout(() => stream.destroy(), closingMs);
    timer.unref();
    stream.once('close', () => clearTimeout(timer));
    stream.end(() => stream.destroy());
  }
}

function withData(authenticationMethod: string, authenticationData: Uint8Array | null): Properties {
  return authenticationData === null ? { authenticationMethod } : { authenticationMethod, authenticationData };
}
