import type { Duplex } from 'node:stream';
import type { Qos } from '../../../../shared/contract/common.ts';
import { PacketDecoder } from '../../../../shared/mqtt/packet/decoder.ts';
import { encodedPublish, encodePacket, publishHeader } from '../../../../shared/mqtt/packet/encoder.ts';
import type { AckPacket, ConnackPacket, DisconnectPacket, Packet, Properties, ProtocolLevel } from '../../../../shared/mqtt/packet/packets.ts';
import { MqttProtocolError } from '../../../../shared/mqtt/packet/protocol-error.ts';
import type { Allowance } from '../allowance.ts';
import type { ConnectionInfo } from '../broker-engine.ts';
import { WheelTimer } from '../routing/timer-wheel.ts';
import type { FaultLink } from '../faults/fault-link.ts';
import type { EnhancedAuthentication } from './authenticate.ts';
import type { BrokerCore } from './broker-core.ts';
import { copiedPayloadBytes, type Message } from './message.ts';
import { foreignProtocol } from './foreign-protocol.ts';
import { Output } from './output.ts';
import { pump, unlimitedPacketSize } from './delivery.ts';
import { handlePacket } from './packet-handlers.ts';
import type { Session } from './session.ts';

const unsupportedVersion = 0x84;
/** CONNACK with return code 1, which every version can read [MQTT-3.1.2-2 of 3.1.1]. */
const unacceptableVersion = Uint8Array.of(0x20, 2, 0, 1);

/** Why a connection ended, which decides about its will (§3.1.2.5). */
export type EndKind = 'client-said-goodbye' | 'lost' | 'taken-over' | 'closed-by-broker';

const connectionOf = Symbol('connection');
type OwnedStream = Duplex & { [connectionOf]?: Connection };

// One set of functions for all connections: thousands of idle ones then cost no closures.
function onData(this: OwnedStream, chunk: Uint8Array): void {
  this[connectionOf]?.read(chunk);
}
function onDrain(this: OwnedStream): void {
  this[connectionOf]?.drained();
}
function onEnd(this: OwnedStream): void {
  this[connectionOf]?.inputEnded();
}
function onClose(this: OwnedStream): void {
  this[connectionOf]?.closed();
}
function onError(): void {
  // 'close' follows, which is where the connection ends.
}

/** One network connection: bytes in, packets to their handlers, packets out. */
export class Connection {
  readonly core: BrokerCore;
  /** Counts up from 1 in each run of the broker. */
  readonly id: number;
  readonly stream: Duplex;
  readonly info: ConnectionInfo;
  readonly output: Output;
  readonly decoder: PacketDecoder;
  session: Session | null = null;
  level: ProtocolLevel = 4;
  /** As CONNECT gave it; `null` before. */
  clientId: string | null = null;
  username: string | null = null;
  /** A client of the product itself, which is not held to the limits for clients. */
  isOwn = false;
  /** What it may still publish and subscribe to; `null`: as much as it wants, or nothing yet. */
  publishAllowance: Allowance | null = null;
  subscribeAllowance: Allowance | null = null;
  /** `null` where CONNECT named no authentication method. */
  authentication: EnhancedAuthentication | null = null;
  /** Marked as one of a bridge in CONNECT of 3.1 or 3.1.1: its subscriptions are no-local and retain as published, as they are with mosquitto. */
  isBridge = false;
  keepAliveSeconds = 0;
  connectedAtMs = 0;
  /** Of the client (§3.1.2.11): what it can take. */
  receiveMaximum = 65_535;
  maximumPacketSize = unlimitedPacketSize;
  topicAliasMaximum = 0;
  wantsProblemInformation = true;
  /** Topics by alias the client has set, and aliases we have set by topic. */
  aliasesIn: Map<number, string> | null = null;
  aliasesOut: Map<string, number> | null = null;
  /** When something was read last, on the monotonic clock. */
  lastReadMs: number;
  // For whoever looks at this client. Numbers only, so that counting costs next to nothing.
  bytesReceived = 0;
  messagesReceived = 0;
  messagesSent = 0;
  /** What came last, and the first byte of what was sent last with its time. */
  lastReceived: Packet['type'] | null = null;
  lastSentByte = 0;
  lastSentMs = 0;
  /** For CONNECT first, for the keep alive then. */
  readonly timer = new WheelTimer(() => this.onTimer());
  /** Who wants it not to be read from: an authentication, the disk, a limit. */
  #pauses = 0;
  /** Acknowledgements of its messages that wait until these are kept. */
  acksWaiting = 0;
  endedBy: EndKind | null = null;
  /** Why the broker ended it. */
  refusal: string | null = null;
  /** Does to the packets what the user has asked for; `null`: nothing, which is as good as always. */
  fault: FaultLink | null = null;
  #disposed = false;

