import type { Expiring } from './expiry-heap.ts';
import type { LevelNode } from './level-children.ts';

export class RetainedEntry<T> implements Expiring {
  readonly topic: string;
  readonly node: RetainedNode<T>;
  /** Order of arrival of topics; stays when the value is replaced. */
  readonly sequence: number;
  value: T;
  /** When the value was set; not a number: not known. */
  storedMs = Number.NaN;
  weight = 0;
  /** Infinity: never. */
  expiresAtMs = Infinity;
  heapIndex = -1;

  constructor(topic: string, node: RetainedNode<T>, sequence: number, value: T) {
    this.topic = topic;
    this.node = node;
    this.sequence = sequence;
    this.value = value;
  }
}

export class RetainedNode<T> implements LevelNode<RetainedNode<T>> {
  readonly parent: RetainedNode<T> | null;
  readonly level: string;
  child: RetainedNode<T> | null = null;
  children: Map<string, RetainedNode<T>> | null = null;
  entry: RetainedEntry<T> | null = null;

  constructor(parent: RetainedNode<T> | null, level: string) {
    this.parent = parent;
    this.level = level;
  }
}
