import type { StreamSink } from '../../../shared/ipc/stream-sink.ts';
import type { MessageRecord } from '../../../shared/messages/record.ts';
import { packRecords } from '../../../shared/messages/packed-batch.ts';
import type { TapBatch } from './broker-contract.ts';

export interface TapQueueOptions {
  /** Longest time a message waits for others before its batch is sent. */
  readonly flushMs?: number;
  readonly flushBytes?: number;
  /** Bytes of finished batches kept for a slow reader; beyond that the oldest batch is dropped. */
  readonly maxQueuedBytes?: number;
  readonly onDropped?: () => void;
}

const defaults = { flushMs: 10, flushBytes: 65_536, maxQueuedBytes: 67_108_864, onDropped: () => undefined };

/** Rough cost of a message beside its payload and topic. */
const recordOverheadBytes = 48;

/** Collects tapped messages into packed batches for one reader. Never makes the broker wait: what the reader cannot take is dropped and counted. */
export class TapQueue {
  readonly #options: Required<TapQueueOptions>;
  readonly #batches: TapBatch[] = [];
  #records: MessageRecord[] = [];
  #recordBytes = 0;
  #queuedBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #sink: StreamSink<TapBatch> | undefined;
  #pumping = false;
  #dropped = 0;

  constructor(options: TapQueueOptions = {}) {
    this.#options = { ...defaults, ...options };
  }

  /** Messages lost so far. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Starts to collect for a reader; a second one takes over. Returns what to call when it is gone. */
  attach(sink: StreamSink<TapBatch>): () => void {
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

  push(record: MessageRecord): void {
    if (!this.#sink) return;
    this.#records.push(record);
    this.#recordBytes += recordOverheadBytes + record.topic.length + record.payload.length;
    if (this.#recordBytes >= this.#options.flushBytes) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), this.#options.flushMs);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#records.length === 0) return;
    const batch: TapBatch = { records: packRecords(this.#records), count: this.#records.length };
    this.#records = [];
    this.#recordBytes = 0;
    this.#batches.push(batch);
    this.#queuedBytes += batch.records.length;
    this.#dropOldest();
    void this.#pump();
  }

  #dropOldest(): void {
    if (this.#queuedBytes <= this.#options.maxQueuedBytes) return;
    while (this.#queuedBytes > this.#options.maxQueuedBytes && this.#batches.length > 1) {
      const oldest = this.#batches.shift() as TapBatch;
      this.#queuedBytes -= oldest.records.length;
      this.#dropped += oldest.count;
    }
    this.#options.onDropped();
  }

  async #pump(): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      while (this.#sink && this.#batches.length > 0) {
        const batch = this.#batches.shift() as TapBatch;
        this.#queuedBytes -= batch.records.length;
        await this.#sink.send(batch);
      }
    } catch {
      // The reader is gone: attach's own clean-up forgets the rest.
    } finally {
      this.#pumping = false;
    }
  }
}