  constructor(core: BrokerCore, stream: Duplex, info: ConnectionInfo) {
    this.core = core;
    this.id = core.nextConnectionId();
    this.stream = stream;
    this.info = info;
    this.output = new Output(stream, core.scheduler, this);
    this.decoder = new PacketDecoder({
      role: 'server',
      maximumPacketSize: Math.min(core.options.maximumConnectSize, this.packetLimit),
      topicCache: core.topicCache,
    });
    this.lastReadMs = core.tick();
    core.wheel.reschedule(this.timer, core.options.connectTimeoutMs);
    (stream as OwnedStream)[connectionOf] = this;
    if (core.linkFaults !== null) this.fault = core.linkFaults(this);
    stream.on('data', onData);
    stream.on('drain', onDrain);
    stream.on('end', onEnd);
    stream.on('close', onClose);
    stream.on('error', onError);
  }

  /** The largest packet taken from this client, fixed header included. */
  get packetLimit(): number {
    return Math.min(this.core.options.maximumPacketSize, this.info.maximumPacketSize ?? Infinity);
  }

  read(chunk: Uint8Array): void {
    if (this.endedBy !== null) return;
    this.lastReadMs = this.core.tick();
    this.core.counters.bytesReceived += chunk.byteLength;
    this.bytesReceived += chunk.byteLength;
    if (this.fault === null) this.decode(chunk);
    else this.#readFaulty(this.fault, chunk);
  }

