import type { RawClient } from '../conformance/mqtt/raw-client.ts';
import type { Received } from '../conformance/mqtt/read-packet.ts';
import { ack, pingreq, publish, type Level } from '../conformance/mqtt/wire.ts';

/* Clients that keep their side of QoS 1 and 2 over any number of connections and brokers. */

const patienceMs = 60_000;

/** Handles what comes until the connection is gone or `isDone` says so. */
export async function follow(client: RawClient, handle: (packet: Received) => void, isDone: () => boolean = () => false): Promise<void> {
  while (!isDone()) {
    let packet: Received;
    try {
      packet = await client.next(patienceMs);
    } catch (error) {
      if (client.closed) return;
      throw error;
    }
    handle(packet);
  }
}

/** Numbers its messages and remembers which of them the broker has taken over. */
export class Publisher {
  readonly taken: string[] = [];
  readonly #qos: 1 | 2;
  readonly #level: Level;
  readonly #topic: string;
  readonly #window: number;
  readonly #underWay = new Map<number, { readonly payload: string; isTaken: boolean }>();
  #number = 0;
  #id = 0;

  constructor(qos: 1 | 2, level: Level, topic: string, window: number) {
    this.#qos = qos;
    this.#level = level;
    this.#topic = topic;
    this.#window = window;
  }

  get isIdle(): boolean {
    return this.#underWay.size === 0;
  }

  /** What was under way before goes first: a QoS 1 message again would only be allowed to come twice, so it is given up. */
  resume(client: RawClient): void {
    if (this.#qos === 1) return this.#underWay.clear();
    for (const [id, { payload, isTaken }] of this.#underWay) {
      client.send(isTaken ? ack('pubrel', id) : publish(this.#level, { topic: this.#topic, payload, qos: 2, id, dup: true }));
    }
  }

  fill(client: RawClient): void {
    while (this.#underWay.size < this.#window) {
      do this.#id = (this.#id % 200) + 1;
      while (this.#underWay.has(this.#id));
      const payload = `${this.#topic}-${(this.#number += 1)}`;
      this.#underWay.set(this.#id, { payload, isTaken: false });
      client.send(publish(this.#level, { topic: this.#topic, payload, qos: this.#qos, id: this.#id }));
    }
  }

  handle(client: RawClient, packet: Received): void {
    if (packet.type !== 'puback' && packet.type !== 'pubrec' && packet.type !== 'pubcomp') throw new Error(`${packet.type} for a publisher`);
    const message = this.#underWay.get(packet.id);
    if (message === undefined) throw new Error(`${packet.type} for ${packet.id}, which is not under way`);
    if (packet.type !== 'pubcomp' && !message.isTaken) this.taken.push(message.payload);
    message.isTaken = true;
    if (packet.type === 'pubrec') client.send(ack('pubrel', packet.id));
    else this.#underWay.delete(packet.id);
  }
}

/** Takes what comes as the specification says, over any number of connections. */
export class Subscriber {
  readonly received: string[] = [];
  readonly #unreleased = new Set<number>();
  #pongs = 0;

  handle(client: RawClient, packet: Received): void {
    switch (packet.type) {
      case 'publish':
        if (packet.qos === 1) {
          this.received.push(packet.payload.toString());
          client.send(ack('puback', packet.id));
        } else {
          if (!this.#unreleased.has(packet.id)) this.received.push(packet.payload.toString());
          this.#unreleased.add(packet.id);
          client.send(ack('pubrec', packet.id));
        }
        return;
      case 'pubrel':
        this.#unreleased.delete(packet.id);
        client.send(ack('pubcomp', packet.id));
        return;
      case 'pingresp':
        this.#pongs += 1;
        return;
      default:
        throw new Error(`${packet.type} for a subscriber`);
    }
  }

  /** Receives until all of these are here and nothing more is under way. */
  async drain(client: RawClient, wanted: readonly string[]): Promise<void> {
    const handle = (packet: Received): void => this.handle(client, packet);
    const isHere = (): boolean => {
      const here = new Set(this.received);
      return wanted.every((payload) => here.has(payload)) && this.#unreleased.size === 0;
    };
    while (!isHere()) handle(await client.next(patienceMs).catch((error: unknown) => this.#complain(wanted, error)));
    const pongs = this.#pongs;
    client.send(pingreq);
    await follow(client, handle, () => this.#pongs > pongs && this.#unreleased.size === 0);
  }

  #complain(wanted: readonly string[], cause: unknown): never {
    const missing = wanted.filter((payload) => !this.received.includes(payload));
    throw new Error(`Missing: ${missing.join(', ') || 'nothing'}; PUBREL is to come for: ${[...this.#unreleased].join(', ') || 'nothing'}.`, { cause });
  }
}
