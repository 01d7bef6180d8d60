import { createHash } from 'node:crypto';

interface Options {
  readonly keepMs: number;
  readonly most: number;
  /** Unix ms. */
  readonly now: () => number;
}

/** Remembers messages that were sent, by topic and payload, to know them when they come back. Bounded; the oldest is forgotten first. */
export class EchoMemory {
  readonly #options: Options;
  /** By hash, in the order in which they will be forgotten. */
  readonly #expected = new Map<string, { count: number; at: number }>();
  /** Those that never came back, since the last that did. */
  #unreturned = 0;

  constructor(options: Options) {
    this.#options = options;
  }

  /** How many in a row were forgotten without having come back. */
  get unreturned(): number {
    this.#forget();
    return this.#unreturned;
  }

  sent(topic: string, payload: Uint8Array): void {
    this.#forget();
    const key = keyOf(topic, payload);
    const known = this.#expected.get(key);
    this.#expected.delete(key);
    this.#expected.set(key, { count: (known?.count ?? 0) + 1, at: this.#options.now() });
    const [oldest] = this.#expected.keys();
    if (this.#expected.size > this.#options.most && oldest !== undefined) this.#expected.delete(oldest);
  }

  /** Whether it is one of those; each is known once. `withinMs`: as often as it comes, that long. */
  returned(topic: string, payload: Uint8Array, withinMs?: number): boolean {
    if (this.#expected.size === 0) return false;
    this.#forget();
    const key = keyOf(topic, payload);
    const known = this.#expected.get(key);
    if (!known) return false;
    if (withinMs !== undefined) return this.#options.now() - known.at <= withinMs;
    this.#unreturned = 0;
    known.count -= 1;
    if (known.count === 0) this.#expected.delete(key);
    return true;
  }

  #forget(): void {
    const past = this.#options.now() - this.#options.keepMs;
    for (const [key, { count, at }] of this.#expected) {
      if (at > past) return;
      this.#unreturned += count;
      this.#expected.delete(key);
    }
  }
}

const keyOf = (topic: string, payload: Uint8Array): string => createHash('sha1').update(topic).update('\0').update(payload).digest('base64');
