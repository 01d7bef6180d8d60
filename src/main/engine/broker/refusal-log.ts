import type { BrokerRefusals, RefusedClient } from '../../../shared/contract/broker.ts';
import type { Refusal } from './broker-engine.ts';

/** Different ones that are kept; what comes again only counts up. */
const kept = 200;
/** Lines of one client about what it may not do: one that tries everything pushes nobody else out. */
const deniedTopics = 20;

/** Whom the broker turned away or cut off, and why: bounded, however many come and however often. */
export class RefusalLog {
  readonly #now: () => number;
  /** Newest last. */
  readonly #entries = new Map<string, RefusedClient>();
  #total = 0;
  #notKept = 0;
  #denied = 0;
  #overLimit = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  add({ clientId, transport, address, reason: why, notKeptTopic, denied: what, overLimit }: Refusal): void {
    if (what !== undefined) this.#denied += 1;
    else if (overLimit !== undefined) this.#overLimit += 1;
    else if (notKeptTopic === undefined) this.#total += 1;
    else this.#notKept += 1;
    const host = address.replace(/:\d+$/, '');
    // Each attempt comes from another port.
    let key = JSON.stringify([clientId, transport, host, what === undefined ? why : [what.action, what.topic, what.handler]]);
    let [reason, denied]: [string, RefusedClient['denied']] = [why, what];
    if (what !== undefined && !this.#entries.has(key) && this.#denialsOf(clientId) >= deniedTopics) {
      const { action, handler } = what;
      key = JSON.stringify([clientId, action, handler]);
      reason = handler === undefined ? `May not ${action} to further topics.` : `Further messages refused by the handler “${handler}”.`;
      denied = { action, topic: null, ...(handler === undefined ? {} : { handler }) };
    }
    const earlier = this.#entries.get(key);
    const at = this.#now();
    this.#entries.delete(key);
    this.#entries.set(key, {
      clientId,
      transport,
      address,
      reason,
      ...(notKeptTopic === undefined ? {} : { notKeptTopic }),
      ...(denied === undefined ? {} : { denied }),
      ...(overLimit === undefined ? {} : { overLimit }),
      count: (earlier?.count ?? 0) + 1,
      firstAt: earlier?.firstAt ?? at,
      lastAt: at,
    });
    if (this.#entries.size <= kept) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }

  snapshot(): BrokerRefusals {
    return { total: this.#total, notKept: this.#notKept, denied: this.#denied, overLimit: this.#overLimit, recent: [...this.#entries.values()].toReversed() };
  }

  #denialsOf(clientId: string | null): number {
    let count = 0;
    for (const { clientId: other, denied } of this.#entries.values()) if (other === clientId && denied !== undefined && denied.topic !== null) count += 1;
    return count;
  }
}
