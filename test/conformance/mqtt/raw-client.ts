import type { Duplex } from 'node:stream';
import { packetLength, readPacket, type Received, type ReceivedCodes, type ReceivedConnack, type ReceivedOf, type ReceivedType } from './read-packet.ts';
import {
  ack,
  connect,
  disconnect,
  pingreq,
  publish,
  subscribe,
  unsubscribe,
  type AckType,
  type ConnectFields,
  type Level,
  type Property,
  type PropertyName,
  type PropertyValue,
  type PublishFields,
  type SubscriptionFields,
  type Text,
} from './wire.ts';

/** How long an expected packet may take; a broker that is right takes some milliseconds, a busy machine much longer. */
const usualPatienceMs = 20_000;

export type Subscription = string | SubscriptionFields;

/**
 * An MQTT peer for tests on any byte stream. It does nothing by itself: no acknowledgement, no ping, no reconnect.
 * What comes is read strictly (read-packet.ts); a packet no broker may send fails the next expectation.
 */
export class RawClient {
  readonly stream: Duplex;
  readonly level: Level;
  #chunks: Buffer[] = [];
  #size = 0;
  #needed = 2;
  readonly #received: Received[] = [];
  #failure: Error | undefined;
  #closed = false;
  #wake: (() => void)[] = [];
  #lastId = 0;
  readonly #patienceMs: number;
  /** From {@link connect}. */
  connack: ReceivedConnack | undefined;

