import type { Qos } from '../../../../shared/contract/common.ts';
import type { SharedGroup } from '../routing/shared-groups.ts';
import type { KeptDelivery } from './persistence/kept.ts';
import type { Message } from './message.ts';
import type { Session } from './session.ts';

/** One message for one session, with what its subscriptions made of it. */
export interface Delivery {
  readonly message: Message;
  /** Granted: the lower of what was published and what was subscribed. */
  readonly qos: Qos;
  readonly retain: boolean;
  /** `null`: none of the matching subscriptions has one. */
  readonly subscriptionIdentifiers: readonly number[] | null;
  /** The shared subscription this session was chosen for; another member gets the message if this one goes. */
  readonly group: SharedGroup<Session> | null;
  /** What is kept of it beyond the life of the broker. */
  kept: KeptDelivery | null;
}

/** What waits in all queues of a broker together. */
export interface QueueTotals {
  messages: number;
  bytes: number;
}

/** First in, first out, bounded in number and bytes. Taking from the front costs the same whatever the length. */
export class DeliveryQueue {
  #items: (Delivery | undefined)[] = [];
  /** When each was queued, on the monotonic clock; not a number: in an earlier life of the broker. */
  #times: number[] = [];
  #head = 0;
  #bytes = 0;
  readonly #totals: QueueTotals;

  constructor(totals: QueueTotals) {
    this.#totals = totals;
  }

  get length(): number {
    return this.#items.length - this.#head;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** False when a bound would be passed: the message is not taken. */
  push(delivery: Delivery, maximumMessages: number, maximumBytes: number, nowMs: number): boolean {
    const { weight } = delivery.message;
    if (this.length >= maximumMessages || this.#bytes + weight > maximumBytes) return false;
    this.#items.push(delivery);
    this.#times.push(nowMs);
    this.#count(1, weight);
    return true;
  }

  shift(): Delivery | undefined {
    const delivery = this.#items[this.#head];
    if (delivery === undefined) return undefined;
    this.#items[this.#head] = undefined;
    this.#head += 1;
    this.#count(-1, -delivery.message.weight);
    // The empty front is cut off in large steps, so that a long queue drains in linear time.
    if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#times = this.#times.slice(this.#head);
      this.#head = 0;
    }
    return delivery;
  }

  each(visit: (delivery: Delivery) => void): void {
    for (let at = this.#head; at < this.#items.length; at += 1) visit(this.#items[at] as Delivery);
  }

  /** Those from a place on, at most `limit`, with the time each was queued. */
  slice(from: number, limit: number, visit: (delivery: Delivery, queuedMs: number) => void): void {
    const end = Math.min(this.#items.length, this.#head + from + limit);
    for (let at = this.#head + from; at < end; at += 1) visit(this.#items[at] as Delivery, this.#times[at] as number);
  }

  /** Takes out those that are named, wherever they stand. */
  remove(isWanted: (delivery: Delivery) => boolean, removed: (delivery: Delivery) => void): void {
    const items: Delivery[] = [];
    const times: number[] = [];
    const gone: Delivery[] = [];
    this.slice(0, Infinity, (delivery, queuedMs) => {
      if (isWanted(delivery)) gone.push(delivery);
      else {
        items.push(delivery);
        times.push(queuedMs);
      }
    });
    this.#items = items;
    this.#times = times;
    this.#head = 0;
    for (const delivery of gone) {
      this.#count(-1, -delivery.message.weight);
      removed(delivery);
    }
  }

  #count(messages: number, bytes: number): void {
    this.#bytes += bytes;
    this.#totals.messages += messages;
    this.#totals.bytes += bytes;
  }
}
