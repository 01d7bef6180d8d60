import { childOf } from './level-children.ts';
import { MatchCache, type MatchCacheLimits } from './match-cache.ts';
import { MatchResult } from './match-result.ts';
import { matchOfOne, mergeMatches, type SessionMatch, type SubscriptionOptions } from './session-match.ts';
import { parseShared, SharedGroup, type GroupPolicy } from './shared-groups.ts';
import { FilterTree, Subscriber, Subscription, TrieNode } from './trie-node.ts';

/** A subscription as lists show it. */
export interface SubscriptionInfo<S> {
  /** As subscribed, `$share/NAME/` included. */
  readonly filter: string;
  readonly shareName: string | null;
  readonly match: SessionMatch<S>;
}

const defaultCacheLimits: MatchCacheLimits = { maxTopics: 32_768, maxWeight: 16 * 1024 * 1024 };

/** From so many subscribers of one filter on, topics that match only it share one result. */
const crowd = 16;
const leastScratch = 1024;
/** The cache may keep so many sessions in memory that are gone, and one for every so many of its results. */
const ghosts = 16;
const resultsPerGhost = 4;

/**
 * Who subscribed to what (§4.7). Filters are expected to be valid; those without wildcards stand in a flat map, the others in a
 * tree of levels. Nothing here recurses, so neither the number of levels nor that of subscriptions can overflow a stack.
 *
 * Overlapping filters of one session make one match (see `SessionMatch`). Sessions are told apart by identity.
 */
export class SubscriptionTrie<S> {
  readonly #policy: GroupPolicy<S>;
  readonly #cache: MatchCache<MatchResult<S>>;
  readonly #tree = new FilterTree<S>();
  readonly #exact = new Map<string, TrieNode<S>>();
  readonly #groups = new Map<string, SharedGroup<S>>();
  readonly #subscribers = new Map<S, Subscriber<S>>();
  readonly #nobody = new MatchResult<S>([], [], 0);
  #size = 0;
  #version = 0;
  #stamp = 0;
  /** Sessions that left since the cache was last rid of what is no longer valid. */
  #departed = 0;
  /** Kept between matches, so that matching allocates only what it returns. */
  #level: TrieNode<S>[] = [];
  #below: TrieNode<S>[] = [];
  #found: TrieNode<S>[] = [];

  constructor(policy: GroupPolicy<S>, cacheLimits: MatchCacheLimits = defaultCacheLimits) {
    this.#policy = policy;
    this.#cache = new MatchCache(cacheLimits);
  }

  /** Subscriptions, those of shared groups included. */
  get size(): number {
    return this.#size;
  }

  /** Counts every change. */
  get version(): number {
    return this.#version;
  }

  /** Filters without wildcards, and levels of those with: what takes memory besides the subscriptions themselves. */
  get nodes(): number {
    return this.#exact.size + this.#tree.nodes;
  }

  get cachedTopics(): number {
    return this.#cache.topics;
  }

