import type { SourceId } from '../../../shared/contract/common.ts';
import type { MessageDetail, MessagePage, MessageRow } from '../../../shared/contract/messages.ts';
import type { MessageRecord } from '../../../shared/messages/record.ts';
import type { Database } from '../sqlite/index.ts';
import type { KeptAside } from './kept-aside.ts';
import { schemaVersion } from './schema.ts';
import { SegmentFiles } from './segment-files.ts';
import { Segment, type TopicSummary } from './segment.ts';

export interface HistoryFilesOptions {
  readonly folder: string;
  readonly budgetBytes: number;
  readonly open: (file: string) => Database;
  /** The workbench did not end properly: each file is checked. */
  readonly check: boolean;
  /** For the names of files kept aside, Unix ms. */
  readonly now: () => number;
  /** Lets tests run out of space. */
  readonly maxPagesPerSegment?: number | undefined;
}

/** All messages of the history. Lives in the store's thread; everything here is synchronous. */
export class HistoryFiles {
  readonly #files: SegmentFiles<Segment>;

  constructor({ open, maxPagesPerSegment, ...options }: HistoryFilesOptions) {
    const openSegment = (file: string): Segment => new Segment(file, open, maxPagesPerSegment);
    this.#files = new SegmentFiles({ ...options, kind: 'messages', schemaVersion, openDatabase: open, openSegment });
  }

  get keptAside(): readonly KeptAside[] {
    return this.#files.keptAside;
  }

  get expired(): number {
    return this.#files.expired;
  }

  append(source: SourceId, records: readonly MessageRecord[]): void {
    this.#files.current().append(source, records);
    this.#files.keepBudget();
  }

  setBudget(bytes: number): void {
    this.#files.setBudget(bytes);
  }

  sizeBytes(): number {
    return this.#files.sizeBytes();
  }

  lastId(): number {
    return Math.max(0, ...this.#files.segments.map((segment) => segment.lastId()));
  }

  latest(source: SourceId, topic: string, maxBytes: number): MessageDetail | null {
    return this.#files.firstHit((segment) => segment.latest(source, topic, maxBytes));
  }

  get(id: number, maxBytes: number): MessageDetail | null {
    return this.#files.firstHit((segment) => segment.get(id, maxBytes));
  }

  payload(id: number, offset: number, length: number): Uint8Array | null {
    return this.#files.firstHit((segment) => segment.payload(id, offset, length));
  }

  history(source: SourceId, topic: string, query: { readonly offset: number; readonly limit: number; readonly atOrBefore?: number | undefined }): MessagePage {
    const atOrBefore = query.atOrBefore ?? Number.MAX_SAFE_INTEGER;
    const rows: MessageRow[] = [];
    let total = 0;
    let skip = query.offset;
    for (const segment of this.#files.segments.toReversed()) {
      const count = segment.count(source, topic) - (query.atOrBefore === undefined ? 0 : segment.countAfter(source, topic, atOrBefore));
      total += count;
      if (rows.length < query.limit && skip < count) rows.push(...segment.rows(source, topic, { atOrBefore, offset: skip, limit: query.limit - rows.length }));
      skip = Math.max(0, skip - count);
    }
    return { rows, total };
  }

  /** Topics of a source with what all segments together know of them. */
  topics(source: SourceId): TopicSummary[] {
    const merged = new Map<string, TopicSummary>();
    for (const segment of this.#files.segments) {
      for (const row of segment.topics(source)) {
        const older = merged.get(row.topic);
        merged.set(row.topic, older ? { ...row, count: row.count + older.count, retained: row.retained } : row);
      }
    }
    return [...merged.values()];
  }

  clear(source: SourceId): number {
    return this.#files.segments.reduce((sum, segment) => sum + segment.clear(source), 0);
  }

  close(): void {
    this.#files.close();
  }
}
