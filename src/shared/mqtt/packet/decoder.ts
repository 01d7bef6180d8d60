import { BodyReader } from './body-reader.ts';
import { clauseOf } from './clauses.ts';
import { readConnect } from './connect-reader.ts';
import { checkFixedHeader } from './fixed-header.ts';
import { packetType } from './packet-type.ts';
import { readAck, readAuth, readConnack, readDisconnect, readSuback, readSubscribe, readUnsuback, readUnsubscribe } from './packet-readers.ts';
import { malformed, MqttProtocolError } from './protocol-error.ts';
import { readPublish } from './publish-reader.ts';
import type { Packet, PingreqPacket, PingrespPacket, ProtocolLevel } from './packets.ts';
import type { TopicCache } from './topic-cache.ts';
import type { ControlCharacters } from './utf8.ts';

export interface DecoderOptions {
  /** What reads: a server accepts what a client may send, a client what a server may send. */
  readonly role: 'server' | 'client';
  /** Known on the client side; the server side learns it from CONNECT. */
  readonly level?: ProtocolLevel;
  /** Bytes of a whole packet, fixed header included. */
  readonly maximumPacketSize: number;
  readonly topicCache?: TopicCache;
  /** `refuse` by default. */
  readonly controlCharacters?: ControlCharacters;
}

/** What is shown of a packet that never became whole. */
const shownUnread = 65_536;
/** What is set aside at once for a packet that does not arrive whole; more only as it arrives. */
const firstShare = 65_536;
const empty = new Uint8Array(0);
/** A packet is read from start to end without a pause, so that all decoders can share these. */
const readers: Readonly<Record<ControlCharacters, BodyReader>> = { refuse: new BodyReader('refuse'), accept: new BodyReader('accept') };
const pingreq: PingreqPacket = { type: 'pingreq' };
const pingresp: PingrespPacket = { type: 'pingresp' };

/**
 * Packets out of the chunks of a connection. Packets that lie whole in a chunk are read in place: their payloads, passwords and other bytes
 * are views into it, so a chunk handed to `push` may not be written to again. A packet that spans chunks is put together in memory of its own.
 */
export class PacketDecoder {
  /** Of the connection; `null` until a server has read the level in CONNECT. It is known then even when the rest of CONNECT is refused. */
  level: ProtocolLevel | null;
  /** May change between packets. */
  maximumPacketSize: number;
  /** Bytes pushed that are in no packet yet. */
  bufferedBytes = 0;

  readonly #fromServer: boolean;
  readonly #cache: TopicCache | null;
  readonly #reader: BodyReader;
  #failure: MqttProtocolError | null = null;
  #refused: Uint8Array = empty;

  // The chunk being read, and those pushed before it was done.
  #chunk: Uint8Array = empty;
  #at = 0;
  #waiting: Uint8Array[] | null = null;
  #nextWaiting = 0;

  // A packet that spans chunks: its first bytes until its length is known, then all of it.
  #header = empty;
  #headerLength = 0;
  #partial: Uint8Array | null = null;
  #partialLength = 0;
  #partialTotal = 0;

  // Of the fixed header that was read last.
  #bodyLength = 0;
  #lastSource: Uint8Array = empty;
  #lastStart = 0;
  #lastEnd = 0;

  constructor(options: DecoderOptions) {
    this.level = options.level ?? null;
    this.maximumPacketSize = options.maximumPacketSize;
    this.#fromServer = options.role === 'client';
    this.#cache = options.topicCache ?? null;
    this.#reader = readers[options.controlCharacters ?? 'refuse'];
  }

  /** The bytes of the packet that `next` returned last, or refused after its fixed header; none once it has returned `undefined`. */
  get lastPacketBytes(): Uint8Array {
    return this.#lastSource.subarray(this.#lastStart, this.#lastEnd);
  }

