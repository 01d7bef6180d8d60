import type { TopicPattern } from './pattern.ts';

interface Node<T> {
  readonly children: Map<string, Node<T>>;
  /** Of any one level. */
  any: Node<T> | null;
  /** Of patterns that end here. */
  readonly here: T[];
  /** Of patterns that end here with `#`. */
  readonly below: T[];
}

const newNode = <T>(): Node<T> => ({ children: new Map(), any: null, here: [], below: [] });

/** Patterns by their levels: what a match costs depends on the topic, not on how many patterns there are. */
export class PatternTrie<T> {
  readonly #root = newNode<T>();

  add({ levels }: TopicPattern, item: T): void {
    let node = this.#root;
    for (const level of levels) {
      if (level === '#') {
        node.below.push(item);
        return;
      }
      if ('name' in level) node = node.any ??= newNode();
      else {
        let child = node.children.get(level.text);
        if (child === undefined) node.children.set(level.text, (child = newNode()));
        node = child;
      }
    }
    node.here.push(item);
  }

  /** `hidesSystem`: a wildcard in front does not stand for a level that begins with `$` [MQTT-4.7.2-1]. */
  match(topic: readonly string[], hidesSystem: boolean): T[] {
    const found: T[] = [];
    collect(this.#root, topic, 0, hidesSystem && topic[0]?.startsWith('$') === true, found);
    return found;
  }
}

function collect<T>(node: Node<T>, topic: readonly string[], at: number, hides: boolean, found: T[]): void {
  const hidden = hides && at === 0;
  if (!hidden) found.push(...node.below);
  if (at === topic.length) {
    found.push(...node.here);
    return;
  }
  const child = node.children.get(topic[at] as string);
  if (child !== undefined) collect(child, topic, at + 1, hides, found);
  if (!hidden && node.any !== null) collect(node.any, topic, at + 1, hides, found);
}
