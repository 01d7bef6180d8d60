/** Timers with the signatures of Node's, so that tests can hand in their own. */
export interface Timers {
  readonly set: (run: () => void, delayMs: number) => unknown;
  readonly clear: (timer: unknown) => void;
  /** ms, never going back. */
  readonly now: () => number;
}

export const realTimers: Timers = {
  set: (run, delayMs) => setTimeout(run, delayMs),
  clear: (timer) => clearTimeout(timer as NodeJS.Timeout),
  now: () => performance.now(),
};

const leastPatienceMs = 1000;

interface KeepAliveHooks {
  readonly ping: () => void;
  readonly lost: () => void;
}

/**
 * Sends PINGREQ when nothing was sent for a while [MQTT-3.1.2-20], and notices when the server is gone: when neither PINGRESP nor anything else
 * comes within half of that while, so that a loss shows after one and a half keep alives, as it does to a server [MQTT-3.1.2-22].
 */
export class KeepAlive {
  readonly #intervalMs: number;
  readonly #timers: Timers;
  readonly #hooks: KeepAliveHooks;
  #timer: unknown;
  #lastSent: number;
  #lastReceived = 0;
  #pingedAt: number | null = null;

  /** `intervalMs` of silence; 0 switches it off. */
  constructor(intervalMs: number, timers: Timers, hooks: KeepAliveHooks) {
    this.#intervalMs = intervalMs;
    this.#timers = timers;
    this.#hooks = hooks;
    this.#lastSent = timers.now();
    if (intervalMs > 0) this.#wait(intervalMs);
  }

  sent(): void {
    this.#lastSent = this.#timers.now();
  }

  received(): void {
    this.#lastReceived = this.#timers.now();
  }

  pingAnswered(): void {
    this.#pingedAt = null;
  }

  stop(): void {
    this.#timers.clear(this.#timer);
    this.#timer = undefined;
  }

  #wait(delayMs: number): void {
    // A whole millisecond at least: a rest of less would be waited for without end.
    this.#timer = this.#timers.set(() => this.#check(), Math.max(1, Math.ceil(delayMs)));
  }

  #check(): void {
    const now = this.#timers.now();
    const patience = Math.max(leastPatienceMs, this.#intervalMs / 2);
    if (this.#pingedAt !== null) {
      // Bytes that come are a sign of life, even when PINGRESP stands behind a large message.
      const silentFor = now - Math.max(this.#pingedAt, this.#lastReceived);
      if (silentFor >= patience) this.#hooks.lost();
      else this.#wait(patience - silentFor);
      return;
    }
    const idle = now - this.#lastSent;
    if (idle < this.#intervalMs) {
      this.#wait(this.#intervalMs - idle);
      return;
    }
    this.#pingedAt = now;
    this.#hooks.ping();
    this.#wait(patience);
  }
}