  /** A bug in there costs this connection. */
  #readFaulty(fault: FaultLink, chunk: Uint8Array): void {
    try {
      fault.read(chunk);
    } catch (error) {
      this.fail(error);
    }
  }

  /** What reaches the broker of what the client sent. */
  decode(chunk: Uint8Array): void {
    if (this.endedBy !== null) return;
    try {
      this.decoder.push(chunk);
      this.handlePackets();
    } catch (error) {
      const other = this.clientId === null ? foreignProtocol(chunk) : undefined;
      if (other === undefined) this.fail(error);
      else this.refuse(0x82, other);
    }
  }

  /** Closes a connection without CONNECT, or one that was silent for one and a half of its keep alive [MQTT-3.1.2-22]. */
  onTimer(): void {
    if (this.endedBy !== null) {
      this.stream.destroy();
      return;
    }
    // It may have said all that is needed, and nothing of it gets here.
    if (this.session === null && this.fault?.isDeaf === true) return this.core.wheel.reschedule(this.timer, this.core.options.connectTimeoutMs);
    if (this.session === null)
      return this.refuse(0x82, this.authentication ? 'The authentication was not over in time [§4.12].' : 'No complete CONNECT came in time [§3.1.4].');
    // Whom we do not read from cannot be heard.
    if (this.busy || this.fault?.isDeaf === true) this.lastReadMs = this.core.tick();
    const leftMs = this.lastReadMs + this.keepAliveSeconds * 1500 - this.core.tick();
    if (leftMs > 0) this.core.wheel.reschedule(this.timer, leftMs);
    else this.refuse(0x8d, `Nothing was heard for one and a half times the keep alive of ${this.keepAliveSeconds} s [MQTT-3.1.2-22].`);
  }

  watchKeepAlive(seconds: number): void {
    this.keepAliveSeconds = seconds;
    this.core.wheel.reschedule(this.timer, seconds === 0 ? Infinity : seconds * 1500);
  }

  /** Handles what has arrived completely, until a handler has to wait. */
  handlePackets(): void {
    while (this.endedBy === null && !this.busy) {
      const packet = this.core.packetTap === null || this.fault?.tapsInput === true ? this.decoder.next() : this.core.packetTap.next(this);
      if (packet === undefined) return;
      this.core.counters.packetsReceived += 1;
      this.lastReceived = packet.type;
      handlePacket(this, packet);
    }
  }

  /** Nothing is handled meanwhile. */
  get busy(): boolean {
    return this.#pauses > 0;
  }

  /** Stops reading, so that a client cannot fill our memory while it waits, until `resume` was called for each `pause`. */
  pause(): void {
    this.#pauses += 1;
    this.stream.pause();
  }

  resume(): void {
    this.#pauses -= 1;
    if (this.busy) return;
    // It could not be heard meanwhile.
    this.lastReadMs = this.core.tick();
    try {
      this.handlePackets();
    } catch (error) {
      this.fail(error);
    }
    if (this.endedBy === null && !this.busy && this.fault?.keepsPaused !== true) this.stream.resume();
  }

  /** What a broken packet or an error of ours does to the connection. */
  fail(error: unknown): void {
    if (error instanceof MqttProtocolError) this.refuse(error.clause === 'MQTT-3.1.2-1' ? 0x82 : error.reasonCode, error.message);
    else {
      this.core.reportBug(error);
      this.refuse(0x80, 'An error inside the broker.');
    }
  }

  /** Ends the connection with a reason: DISCONNECT in MQTT 5, CONNACK while it authenticates, silence in 3.x [MQTT-4.8.0-1 of 3.1.1]. */
  refuse(reasonCode: number, message: string): void {
    if (this.endedBy !== null) return;
    this.core.refused(this, reasonCode, message);
    this.refusal = message;
    if (this.session && this.level === 5) this.sendDisconnect(reasonCode, message);
    else if (this.authentication?.connect) this.sendLast({ type: 'connack', sessionPresent: false, code: reasonCode, properties: this.#reason(message) });
    else if (this.session === null && reasonCode === unsupportedVersion) this.transmit(unacceptableVersion, null);
    this.end('lost');
  }

  /** `serverReference`: where the client may go instead (§3.14.2.2.5). */
  sendDisconnect(code: number, reasonString: string, serverReference?: string): void {
    const reason = this.#reason(reasonString);
    this.sendLast({ type: 'disconnect', code, properties: serverReference === undefined ? reason : { ...reason, serverReference } });
  }

  /** What is said before the end: without its properties, or not at all, where the client cannot take it [MQTT-3.1.2-24]. */
  sendLast(packet: ConnackPacket | DisconnectPacket): void {
    let bytes = encodePacket(packet, this.level);
    if (bytes.byteLength > this.maximumPacketSize) bytes = encodePacket({ ...packet, properties: null }, this.level);
    if (bytes.byteLength > this.maximumPacketSize) return;
    this.core.counters.packetsSent += 1;
    this.transmit(bytes, null);
  }

  #reason(reasonString: string): Properties | null {
    return this.wantsProblemInformation && reasonString !== '' ? { reasonString } : null;
  }

  send(packet: Packet): void {
    this.push(encodePacket(packet, this.level));
  }

  push(bytes: Uint8Array): void {
    // [MQTT-3.1.2-24]: an answer the client cannot take ends the connection, since it cannot be left out.
    if (bytes.byteLength > this.maximumPacketSize) return this.refuse(0x95, this.tooLarge(bytes));
    this.core.counters.packetsSent += 1;
    this.transmit(bytes, null);
  }

  /** The way out of every packet. `payload` follows where it is too large to be copied behind its header. */
  transmit(bytes: Uint8Array, payload: Uint8Array | null): void {
    if (this.fault !== null) return this.fault.send(payload === null ? bytes : Buffer.concat([bytes, payload]));
    this.output.push(bytes);
    this.lastSentByte = bytes[0] as number;
    this.lastSentMs = this.core.nowMs;
    if (payload !== null) this.output.push(payload);
    const { packetTap } = this.core;
    if (packetTap !== null) packetTap.sent(this, bytes, payload);
  }

  tooLarge(answer: Uint8Array): string {
    return `An answer of ${answer.byteLength} bytes is due, and the client takes ${this.maximumPacketSize} at most [MQTT-3.1.2-24].`;
  }

  ack(type: AckPacket['type'], packetId: number, code = 0): void {
    if (code === 0 || this.level !== 5) {
      this.core.counters.packetsSent += 1;
      // The short form of every version is the same four bytes.
      const bytes = Buffer.allocUnsafe(4);
      bytes[0] = type === 'puback' ? 0x40 : type === 'pubrec' ? 0x50 : type === 'pubrel' ? 0x62 : 0x70;
      bytes[1] = 2;
      bytes[2] = packetId >> 8;
      bytes[3] = packetId & 0xff;
      this.transmit(bytes, null);
    } else this.send({ type, packetId, code, properties: null });
  }

  /** False when the client cannot take a packet of this size [MQTT-3.1.2-24]. */
  sendPublish(message: Message, qos: Qos, retain: boolean, subscriptionIdentifiers: readonly number[] | null, packetId: number, dup: boolean): boolean {
    if (this.level === 5 && (subscriptionIdentifiers !== null || this.topicAliasMaximum > 0)) {
      return this.#sendOwnPublish(message, qos, retain, subscriptionIdentifiers, packetId, dup);
    }
    const { bytes, packetIdAt } = message.encoded(this.level, qos, retain, this.core.nowMs);
    const isLarge = message.payload.byteLength > copiedPayloadBytes;
    if (bytes.byteLength + (isLarge ? message.payload.byteLength : 0) > this.maximumPacketSize) return false;
    const payload = isLarge ? message.payload : null;
    if (qos === 0) this.transmit(bytes, payload);
    else {
      const copy = Buffer.allocUnsafe(bytes.byteLength);
      copy.set(bytes);
      copy[packetIdAt] = packetId >> 8;
      copy[packetIdAt + 1] = packetId & 0xff;
      if (dup) copy[0] = (copy[0] as number) | 0x08;
      this.transmit(copy, payload);
    }
    this.#countPublish(message);
    return true;
  }

  #countPublish(message: Message): void {
    const { counters } = this.core;
    counters.packetsSent += 1;
    counters.publishSent += 1;
    this.messagesSent += 1;
    counters.publishBytesSent += message.payload.byteLength;
  }

  #sendOwnPublish(message: Message, qos: Qos, retain: boolean, identifiers: readonly number[] | null, packetId: number, dup: boolean): boolean {
    const { payload } = message;
    let { topic } = message;
    let alias: number | undefined;
    let isNewAlias = false;
    if (this.topicAliasMaximum > 0) {
      this.aliasesOut ??= new Map();
      alias = this.aliasesOut.get(topic);
      if (alias !== undefined) topic = '';
      else if (this.aliasesOut.size < this.topicAliasMaximum) {
        alias = this.aliasesOut.size + 1;
        isNewAlias = true;
      }
    }
    const properties: Properties = {
      ...message.propertiesAt(this.core.nowMs),
      ...(identifiers === null ? {} : { subscriptionIdentifiers: identifiers }),
      ...(alias === undefined ? {} : { topicAlias: alias }),
    };
    const packet = { topic, payload, qos, retain, dup, properties, packetId };
    const isLarge = payload.byteLength > copiedPayloadBytes;
    const { bytes } = isLarge ? publishHeader(5, packet) : encodedPublish(5, packet);
    if (bytes.byteLength + (isLarge ? payload.byteLength : 0) > this.maximumPacketSize) return false;
    // Only what is really sent teaches the client an alias.
    if (isNewAlias && alias !== undefined) this.aliasesOut?.set(message.topic, alias);
    this.transmit(bytes, isLarge ? payload : null);
    this.#countPublish(message);
    return true;
  }

  /** Whether so much waits for this client that it gets nothing more for now. */
  get isBackedUp(): boolean {
    return this.output.pendingBytes + (this.fault === null ? 0 : this.fault.heldBytes) > this.core.options.outputLimitBytes;
  }

  drained(): void {
    if (this.session?.connection !== this) return;
    this.core.tick();
    pump(this.session);
  }

  /** What was collected has gone out: what it alone kept waiting can follow. No `drain` comes for that. */
  flushed(): void {
    const { session } = this;
    if (session?.connection === this && (session.queue?.length || session.resend !== null || session.retainedWaits)) pump(session);
  }

  /** Ends the connection once; what was collected is still sent. */
  end(kind: EndKind): void {
    if (this.endedBy !== null) return;
    this.endedBy = kind;
    this.core.packetTap?.ended(this, kind, this.refusal);
    if (this.fault === null) this.#leave(kind);
    else {
      // What the broker has said may take its time.
      this.core.wheel.cancel(this.timer);
      this.core.lingering.add(this.stream);
      this.fault.ending(kind === 'client-said-goodbye' || this.stream.readableEnded || this.stream.destroyed, () => this.#leave(kind));
    }
    this.core.connectionEnded(this);
  }

  #leave(kind: EndKind): void {
    if (kind === 'client-said-goodbye' && this.info.transport === 'tcp' && this.output.isEmptied()) {
      // Nobody waits for anything any more: closing at once spares the wait for the other side, which closes anyhow.
      this.stream.destroy();
      return;
    }
    this.output.end();
    // Read on, or the end of the other side is never seen; a peer that does not close is cut off.
    this.stream.resume();
    this.core.wheel.reschedule(this.timer, this.core.options.lingerMs);
    this.core.lingering.add(this.stream);
  }

  /** The client sends nothing more; what it has sent may still be on its way through faults. */
  inputEnded(): void {
    if (this.fault === null) this.end('lost');
    else this.fault.inputEnded(() => this.end('lost'));
  }

  closed(): void {
    if (this.fault === null) this.#gone();
    else this.fault.inputEnded(() => this.#gone());
  }

  #gone(): void {
    this.end('lost');
    if (this.#disposed) return;
    this.#disposed = true;
    this.fault?.closed();
    this.core.wheel.cancel(this.timer);
    this.core.lingering.delete(this.stream);
    delete (this.stream as OwnedStream)[connectionOf];
  }
}
