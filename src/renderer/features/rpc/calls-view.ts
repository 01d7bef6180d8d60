import type { SourceId } from '../../../shared/contract/common.ts';
import type { EngineContract } from '../../../shared/contract/index.ts';
import type { CallRow, CallsPage, CallState } from '../../../shared/contract/rpc.ts';
import type { InputOf } from '../../../shared/ipc/contract.ts';
import type { CodedError } from '../../../shared/ipc/errors.ts';
import { FrameNotifier, type Engine, type Pacing } from '../common/index.ts';

/** Pages start at multiples of this, and reach this far beyond what is visible. */
const stepRows = 50;
/** The contract's limit for one page. */
const maxRows = 500;

/** Which calls, without which part of them. */
export type CallsQuery = Omit<InputOf<EngineContract['rpc.calls']>, 'offset' | 'limit'>;

export interface CallsFilter {
  /** `undefined`: all. */
  readonly states: readonly CallState[] | undefined;
  readonly text: string;
}

/** The calls of a source, newest first, of which only a page around the viewport is here and kept up to date. Mutable and outside React. */
export class CallsView {
  readonly source: SourceId;
  readonly notifier: FrameNotifier;
  readonly #engine: Engine;
  #filter: CallsFilter;
  #offset = 0;
  #limit = 2 * stepRows;
  #page: (CallsPage & { readonly offset: number }) | undefined;
  #error: CodedError | undefined;
  #closeStream: () => void = () => undefined;

  constructor(engine: Engine, source: SourceId, pacing: Pacing, filter: CallsFilter) {
    this.#engine = engine;
    this.source = source;
    this.notifier = new FrameNotifier(pacing);
    this.#filter = filter;
    this.#open();
  }

  /** `undefined` until the first page came. */
  get total(): number | undefined {
    return this.#page?.total;
  }
  /** Older calls that were forgotten to keep within bounds. */
  get forgotten(): number {
    return this.#page?.forgotten ?? 0;
  }
  get error(): CodedError | undefined {
    return this.#error;
  }
  get query(): CallsQuery {
    const { states, text } = this.#filter;
    return { source: this.source, text, ...(states === undefined ? {} : { states: [...states] }) };
  }

  /** The call at a place of the whole list; `undefined` outside the part that is here. */
  readonly row = (index: number): CallRow | undefined => this.#page?.rows[index - this.#page.offset];

  /** Which rows are visible, both ends included. */
  show(first: number, last: number): void {
    const offset = Math.max(0, (Math.floor(first / stepRows) - 1) * stepRows);
    const limit = Math.min(maxRows, (Math.ceil((last + 1) / stepRows) + 1) * stepRows - offset);
    if (offset === this.#offset && limit === this.#limit) return;
    this.#offset = offset;
    this.#limit = limit;
    this.#open();
  }

  setFilter(filter: CallsFilter): void {
    if (filter.text === this.#filter.text && filter.states === this.#filter.states) return;
    this.#filter = { ...filter, text: filter.text.slice(0, 1000) };
    this.#offset = 0;
    this.#open();
  }

  close(): void {
    this.#closeStream();
  }

  #open(): void {
    this.#closeStream();
    const offset = this.#offset;
    this.#closeStream = this.#engine.stream(
      'rpc.calls',
      { ...this.query, offset, limit: this.#limit },
      {
        item: (page) => {
          this.#page = { ...page, offset };
          this.#error = undefined;
          return this.notifier.changed();
        },
        end: (error) => {
          this.#error = error;
          void this.notifier.changed();
        },
      },
    );
  }
}
