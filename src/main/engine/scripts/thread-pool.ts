import type { FromScriptThread } from './script-messages.ts';
import { ScriptThread } from './script-thread.ts';

/** Scripts share a thread until it has this many; then they get one more, until there are enough. */
const scriptsBeforeMore = 4;
const maxThreads = 2;

/** A place for one script, or one check, in a thread. */
export interface Seat {
  readonly thread: ScriptThread;
  /** Idempotent. A thread whose last seat is left ends after a while. */
  readonly leave: () => void;
}

export interface PoolOptions {
  readonly workerUrl: URL;
  /** Of a thread without scripts, in ms. */
  readonly idleMs: number;
  readonly lookEveryMs: number;
  readonly message: (thread: ScriptThread, message: FromScriptThread) => void;
  readonly gone: (thread: ScriptThread, stuck: number | undefined, cause: Error | undefined) => void;
  readonly patienceMs: (script: number) => number;
}

interface Pooled {
  readonly thread: ScriptThread;
  readonly isApart: boolean;
  seats: number;
  idle: NodeJS.Timeout | undefined;
}

/** The threads that scripts share. Those that had to be ended with one are apart: they share one among themselves. */
export class ThreadPool {
  readonly #options: PoolOptions;
  readonly #threads = new Set<Pooled>();

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#threads.size;
  }

  sit(isApart: boolean): Seat {
    const pooled = this.#leastTaken(isApart);
    pooled.seats += 1;
    clearTimeout(pooled.idle);
    let isTaken = true;
    return {
      thread: pooled.thread,
      leave: () => {
        if (!isTaken) return;
        isTaken = false;
        pooled.seats -= 1;
        if (pooled.seats > 0 || !this.#threads.has(pooled)) return;
        pooled.idle = setTimeout(() => void this.#end(pooled), this.#options.idleMs);
        pooled.idle.unref();
      },
    };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#threads].map((pooled) => this.#end(pooled)));
  }

  #leastTaken(isApart: boolean): Pooled {
    const candidates = [...this.#threads].filter((pooled) => pooled.isApart === isApart).toSorted((a, b) => a.seats - b.seats);
    const [best] = candidates;
    if (best && (best.seats < scriptsBeforeMore || candidates.length >= (isApart ? 1 : maxThreads))) return best;
    return this.#start(isApart);
  }

  #start(isApart: boolean): Pooled {
    const { workerUrl, lookEveryMs, message, gone, patienceMs } = this.#options;
    const thread: ScriptThread = new ScriptThread(
      workerUrl,
      {
        message: (received) => message(thread, received),
        gone: (stuck, cause) => {
          clearTimeout(pooled.idle);
          this.#threads.delete(pooled);
          gone(thread, stuck, cause);
        },
        patienceMs,
      },
      lookEveryMs,
    );
    const pooled: Pooled = { thread, isApart, seats: 0, idle: undefined };
    this.#threads.add(pooled);
    return pooled;
  }

  async #end(pooled: Pooled): Promise<void> {
    clearTimeout(pooled.idle);
    this.#threads.delete(pooled);
    await pooled.thread.end();
  }
}
