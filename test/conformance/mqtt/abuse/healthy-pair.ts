import type { BrokerCore } from '../../../../src/main/engine/broker/core/broker-core.ts';
import { ack, publish, subscribe } from '../wire.ts';
import { SyncPeer } from './sync-peer.ts';

const topic = 'the-healthy-pair/exchanges';

/** Two clients that go on with their work, QoS 1 after QoS 1, while others misbehave: every message has to arrive within one turn. */
export class HealthyPair {
  readonly #turn: () => void;
  readonly #publisher: SyncPeer;
  readonly #subscriber: SyncPeer;
  #count = 0;

  /** `turn` lets the core write what it has collected. */
  constructor(core: BrokerCore, turn: () => void) {
    this.#turn = turn;
    this.#publisher = new SyncPeer(core, 5, 'the-healthy-publisher').connect();
    this.#subscriber = new SyncPeer(core, 4, 'the-healthy-subscriber').connect();
    turn();
    this.#publisher.expect('connack');
    this.#subscriber.expect('connack');
    this.#subscriber.send(subscribe(4, 1, [{ filter: topic, qos: 1 }]));
    turn();
    this.#subscriber.expect('suback');
  }

  /** One message, whole way. Throws when anything but it comes, or nothing. */
  exchange(): void {
    this.#count += 1;
    const payload = `message ${this.#count}`;
    this.#publisher.send(publish(5, { topic, qos: 1, id: 1 + (this.#count % 60_000), payload }));
    this.#turn();
    const { code } = this.#publisher.expect('puback');
    const message = this.#subscriber.expect('publish');
    if (String(message.payload) !== payload || message.dup || code !== 0)
      throw new Error(`the healthy pair got ${String(message.bytes)} instead of ${payload}`);
    this.#subscriber.send(ack('puback', message.id));
  }
}
