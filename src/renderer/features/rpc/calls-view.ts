import type { CallFilter, CallGroup, CallsFrame, GroupsFrame } from '../../../shared/contract/call-history.ts';
import type { SourceId } from '../../../shared/contract/common.ts';
import type { CallRow } from '../../../shared/contract/rpc.ts';
import type { CodedError } from '../../../shared/ipc/errors.ts';
import { FrameNotifier, LatestSender, newId, rowsAround, type Engine, type Pacing } from '../common/index.ts';
import { toCallFilter, type CallsFilter } from './calls-filter.ts';

/** After the last key of a text: each search looks through the whole history. */
const typingMs = 200;

interface CallsStatus extends Pick<CallsFrame, 'looked' | 'fresh' | 'notStored' | 'problem'> {
  /** Calls found; `undefined` until the first frame came. */
  readonly total: number | undefined;
  readonly paused: boolean;
  /** At the newest call; elsewhere the list stands still as well. */
  readonly following: boolean;
  /** Grows when the list is to be shown from its beginning. */
  readonly jumps: number;
  readonly error: CodedError | undefined;
}

type Frame<Row> = Omit<CallsFrame, 'rows'> & { readonly rows: readonly Row[] };
type Query = { readonly filter: CallFilter } & CallsWindow;

interface FrameReader<F> {
  readonly item: (frame: F) => Promise<void>;
  readonly end: (error: CodedError | undefined) => void;
}

/** Further conditions, which stay. */
type Fixed = Pick<CallFilter, 'dialect' | 'correlationId'>;

/** A list made of the calls of a source that fit a filter, newest first, of which only the part around the viewport is here. Mutable and outside React. */
abstract class HistoryView<Row, F extends Frame<Row>> {
  readonly source: SourceId;
  readonly notifier: FrameNotifier;
  readonly #engine: Engine;
  readonly #pacing: Pacing;
  #filter: CallsFilter;
  readonly #fixed: Fixed;
  #window = rowsAround(0, 1);
  #paused = false;
  #following = true;
  #jumps = 0;
  #frame: F | undefined;
  #error: CodedError | undefined;
  #sender: LatestSender | undefined;
  #closeStream: () => void = () => undefined;
  #typing: unknown;

  constructor(engine: Engine, source: SourceId, pacing: Pacing, filter: CallsFilter, fixed: Fixed = {}) {
    this.#fixed = fixed;
    this.#engine = engine;
    this.#pacing = pacing;
    this.source = source;
    this.notifier = new FrameNotifier(pacing);
    this.#filter = filter;
    this.#open();
  }

  get status(): CallsStatus {
    const { looked = 0, fresh = 0, notStored = 0, problem = null, total } = this.#frame ?? {};
    return { total, looked, fresh, notStored, problem, paused: this.#paused, following: this.#following, jumps: this.#jumps, error: this.#error };
  }

  /** As the engine takes it. */
  get filter(): CallFilter {
    return { ...toCallFilter(this.source, this.#filter), ...this.#fixed };
  }

  /** What came last. */
  protected get frame(): F | undefined {
    return this.#frame;
  }

  protected abstract stream(engine: Engine, query: () => Query, reader: FrameReader<F>): () => void;

  /** The call at a place of the whole list; `undefined` outside the part that is here. */
  readonly row = (index: number): Row | undefined => this.#frame?.rows[index - this.#frame.firstRow];

  /** Which rows are visible, both ends included. */
  show(first: number, last: number): void {
    const wanted = rowsAround(first, last - first + 1);
    if (wanted.first === this.#window.first && wanted.count === this.#window.count) return;
    this.#window = wanted;
    this.#sender?.changed();
  }

  /** A change of the text waits for the end of typing. */
  setFilter(filter: CallsFilter): void {
    const before = JSON.stringify(this.filter);
    const onlyText = JSON.stringify({ ...filter, text: '' }) === JSON.stringify({ ...this.#filter, text: '' });
    this.#filter = filter;
    if (JSON.stringify(this.filter) === before) return;
    this.#pacing.clearTimer(this.#typing);
    if (onlyText && filter.text !== '') this.#typing = this.#pacing.setTimer(() => this.#restart(), typingMs);
    else this.#restart();
  }

  /** Holds the list still; what comes meanwhile is counted. */
  setPaused(paused: boolean): void {
    this.#paused = paused;
    this.#sender?.changed();
    void this.notifier.changed();
  }

  setFollowing(following: boolean): void {
    if (following === this.#following) return;
    this.#following = following;
    this.#sender?.changed();
    void this.notifier.changed();
  }

  jumpToNewest(): void {
    this.#paused = false;
    this.#following = true;
    this.#jumps += 1;
    this.#sender?.changed();
    void this.notifier.changed();
  }

  close(): void {
    this.#pacing.clearTimer(this.#typing);
    this.#sender?.close();
    this.#closeStream();
  }

  #restart(): void {
    this.#window = { ...this.#window, first: 0 };
    this.#following = true;
    this.#jumps += 1;
    this.#open();
    void this.notifier.changed();
  }

  #open(): void {
    this.#sender?.close();
    this.#closeStream();
    const viewId = newId();
    const now = (): CallsWindow => ({ viewId, ...this.#window, frozen: this.#paused || !this.#following });
    this.#sender = new LatestSender(() => this.#engine.call('callHistory.setWindow', now()));
    this.#closeStream = this.stream(this.#engine, () => ({ filter: this.filter, ...now() }), {
      item: (frame) => {
        this.#frame = frame;
        this.#error = undefined;
        return this.notifier.changed();
      },
      end: (error) => {
        this.#error = error;
        void this.notifier.changed();
      },
    });
  }
}

interface CallsWindow {
  readonly viewId: string;
  readonly first: number;
  readonly count: number;
  readonly frozen: boolean;
}

/** The calls themselves. */
export class CallsView extends HistoryView<CallRow, CallsFrame> {
  protected stream(engine: Engine, query: () => Query, reader: FrameReader<CallsFrame>): () => void {
    return engine.stream('callHistory.list', query, reader);
  }
}

/** Those with a correlation id, grouped by it. */
export class GroupsView extends HistoryView<CallGroup, GroupsFrame> {
  /** In all groups, and older ones that are in none. */
  get grouped(): { readonly requests: number; readonly leftOut: number } {
    return { requests: this.frame?.requests ?? 0, leftOut: this.frame?.leftOut ?? 0 };
  }

  protected stream(engine: Engine, query: () => Query, reader: FrameReader<GroupsFrame>): () => void {
    return engine.stream('callHistory.groups', query, reader);
  }
}
