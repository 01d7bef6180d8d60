import type { SourceId } from '../../../shared/contract/common.ts';
import type { MessageRecord } from '../../../shared/messages/record.ts';

/** One transaction has at most this many messages or bytes. */
const maxBatchRecords = 10_000;
const maxBatchBytes = 16 * 1024 * 1024;
/** What a waiting message costs beside its payload and topic. */
const recordOverheadBytes = 200;

interface Waiting {
  readonly source: SourceId;
  readonly records: MessageRecord[];
}

/** Messages that wait for the disk, bounded in bytes. A single message larger than the bound is still taken when nothing else waits. */
export class WriteQueue {
  readonly #maxBytes: number;
  readonly #batches: Waiting[] = [];
  #bytes = 0;
  count = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Returns how many did not fit. */
  add(source: SourceId, records: readonly MessageRecord[]): number {
    let refused = 0;
    for (const record of records) {
      const size = sizeOf(record);
      if (this.#bytes + size > this.#maxBytes && this.count > 0) {
        refused += 1;
        continue;
      }
      let last = this.#batches.at(-1);
      if (last?.source !== source || last.records.length >= maxBatchRecords) {
        last = { source, records: [] };
        this.#batches.push(last);
      }
      last.records.push(record);
      this.#bytes += size;
      this.count += 1;
    }
    return refused;
  }

  /** The next batch to write: messages of one source, in order. */
  take(): { readonly source: SourceId; readonly records: readonly MessageRecord[] } | undefined {
    const [first] = this.#batches;
    if (!first) return undefined;
    let bytes = 0;
    let end = 0;
    while (end < first.records.length && (end === 0 || bytes < maxBatchBytes)) bytes += sizeOf(first.records[end++] as MessageRecord);
    const records = first.records.splice(0, end);
    if (first.records.length === 0) this.#batches.shift();
    this.#bytes -= bytes;
    this.count -= records.length;
    return { source: first.source, records };
  }

  /** Empties the queue; returns how many were in it. */
  clear(): number {
    const { count } = this;
    this.#batches.length = 0;
    this.#bytes = 0;
    this.count = 0;
    return count;
  }
}

const sizeOf = (record: MessageRecord): number => record.payload.byteLength + record.topic.length + recordOverheadBytes;
