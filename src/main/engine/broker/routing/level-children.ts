/** A node of a tree over topic levels. One child stands in the node itself; only from the second on there is a map. */
export interface LevelNode<N> {
  readonly level: string;
  child: N | null;
  children: Map<string, N> | null;
}

export function childOf<N extends LevelNode<N>>(node: N, level: string): N | null {
  const { child } = node;
  if (child !== null) return child.level === level ? child : null;
  return node.children === null ? null : (node.children.get(level) ?? null);
}

export function attachChild<N extends LevelNode<N>>(node: N, child: N): void {
  if (node.children !== null) node.children.set(child.level, child);
  else if (node.child === null) node.child = child;
  else {
    node.children = new Map([
      [node.child.level, node.child],
      [child.level, child],
    ]);
    node.child = null;
  }
}

export function detachChild<N extends LevelNode<N>>(node: N, child: N): void {
  if (node.child === child) node.child = null;
  else if (node.children !== null) {
    node.children.delete(child.level);
    if (node.children.size === 0) node.children = null;
  }
}

/** V8 cuts longer texts as views that hold on to the whole. */
const longestCopied = 12;

/** A level that outlives the topic it was cut from, without keeping that topic in memory. */
export function ownLevel(level: string, from: string): string {
  if (level.length <= longestCopied || from.length < 4 * level.length) return level;
  return Buffer.from(level, 'utf16le').toString('utf16le');
}
