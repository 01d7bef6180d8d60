import { attachChild, childOf, detachChild, ownLevel, type LevelNode } from './level-children.ts';
import type { MatchResult } from './match-result.ts';
import type { SessionMatch } from './session-match.ts';
import type { GroupMember, SharedGroup } from './shared-groups.ts';

/** A session that has subscriptions. */
export class Subscriber<S> {
  readonly session: S;
  /** By the whole filter, `$share/NAME/` included. */
  readonly subscriptions = new Map<string, Subscription<S>>();
  /** The last match that met this session, its place in that result, and what else of it matched. */
  stamp = 0;
  slot = 0;
  overlap: SessionMatch<S>[] | null = null;

  constructor(session: S) {
    this.session = session;
  }
}

export class Subscription<S> implements GroupMember<S> {
  readonly subscriber: Subscriber<S>;
  readonly node: TrieNode<S>;
  readonly group: SharedGroup<S> | null;
  /** Replaced as a whole when the options change, because results hold it. */
  match: SessionMatch<S>;
  index = -1;

  constructor(subscriber: Subscriber<S>, node: TrieNode<S>, group: SharedGroup<S> | null, match: SessionMatch<S>) {
    this.subscriber = subscriber;
    this.node = node;
    this.group = group;
    this.match = match;
  }
}

export class TrieNode<S> implements LevelNode<TrieNode<S>> {
  /** `null` for the root, and for filters without wildcards, which stand outside the tree. */
  readonly parent: TrieNode<S> | null;
  readonly level: string;
  child: TrieNode<S> | null = null;
  children: Map<string, TrieNode<S>> | null = null;
  plus: TrieNode<S> | null = null;
  hash: TrieNode<S> | null = null;
  members: Subscription<S>[] | null = null;
  groups: SharedGroup<S>[] | null = null;
  /** The result of topics that only this node matches, kept where copying it for each would cost much. */
  result: MatchResult<S> | null = null;

  constructor(parent: TrieNode<S> | null, level: string) {
    this.parent = parent;
    this.level = level;
  }

  enter(subscription: Subscription<S>): void {
    // A literal holds one; an empty list that is pushed to takes room for seventeen.
    if (this.members === null) this.members = [subscription];
    else this.members.push(subscription);
    subscription.index = this.members.length - 1;
    this.result = null;
  }

  leave(subscription: Subscription<S>): void {
    const members = this.members as Subscription<S>[];
    const last = members.pop() as Subscription<S>;
    if (last !== subscription) {
      members[subscription.index] = last;
      last.index = subscription.index;
    }
    subscription.index = -1;
    if (members.length === 0) this.members = null;
    this.result = null;
  }

  open(group: SharedGroup<S>): void {
    if (this.groups === null) this.groups = [group];
    else this.groups.push(group);
    group.index = this.groups.length - 1;
    this.result = null;
  }

  close(group: SharedGroup<S>): void {
    const groups = this.groups as SharedGroup<S>[];
    const last = groups.pop() as SharedGroup<S>;
    if (last !== group) {
      groups[group.index] = last;
      last.index = group.index;
    }
    if (groups.length === 0) this.groups = null;
    this.result = null;
  }

  get isEmpty(): boolean {
    return this.members === null && this.groups === null && this.hash === null && this.plus === null && this.child === null && this.children === null;
  }
}

/** The filters with wildcards, level by level. */
export class FilterTree<S> {
  readonly root = new TrieNode<S>(null, '');
  #nodes = 0;

  /** Levels that stand in memory, those that filters have in common counted once. */
  get nodes(): number {
    return this.#nodes;
  }

  /** The node of a filter, made where it is missing. */
  grow(filter: string): TrieNode<S> {
    let node = this.root;
    for (let start = 0; start <= filter.length;) {
      const slash = filter.indexOf('/', start);
      const end = slash < 0 ? filter.length : slash;
      const level = filter.slice(start, end);
      if (level === '+') node = node.plus ??= this.#newNode(node, level);
      else if (level === '#') node = node.hash ??= this.#newNode(node, level);
      else {
        let child = childOf(node, level);
        if (child === null) attachChild(node, (child = this.#newNode(node, ownLevel(level, filter))));
        node = child;
      }
      start = end + 1;
    }
    return node;
  }

  /** Takes a node out when nothing needs it any more, and those above it that it alone kept. */
  prune(node: TrieNode<S>): void {
    for (let empty = node; empty.isEmpty && empty.parent !== null; empty = empty.parent) {
      const { parent } = empty;
      if (parent.plus === empty) parent.plus = null;
      else if (parent.hash === empty) parent.hash = null;
      else detachChild(parent, empty);
      this.#nodes -= 1;
    }
  }

  #newNode(parent: TrieNode<S>, level: string): TrieNode<S> {
    this.#nodes += 1;
    return new TrieNode(parent, level);
  }
}
