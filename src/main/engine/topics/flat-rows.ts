import type { TopicSort } from '../../../shared/contract/topics.ts';
import type { TopicIndex } from './topic-index.ts';
import type { TopicNode } from './topic-node.ts';

/** The rows of a tree as it is open now, top to bottom. */
export interface FlatRows {
  readonly nodes: readonly TopicNode[];
  /** Position of each row among its visible siblings (1-based) and their number. */
  readonly positions: Uint32Array;
  readonly setSizes: Uint32Array;
}

export interface FlattenOptions {
  readonly sort: TopicSort;
  readonly isExpanded: (node: TopicNode) => boolean;
  /** With a filter: whether a node is a hit or leads to one. */
  readonly isVisible: ((node: TopicNode) => boolean) | null;
}

/** Lays out the open part of a tree without recursion, so that a topic of 10,000 levels is just a long list. */
export function flatten(index: TopicIndex, options: FlattenOptions): FlatRows {
  const nodes: TopicNode[] = [];
  const positions: number[] = [];
  const setSizes: number[] = [];
  const stack: { readonly siblings: readonly TopicNode[]; next: number }[] = [{ siblings: visibleChildren(index, index.root, options), next: 0 }];
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const node = top.siblings[top.next];
    if (!node) {
      stack.pop();
      continue;
    }
    top.next += 1;
    nodes.push(node);
    positions.push(top.next);
    setSizes.push(top.siblings.length);
    if (node.children && options.isExpanded(node)) stack.push({ siblings: visibleChildren(index, node, options), next: 0 });
  }
  return { nodes, positions: Uint32Array.from(positions), setSizes: Uint32Array.from(setSizes) };
}

/** The children of a node that the view shows, in its order. */
export function visibleChildren(index: TopicIndex, node: TopicNode, options: Pick<FlattenOptions, 'sort' | 'isVisible'>): readonly TopicNode[] {
  const byName = index.childrenByName(node);
  const { isVisible } = options;
  const shown = isVisible ? byName.filter(isVisible) : byName;
  // Sorting is stable, so equal counts stay in name order.
  if (options.sort === 'messages') return shown.toSorted((a, b) => b.messageCount - a.messageCount);
  if (options.sort === 'recent') return shown.toSorted((a, b) => b.lastTimeUs - a.lastTimeUs);
  return shown;
}