  constructor(stream: Duplex, level: Level, patienceMs = usualPatienceMs) {
    this.#patienceMs = patienceMs;
    this.stream = stream;
    this.level = level;
    stream.on('data', (chunk: Buffer) => this.#feed(chunk));
    // How a connection ended makes no difference to MQTT.
    stream.on('error', () => undefined);
    stream.on('close', () => {
      this.#closed = true;
      this.#changed();
    });
  }

  /** Whether the connection is gone, by whomever. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Raw bytes, in one write. */
  send(...packets: readonly Uint8Array[]): void {
    this.stream.write(packets.length === 1 ? packets[0] : Buffer.concat(packets));
  }

  /** The very next packet, whatever it is. */
  async next(withinMs = this.#patienceMs): Promise<Received> {
    await this.#until(() => this.#received.length > 0, withinMs, 'a packet');
    return this.#received.shift() as Received;
  }

  /** The very next packet, which has to be of this type. */
  async expectPacket<T extends ReceivedType>(type: T, withinMs = this.#patienceMs): Promise<ReceivedOf<T>> {
    await this.#until(() => this.#received.length > 0, withinMs, type);
    const [first] = this.#received;
    if (first?.type !== type) throw new Error(`expected ${type}, received ${describe(first)}`);
    return this.#received.shift() as ReceivedOf<T>;
  }

  /** The next packet of this type; those of other types before it stay for later. */
  async waitFor<T extends ReceivedType>(type: T, withinMs = this.#patienceMs): Promise<ReceivedOf<T>> {
    const find = (): number => this.#received.findIndex((packet) => packet.type === type);
    await this.#until(() => find() >= 0, withinMs, type);
    return this.#received.splice(find(), 1)[0] as ReceivedOf<T>;
  }

  /** The next `count` PUBLISH packets, none of which may be preceded by anything else. */
  async publishes(count: number, withinMs = this.#patienceMs): Promise<readonly ReceivedOf<'publish'>[]> {
    const packets: ReceivedOf<'publish'>[] = [];
    while (packets.length < count) packets.push(await this.expectPacket('publish', withinMs));
    return packets;
  }

  /**
   * Nothing is waiting and nothing comes. Without a time it asks with two PINGREQs in a row: what the broker had for this client
   * before it answered the second is then here. Give a time only where a timer of the broker is waited for.
   */
  async expectNothing(ms?: number): Promise<void> {
    if (ms === undefined) {
      await this.ping();
      await this.ping();
      return;
    }
    const [first] = this.#received;
    if (!first) {
      try {
        await this.#until(() => this.#received.length > 0, ms, 'nothing');
      } catch {
        if (!this.#failure && !this.#closed) return;
      }
    }
    throw this.#failure ?? new Error(`expected nothing, received ${describe(this.#received[0])}`);
  }

  /** The broker closes the connection, and nothing unread came before. */
  async expectClosed(withinMs = this.#patienceMs): Promise<void> {
    await this.#until(() => this.#closed || this.#received.length > 0, withinMs, 'the end of the connection');
    const [first] = this.#received;
    if (first) throw new Error(`expected the end of the connection, received ${describe(first)}`);
  }

  /** DISCONNECT with this reason, then the end; before MQTT 5 only the end. */
  async expectRefused(code: number | readonly number[], withinMs = this.#patienceMs): Promise<void> {
    if (this.level === 5) {
      const packet = await this.expectPacket('disconnect', withinMs);
      const codes = typeof code === 'number' ? [code] : code;
      if (!codes.includes(packet.code)) throw new Error(`expected DISCONNECT ${codes.map(hex).join(' or ')}, received ${hex(packet.code)}`);
    }
    await this.expectClosed(withinMs);
  }

  /** Sends CONNECT; the CONNACK has to carry `code`. */
  async connect(fields: ConnectFields, code = 0): Promise<ReceivedConnack> {
    this.send(connect(this.level, fields));
    this.connack = await this.expectPacket('connack');
    if (this.connack.code !== code) throw new Error(`expected CONNACK ${hex(code)}, received ${describe(this.connack)}`);
    return this.connack;
  }

  /** A packet id not used before on this connection. */
  id(): number {
    return (this.#lastId += 1);
  }

  /** SUBSCRIBE and its SUBACK. Retained messages may come before that; they stay for later. */
  async subscribe(wanted: Subscription | readonly Subscription[], properties: readonly Property[] = []): Promise<ReceivedCodes> {
    const list = (Array.isArray(wanted) ? wanted : [wanted]) as readonly Subscription[];
    const id = this.id();
    const fields = list.map((one) => (typeof one === 'string' ? { filter: one, qos: 2 } : one));
    this.send(subscribe(this.level, id, fields, properties));
    const answer = await this.waitFor('suback');
    if (answer.id !== id) throw new Error(`SUBACK for ${answer.id} instead of ${id}`);
    if (answer.codes.length !== list.length) throw new Error(`SUBACK with ${answer.codes.length} codes for ${list.length} filters`);
    return answer;
  }

  async unsubscribe(...filters: readonly Text[]): Promise<ReceivedCodes> {
    const id = this.id();
    this.send(unsubscribe(this.level, id, filters));
    const answer = await this.waitFor('unsuback');
    if (answer.id !== id) throw new Error(`UNSUBACK for ${answer.id} instead of ${id}`);
    return answer;
  }

  /** Sends PUBLISH and, for QoS 1 and 2, goes through the whole exchange; resolves with its packet id and the code of the first answer. */
  async publish(fields: PublishFields): Promise<{ readonly id: number; readonly code: number }> {
    const { qos = 0 } = fields;
    const id = qos > 0 ? (fields.id ?? this.id()) : 0;
    this.send(publish(this.level, { ...fields, id }));
    if (qos === 0) return { id, code: 0 };
    const answer = await this.#ackOf(qos === 1 ? 'puback' : 'pubrec', id);
    if (qos === 2 && answer < 0x80) {
      this.send(ack('pubrel', id));
      await this.#ackOf('pubcomp', id);
    }
    return { id, code: answer };
  }

  async #ackOf(type: AckType, id: number): Promise<number> {
    const packet = await this.waitFor(type);
    if (packet.id !== id) throw new Error(`${type} for ${packet.id} instead of ${id}`);
    return packet.code;
  }

  /** Receives a message, of any QoS, and acknowledges it completely. */
  async receive(withinMs = this.#patienceMs): Promise<ReceivedOf<'publish'>> {
    const message = await this.expectPacket('publish', withinMs);
    if (message.qos === 1) this.send(ack('puback', message.id));
    if (message.qos === 2) {
      this.send(ack('pubrec', message.id));
      const release = await this.waitFor('pubrel');
      if (release.id !== message.id) throw new Error(`PUBREL for ${release.id} instead of ${message.id}`);
      this.send(ack('pubcomp', message.id));
    }
    return message;
  }

  /** One PINGREQ; the next packet has to be its answer. */
  async ping(): Promise<void> {
    this.send(pingreq);
    await this.expectPacket('pingresp');
  }

  /** DISCONNECT, and waits for the broker to close. */
  async disconnect(code = 0, properties: readonly Property[] = []): Promise<void> {
    this.send(disconnect(code, properties));
    await this.expectClosed();
  }

  /** The connection breaks, without DISCONNECT. */
  drop(): void {
    this.stream.destroy();
  }

  /** Packets that came and were not asked for yet. */
  get unread(): readonly Received[] {
    return this.#received;
  }

  #feed(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#failure || this.#size < this.#needed) return;
    let data = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
    try {
      for (;;) {
        const length = packetLength(data);
        this.#needed = length ?? data.length + 1;
        if (length === null || data.length < length) break;
        this.#received.push(readPacket(data.subarray(0, length), this.level));
        data = data.subarray(length);
      }
    } catch (error) {
      this.#failure = error as Error;
    }
    this.#chunks = [data];
    this.#size = data.length;
    this.#changed();
  }

  #changed(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }

  async #until(ready: () => boolean, withinMs: number, wanted: string): Promise<void> {
    const deadline = performance.now() + withinMs;
    while (!ready()) {
      if (this.#failure) throw this.#failure;
      const leftMs = deadline - performance.now();
      if (this.#closed) throw new Error(`expected ${wanted}, the connection was closed`);
      if (leftMs <= 0) throw new Error(`expected ${wanted} within ${withinMs} ms, received ${describe(this.#received[0])}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#wake.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }
}

/** The first property of that name. */
export function propertyOf(packet: Received, name: PropertyName): PropertyValue | undefined {
  return packet.properties.find(([one]) => one === name)?.[1];
}

/** All of that name, in their order. */
export function propertiesOf(packet: Received, name: PropertyName): readonly PropertyValue[] {
  return packet.properties.filter(([one]) => one === name).map(([, value]) => value);
}

const hex = (code: number): string => `0x${code.toString(16).padStart(2, '0')}`;

function describe(packet: Received | undefined): string {
  if (!packet) return 'nothing';
  const { bytes, properties, ...fields } = packet;
  const shown = 'payload' in fields ? { ...fields, payload: fields.payload.toString('latin1', 0, 60) } : fields;
  const { type, ...rest } = shown;
  return `${type} ${JSON.stringify(rest)}${properties.length > 0 ? ` ${JSON.stringify(properties)}` : ''} (${bytes.toString('hex', 0, 60)})`;
}