  /** `filter` as in SUBSCRIBE, `$share/NAME/` included. False when it replaced the options of one it had [MQTT-3.8.4-3]. */
  add(session: S, filter: string, options: SubscriptionOptions): boolean {
    let subscriber = this.#subscribers.get(session);
    if (subscriber === undefined) this.#subscribers.set(session, (subscriber = new Subscriber(session)));
    const shared = parseShared(filter);
    const plain = shared === null ? filter : shared.filter;
    const match = matchOfOne(session, plain, options);
    this.#version += 1;
    const before = subscriber.subscriptions.get(filter);
    if (before !== undefined) {
      before.match = match;
      before.node.result = null;
      if (before.group === null) this.#changed(plain);
      return false;
    }
    const node = this.#nodeFor(plain);
    let group: SharedGroup<S> | null = null;
    if (shared !== null) {
      group = this.#groups.get(filter) ?? null;
      if (group === null) {
        group = new SharedGroup(shared.name, plain, this.#policy);
        this.#groups.set(filter, group);
        node.open(group);
        this.#changed(plain);
      }
    }
    const subscription = new Subscription(subscriber, node, group, match);
    subscriber.subscriptions.set(filter, subscription);
    if (group === null) {
      node.enter(subscription);
      this.#changed(plain);
    } else group.join(subscription);
    this.#size += 1;
    return true;
  }

  /** False when the session has no such subscription. */
  remove(session: S, filter: string): boolean {
    const subscriber = this.#subscribers.get(session);
    const subscription = subscriber?.subscriptions.get(filter);
    if (subscriber === undefined || subscription === undefined) return false;
    subscriber.subscriptions.delete(filter);
    this.#unlink(filter, subscription);
    if (subscriber.subscriptions.size === 0) this.#depart(session);
    return true;
  }

  /** How many there were; the cost is that of the session's own subscriptions. */
  removeAll(session: S): number {
    const subscriber = this.#subscribers.get(session);
    if (subscriber === undefined) return 0;
    for (const [filter, subscription] of subscriber.subscriptions) this.#unlink(filter, subscription);
    this.#depart(session);
    return subscriber.subscriptions.size;
  }

  /** Removes at most `limit` of them; how many are left. For sessions with so many that removing all would hold up others. */
  removeSome(session: S, limit: number): number {
    const subscriber = this.#subscribers.get(session);
    if (subscriber === undefined) return 0;
    let removed = 0;
    for (const [filter, subscription] of subscriber.subscriptions) {
      if (removed === limit) break;
      removed += 1;
      subscriber.subscriptions.delete(filter);
      this.#unlink(filter, subscription);
    }
    const left = subscriber.subscriptions.size;
    if (left === 0) this.#depart(session);
    return left;
  }

  match(topic: string): MatchResult<S> {
    const cached = this.#cache.get(topic);
    if (cached !== undefined) return cached;
    const result = this.matchUncached(topic);
    this.#cache.set(topic, result);
    return result;
  }

  /** The same, for a topic that will not come again. */
  matchUncached(topic: string): MatchResult<S> {
    const count = this.#find(topic);
    let result = this.#nobody;
    if (count === 1) result = this.#resultOf(this.#found[0] as TrieNode<S>);
    else if (count > 1) result = this.#combine(count);
    this.#clearScratch();
    return result;
  }

  /** How one session gets a retained message for one subscription it just made; `undefined` when it has none such. */
  subscription(session: S, filter: string): SessionMatch<S> | undefined {
    return this.#subscribers.get(session)?.subscriptions.get(filter)?.match;
  }

  subscriptionsOf(session: S): readonly SubscriptionInfo<S>[] {
    const list: SubscriptionInfo<S>[] = [];
    const subscriptions = this.#subscribers.get(session)?.subscriptions;
    if (subscriptions === undefined) return list;
    for (const [filter, { group, match }] of subscriptions) list.push({ filter, shareName: group === null ? null : group.name, match });
    return list;
  }

  countOf(session: S): number {
    return this.#subscribers.get(session)?.subscriptions.size ?? 0;
  }

  /** The group of a filter with `$share/NAME/`, while it has members. */
  group(filter: string): SharedGroup<S> | undefined {
    return this.#groups.get(filter);
  }

  #nodeFor(filter: string): TrieNode<S> {
    if (wildcardAt(filter) >= 0) return this.#tree.grow(filter);
    let node = this.#exact.get(filter);
    if (node === undefined) this.#exact.set(filter, (node = new TrieNode(null, filter)));
    return node;
  }

