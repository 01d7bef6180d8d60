import type { SourceId } from '../../../../shared/contract/common.ts';
import type { BatchInput, BatchStatus, ResultsPage, ResultsQuery } from '../../../../shared/contract/rpc-batches.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { createNotifier, type Notifier } from '../../notifier.ts';
import { Batch, type BatchDeps, type BatchFilling } from './batch.ts';

const mostRunning = 4;
const mostRemembered = 20;

export interface BatchesOptions extends Omit<BatchDeps, 'onChange'> {
  readonly newId: () => string;
}

/** The batches that run, and the last that have ended. */
export class Batches {
  readonly #options: BatchesOptions;
  /** The oldest first. */
  readonly #batches = new Map<string, Batch>();
  readonly changed: Notifier = createNotifier();

  constructor(options: BatchesOptions) {
    this.#options = options;
  }

  /** Throws a coded error for what cannot be sent. */
  start(input: BatchInput, filling?: BatchFilling): string {
    this.#checkRoom();
    const batch = new Batch(this.#options.newId(), input, { ...this.#options, onChange: this.changed.notify }, filling);
    this.#batches.set(batch.id, batch);
    try {
      batch.begin();
    } catch (error) {
      this.#batches.delete(batch.id);
      throw error;
    }
    this.#forgetOldest();
    return batch.id;
  }

  of(source: SourceId): readonly BatchStatus[] {
    return [...this.#batches.values()]
      .filter(({ input }) => input.call.source === source)
      .map((batch) => batch.status())
      .toReversed();
  }

  isRunning(source: SourceId): boolean {
    return [...this.#batches.values()].some(({ input, isOver }) => !isOver && input.call.source === source);
  }

  cancel(id: string): boolean {
    return this.#batches.get(id)?.cancel() ?? false;
  }

  /** What the variables of a batch were; `undefined`: it has none, or is not known. */
  fillingOf(id: string): BatchFilling | undefined {
    return this.#batches.get(id)?.filling;
  }

  retry(id: string, filling?: BatchFilling): number {
    const batch = this.#batches.get(id);
    if (!batch) throw new CodedError('not-found', 'This batch is not known any more.');
    if (batch.isOver) this.#checkRoom();
    return batch.retry(filling);
  }

  remove(id: string): void {
    if (!this.#batches.get(id)?.isOver) return;
    this.#batches.delete(id);
    this.changed.notify();
  }

  /** -1: there are none. */
  resultsVersion(id: string): number {
    return this.#batches.get(id)?.peers?.version ?? -1;
  }

  results({ id, ...query }: ResultsQuery): ResultsPage | null {
    return this.#batches.get(id)?.peers?.page(query) ?? null;
  }

  close(): void {
    for (const batch of this.#batches.values()) batch.cancel();
  }

  #checkRoom(): void {
    const running = [...this.#batches.values()].filter(({ isOver }) => !isOver).length;
    if (running < mostRunning) return;
    throw new CodedError('invalid-state', `${mostRunning} batches run already, which is the limit.`, { advice: 'Wait until one has ended, or cancel one.' });
  }

  #forgetOldest(): void {
    for (const [id, { isOver }] of this.#batches) {
      if (this.#batches.size <= mostRemembered) return;
      if (isOver) this.#batches.delete(id);
    }
  }
}
