import type { MessageRecord } from '../../../shared/messages/record.ts';
import { compareNames } from './natural-order.ts';
import { TopicNode } from './topic-node.ts';

/** What a row can show of a payload; kept as one character a byte because a short string is far smaller than a byte array. */
const headBytes = 160;

/** A topic as the store remembers it, to grow the tree again after a restart. */
export interface TopicSeed {
  readonly topic: string;
  readonly count: number;
  readonly lastTimeUs: number;
  readonly head: Uint8Array;
  readonly sizeBytes: number;
  readonly retained: boolean;
}

/** All topics of one source. Views read it; it knows nothing of them but two counters that say when to look again. */
export class TopicIndex {
  readonly root = new TopicNode('', null);
  /** Grows with every message. */
  version = 0;
  /** Grows when a node appears or all are gone. */
  structure = 0;
  /** Told of every topic that gets its first message, while a view filters. */
  readonly onNewTopic = new Set<(node: TopicNode) => void>();

  ingest(records: readonly MessageRecord[], nowMs: number): void {
    if (records.length === 0) return;
    this.version += 1;
    for (const record of records) {
      const node = this.#grow(record.topic);
      this.#setHead(node, record.payload, record.payload.byteLength);
      // A retained PUBLISH with an empty payload removes the retained message [MQTT-3.3.1-6].
      if (record.retain) node.retained = record.payload.byteLength > 0;
      const isNew = node.ownMessageCount === 0;
      node.ownMessageCount += 1;
      for (let up: TopicNode | null = node; up; up = up.parent) up.countMessage(nowMs, record.timeUs);
      if (isNew) this.#countTopic(node);
    }
  }

  seed(rows: readonly TopicSeed[]): void {
    this.version += 1;
    for (const row of rows) {
      if (row.count <= 0) continue;
      const node = this.#grow(row.topic);
      const isNew = node.ownMessageCount === 0;
      // Messages that arrived before the seed are newer than anything it knows.
      if (isNew) this.#setHead(node, row.head, row.sizeBytes);
      if (isNew) node.retained = row.retained;
      node.ownMessageCount += row.count;
      for (let up: TopicNode | null = node; up; up = up.parent) {
        up.messageCount += row.count;
        if (row.lastTimeUs > up.lastTimeUs) up.lastTimeUs = row.lastTimeUs;
      }
      if (isNew) this.#countTopic(node);
    }
  }

  /** The retained messages are gone, whatever was known of them. */
  forgetRetained(): void {
    this.version += 1;
    const stack: TopicNode[] = [this.root];
    for (let node = stack.pop(); node; node = stack.pop()) {
      node.retained = false;
      for (const child of node.children?.values() ?? []) stack.push(child);
    }
  }

  /** Of topics that are known. */
  markRetained(topics: readonly string[]): void {
    this.version += 1;
    for (const topic of topics) {
      const node = this.find(topic);
      if (node && node.ownMessageCount > 0) node.retained = true;
    }
  }

  find(path: string): TopicNode | undefined {
    let node: TopicNode | undefined = this.root;
    for (const level of path.split('/')) {
      node = node.children?.get(level);
      if (!node) return undefined;
    }
    return node;
  }

  /** The known retained topics at a path and below it. */
  retainedUnder(path: string): string[] {
    const start = this.find(path);
    const found: string[] = [];
    if (!start) return found;
    const stack: { readonly node: TopicNode; readonly path: string }[] = [{ node: start, path }];
    for (let top = stack.pop(); top; top = stack.pop()) {
      if (top.node.retained) found.push(top.path);
      for (const child of top.node.children?.values() ?? []) stack.push({ node: child, path: `${top.path}/${child.name}` });
    }
    return found;
  }

  /** Children in name order; new ones are merged in, the rest is not sorted again. */
  childrenByName(node: TopicNode): readonly TopicNode[] {
    if (!node.children) return [];
    const known = node.byName;
    if (known && known.length === node.children.size) return known;
    const all = [...node.children.values()];
    const fresh = all.slice(known?.length ?? 0).toSorted((a, b) => compareNames(a.name, b.name));
    node.byName = known && known.length > 0 ? mergeByName(known, fresh) : fresh;
    return node.byName;
  }

  #grow(topic: string): TopicNode {
    let node = this.root;
    let start = 0;
    for (;;) {
      const slash = topic.indexOf('/', start);
      const level = slash < 0 ? topic.slice(start) : topic.slice(start, slash);
      node.children ??= new Map();
      let child = node.children.get(level);
      if (!child) {
        child = new TopicNode(level, node);
        node.children.set(level, child);
        this.structure += 1;
      }
      node = child;
      if (slash < 0) return node;
      start = slash + 1;
    }
  }

  #countTopic(node: TopicNode): void {
    for (let up: TopicNode | null = node; up; up = up.parent) up.topicCount += 1;
    for (const listener of this.onNewTopic) listener(node);
  }

  #setHead(node: TopicNode, payload: Uint8Array, sizeBytes: number): void {
    node.sizeBytes = sizeBytes;
    const { buffer, byteOffset, byteLength } = payload;
    node.head = Buffer.from(buffer, byteOffset, Math.min(byteLength, headBytes)).toString('latin1');
  }
}

/** A map keeps insertion order, so children beyond the known ones are exactly the new ones. */
function mergeByName(known: readonly TopicNode[], fresh: readonly TopicNode[]): TopicNode[] {
  const merged: TopicNode[] = [];
  let i = 0;
  for (const node of fresh) {
    while (i < known.length && compareNames((known[i] as TopicNode).name, node.name) < 0) merged.push(known[i++] as TopicNode);
    merged.push(node);
  }
  while (i < known.length) merged.push(known[i++] as TopicNode);
  return merged;
}