  #unlink(filter: string, subscription: Subscription<S>): void {
    const { node, group, match } = subscription;
    const plain = match.filters[0] as string;
    this.#size -= 1;
    this.#version += 1;
    if (group === null) node.leave(subscription);
    else {
      group.leave(subscription);
      if (group.size > 0) return;
      this.#groups.delete(filter);
      node.close(group);
    }
    this.#changed(plain);
    if (!node.isEmpty) return;
    if (node.parent === null) this.#exact.delete(plain);
    else this.#tree.prune(node);
  }

  /** Results that are no longer valid hold sessions that are gone; asking the whole cache is worth it once per some of them. */
  #depart(session: S): void {
    this.#subscribers.delete(session);
    this.#departed += 1;
    if (this.#departed < ghosts + this.#cache.topics / resultsPerGhost) return;
    this.#departed = 0;
    this.#cache.purge();
  }

  #changed(filter: string): void {
    const wildcard = wildcardAt(filter);
    if (wildcard < 0) this.#cache.topicChanged(filter);
    else this.#cache.wildcardChanged(filter, wildcard);
  }

  /** Puts the nodes that match into `#found`, level by level; their number. Never looks deeper than filters go. */
  #find(topic: string): number {
    const found = this.#found;
    let count = 0;
    const exact = this.#exact.get(topic);
    if (exact !== undefined) found[count++] = exact;
    let level = this.#level;
    let below = this.#below;
    level[0] = this.#tree.root;
    let width = 1;
    // A filter that begins with a wildcard does not match a topic that begins with $ [MQTT-4.7.2-1].
    let hidden = topic.charCodeAt(0) === 0x24;
    for (let start = 0; width > 0; hidden = false) {
      const slash = topic.indexOf('/', start);
      const name = slash < 0 ? topic.slice(start) : topic.slice(start, slash);
      let wide = 0;
      for (let at = 0; at < width; at += 1) {
        const node = level[at] as TrieNode<S>;
        if (!hidden) {
          if (node.hash !== null) found[count++] = node.hash;
          if (node.plus !== null) below[wide++] = node.plus;
        }
        const child = childOf(node, name);
        if (child !== null) below[wide++] = child;
      }
      const swap = level;
      level = below;
      below = swap;
      width = wide;
      if (slash < 0) break;
      start = slash + 1;
    }
    for (let at = 0; at < width; at += 1) {
      const node = level[at] as TrieNode<S>;
      if (node.members !== null || node.groups !== null) found[count++] = node;
      // `a/#` matches `a` as well (§4.7.1.2).
      if (node.hash !== null) found[count++] = node.hash;
    }
    return count;
  }

  #resultOf(node: TrieNode<S>): MatchResult<S> {
    if (node.result !== null) return node.result;
    const { members, groups } = node;
    const sessions: SessionMatch<S>[] = [];
    if (members !== null) for (let at = 0; at < members.length; at += 1) sessions.push((members[at] as Subscription<S>).match);
    const shared = groups === null ? this.#nobody.groups : groups.slice();
    const size = sessions.length + shared.length;
    if (size < crowd) return new MatchResult(sessions, shared, 8 * size);
    return (node.result = new MatchResult(sessions, shared, 0));
  }

  #combine(count: number): MatchResult<S> {
    this.#stamp += 1;
    const stamp = this.#stamp;
    const sessions: SessionMatch<S>[] = [];
    let groups: SharedGroup<S>[] | null = null;
    let overlapping: Subscriber<S>[] | null = null;
    let weight = 0;
    for (let nodeAt = 0; nodeAt < count; nodeAt += 1) {
      const node = this.#found[nodeAt] as TrieNode<S>;
      if (node.groups !== null) for (const group of node.groups) (groups ??= []).push(group);
      const { members } = node;
      if (members === null) continue;
      for (let at = 0; at < members.length; at += 1) {
        const { subscriber, match } = members[at] as Subscription<S>;
        if (subscriber.stamp !== stamp) {
          subscriber.stamp = stamp;
          subscriber.slot = sessions.length;
          sessions.push(match);
        } else {
          if (subscriber.overlap === null) {
            subscriber.overlap = [sessions[subscriber.slot] as SessionMatch<S>];
            (overlapping ??= []).push(subscriber);
            weight += 200;
          }
          subscriber.overlap.push(match);
          weight += 32;
        }
      }
    }
    if (overlapping !== null) {
      for (const subscriber of overlapping) {
        sessions[subscriber.slot] = mergeMatches(subscriber.overlap as SessionMatch<S>[]);
        subscriber.overlap = null;
      }
    }
    weight += 8 * (sessions.length + (groups === null ? 0 : groups.length));
    return new MatchResult(sessions, groups ?? this.#nobody.groups, weight);
  }

  /** So that one large match keeps neither memory nor nodes that are gone. */
  #clearScratch(): void {
    if (this.#found.length > leastScratch) this.#found = [];
    if (this.#level.length > leastScratch) this.#level = [];
    if (this.#below.length > leastScratch) this.#below = [];
  }
}

/** In a valid filter the first of these characters is a wildcard (§4.7.1). */
function wildcardAt(filter: string): number {
  const plus = filter.indexOf('+');
  const hash = filter.indexOf('#');
  if (plus < 0) return hash;
  return hash < 0 ? plus : Math.min(plus, hash);
}
