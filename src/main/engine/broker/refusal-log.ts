import type { BrokerRefusals, RefusedClient } from '../../../shared/contract/broker.ts';
import type { Refusal } from './broker-engine.ts';

/** Different ones that are kept; what comes again only counts up. */
const kept = 200;

/** Whom the broker turned away or cut off, and why: bounded, however many come and however often. */
export class RefusalLog {
  readonly #now: () => number;
  /** Newest last. */
  readonly #entries = new Map<string, RefusedClient>();
  #total = 0;
  #notKept = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  add({ clientId, transport, address, reason, notKeptTopic }: Refusal): void {
    if (notKeptTopic === undefined) this.#total += 1;
    else this.#notKept += 1;
    const host = address.replace(/:\d+$/, '');
    // Each attempt comes from another port.
    const key = JSON.stringify([clientId, transport, host, reason]);
    const earlier = this.#entries.get(key);
    const at = this.#now();
    this.#entries.delete(key);
    this.#entries.set(key, {
      clientId,
      transport,
      address,
      reason,
      ...(notKeptTopic === undefined ? {} : { notKeptTopic }),
      count: (earlier?.count ?? 0) + 1,
      firstAt: earlier?.firstAt ?? at,
      lastAt: at,
    });
    if (this.#entries.size <= kept) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }

  snapshot(): BrokerRefusals {
    return { total: this.#total, notKept: this.#notKept, recent: [...this.#entries.values()].toReversed() };
  }
}
