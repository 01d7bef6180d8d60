import type { SourceId } from '../../../shared/contract/common.ts';
import type { TopicRow, TopicsFrame, TopicSort, TopicView as TopicViewInput } from '../../../shared/contract/topics.ts';
import type { CodedError } from '../../../shared/ipc/errors.ts';
import { FrameNotifier, LatestSender, rowsAround, type Engine, type Pacing } from '../common/index.ts';

/** A tree with at most this many topics opens by itself, until the user opens or closes a branch. */
const smallTreeTopics = 50;
/** Expansions remembered for the case that the engine restarts. */
const maxRemembered = 2000;

export interface TopicTotals {
  readonly totalRows: number;
  readonly topicCount: number;
  readonly messageCount: number;
  readonly rate: number;
  readonly matchCount: number | null;
}

const nothing: TopicTotals = { totalRows: 0, topicCount: 0, messageCount: 0, rate: 0, matchCount: null };

/**
 * The page's window onto the engine's topic index of one source. Only the rows around the viewport are here; the rest stays in the engine.
 * Mutable and outside React: rows are read by position, changes are announced once per frame.
 */
export class TopicView {
  readonly source: SourceId;
  readonly notifier: FrameNotifier;
  readonly #engine: Engine;
  readonly #closeStream: () => void;
  readonly #sender: LatestSender;
  readonly #remembered = new Map<string, { readonly expanded: boolean; readonly recursive: boolean }>();
  /** Branches that opened by themselves; `null` once the user has taken over. */
  #opened: Set<string> | null = new Set();
  #view: TopicViewInput;
  #firstRow = 0;
  #rows: readonly TopicRow[] = [];
  #totals = nothing;
  #loaded = false;
  #error: CodedError | undefined;

  constructor(engine: Engine, source: SourceId, viewId: string, pacing: Pacing, initial: { readonly filter: string; readonly sort: TopicSort }) {
    this.#engine = engine;
    this.source = source;
    this.notifier = new FrameNotifier(pacing);
    this.#view = { viewId, first: 0, count: 0, ...initial };
    this.#sender = new LatestSender(() => engine.call('topics.setView', this.#view));
    this.#closeStream = engine.stream('topics.watch', () => ({ source, ...this.#view }), {
      item: (frame) => this.#apply(frame),
      restart: () => {
        this.#opened?.clear();
        queueMicrotask(() => this.#restoreExpansion());
      },
      end: (error) => {
        this.#error = error;
        void this.notifier.changed();
      },
    });
  }

  get totals(): TopicTotals {
    return this.#totals;
  }
  /** False until the first frame came. */
  get loaded(): boolean {
    return this.#loaded;
  }
  /** Why the stream ended, if it did. */
  get error(): CodedError | undefined {
    return this.#error;
  }
  get filter(): string {
    return this.#view.filter;
  }
  get sort(): TopicSort {
    return this.#view.sort;
  }

  /** The row at a position of the whole flattened view; `undefined` outside the part that is here. */
  readonly row = (index: number): TopicRow | undefined => this.#rows[index - this.#firstRow];

  /** The row of a topic, if it is in the part that is here. */
  find(path: string): { readonly index: number; readonly row: TopicRow } | undefined {
    const at = this.#rows.findIndex((row) => row.path === path);
    const row = this.#rows[at];
    return row ? { index: this.#firstRow + at, row } : undefined;
  }

  /** Tells which rows are visible; `count` 0 while nobody looks, so that only totals are sent. */
  show(first: number, count: number): void {
    const wanted = rowsAround(first, count);
    if (wanted.first === this.#view.first && wanted.count === this.#view.count) return;
    this.#update(wanted);
  }

  setFilter(filter: string): void {
    if (filter !== this.#view.filter) this.#update({ filter: filter.slice(0, 1000), first: 0 });
  }

  setSort(sort: TopicSort): void {
    if (sort !== this.#view.sort) this.#update({ sort });
  }

  async setExpanded(path: string, expanded: boolean, recursive = false): Promise<void> {
    this.#opened = null;
    if (recursive) {
      for (const known of [...this.#remembered.keys()]) if (path === '' || known === path || known.startsWith(`${path}/`)) this.#remembered.delete(known);
    }
    this.#remembered.delete(path);
    this.#remembered.set(path, { expanded, recursive });
    if (this.#remembered.size > maxRemembered) this.#remembered.delete(this.#remembered.keys().next().value as string);
    await this.#engine.call('topics.setExpanded', { viewId: this.#view.viewId, path, expanded, recursive });
  }

  /** Opens the ancestors of a topic and answers its row, or `null` if the filter hides it or it is unknown. */
  async reveal(path: string): Promise<number | null> {
    const { row } = await this.#engine.call('topics.reveal', { viewId: this.#view.viewId, path });
    return row;
  }

  async rowAt(row: number): Promise<TopicRow | null> {
    return this.row(row) ?? (await this.#engine.call('topics.rowAt', { viewId: this.#view.viewId, row }));
  }

  close(): void {
    this.#sender.close();
    this.#closeStream();
  }

  #apply(frame: TopicsFrame): Promise<void> {
    const previous = new Map(this.#rows.map((row) => [row.path, row]));
    this.#rows = frame.rows.map((row) => {
      const known = previous.get(row.path);
      return known && sameRow(known, row) ? known : row;
    });
    this.#firstRow = frame.firstRow;
    this.#totals = frame;
    this.#loaded = true;
    this.#error = undefined;
    this.#openSmallTree(frame);
    return this.notifier.changed();
  }

  #openSmallTree({ rows, topicCount }: TopicsFrame): void {
    if (!this.#opened || topicCount > smallTreeTopics || this.#view.filter !== '') return;
    for (const { path, expanded, childCount } of rows) {
      if (expanded || childCount === 0 || this.#opened.has(path)) continue;
      this.#opened.add(path);
      this.#engine.call('topics.setExpanded', { viewId: this.#view.viewId, path, expanded: true, recursive: true }).catch(() => undefined);
    }
  }

  #update(change: Partial<TopicViewInput>): void {
    this.#view = { ...this.#view, ...change };
    this.#sender.changed();
  }

  #restoreExpansion(): void {
    // What is open on screen may have been opened by more than the user: as a small tree, or to show a topic.
    const seen = this.#view.filter === '' ? this.#rows.filter((row) => row.expanded && !this.#remembered.has(row.path)) : [];
    const open = (path: string, expanded: boolean, recursive: boolean): void =>
      void this.#engine.call('topics.setExpanded', { viewId: this.#view.viewId, path, expanded, recursive }).catch(() => undefined);
    for (const [path, { expanded, recursive }] of this.#remembered) open(path, expanded, recursive);
    for (const { path } of seen) open(path, true, false);
  }
}

function sameRow(a: TopicRow, b: TopicRow): boolean {
  return (
    a.messageCount === b.messageCount &&
    a.rate === b.rate &&
    a.expanded === b.expanded &&
    a.lastTimeUs === b.lastTimeUs &&
    a.childCount === b.childCount &&
    a.topicCount === b.topicCount &&
    a.ownMessageCount === b.ownMessageCount &&
    a.preview === b.preview &&
    a.previewKind === b.previewKind &&
    a.retained === b.retained &&
    a.depth === b.depth &&
    a.positionInSet === b.positionInSet &&
    a.setSize === b.setSize
  );
}
