import type { StreamSink } from '../../../shared/ipc/stream-sink.ts';

export interface BatchQueueOptions {
  /** Longest time a record waits for others before its batch is sent. */
  readonly flushMs?: number;
  readonly flushBytes?: number;
  /** Bytes of finished batches kept for a slow reader; beyond that the oldest batch is dropped. */
  readonly maxQueuedBytes?: number;
  readonly onDropped?: () => void;
}

const defaults = { flushMs: 10, flushBytes: 65_536, maxQueuedBytes: 67_108_864, onDropped: () => undefined };

interface Packed<B> {
  readonly batch: B;
  readonly count: number;
  readonly bytes: number;
}

/** Collects records into batches for one reader. Never makes the broker wait: what the reader cannot take is dropped and counted. */
export abstract class BatchQueue<R, B> {
  readonly #options: Required<BatchQueueOptions>;
  readonly #batches: Packed<B>[] = [];
  #records: R[] = [];
  #recordBytes = 0;
  #queuedBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #sink: StreamSink<B> | undefined;
  #pumping = false;
  #dropped = 0;

  constructor(options: BatchQueueOptions = {}) {
    this.#options = { ...defaults, ...options };
  }

  /** A batch of records, and its size in bytes. */
  protected abstract pack(records: readonly R[], estimatedBytes: number): { readonly batch: B; readonly bytes: number };

  /** Records lost so far. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Starts to collect for a reader; a second one takes over. Returns what to call when it is gone. */
  attach(sink: StreamSink<B>): () => void {
    this.#sink = sink;
    return () => {
      if (this.#sink !== sink) return;
      this.#sink = undefined;
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#records = [];
      this.#recordBytes = 0;
      this.#batches.length = 0;
      this.#queuedBytes = 0;
    };
  }

  /** `bytes`: roughly what the record takes. */
  protected add(record: R, bytes: number): void {
    if (!this.#sink) return;
    this.#records.push(record);
    this.#recordBytes += bytes;
    if (this.#recordBytes >= this.#options.flushBytes) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), this.#options.flushMs);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#records.length === 0) return;
    const { batch, bytes } = this.pack(this.#records, this.#recordBytes);
    this.#batches.push({ batch, bytes, count: this.#records.length });
    this.#records = [];
    this.#recordBytes = 0;
    this.#queuedBytes += bytes;
    this.#dropOldest();
    void this.#pump();
  }

  #dropOldest(): void {
    if (this.#queuedBytes <= this.#options.maxQueuedBytes) return;
    while (this.#queuedBytes > this.#options.maxQueuedBytes && this.#batches.length > 1) {
      const oldest = this.#batches.shift() as Packed<B>;
      this.#queuedBytes -= oldest.bytes;
      this.#dropped += oldest.count;
    }
    this.#options.onDropped();
  }

  async #pump(): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      while (this.#sink && this.#batches.length > 0) {
        const { batch, bytes } = this.#batches.shift() as Packed<B>;
        this.#queuedBytes -= bytes;
        await this.#sink.send(batch);
      }
    } catch {
      // The reader is gone: attach's own clean-up forgets the rest.
    } finally {
      this.#pumping = false;
    }
  }
}
