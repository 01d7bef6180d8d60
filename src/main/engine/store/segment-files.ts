import { readdirSync } from 'node:fs';
import path from 'node:path';
import { setAside, sqliteCode, whyUnusable, type Database } from '../sqlite/index.ts';
import type { KeptAside } from './kept-aside.ts';
import { fileVersion } from './schema.ts';

/** A segment is closed at an eighth of the budget, so that keeping within it costs at most that much history at once. */
const segmentsPerBudget = 8;
const maxSegmentBytes = 512 * 1024 * 1024;

/** One database file: a stretch of the history that is deleted as a whole. */
export interface SegmentFile {
  sizeBytes(): number;
  recordCount(): number;
  /** Whether the file is sound; slow, so only after an unclean end. */
  isSound(): boolean;
  close(): void;
  remove(): void;
}

export interface SegmentFilesOptions<S> {
  readonly folder: string;
  /** What the files hold; the beginning of their names. */
  readonly kind: KeptAside['kind'];
  readonly schemaVersion: number;
  readonly budgetBytes: number;
  readonly openDatabase: (file: string) => Database;
  readonly openSegment: (file: string) => S;
  /** The workbench did not end properly: each file is checked. */
  readonly check: boolean;
  /** For the names of files kept aside, Unix ms. */
  readonly now: () => number;
}

/** The segments of one kind, oldest first, within a budget. A file that cannot be used is kept aside. Everything here is synchronous. */
export class SegmentFiles<S extends SegmentFile> {
  readonly #options: SegmentFilesOptions<S>;
  readonly #segments: S[] = [];
  readonly keptAside: KeptAside[] = [];
  #budgetBytes: number;
  #next = 1;
  expired = 0;

  constructor(options: SegmentFilesOptions<S>) {
    this.#options = options;
    this.#budgetBytes = options.budgetBytes;
    const { kind, folder } = options;
    const pattern = new RegExp(`^${kind}-(\\d{6,})\\.db$`);
    const found = readdirSync(folder).flatMap((name) => {
      const number = pattern.exec(name)?.[1];
      return number === undefined ? [] : [{ name, number: Number(number) }];
    });
    for (const { name, number } of found.toSorted((a, b) => a.number - b.number)) {
      this.#next = number + 1;
      this.#openExisting(path.join(folder, name));
    }
  }

  get segments(): readonly S[] {
    return this.#segments;
  }

  /** The one to write to. */
  current(): S {
    const last = this.#segments.at(-1);
    const limit = Math.min(maxSegmentBytes, this.#budgetBytes / segmentsPerBudget);
    return last && last.sizeBytes() < limit ? last : this.#add();
  }

  setBudget(bytes: number): void {
    this.#budgetBytes = bytes;
    this.keepBudget();
  }

  keepBudget(): void {
    // The newest segment always stays: a budget below its size is reached when it is full.
    while (this.#segments.length > 1 && this.sizeBytes() > this.#budgetBytes) {
      const [oldest] = this.#segments;
      this.expired += oldest?.recordCount() ?? 0;
      oldest?.remove();
      this.#segments.shift();
    }
  }

  sizeBytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.sizeBytes(), 0);
  }

  /** Asks the newest segment first. */
  firstHit<T>(ask: (segment: S) => T | null): T | null {
    for (const segment of this.#segments.toReversed()) {
      const hit = ask(segment);
      if (hit !== null) return hit;
    }
    return null;
  }

  close(): void {
    for (const segment of this.#segments) segment.close();
    this.#segments.length = 0;
  }

  #add(): S {
    const { folder, kind, openSegment } = this.#options;
    const segment = openSegment(path.join(folder, `${kind}-${String(this.#next).padStart(6, '0')}.db`));
    this.#next += 1;
    this.#segments.push(segment);
    return segment;
  }

  #openExisting(file: string): void {
    const opened = this.#open(file);
    if ('why' in opened) {
      const kept = setAside(file, this.#options.now());
      this.keptAside.push({ kind: this.#options.kind, file: path.basename(file), keptAs: path.basename(kept), ...opened });
    } else this.#segments.push(opened.segment);
  }

  /** The segment of a file, or why it cannot be used. */
  #open(file: string): { readonly segment: S } | Pick<KeptAside, 'why' | 'count'> {
    let segment: S | undefined;
    try {
      if (this.#versionOf(file) > this.#options.schemaVersion) return { why: 'was written by a newer version of the workbench', count: null };
      segment = this.#options.openSegment(file);
      if (this.#options.check && !segment.isSound()) throw Object.assign(new Error('the check failed'), { errcode: sqliteCode.corrupt });
      return { segment };
    } catch (error) {
      const count = segment?.recordCount() ?? null;
      segment?.close();
      return { why: whyUnusable(error), count };
    }
  }

  #versionOf(file: string): number {
    const probe = this.#options.openDatabase(file);
    try {
      return fileVersion(probe);
    } finally {
      probe.close();
    }
  }
}