  /** What was pushed and is in no packet yet, from the start of a packet on; a copy of its first 64 KiB. After a packet was refused for its fixed header: that one. */
  get unread(): Uint8Array {
    if (this.#failure) return this.#refused;
    const parts: Uint8Array[] = [this.#header.subarray(0, this.#headerLength)];
    if (this.#partial !== null) parts.push(this.#partial.subarray(0, this.#partialLength));
    parts.push(this.#chunk.subarray(this.#at), ...(this.#waiting?.slice(this.#nextWaiting) ?? []));
    const bytes = new Uint8Array(
      Math.min(
        shownUnread,
        parts.reduce((sum, part) => sum + part.length, 0),
      ),
    );
    let at = 0;
    for (const part of parts) {
      bytes.set(part.subarray(0, bytes.length - at), at);
      at = Math.min(bytes.length, at + part.length);
    }
    return bytes;
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0 || this.#failure) return;
    this.bufferedBytes += chunk.length;
    if (this.#waiting !== null) this.#waiting.push(chunk);
    else if (this.#at < this.#chunk.length) this.#waiting = [chunk];
    else {
      this.#chunk = chunk;
      this.#at = 0;
    }
  }

  /** The next whole packet; throws a MqttProtocolError, after which the decoder only throws it again. */
  next(): Packet | undefined {
    if (this.#failure) throw this.#failure;
    try {
      while (this.#at < this.#chunk.length || this.#takeWaiting()) {
        const packet = this.#partial === null && this.#headerLength === 0 ? this.#readInPlace() : this.#readAcross();
        if (packet !== undefined) return packet;
      }
      // Whoever waits for more does not hold what was read.
      this.#lastSource = empty;
      this.#lastStart = 0;
      this.#lastEnd = 0;
      return undefined;
    } catch (error) {
      if (error instanceof MqttProtocolError) this.#fail(error);
      throw error;
    }
  }

  #takeWaiting(): boolean {
    const waiting = this.#waiting;
    if (waiting === null) {
      // The chunk is done: let go of it.
      this.#chunk = empty;
      this.#at = 0;
      return false;
    }
    this.#chunk = waiting[this.#nextWaiting]!;
    this.#at = 0;
    waiting[this.#nextWaiting] = empty;
    this.#nextWaiting += 1;
    if (this.#nextWaiting === waiting.length) {
      this.#waiting = null;
      this.#nextWaiting = 0;
    }
    return true;
  }

  #readInPlace(): Packet | undefined {
    const chunk = this.#chunk;
    const start = this.#at;
    const headerLength = this.#scanHeader(chunk, start, chunk.length);
    if (headerLength === 0) {
      this.#header = new Uint8Array(5);
      this.#header.set(chunk.subarray(start));
      this.#headerLength = chunk.length - start;
      this.#at = chunk.length;
      return undefined;
    }
    const end = start + headerLength + this.#bodyLength;
    if (end > chunk.length) {
      this.#at = chunk.length;
      this.#startPartial(chunk.subarray(start), headerLength + this.#bodyLength);
      return undefined;
    }
    this.#at = end;
    return this.#readPacket(chunk, start, start + headerLength, end);
  }

  #readAcross(): Packet | undefined {
    if (this.#partial === null && !this.#completeHeader()) return undefined;
    const chunk = this.#chunk;
    const take = Math.min(this.#partialTotal - this.#partialLength, chunk.length - this.#at);
    this.#append(chunk.subarray(this.#at, this.#at + take));
    this.#at += take;
    if (this.#partialLength < this.#partialTotal) return undefined;
    const whole = this.#partial!;
    const total = this.#partialTotal;
    this.#partial = null;
    return this.#readPacket(whole, 0, total - this.#bodyLength, total);
  }

  /** Adds bytes to a fixed header that was cut; whether it is whole now. */
  #completeHeader(): boolean {
    const chunk = this.#chunk;
    while (this.#at < chunk.length) {
      this.#header[this.#headerLength] = chunk[this.#at]!;
      this.#headerLength += 1;
      this.#at += 1;
      const headerLength = this.#scanHeader(this.#header, 0, this.#headerLength);
      if (headerLength === 0) continue;
      this.#headerLength = 0;
      this.#startPartial(this.#header.subarray(0, headerLength), headerLength + this.#bodyLength);
      return true;
    }
    return false;
  }

  /** Reads a fixed header (§2.1): its length, or 0 when it is cut. Whatever is wrong is said before anything of the packet is kept. */
  #scanHeader(bytes: Uint8Array, start: number, end: number): number {
    checkFixedHeader(bytes[start]!, this.level, this.#fromServer);
    let length = 0;
    let at = start + 1;
    let shift = 0;
    let byte = 0x80;
    for (;;) {
      if (at >= end) return 0;
      byte = bytes[at]!;
      at += 1;
      length += (byte & 0x7f) << shift;
      if (byte < 0x80) break;
      shift += 7;
      if (shift > 21) throw malformed(clauseOf('remainingLength', this.level ?? 4), 'The remaining length has more than four bytes.');
    }
    // 3.1.1 does not ask for the shortest form; MQTT 5 does, and CONNECT only tells its level later.
    if (byte === 0 && shift > 0 && this.level === 5) throw malformed('MQTT-1.5.5-1', 'The remaining length is written with more bytes than it needs.');
    if (at - start + length > this.maximumPacketSize)
      throw new MqttProtocolError(
        0x95,
        this.level === 5 ? (this.#fromServer ? 'MQTT-3.1.2-24' : 'MQTT-3.2.2-15') : clauseOf('remainingLength', 4),
        `A packet of ${at - start + length} bytes is larger than ${this.maximumPacketSize}.`,
      );
    this.#bodyLength = length;
    return at - start;
  }

  #startPartial(bytes: Uint8Array, total: number): void {
    this.#partial = new Uint8Array(Math.max(bytes.length, Math.min(total, firstShare)));
    this.#partialTotal = total;
    this.#partialLength = 0;
    this.#append(bytes);
  }

  #append(bytes: Uint8Array): void {
    let partial = this.#partial!;
    const length = this.#partialLength + bytes.length;
    if (length > partial.length) {
      const larger = new Uint8Array(Math.min(this.#partialTotal, Math.max(length, partial.length * 2)));
      larger.set(partial.subarray(0, this.#partialLength));
      this.#partial = larger;
      partial = larger;
    }
    partial.set(bytes, this.#partialLength);
    this.#partialLength = length;
  }

  #readPacket(bytes: Uint8Array, start: number, body: number, end: number): Packet {
    this.bufferedBytes -= end - start;
    this.#lastSource = bytes;
    this.#lastStart = start;
    this.#lastEnd = end;
    const first = bytes[start]!;
    const reader = this.#reader;
    reader.reset(bytes, body, end, this.level ?? 4);
    const fromServer = this.#fromServer;
    switch (first >> 4) {
      case packetType.publish:
        return readPublish(reader, first, fromServer, this.#cache);
      case packetType.puback:
        return readAck(reader, packetType.puback, 'puback', fromServer);
      case packetType.pubrec:
        return readAck(reader, packetType.pubrec, 'pubrec', fromServer);
      case packetType.pubrel:
        return readAck(reader, packetType.pubrel, 'pubrel', fromServer);
      case packetType.pubcomp:
        return readAck(reader, packetType.pubcomp, 'pubcomp', fromServer);
      case packetType.pingreq:
        reader.finish('PINGREQ');
        return pingreq;
      case packetType.pingresp:
        reader.finish('PINGRESP');
        return pingresp;
      case packetType.connect:
        try {
          return readConnect(reader, first & 0x0f, body - start === 2 || bytes[body - 1] !== 0);
        } finally {
          this.level = reader.offered;
        }
      case packetType.connack:
        return readConnack(reader);
      case packetType.subscribe:
        return readSubscribe(reader);
      case packetType.suback:
        return readSuback(reader);
      case packetType.unsubscribe:
        return readUnsubscribe(reader);
      case packetType.unsuback:
        return readUnsuback(reader);
      case packetType.disconnect:
        return readDisconnect(reader, fromServer);
      default:
        return readAuth(reader, fromServer);
    }
  }

  #fail(error: MqttProtocolError): void {
    this.#refused = this.unread;
    this.#failure = error;
    this.#chunk = empty;
    this.#at = 0;
    this.#waiting = null;
    this.#nextWaiting = 0;
    this.#partial = null;
    this.bufferedBytes = 0;
  }
}
