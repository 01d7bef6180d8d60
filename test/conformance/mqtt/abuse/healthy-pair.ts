import type { BrokerCore } from '../../../../src/main/engine/broker/core/broker-core.ts';
import { packetLength, readPacket, type Received } from '../read-packet.ts';
import { SyncStream } from '../sync-stream.ts';
import { ack, connect, publish, subscribe, type Level } from '../wire.ts';

const topic = 'the-healthy-pair/exchanges';

/** Two clients that go on with their work, QoS 1 after QoS 1, while others misbehave. Every message has to arrive at once. */
export class HealthyPair {
  readonly #publisher: Peer;
  readonly #subscriber: Peer;
  #count = 0;

  /** `turn` lets the core write what it has collected. */
  constructor(core: BrokerCore, turn: () => void) {
    this.#publisher = new Peer(core, 5, 'the-healthy-publisher', turn);
    this.#subscriber = new Peer(core, 4, 'the-healthy-subscriber', turn);
    this.#subscriber.expect(subscribe(4, 1, [{ filter: topic, qos: 1 }]), 'suback');
  }

  /** One message, whole way. Throws when anything but it comes, or nothing. */
  exchange(): void {
    this.#count += 1;
    const payload = `message ${this.#count}`;
    this.#publisher.expect(publish(5, { topic, qos: 1, id: 1 + (this.#count % 60_000), payload }), 'puback');
    const message = this.#subscriber.next('publish');
    if (message.type !== 'publish' || String(message.payload) !== payload || message.dup)
      throw new Error(`the healthy pair got ${String(message.bytes)} instead of ${payload}`);
    this.#subscriber.send(ack('puback', message.id));
  }
}

class Peer {
  readonly #stream: SyncStream;
  readonly #level: Level;
  readonly #turn: () => void;
  #data = Buffer.alloc(0);

  constructor(core: BrokerCore, level: Level, clientId: string, turn: () => void) {
    this.#level = level;
    this.#turn = turn;
    this.#stream = new SyncStream(16_384, () => undefined);
    core.handle(this.#stream.asDuplex(), { transport: 'tcp', address: clientId });
    this.expect(connect(level, { clientId }), 'connack');
  }

  send(bytes: Buffer): void {
    this.#stream.deliver(bytes);
  }

  expect(bytes: Buffer, type: Received['type']): void {
    this.send(bytes);
    this.next(type);
  }

  /** The one packet that has come. */
  next(type: Received['type']): Received {
    this.#turn();
    this.#data = Buffer.concat([this.#data, this.#stream.take()]);
    const length = packetLength(this.#data);
    if (length === null || this.#data.length < length) throw new Error(`the healthy pair got nothing, not the ${type} it waits for`);
    const packet = readPacket(this.#data.subarray(0, length), this.#level);
    this.#data = this.#data.subarray(length);
    if (packet.type !== type) throw new Error(`the healthy pair got ${packet.type} instead of ${type}`);
    return packet;
  }
}
