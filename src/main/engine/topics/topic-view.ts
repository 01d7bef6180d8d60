import type { TopicRow, TopicsFrame, TopicView } from '../../../shared/contract/topics.ts';
import { flatten, visibleChildren, type FlatRows } from './flat-rows.ts';
import { previewOf } from './preview.ts';
import { compileTopicFilter, FilterHits } from './topic-filter.ts';
import type { TopicIndex } from './topic-index.ts';
import type { TopicNode } from './topic-node.ts';

/** Orders that change with traffic are laid out again at most this often; by name only when nodes appear. */
const resortEveryMs = 1000;

export interface TopicViewHandle {
  setView(view: Omit<TopicView, 'viewId'>): void;
  setExpanded(path: string, expanded: boolean, recursive: boolean): void;
  /** Opens the ancestors; the row of the topic, or `null` when it is not in the view. */
  reveal(path: string): number | null;
  rowAt(row: number): TopicRow | null;
  close(): void;
}

/** What one tree on the page shows: which branches are open, the filter, the order and the visible rows. */
export class OpenTopicView implements TopicViewHandle {
  readonly #now: () => number;
  readonly #onClose: () => void;
  readonly #onChange: () => void;
  readonly #toggled = new Set<TopicNode>();
  #index: TopicIndex;
  #view: Omit<TopicView, 'viewId'>;
  #hits: FilterHits | null = null;
  #rows: FlatRows | null = null;
  #rowsStructure = -1;
  #rowsMatches = 0;
  #rowsAtMs = 0;
  #seenVersion = -1;
  #lastFrame = '';

  constructor(
    index: TopicIndex,
    view: Omit<TopicView, 'viewId'>,
    hooks: { readonly now: () => number; readonly onChange: () => void; readonly onClose: () => void },
  ) {
    this.#index = index;
    this.#view = view;
    this.#now = hooks.now;
    this.#onChange = hooks.onChange;
    this.#onClose = hooks.onClose;
    this.#applyFilter();
  }

  setView(view: Omit<TopicView, 'viewId'>): void {
    const before = this.#view;
    this.#view = view;
    if (view.filter !== before.filter) this.#applyFilter();
    if (view.sort !== before.sort) this.#rows = null;
    this.#changed();
  }

  setExpanded(path: string, expanded: boolean, recursive: boolean): void {
    const start = this.#index.find(path) ?? (path === '' ? this.#index.root : undefined);
    if (!start) return;
    const stack: TopicNode[] = [start];
    for (let node = stack.pop(); node; node = stack.pop()) {
      this.#setOpen(node, expanded);
      if (recursive) for (const child of node.children?.values() ?? []) if (child.children) stack.push(child);
    }
    this.#rows = null;
    this.#changed();
  }

