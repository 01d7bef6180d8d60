import type { SourceId } from '../../../shared/contract/common.ts';
import type { RpcTreeFrame, RpcTreeRow, RpcTreeView as RpcTreeViewInput, ShownDialects } from '../../../shared/contract/rpc.ts';
import type { CodedError } from '../../../shared/ipc/errors.ts';
import { FrameNotifier, LatestSender, rowsAround, type Engine, type Pacing } from '../common/index.ts';

/** With at most this many methods every service opens by itself, until the user opens or closes one. */
const smallTreeMethods = 200;
/** Expansions remembered for the case that the engine restarts. */
const maxRemembered = 2000;

export type RpcTotals = Pick<RpcTreeFrame, 'totalRows' | 'serviceCount' | 'methodCount' | 'matches' | 'leftOut'>;

/** The page's window onto the services and methods of one source. Only the rows around the viewport are here. Mutable and outside React. */
export class RpcTreeView {
  readonly source: SourceId;
  readonly notifier: FrameNotifier;
  readonly #engine: Engine;
  readonly #closeStream: () => void;
  readonly #sender: LatestSender;
  readonly #remembered = new Map<string, boolean>();
  /** Services that opened by themselves; `null` once the user has taken over. */
  #opened: Set<string> | null = new Set();
  #view: RpcTreeViewInput;
  #frame: RpcTreeFrame = { firstRow: 0, rows: [], totalRows: 0, serviceCount: 0, methodCount: 0, matches: null, leftOut: 0 };
  #loaded = false;
  #error: CodedError | undefined;

  constructor(engine: Engine, source: SourceId, viewId: string, pacing: Pacing, filter: string, onReturn: () => void, dialects: ShownDialects = 'without-gf') {
    this.#engine = engine;
    this.source = source;
    this.notifier = new FrameNotifier(pacing);
    this.#view = { viewId, first: 0, count: 0, filter };
    this.#sender = new LatestSender(() => engine.call('rpc.setTreeView', this.#view));
    this.#closeStream = engine.stream('rpc.tree', () => ({ source, dialects, ...this.#view }), {
      item: (frame) => this.#apply(frame),
      restart: () => {
        onReturn();
        this.#opened?.clear();
        queueMicrotask(() => {
          for (const [key, expanded] of this.#remembered) void this.#tell(key, expanded).catch(() => undefined);
        });
      },
      end: (error) => {
        this.#error = error;
        void this.notifier.changed();
      },
    });
  }

  get totals(): RpcTotals {
    return this.#frame;
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

  /** The row at a position of the whole flattened view; `undefined` outside the part that is here. */
  readonly row = (index: number): RpcTreeRow | undefined => this.#frame.rows[index - this.#frame.firstRow];

  /** Which rows are visible; a count of 0 asks for totals only. */
  show(first: number, count: number): void {
    const wanted = rowsAround(first, count);
    if (wanted.first !== this.#view.first || wanted.count !== this.#view.count) this.#update(wanted);
  }

  setFilter(filter: string): void {
    if (filter !== this.#view.filter) this.#update({ filter: filter.slice(0, 1000), first: 0 });
  }

  async setExpanded(key: string, expanded: boolean): Promise<void> {
    this.#opened = null;
    this.#remembered.delete(key);
    this.#remembered.set(key, expanded);
    if (this.#remembered.size > maxRemembered) this.#remembered.delete(this.#remembered.keys().next().value as string);
    await this.#tell(key, expanded);
  }

  close(): void {
    this.#sender.close();
    this.#closeStream();
  }

  async #tell(key: string, expanded: boolean): Promise<void> {
    await this.#engine.call('rpc.setExpanded', { viewId: this.#view.viewId, key, expanded });
  }

  #apply(frame: RpcTreeFrame): Promise<void> {
    const previous = new Map(this.#frame.rows.map((row) => [row.key, row]));
    this.#frame = { ...frame, rows: frame.rows.map((row) => keepSame(previous.get(row.key), row)) };
    this.#loaded = true;
    this.#error = undefined;
    this.#openSmallTree(frame);
    return this.notifier.changed();
  }

  #openSmallTree({ rows, methodCount }: RpcTreeFrame): void {
    if (!this.#opened || methodCount > smallTreeMethods || this.#view.filter !== '') return;
    for (const { key, kind, expanded } of rows) {
      if (kind === 'method' || expanded || this.#opened.has(key)) continue;
      this.#opened.add(key);
      void this.#tell(key, true).catch(() => undefined);
    }
  }

  #update(change: Partial<RpcTreeViewInput>): void {
    this.#view = { ...this.#view, ...change };
    this.#sender.changed();
  }
}

/** The known object while nothing in it changed, so that its line is not drawn anew. */
function keepSame(known: RpcTreeRow | undefined, row: RpcTreeRow): RpcTreeRow {
  if (!known) return row;
  for (const name of Object.keys(row) as (keyof RpcTreeRow)[]) if (known[name] !== row[name]) return row;
  return known;
}
