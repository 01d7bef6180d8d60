import type { SourceId } from '../../../shared/contract/common.ts';
import type { MessageRow, MessageTail } from '../../../shared/contract/messages.ts';
import type { MessageRecord } from '../../../shared/messages/record.ts';

const flushEveryMs = 50;
const maxRowsPerTail = 200;
const maxHeadBytes = 256;

/** The reader of one tail. While it is not ready, rows wait here, up to a bound, and what falls out is counted. */
export interface TailReader {
  readonly ready: () => boolean;
  readonly send: (tail: MessageTail) => void;
}

export interface Tails {
  /** `records` have their ids. */
  ingest(source: SourceId, records: readonly MessageRecord[]): void;
  /** Returns what ends it. */
  open(source: SourceId, topic: string, reader: TailReader): () => void;
  close(): void;
}

export interface TailsOptions {
  /** Unix ms. */
  readonly now: () => number;
  readonly setTimer?: (run: () => void, ms: number) => unknown;
  readonly clearTimer?: (timer: unknown) => void;
}

interface OpenTail {
  readonly reader: TailReader;
  rows: MessageRow[];
  omitted: number;
}

/** Live message lists: who looks at a topic gets its new messages, at most 20 times a second. Costs nothing for topics nobody looks at. */
export function createTails(options: TailsOptions): Tails {
  const setTimer = options.setTimer ?? ((run, ms) => setTimeout(run, ms));
  const clearTimer = options.clearTimer ?? ((timer) => clearTimeout(timer as NodeJS.Timeout));
  const tails = new Map<SourceId, Map<string, Set<OpenTail>>>();
  const dirty = new Set<OpenTail>();
  let timer: unknown;
  let flushedAt = 0;

  const flush = (): void => {
    timer = undefined;
    flushedAt = options.now();
    for (const tail of dirty) {
      if (!tail.reader.ready()) continue;
      const { rows, omitted } = tail;
      dirty.delete(tail);
      tail.rows = [];
      tail.omitted = 0;
      tail.reader.send({ rows, omitted });
    }
    schedule();
  };

  const schedule = (): void => {
    if (timer !== undefined || dirty.size === 0) return;
    timer = setTimer(flush, Math.min(flushEveryMs, Math.max(0, flushedAt + flushEveryMs - options.now())));
  };

  return {
    ingest(source, records) {
      const byTopic = tails.get(source);
      if (!byTopic) return;
      for (const record of records) {
        const open = byTopic.get(record.topic);
        if (!open) continue;
        const row = rowOf(record);
        for (const tail of open) {
          tail.rows.push(row);
          if (tail.rows.length > maxRowsPerTail) {
            tail.rows.shift();
            tail.omitted += 1;
          }
          dirty.add(tail);
        }
      }
      schedule();
    },
    open(source, topic, reader) {
      const tail: OpenTail = { reader, rows: [], omitted: 0 };
      const byTopic = tails.get(source) ?? new Map<string, Set<OpenTail>>();
      tails.set(source, byTopic);
      const open = byTopic.get(topic) ?? new Set<OpenTail>();
      byTopic.set(topic, open);
      open.add(tail);
      return () => {
        open.delete(tail);
        dirty.delete(tail);
        if (open.size === 0 && byTopic.get(topic) === open) byTopic.delete(topic);
        if (byTopic.size === 0 && tails.get(source) === byTopic) tails.delete(source);
      };
    },
    close() {
      if (timer !== undefined) clearTimer(timer);
      timer = undefined;
      tails.clear();
      dirty.clear();
    },
  };
}

export function rowOf(record: MessageRecord): MessageRow {
  const { id, timeUs, topic, qos, retain, dup, direction, publisher, payload } = record;
  // A copy: a view would drag the whole payload along when it is sent on.
  return { id, timeUs, topic, qos, retain, dup, direction, publisher, sizeBytes: payload.byteLength, head: payload.slice(0, maxHeadBytes) };
}
