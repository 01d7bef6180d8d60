interface Node<T> {
  readonly children: Map<string, Node<T>>;
  value: T | undefined;
}

/** Retained messages in a topic trie: a lookup costs what it finds, whatever the number of topics. */
export class RetainedStore<T extends object> {
  #root: Node<T> = newNode();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  set(topic: string, value: T): void {
    let node = this.#root;
    for (const level of topic.split('/')) {
      let child = node.children.get(level);
      if (!child) node.children.set(level, (child = newNode()));
      node = child;
    }
    if (node.value === undefined) this.#size += 1;
    node.value = value;
  }

  delete(topic: string): void {
    const levels = topic.split('/');
    const path: Node<T>[] = [this.#root];
    for (const level of levels) {
      const child = path.at(-1)?.children.get(level);
      if (!child) return;
      path.push(child);
    }
    const leaf = path.at(-1) as Node<T>;
    if (leaf.value === undefined) return;
    leaf.value = undefined;
    this.#size -= 1;
    for (let depth = levels.length; depth > 0; depth -= 1) {
      const node = path[depth] as Node<T>;
      if (node.value !== undefined || node.children.size > 0) return;
      (path[depth - 1] as Node<T>).children.delete(levels[depth - 1] as string);
    }
  }

  /** Values whose topic matches the filter. A wildcard in the first level does not match topics that begin with `$` [MQTT-4.7.2-1]. */
  *match(filter: string): Generator<T> {
    yield* matchLevels(this.#root, filter.split('/'), 0);
  }

  /** The topic itself and every topic below it; all topics for an empty text. */
  *topicsUnder(topic: string): Generator<string> {
    if (topic === '') {
      yield* topicsBelow(this.#root, '');
      return;
    }
    let node: Node<T> | undefined = this.#root;
    for (const level of topic.split('/')) node = node?.children.get(level);
    if (!node) return;
    if (node.value !== undefined) yield topic;
    yield* topicsBelow(node, `${topic}/`);
  }
}

function newNode<T>(): Node<T> {
  return { children: new Map(), value: undefined };
}

function* matchLevels<T>(node: Node<T>, levels: readonly string[], depth: number): Generator<T> {
  const level = levels[depth];
  if (level === undefined) {
    if (node.value !== undefined) yield node.value;
  } else if (level === '#') {
    yield* valuesBelow(node, depth === 0);
  } else if (level === '+') {
    for (const [name, child] of node.children) {
      if (depth > 0 || !name.startsWith('$')) yield* matchLevels(child, levels, depth + 1);
    }
  } else {
    const child = node.children.get(level);
    if (child) yield* matchLevels(child, levels, depth + 1);
  }
}

/** The node's own value too: `a/#` matches `a` [MQTT 3.1.1 §4.7.1.2]. */
function* valuesBelow<T>(node: Node<T>, skipDollar: boolean): Generator<T> {
  if (node.value !== undefined) yield node.value;
  for (const [name, child] of node.children) {
    if (!skipDollar || !name.startsWith('$')) yield* valuesBelow(child, false);
  }
}

function* topicsBelow<T>(node: Node<T>, prefix: string): Generator<string> {
  for (const [name, child] of node.children) {
    if (child.value !== undefined) yield prefix + name;
    yield* topicsBelow(child, `${prefix}${name}/`);
  }
}
