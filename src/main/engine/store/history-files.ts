import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { SourceId } from '../../../shared/contract/common.ts';
import type { MessageDetail, MessagePage, MessageRow } from '../../../shared/contract/messages.ts';
import type { MessageRecord } from '../../../shared/messages/record.ts';
import { setAside, sqliteCode, whyUnusable, type Database } from '../sqlite/index.ts';
import type { KeptAside } from './kept-aside.ts';
import { fileVersion, schemaVersion } from './schema.ts';
import { Segment, type TopicSummary } from './segment.ts';

/** A segment is closed at an eighth of the budget, so that keeping within it costs at most that much history at once. */
const segmentsPerBudget = 8;
const maxSegmentBytes = 512 * 1024 * 1024;

export interface HistoryFilesOptions {
  readonly folder: string;
  readonly budgetBytes: number;
  readonly open: (file: string) => Database;
  /** For the names of files kept aside, Unix ms. */
  readonly now: () => number;
  /** Lets tests run out of space. */
  readonly maxPagesPerSegment?: number | undefined;
}

/** All segments of the history, oldest first. Lives in the store's thread; everything here is synchronous. */
export class HistoryFiles {
  readonly #options: HistoryFilesOptions;
  readonly #segments: Segment[] = [];
  readonly keptAside: KeptAside[] = [];
  #budgetBytes: number;
  #next = 1;
  expired = 0;

  constructor(options: HistoryFilesOptions) {
    this.#options = options;
    this.#budgetBytes = options.budgetBytes;
    mkdirSync(options.folder, { recursive: true });
    const unclean = existsSync(this.#marker);
    const names = readdirSync(options.folder).filter((name) => /^messages-\d{6}\.db$/.test(name));
    for (const name of names.toSorted()) {
      this.#next = Number(name.slice(9, 15)) + 1;
      this.#openExisting(path.join(options.folder, name), unclean);
    }
    writeFileSync(this.#marker, '');
  }

  append(source: SourceId, records: readonly MessageRecord[]): void {
    this.#current().append(source, records);
    this.#keepBudget();
  }

  setBudget(bytes: number): void {
    this.#budgetBytes = bytes;
    this.#keepBudget();
  }

  sizeBytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.sizeBytes(), 0);
  }

  lastId(): number {
    return Math.max(0, ...this.#segments.map((segment) => segment.lastId()));
  }

  latest(source: SourceId, topic: string, maxBytes: number): MessageDetail | null {
    return this.#firstHit((segment) => segment.latest(source, topic, maxBytes));
  }

  get(id: number, maxBytes: number): MessageDetail | null {
    return this.#firstHit((segment) => segment.get(id, maxBytes));
  }

  payload(id: number, offset: number, length: number): Uint8Array | null {
    return this.#firstHit((segment) => segment.payload(id, offset, length));
  }

  history(source: SourceId, topic: string, query: { readonly offset: number; readonly limit: number; readonly atOrBefore?: number | undefined }): MessagePage {
    const atOrBefore = query.atOrBefore ?? Number.MAX_SAFE_INTEGER;
    const rows: MessageRow[] = [];
    let total = 0;
    let skip = query.offset;
    for (const segment of this.#segments.toReversed()) {
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
    for (const segment of this.#segments) {
      for (const row of segment.topics(source)) {
        const older = merged.get(row.topic);
        merged.set(row.topic, older ? { ...row, count: row.count + older.count, retained: row.retained } : row);
      }
    }
    return [...merged.values()];
  }

  clear(source: SourceId): number {
    return this.#segments.reduce((sum, segment) => sum + segment.clear(source), 0);
  }

  close(): void {
    for (const segment of this.#segments) segment.close();
    this.#segments.length = 0;
    rmSync(this.#marker, { force: true });
  }

  get #marker(): string {
    return path.join(this.#options.folder, 'in-use');
  }

  #current(): Segment {
    const last = this.#segments.at(-1);
    const limit = Math.min(maxSegmentBytes, this.#budgetBytes / segmentsPerBudget);
    return last && last.sizeBytes() < limit ? last : this.#addSegment();
  }

  #addSegment(): Segment {
    const file = path.join(this.#options.folder, `messages-${String(this.#next).padStart(6, '0')}.db`);
    const segment = new Segment(file, this.#options.open, this.#options.maxPagesPerSegment);
    this.#next += 1;
    this.#segments.push(segment);
    return segment;
  }

  #keepBudget(): void {
    // The newest segment always stays: a budget below its size is reached when it is full.
    while (this.#segments.length > 1 && this.sizeBytes() > this.#budgetBytes) {
      const [oldest] = this.#segments;
      this.expired += oldest?.messageCount() ?? 0;
      oldest?.remove();
      this.#segments.shift();
    }
  }

  #openExisting(file: string, check: boolean): void {
    const opened = this.#open(file, check);
    if (opened instanceof Segment) this.#segments.push(opened);
    else this.#keepAside(file, opened.why, opened.messageCount);
  }

  /** The segment of a file, or why it cannot be used. */
  #open(file: string, check: boolean): Segment | Pick<KeptAside, 'why' | 'messageCount'> {
    let segment: Segment | undefined;
    try {
      if (this.#versionOf(file) > schemaVersion) return { why: 'was written by a newer version of the workbench', messageCount: null };
      segment = new Segment(file, this.#options.open, this.#options.maxPagesPerSegment);
      if (check && !segment.isSound()) throw Object.assign(new Error('the check failed'), { errcode: sqliteCode.corrupt });
      return segment;
    } catch (error) {
      const messageCount = segment?.messageCount() ?? null;
      segment?.close();
      return { why: whyUnusable(error), messageCount };
    }
  }

  #versionOf(file: string): number {
    const probe = this.#options.open(file);
    try {
      return fileVersion(probe);
    } finally {
      probe.close();
    }
  }

  #keepAside(file: string, why: string, messageCount: number | null): void {
    const kept = setAside(file, this.#options.now());
    this.keptAside.push({ file: path.basename(file), keptAs: path.basename(kept), why, messageCount });
  }

  #firstHit<T>(ask: (segment: Segment) => T | null): T | null {
    for (const segment of this.#segments.toReversed()) {
      const hit = ask(segment);
      if (hit !== null) return hit;
    }
    return null;
  }
}
