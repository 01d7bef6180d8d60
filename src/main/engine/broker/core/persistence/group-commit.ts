import type { BrokerPersistence } from './broker-persistence.ts';
import { PendingChanges, type AfterCommit } from './pending-changes.ts';
import type { Clocks } from './stored-message.ts';

const firstRetryMs = 250;
const longestRetryMs = 5000;

export interface GroupCommitOptions {
  readonly persistence: BrokerPersistence;
  readonly clocks: Clocks;
  /** Why nothing can be kept at the moment, in a sentence; `null`: it works again. */
  readonly onProblem: (problem: string | null) => void;
  readonly onBug: (error: unknown) => void;
  /** A batch is written, and what waited for it has run. */
  readonly onCommitted: () => void;
  /** The first batch in a row could not be written. */
  readonly onFailing: () => void;
}

/**
 * Changes are collected and written in batches, one at a time: the first as soon as the turn of the event loop ends, the next when that one is
 * written. A batch that cannot be written is tried again, together with what has changed since.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions;
  #writing: PendingChanges | null = null;
  #isScheduled = false;
  #isClosed = false;
  #retryMs = firstRetryMs;
  #retry: NodeJS.Timeout | null = null;
  #idle: (() => void) | null = null;
  #lastWriteMs = 0;
  /** For the next batch; whoever adds to it calls `changed`. */
  pending = new PendingChanges();
  /** The last batch could not be written. */
  isFailing = false;

  constructor(options: GroupCommitOptions) {
    this.#options = options;
  }

  /** What the messages weigh that wait to be written. */
  get waitingBytes(): number {
    return this.pending.bytes + (this.#writing?.bytes ?? 0);
  }

  changed(): void {
    if (this.#isScheduled || this.#writing !== null || this.#retry !== null || this.#isClosed) return;
    this.#isScheduled = true;
    setImmediate(this.#flush);
  }

  /** Runs when all changes so far are written: at once when they are. */
  after(action: AfterCommit): void {
    if (this.#writing === null && this.pending.isEmpty && this.pending.waiting.length === 0) {
      action.run();
      return;
    }
    this.pending.waiting.push(action);
    this.changed();
  }

  /** A batch without changes, unless there was another one within this time. */
  signOfLife(withinMs: number): void {
    if (this.#options.clocks.wallMs - this.#lastWriteMs < withinMs) return;
    this.pending.isSignOfLife = true;
    this.changed();
  }

  readonly #flush = (): void => {
    this.#isScheduled = false;
    if (this.#writing !== null || this.#isClosed) return;
    const changes = this.pending;
    this.pending = new PendingChanges();
    this.#writing = changes;
    // What came and went within the turn leaves nothing to write.
    if (changes.isEmpty) this.#written(changes);
    else {
      this.#write(changes).then(
        () => this.#written(changes),
        (error: unknown) => this.#failed(changes, error),
      );
    }
  };

  async #write(changes: PendingChanges): Promise<void> {
    const batch = changes.toBatch(this.#options.clocks);
    this.#lastWriteMs = batch.nowMs;
    await this.#options.persistence.write(batch);
  }

  #written(changes: PendingChanges): void {
    this.#writing = null;
    if (this.isFailing) {
      this.isFailing = false;
      this.#retryMs = firstRetryMs;
      this.#options.onProblem(null);
    }
    for (const action of changes.waiting) this.#run(action);
    this.#options.onCommitted();
    this.#next();
  }

  #failed(changes: PendingChanges, error: unknown): void {
    this.#writing = null;
    this.pending.takeBack(changes);
    if (!this.isFailing) {
      this.isFailing = true;
      this.#options.onProblem(error instanceof Error ? error.message : String(error));
      this.#options.onFailing();
    }
    if (this.#isClosed || this.#idle !== null) return this.#idle?.();
    this.#retry = setTimeout(() => {
      this.#retry = null;
      this.#flush();
    }, this.#retryMs);
    this.#retryMs = Math.min(longestRetryMs, this.#retryMs * 2);
  }

  #next(): void {
    if (!this.pending.isEmpty || this.pending.waiting.length > 0) this.#flush();
    else this.#idle?.();
  }

  /** Forgets all changes, also those of the batch under way, should it fail; what waits for them runs with the next one. */
  abandon(): void {
    const { waiting } = this.pending;
    this.pending = new PendingChanges();
    this.pending.waiting = waiting;
    this.pending.hasOthers = true;
    this.changed();
  }

  tryAgain(): void {
    if (this.#retry === null) return;
    clearTimeout(this.#retry);
    this.#retry = null;
    this.#retryMs = firstRetryMs;
    this.#flush();
  }

  #run(action: AfterCommit): void {
    try {
      action.run();
    } catch (error) {
      this.#options.onBug(error);
    }
  }

  /** Writes what is left, once, and closes the place. Idempotent. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
    const idle = new Promise<void>((resolve) => (this.#idle = resolve));
    if (this.#writing === null) this.#next();
    await idle;
    this.#isClosed = true;
    await this.#options.persistence.close();
  }
}
