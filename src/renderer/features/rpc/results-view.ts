import type { EngineContract } from '../../../shared/contract/index.ts';
import type { PeerResult, ResultsPage } from '../../../shared/contract/rpc-batches.ts';
import type { InputOf } from '../../../shared/ipc/contract.ts';
import { FrameNotifier, type Engine, type Pacing } from '../common/index.ts';
import type { ResultsView } from './batch-store.ts';

/** Pages start at multiples of this, and reach this far beyond what is visible. */
const stepRows = 50;
/** The contract's limit for one page. */
const maxRows = 500;

type Query = Omit<InputOf<EngineContract['rpcBatches.results']>, 'offset' | 'limit'>;

export function resultsQuery(id: string, { states, group, text, sort, descending }: ResultsView): Query {
  return {
    id,
    text: text.slice(0, 1000),
    sort,
    descending,
    ...(states === undefined ? {} : { states: [...states] }),
    ...(group === undefined ? {} : { group }),
  };
}

/** The results of a fan-out, of which only a page around the viewport is here and kept up to date. Mutable and outside React. */
export class ResultRows {
  readonly notifier: FrameNotifier;
  readonly #engine: Engine;
  #query: Query;
  #signature: string;
  #offset = 0;
  #limit = 2 * stepRows;
  #page: (ResultsPage & { readonly offset: number }) | undefined;
  #closeStream: () => void = () => undefined;

  constructor(engine: Engine, pacing: Pacing, query: Query) {
    this.#engine = engine;
    this.notifier = new FrameNotifier(pacing);
    this.#query = query;
    this.#signature = JSON.stringify(query);
    this.#open();
  }

  /** `undefined` until the first page came. */
  get page(): ResultsPage | undefined {
    return this.#page;
  }

  readonly row = (index: number): PeerResult | undefined => this.#page?.rows[index - this.#page.offset];

  /** Which rows are visible, both ends included. */
  readonly show = (first: number, last: number): void => {
    const offset = Math.max(0, (Math.floor(first / stepRows) - 1) * stepRows);
    const limit = Math.min(maxRows, (Math.ceil((last + 1) / stepRows) + 1) * stepRows - offset);
    if (offset === this.#offset && limit === this.#limit) return;
    this.#offset = offset;
    this.#limit = limit;
    this.#open();
  };

  setQuery(query: Query): void {
    const signature = JSON.stringify(query);
    if (signature === this.#signature) return;
    this.#signature = signature;
    this.#query = query;
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
      'rpcBatches.results',
      { ...this.#query, offset, limit: this.#limit },
      {
        item: (page) => {
          if (page) this.#page = { ...page, offset };
          return this.notifier.changed();
        },
        end: () => undefined,
      },
    );
  }
}

/** Every result that fits, for a file. */
export async function readResults(engine: Engine, query: Query): Promise<readonly PeerResult[]> {
  const found = new Map<number, PeerResult>();
  for (let offset = 0; ; offset += maxRows) {
    const page = await readPage(engine, { ...query, offset, limit: maxRows });
    for (const row of page?.rows ?? []) found.set(row.index, row);
    if (!page || page.rows.length < maxRows) return [...found.values()];
  }
}

function readPage(engine: Engine, input: InputOf<EngineContract['rpcBatches.results']>): Promise<ResultsPage | null> {
  return new Promise((resolve, reject) => {
    const close = engine.stream('rpcBatches.results', input, {
      item: (page) => {
        resolve(page);
        close();
      },
      end: (error) => reject(error ?? new Error('The results ended.')),
    });
  });
}
