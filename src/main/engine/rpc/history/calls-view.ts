import type { CallFilter, CallsFrame } from '../../../../shared/contract/call-history.ts';
import type { CallRow } from '../../../../shared/contract/rpc.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import type { CallStore } from '../../store/index.ts';
import { rowOf, type CallRecord } from '../calls/call-record.ts';
import { matcherOf } from './call-filter.ts';
import { IdList } from './id-list.ts';

/** When the store's thread is started anew in the middle, the search begins again, and rows are asked for again; so often at most. */
const maxAttempts = 4;

export interface CallsWindow {
  readonly first: number;
  readonly count: number;
  readonly frozen: boolean;
}

/** The calls in memory. */
export interface RecentCalls {
  get(id: number): CallRecord | undefined;
  newestFirst(): Iterable<CallRecord>;
}

export interface CallsViewOptions {
  readonly recent: RecentCalls;
  readonly store: Pick<CallStore, 'scan' | 'rows'>;
  /** Hands the store what it has not seen yet. */
  readonly flush: () => void;
  readonly notStored: () => number;
  /** The next frame is another one. */
  readonly onChange: () => void;
}

/**
 * One list of calls: the ids of all that fit a filter, in memory and in the store, kept up to date, and a window on their rows. Of a call that is
 * in both, memory says what is true.
 */
export class CallsView {
  readonly #options: CallsViewOptions;
  readonly #filter: CallFilter;
  readonly #matches: (call: CallRecord) => boolean;
  #window: CallsWindow;
  #ids = new IdList();
  /** What a frozen list shows. */
  #frozen: IdList | null = null;
  /** Takes the place of `#ids` when the history has been looked through again. */
  #next: IdList | null = null;
  /** Of calls in the window that are not in memory. */
  #rows = new Map<number, CallRow>();
  #looked: number | null = 0;
  #problem: string | null = null;
  #scans = 0;
  #stopScan: () => void = () => undefined;
  #fetching = false;
  #fetches = 0;
  #stale = true;
  #closed = false;

  constructor(options: CallsViewOptions, filter: CallFilter, window: CallsWindow) {
    this.#options = options;
    this.#filter = filter;
    this.#matches = matcherOf(filter);
    this.#window = window;
    this.#startOver();
  }

  setWindow(window: CallsWindow): void {
    if (window.frozen && !this.#frozen) this.#frozen = this.#ids.copy();
    else if (!window.frozen) this.#frozen = null;
    this.#window = window;
    this.#changed();
  }

  /** A call is new, or another than before. */
  call(call: CallRecord): void {
    const { id } = call;
    const fits = this.#matches(call);
    for (const list of this.#next ? [this.#ids, this.#next] : [this.#ids]) {
      if (fits ? list.add(id) : list.remove(id)) this.#stale = true;
    }
    this.#rows.delete(id);
    if (this.#stale || this.#isShown(id)) this.#changed();
  }

  takenOut(id: number): void {
    this.#rows.delete(id);
    this.#gone(id);
    this.#changed();
  }

  /** Calls were deleted at the user's wish. */
  cleared(): void {
    this.#rows.clear();
    this.#frozen = null;
    this.#startOver();
    this.#changed();
  }

  /** What stands beside the list is another. */
  refresh(): void {
    this.#changed();
  }

  /** Old calls have gone from the disk: what is left is looked up behind the scenes. */
  expired(): void {
    if (this.#looked !== null || this.#next) return;
    this.#scan((this.#next = this.#recent()), false);
  }

  /** `undefined`: there is nothing new to say, or not yet. */
  frame(): CallsFrame | undefined {
    if (!this.#stale || this.#closed) return undefined;
    const { first, count } = this.#window;
    const list = this.#frozen ?? this.#ids;
    const ids = list.slice(first, count);
    const missing = ids.filter((id) => !this.#rows.has(id) && !this.#options.recent.get(id));
    if (missing.length > 0) {
      void this.#fetch(missing);
      return undefined;
    }
    this.#stale = false;
    const rows = ids.map((id) => {
      const recent = this.#options.recent.get(id);
      return recent ? rowOf(recent) : (this.#rows.get(id) as CallRow);
    });
    const shown = new Set(ids);
    for (const id of this.#rows.keys()) if (!shown.has(id)) this.#rows.delete(id);
    return {
      firstRow: first,
      rows,
      total: list.length,
      looked: this.#looked,
      fresh: this.#frozen ? this.#ids.countAbove(this.#frozen.newest) : 0,
      notStored: this.#options.notStored(),
      problem: this.#problem,
    };
  }

  close(): void {
    this.#closed = true;
    this.#stopScan();
  }

  #startOver(): void {
    this.#ids = this.#recent();
    this.#next = null;
    this.#looked = 0;
    this.#problem = null;
    this.#scans = 0;
    this.#scan(this.#ids, true);
    if (this.#window.frozen) this.#frozen = this.#ids.copy();
  }

  #recent(): IdList {
    const ids: number[] = [];
    for (const call of this.#options.recent.newestFirst()) if (this.#matches(call)) ids.push(call.id);
    return new IdList(ids.toReversed());
  }

  #scan(into: IdList, visible: boolean): void {
    this.#stopScan();
    this.#scans += 1;
    this.#options.flush();
    this.#stopScan = this.#options.store.scan(this.#filter, {
      step: ({ ids, looked, total }) => {
        for (const id of ids) {
          // What is in memory was seen to already.
          if (this.#options.recent.get(id)) continue;
          into.add(id);
          if (visible) this.#frozen?.add(id);
        }
        if (!visible) return;
        this.#looked = total === 0 ? 1 : looked / total;
        this.#changed();
      },
      end: (error) => this.#scanned(into, visible, error),
    });
  }

  #scanned(into: IdList, visible: boolean, error: CodedError | undefined): void {
    if (isThreadEnd(error) && this.#scans < maxAttempts) return this.#scan(into, visible);
    this.#stopScan = () => undefined;
    this.#next = null;
    if (error) this.#problem = error.message;
    else {
      this.#ids = into;
      this.#scans = 0;
    }
    this.#looked = null;
    this.#changed();
  }

  async #fetch(ids: readonly number[]): Promise<void> {
    if (this.#fetching) return;
    this.#fetching = true;
    // What memory has just forgotten may be on its way.
    this.#options.flush();
    this.#fetches += 1;
    let again = false;
    try {
      for (const row of await this.#options.store.rows(ids)) this.#rows.set(row.id, row);
      this.#fetches = 0;
    } catch (error) {
      again = isThreadEnd(error) && this.#fetches < maxAttempts;
      if (!again) this.#problem = error instanceof Error ? error.message : String(error);
    }
    this.#fetching = false;
    if (again) return this.#changed();
    for (const id of ids) if (!this.#rows.has(id) && !this.#options.recent.get(id)) this.#gone(id);
    this.#changed();
  }

  /** It was never stored, or has expired. */
  #gone(id: number): void {
    this.#ids.remove(id);
    this.#next?.remove(id);
    this.#frozen?.remove(id);
  }

  #isShown(id: number): boolean {
    const { first, count } = this.#window;
    const list = this.#frozen ?? this.#ids;
    const place = list.countAbove(id);
    return place >= first && place < first + count && list.has(id);
  }

  #changed(): void {
    this.#stale = true;
    this.#options.onChange();
  }
}

/** The store's thread has ended, and another is being started. */
function isThreadEnd(error: unknown): boolean {
  return error instanceof CodedError && (error.code === 'engine-restarted' || error.code === 'disconnected');
}
