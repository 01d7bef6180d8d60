import type { CodedError } from '../../../shared/ipc/errors.ts';
import { FrameNotifier, type Pacing } from '../common/index.ts';

/** Pages start at multiples of this, and reach this far beyond what is visible. */
const stepRows = 50;
/** The contract's limit for one page. */
const maxRows = 500;

interface Page<Row> {
  readonly rows: readonly Row[];
  readonly total: number;
}

interface Place {
  readonly offset: number;
  readonly limit: number;
}

interface Reader<P> {
  readonly item: (page: P) => Promise<void>;
  readonly end: (error: CodedError | undefined) => void;
}

/** Begins a stream of pages, and returns what ends it. */
export type OpenPage<P, Filter> = (filter: Filter, place: Place, reader: Reader<P>) => () => void;

/** A long list that the engine has, of which only a page around the viewport is here and kept up to date. Mutable and outside React. */
export class PagedView<Row, P extends Page<Row>, Filter> {
  readonly notifier: FrameNotifier;
  readonly #openPage: OpenPage<P, Filter>;
  #filter: Filter;
  #place: Place = { offset: 0, limit: 2 * stepRows };
  #page: { readonly content: P; readonly offset: number } | undefined;
  #error: CodedError | undefined;
  #closeStream: () => void = () => undefined;

  /** Filters are compared by their JSON. */
  constructor(open: OpenPage<P, Filter>, pacing: Pacing, filter: Filter) {
    this.#openPage = open;
    this.notifier = new FrameNotifier(pacing);
    this.#filter = filter;
    this.#open();
  }

  /** `undefined` until the first page came. */
  get page(): P | undefined {
    return this.#page?.content;
  }
  get error(): CodedError | undefined {
    return this.#error;
  }

  /** The row at a place of the whole list; `undefined` outside the part that is here. */
  readonly row = (index: number): Row | undefined => this.#page?.content.rows[index - this.#page.offset];

  /** Which rows are visible, both ends included. */
  readonly show = (first: number, last: number): void => {
    const offset = Math.max(0, (Math.floor(first / stepRows) - 1) * stepRows);
    const limit = Math.min(maxRows, (Math.ceil((last + 1) / stepRows) + 1) * stepRows - offset);
    if (offset === this.#place.offset && limit === this.#place.limit) return;
    this.#place = { offset, limit };
    this.#open();
  };

  setFilter(filter: Filter): void {
    if (JSON.stringify(filter) === JSON.stringify(this.#filter)) return;
    this.#filter = filter;
    this.#place = { ...this.#place, offset: 0 };
    this.#open();
  }

  close(): void {
    this.#closeStream();
  }

  #open(): void {
    this.#closeStream();
    const { offset } = this.#place;
    this.#closeStream = this.#openPage(this.#filter, this.#place, {
      item: (content) => {
        this.#page = { content, offset };
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
