import { Worker } from 'node:worker_threads';
import { turnCells, type FromScriptThread, type ToScriptThread } from './script-messages.ts';

/** Of a thread's own stack, in MiB: what a machine with the stack of a script needs, and more. */
const stackSizeMb = 32;
/** Of what is around the machines, in MiB; their own memory does not count. */
const maxOldGenerationSizeMb = 256;

export interface ThreadEvents {
  readonly message: (message: FromScriptThread) => void;
  /** The thread has ended, without having been asked to. `stuck`: the script (0: a check) that was ended with it, because its turn took too long. */
  readonly gone: (stuck: number | undefined, cause: Error | undefined) => void;
  /** How long a turn of this script may take before the thread is ended with it, in ms. */
  readonly patienceMs: (script: number) => number;
}

/**
 * One thread for scripts, seen from the engine. What the machine cannot interrupt, such as joining a list of a billion, is noticed here: while
 * something is awaited, a turn is looked at every so often, and a thread whose turn does not end is ended.
 */
export class ScriptThread {
  readonly #worker: Worker;
  readonly #cells = new Int32Array(new SharedArrayBuffer(4 * Object.keys(turnCells).length));
  readonly #events: ThreadEvents;
  readonly #lookEveryMs: number;
  /** Settles when the thread runs; rejects never. */
  readonly ready: Promise<void>;
  #awaited = 0;
  #watch: NodeJS.Timeout | undefined;
  #seenTurn = 0;
  #looks = 0;
  #ended = false;

  constructor(url: URL, events: ThreadEvents, lookEveryMs: number) {
    this.#events = events;
    this.#lookEveryMs = lookEveryMs;
    this.#worker = new Worker(url, { name: 'scripts', workerData: { cells: this.#cells }, resourceLimits: { stackSizeMb, maxOldGenerationSizeMb } });
    let cause: Error | undefined;
    this.ready = new Promise((resolve) => {
      this.#worker.on('message', (message: FromScriptThread) => {
        if (message.type === 'ready') resolve();
        else if (!this.#ended) events.message(message);
      });
    });
    this.#worker.on('error', (error: Error) => (cause = error));
    this.#worker.once('exit', () => this.#gone(undefined, cause));
  }

  post(message: ToScriptThread): void {
    this.#worker.postMessage(message);
  }

  /** Stops the call even in the middle of its turn. */
  cancel(script: number, call: number): void {
    Atomics.store(this.#cells, turnCells.cancelled, call);
    this.post({ type: 'cancel', script, call });
  }

  /** One more, or one less, that is waited for. */
  await(more: 1 | -1): void {
    this.#awaited += more;
    if (this.#awaited > 0) this.#watch ??= setInterval(() => this.#look(), this.#lookEveryMs);
    else this.#rest();
  }

  async end(): Promise<void> {
    this.#ended = true;
    this.#rest();
    await this.#worker.terminate();
  }

  #look(): void {
    const turn = Atomics.load(this.#cells, turnCells.turn);
    // Looks are counted, not time: a machine that slept, or an engine that was busy, is no reason.
    this.#looks = turn % 2 !== 0 && turn === this.#seenTurn ? this.#looks + 1 : 0;
    this.#seenTurn = turn;
    const script = Atomics.load(this.#cells, turnCells.script);
    if (this.#looks * this.#lookEveryMs >= this.#events.patienceMs(script)) this.#gone(script, undefined);
  }

  #gone(stuck: number | undefined, cause: Error | undefined): void {
    if (this.#ended) return;
    void this.end();
    this.#events.gone(stuck, cause);
  }

  #rest(): void {
    clearInterval(this.#watch);
    this.#watch = undefined;
    this.#looks = 0;
  }
}
