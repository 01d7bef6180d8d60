import type { SessionMatch } from './session-match.ts';

/** What the core knows of a session and a group must ask. */
export interface GroupPolicy<S> {
  /** Connected, and below its in-flight limit. */
  isReady(session: S): boolean;
  isConnected(session: S): boolean;
  /** The session outlives its connection, so a message can wait for it. */
  canQueue(session: S): boolean;
}

export interface GroupMember<S> {
  readonly match: SessionMatch<S>;
  /** Its place in the group; kept by the group. */
  index: number;
}

export interface SharedName {
  readonly name: string;
  readonly filter: string;
}

const prefix = '$share/';

/** The parts of `$share/NAME/FILTER` (§4.8.2); `null` for an ordinary filter. */
export function parseShared(filter: string): SharedName | null {
  if (!filter.startsWith(prefix)) return null;
  const end = filter.indexOf('/', prefix.length);
  if (end <= prefix.length || end + 1 === filter.length) return null;
  return { name: filter.slice(prefix.length, end), filter: filter.slice(end + 1) };
}

/**
 * The subscribers of one `$share/NAME/FILTER`. Each message goes to one of them (§4.8.2). Two names over the same filter are
 * two groups, and a session that is in both gets a message from each.
 *
 * The members before `#next` had their turn in this round, the others have not. A pick swaps the chosen one to that border, so
 * whoever was passed over because it was not ready comes first once it is, and joining, leaving and picking cost the same
 * whatever the number of members.
 */
export class SharedGroup<S> {
  readonly name: string;
  /** Without `$share/NAME/`. */
  readonly filter: string;
  /** Its place among the groups of the same filter; kept by the trie. */
  index = -1;
  readonly #policy: GroupPolicy<S>;
  readonly #members: GroupMember<S>[] = [];
  #next = 0;

  constructor(name: string, filter: string, policy: GroupPolicy<S>) {
    this.name = name;
    this.filter = filter;
    this.#policy = policy;
  }

  get size(): number {
    return this.#members.length;
  }

  /** For lists on screen; the order changes with every pick. */
  get members(): readonly GroupMember<S>[] {
    return this.#members;
  }

  join(member: GroupMember<S>): void {
    member.index = this.#members.length;
    this.#members.push(member);
  }

  leave(member: GroupMember<S>): void {
    let hole = member.index;
    if (hole < this.#next) {
      // Keeps those who had their turn together: the last of them fills the hole, and the hole moves to the border.
      this.#next -= 1;
      this.#place(this.#members[this.#next] as GroupMember<S>, hole);
      hole = this.#next;
    }
    const last = this.#members.pop() as GroupMember<S>;
    if (hole < this.#members.length) this.#place(last, hole);
    member.index = -1;
  }

  /**
   * Who gets the next message: in turn one who is ready; else one who is connected, in whose queue it waits for room; else one
   * whose session is kept while it is away. `null`: nobody, the message is lost for this group. `exclude` is for giving a
   * message to somebody else.
   */
  pick(exclude: S | null = null): SessionMatch<S> | null {
    const members = this.#members;
    const count = members.length;
    const policy = this.#policy;
    let connected = -1;
    let queueing = -1;
    for (let step = 0, at = this.#next; step < count; step += 1, at += 1) {
      if (at >= count) at = 0;
      const { session } = (members[at] as GroupMember<S>).match;
      if (session === exclude) continue;
      if (policy.isReady(session)) return this.#serve(at);
      if (connected >= 0) continue;
      if (policy.isConnected(session)) connected = at;
      else if (queueing < 0 && policy.canQueue(session)) queueing = at;
    }
    if (connected >= 0) return this.#serve(connected);
    return queueing >= 0 ? this.#serve(queueing) : null;
  }

  #serve(at: number): SessionMatch<S> {
    if (at < this.#next || this.#next >= this.#members.length) this.#next = 0;
    const chosen = this.#members[at] as GroupMember<S>;
    const border = this.#members[this.#next] as GroupMember<S>;
    this.#place(border, at);
    this.#place(chosen, this.#next);
    this.#next += 1;
    return chosen.match;
  }

  #place(member: GroupMember<S>, at: number): void {
    this.#members[at] = member;
    member.index = at;
  }
}