  reveal(path: string): number | null {
    const node = this.#index.find(path);
    if (!node || (this.#hits && !this.#hits.has(node))) return null;
    for (let up = node.parent; up?.parent; up = up.parent) {
      if (this.#isOpen(up)) continue;
      this.#setOpen(up, true);
      this.#rows = null;
    }
    const row = this.#layOut().nodes.indexOf(node);
    this.#changed();
    return row < 0 ? null : row;
  }

  rowAt(row: number): TopicRow | null {
    return this.#row(this.#layOut(), row, this.#now());
  }

  close(): void {
    this.#hits?.close();
    this.#onClose();
  }

  /** The index was emptied and replaced. */
  replaceIndex(index: TopicIndex): void {
    this.#index = index;
    this.#toggled.clear();
    this.#applyFilter();
    this.#changed();
  }

  /** The next frame, or `null` when nothing that is seen has changed since the last one. */
  frame(): TopicsFrame | null {
    const nowMs = this.#now();
    const moving = this.#index.root.rateAt(nowMs) > 0;
    if (this.#seenVersion === this.#index.version && !moving && this.#rows && this.#lastFrame !== '') return null;
    this.#seenVersion = this.#index.version;
    const flat = this.#layOut();
    const { root } = this.#index;
    const first = Math.min(this.#view.first, Math.max(0, flat.nodes.length - this.#view.count));
    const rows: TopicRow[] = [];
    for (let row = first; row < Math.min(flat.nodes.length, first + this.#view.count); row += 1) rows.push(this.#row(flat, row, nowMs) as TopicRow);
    const frame: TopicsFrame = {
      firstRow: first,
      rows,
      totalRows: flat.nodes.length,
      topicCount: root.topicCount,
      messageCount: root.messageCount,
      rate: round(root.rateAt(nowMs)),
      matchCount: this.#hits ? this.#hits.matchCount : null,
    };
    const text = JSON.stringify(frame);
    if (text === this.#lastFrame) return null;
    this.#lastFrame = text;
    return frame;
  }

  #changed(): void {
    this.#lastFrame = '';
    this.#onChange();
  }

  #applyFilter(): void {
    this.#hits?.close();
    const matches = compileTopicFilter(this.#view.filter);
    this.#hits = matches ? new FilterHits(this.#index, matches) : null;
    this.#toggled.clear();
    if (!this.#hits) for (const node of this.#openWithoutFilter) this.#toggled.add(node);
    this.#rows = null;
  }

  /** Branches opened while no filter was set, so that clearing the filter gives the tree back as it was. */
  readonly #openWithoutFilter = new Set<TopicNode>();

  #isOpen(node: TopicNode): boolean {
    return this.#toggled.has(node) !== (this.#hits?.autoExpand ?? false);
  }

  #setOpen(node: TopicNode, open: boolean): void {
    if (open !== this.#isOpen(node)) {
      if (this.#toggled.has(node)) this.#toggled.delete(node);
      else this.#toggled.add(node);
    }
    if (this.#hits) return;
    if (open) this.#openWithoutFilter.add(node);
    else this.#openWithoutFilter.delete(node);
  }

  #layOut(): FlatRows {
    const stale = this.#rowsStructure !== this.#index.structure || this.#rowsMatches !== (this.#hits?.matchCount ?? 0);
    const resort = this.#view.sort !== 'name' && this.#now() - this.#rowsAtMs >= resortEveryMs;
    if (this.#rows && !stale && !resort) return this.#rows;
    this.#rows = flatten(this.#index, { sort: this.#view.sort, isExpanded: (node) => this.#isOpen(node), isVisible: this.#isVisible() });
    this.#rowsStructure = this.#index.structure;
    this.#rowsMatches = this.#hits?.matchCount ?? 0;
    this.#rowsAtMs = this.#now();
    return this.#rows;
  }

  #isVisible(): ((node: TopicNode) => boolean) | null {
    const hits = this.#hits;
    return hits ? (node) => hits.has(node) : null;
  }

  #row(flat: FlatRows, row: number, nowMs: number): TopicRow | null {
    const node = flat.nodes[row];
    if (!node) return null;
    const childCount = this.#hits ? visibleChildren(this.#index, node, { sort: 'name', isVisible: this.#isVisible() }).length : (node.children?.size ?? 0);
    return {
      path: node.path(),
      name: node.name,
      depth: node.depth(),
      expanded: childCount > 0 && this.#isOpen(node),
      childCount,
      topicCount: node.topicCount,
      messageCount: node.messageCount,
      ownMessageCount: node.ownMessageCount,
      ...previewOf(node),
      retained: node.retained,
      rate: round(node.rateAt(nowMs)),
      lastTimeUs: node.lastTimeUs,
      positionInSet: flat.positions[row] as number,
      setSize: flat.setSizes[row] as number,
    };
  }
}

/** Two digits are enough for eyes, and keep a slowly falling rate from causing frames. */
function round(rate: number): number {
  return rate >= 10 ? Math.round(rate) : Math.round(rate * 10) / 10;
}
