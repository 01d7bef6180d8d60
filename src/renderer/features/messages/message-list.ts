import type { SourceId } from '../../../shared/contract/common.ts';
import type { MessageRow, MessageTail } from '../../../shared/contract/messages.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import type { Engine, Pacing } from '../common/index.ts';
import { FrameNotifier } from '../common/index.ts';
import { HistoryWindow } from './history-window.ts';

const firstPageRows = 100;
/** When the tail left rows out, the newest page is read again, at most this often. */
const refreshEveryMs = 250;

export interface MessageListStatus {
  readonly phase: 'loading' | 'ready' | 'failed';
  readonly length: number;
  readonly following: boolean;
  readonly paused: boolean;
  /** Messages that came since the list stands still. */
  readonly newCount: number;
  /** Some were left out of the stream, so there are more than `newCount`. */
  readonly newAtLeast: boolean;
  readonly error: CodedError | undefined;
  /** Grows each time the list is asked for its newest message: the view then goes to the top, however far it was scrolled. */
  readonly jumps: number;
}

/**
 * The history of one topic, newest first. While following, new messages appear on top; once the reader scrolls away or pauses, the list
 * stands still and only counts. Nothing is missing in the list: when the stream had to leave rows out, the newest page is read again.
 */
export class MessageList {
  readonly source: SourceId;
  readonly topic: string;
  readonly notifier: FrameNotifier;
  readonly #engine: Engine;
  readonly #pacing: Pacing;
  readonly #onNewest: () => void;
  readonly #window = new HistoryWindow();
  readonly #closeTail: () => void;
  #phase: MessageListStatus['phase'] = 'loading';
  #error: CodedError | undefined;
  #following = true;
  #paused = false;
  #newCount = 0;
  #newAtLeast = false;
  #jumps = 0;
  /** Rows that came while the newest page was on its way; they join when it arrives. */
  #early: MessageRow[] = [];
  #reading: Promise<void> | undefined;
  #again = false;
  #timer: unknown;
  #fetching = false;
  #wanted: { readonly first: number; readonly last: number } = { first: 0, last: 0 };
  #closed = false;

  /** `onNewest` is told whenever newer messages exist, also while paused or reading. */
  constructor(engine: Engine, source: SourceId, topic: string, pacing: Pacing, onNewest: () => void = () => undefined) {
    this.#engine = engine;
    this.#pacing = pacing;
    this.#onNewest = onNewest;
    this.source = source;
    this.topic = topic;
    this.notifier = new FrameNotifier(pacing);
    this.#closeTail = engine.stream(
      'messages.tail',
      { source, topic },
      {
        item: (tail, skipped) => this.#receive(tail, skipped),
        restart: () => this.#catchUp(),
        end: (error) => this.#fail(error ?? new CodedError('disconnected')),
      },
    );
    void this.#readNewest();
  }

  get status(): MessageListStatus {
    return {
      phase: this.#phase,
      length: this.#window.length,
      following: this.#following,
      paused: this.#paused,
      newCount: this.#newCount,
      newAtLeast: this.#newAtLeast,
      error: this.#error,
      jumps: this.#jumps,
    };
  }

  readonly row = (index: number): MessageRow | undefined => this.#window.row(index);

  indexOf(id: number): number {
    return this.#window.indexOf(id);
  }

  /** Tells which rows are visible, so that pages are there in time. */
  show(first: number, last: number): void {
    this.#wanted = { first, last };
    void this.#fetchMissing();
  }

  /** Scrolled away from the top, or back to it. */
  setFollowing(following: boolean): void {
    if (following === this.#following) return;
    this.#following = following;
    if (following && !this.#paused) this.#catchUp();
    void this.notifier.changed();
  }

  setPaused(paused: boolean): void {
    if (paused === this.#paused) return;
    this.#paused = paused;
    if (!paused && this.#following) this.#catchUp();
    void this.notifier.changed();
  }

  /** Back to the newest message, whatever held the list still. */
  jumpToNewest(): void {
    this.#jumps += 1;
    this.#following = true;
    this.#paused = false;
    this.#catchUp();
    void this.notifier.changed();
  }

  /** Reads the newest page again, for example after the history was cleared. */
  reload(): void {
    this.#catchUp();
  }

  close(): void {
    this.#closed = true;
    this.#closeTail();
    if (this.#timer !== undefined) this.#pacing.clearTimer(this.#timer);
  }

  get #still(): boolean {
    return this.#paused || !this.#following;
  }

  #receive(tail: MessageTail, skipped: number): Promise<void> {
    const gap = tail.omitted > 0 || skipped > 0;
    if (this.#still) {
      this.#newCount += tail.rows.length + tail.omitted;
      this.#newAtLeast ||= skipped > 0;
    } else if (this.#reading) {
      this.#early = gap ? [...tail.rows] : [...this.#early, ...tail.rows].slice(-1000);
      this.#again ||= gap;
    } else if (gap) this.#readSoon();
    else if (this.#timer === undefined) this.#window.append(tail.rows);
    this.#onNewest();
    return this.notifier.changed();
  }

  #catchUp(): void {
    this.#newCount = 0;
    this.#newAtLeast = false;
    void this.#readNewest();
  }

  #readSoon(): void {
    this.#timer ??= this.#pacing.setTimer(() => {
      this.#timer = undefined;
      void this.#readNewest();
    }, refreshEveryMs);
  }

  #readNewest(): Promise<void> {
    if (this.#reading) {
      this.#again = true;
      return this.#reading;
    }
    this.#early = [];
    this.#reading = this.#readNewestOnce().finally(() => {
      this.#reading = undefined;
      if (!this.#again || this.#closed) return;
      this.#again = false;
      this.#readSoon();
    });
    return this.#reading;
  }

  async #readNewestOnce(): Promise<void> {
    try {
      const page = await this.#engine.call('messages.history', { source: this.source, topic: this.topic, offset: 0, limit: firstPageRows });
      if (this.#closed) return;
      // Someone scrolled or paused meanwhile: what is on screen stays, unless there is nothing yet.
      if (this.#still && this.#phase === 'ready') return;
      this.#window.reset(page.rows, page.total);
      this.#window.append(this.#early);
      this.#phase = 'ready';
      this.#error = undefined;
    } catch (error) {
      if (!this.#closed) this.#fail(error);
      return;
    }
    void this.notifier.changed();
    void this.#fetchMissing();
  }

  async #fetchMissing(): Promise<void> {
    if (this.#fetching || this.#phase !== 'ready') return;
    this.#fetching = true;
    try {
      for (;;) {
        const page = this.#window.missing(this.#wanted.first, this.#wanted.last);
        const pin = this.#window.pinId;
        if (!page || pin === undefined || this.#closed) return;
        const { rows, total } = await this.#engine.call('messages.history', { source: this.source, topic: this.topic, ...page, atOrBefore: pin });
        // A page for an older pin would land in the wrong place.
        if (this.#window.pinId === pin) this.#window.place(page.offset, rows, total, page.limit);
        void this.notifier.changed();
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#fetching = false;
    }
  }

  #fail(error: unknown): void {
    this.#error = error instanceof CodedError ? error : new CodedError('internal', error instanceof Error ? error.message : String(error));
    if (this.#phase === 'loading') this.#phase = 'failed';
    void this.notifier.changed();
  }
}
