import { parseShared } from '../routing/shared-groups.ts';
import { SubscriptionTrie } from '../routing/subscription-trie.ts';

interface SharedFilter {
  /** `$share/NAME/FILTER` */
  readonly share: string;
  readonly members: Map<string, GroupWeight>;
  /** Whose turn it is. */
  turn: number;
}

/** How many members of a group a broker has: connected, and all whose session is there. */
interface GroupWeight {
  readonly connected: number;
  readonly all: number;
}

const anyone = { isReady: () => true, isConnected: () => true, canQueue: () => true };
const plain = { qos: 0, noLocal: false, retainAsPublished: false, subscriptionIdentifier: 0 } as const;

/** Which brokers have members of which shared subscription, as Redis last said. */
export class GroupTable {
  /** Of the table in Redis; a choice made by an older one is refused there. */
  version = '';
  #groups = new Map<string, SharedFilter>();
  #trie = new SubscriptionTrie<SharedFilter>(anyone);

  /** `rows`: run, a space, share; then its weight, `connected,all`. */
  replace(version: string, rows: readonly string[]): void {
    this.version = version;
    const before = this.#groups;
    this.#groups = new Map();
    this.#trie = new SubscriptionTrie<SharedFilter>(anyone);
    for (let at = 0; at + 1 < rows.length; at += 2) {
      const field = rows[at] as string;
      const space = field.indexOf(' ');
      const share = field.slice(space + 1);
      const shared = parseShared(share);
      if (space < 1 || shared === null) continue;
      let group = this.#groups.get(share);
      if (group === undefined) {
        group = { share, members: new Map(), turn: before.get(share)?.turn ?? 0 };
        this.#groups.set(share, group);
        this.#trie.add(group, shared.filter, plain);
      }
      const [connected = 0, all = 0] = (rows[at + 1] as string).split(',').map(Number);
      group.members.set(field.slice(0, space), { connected, all });
    }
  }

  get size(): number {
    return this.#groups.size;
  }

  /** Whether another broker than this one has members. */
  hasOthers(share: string, run: string): boolean {
    const members = this.#groups.get(share)?.members;
    return members !== undefined && (members.size > 1 || (members.size === 1 && !members.has(run)));
  }

  /** The shared subscriptions a topic matches. */
  matching(topic: string): readonly string[] {
    return this.#groups.size === 0 ? [] : this.#trie.match(topic).sessions.map(({ session }) => session.share);
  }

  /** The broker that gets the next message: in turn, by the number of its connected members; else of those away. `null`: nobody has any. */
  choose(share: string, except: ReadonlySet<string> | null = null): string | null {
    const group = this.#groups.get(share);
    if (group === undefined) return null;
    for (const kind of ['connected', 'all'] as const) {
      let total = 0;
      for (const [run, weight] of group.members) if (except?.has(run) !== true) total += weight[kind];
      if (total === 0) continue;
      let left = group.turn % total;
      group.turn += 1;
      for (const [run, weight] of group.members) {
        if (except?.has(run) === true) continue;
        left -= weight[kind];
        if (left < 0) return run;
      }
    }
    return null;
  }
}
