import type { Message } from '../core/message.ts';
import { restoreMessage } from '../core/persistence/stored-message.ts';
import { keepRetained, receive, receiveLate } from '../core/received.ts';
import type { Session } from '../core/session.ts';
import { compareLogIds } from './log-id.ts';
import { readItem, type LogEntry } from './log-reader.ts';
import type { RedisCluster } from './redis-cluster.ts';
import type { SharedMessage, TravellingMessage } from './redis-records.ts';
import { readRetained } from './retained-rows.ts';

/** For a member of a shared subscription, which is not here yet. */
interface Parked {
  readonly message: Message;
  readonly share: string;
  readonly passed: readonly string[];
}

/** What comes from the log and from other brokers, in its order, into the core. */
export class LogIntake {
  readonly #cluster: RedisCluster;
  /** Own messages with retain that are still to be read in the log, by topic: what comes before them is older. */
  readonly #ownRetained = new Map<string, number>();
  /** Sessions that came from elsewhere, and up to which own message they have to be given those from the log. */
  readonly #late = new Map<Session, number>();
  /** Own messages that are not over when they are written. */
  readonly #awaited = new Set<number>();
  #parked: Parked[] = [];
  #waiters: { readonly id: string; readonly done: () => void }[] = [];
  /** Entries read while sessions are on their way here, for each that waits. */
  readonly recent = new Set<LogEntry[]>();
  /** The last entry that was read. */
  cursor = '0-0';

  constructor(cluster: RedisCluster) {
    this.#cluster = cluster;
  }

  entry(entry: LogEntry): void {
    const { run } = this.#cluster;
    const isOwn = entry.run === run;
    for (const item of entry.items) {
      // Most of what this broker wrote itself is dealt with: it need not even be read.
      if (isOwn && this.#late.size === 0 && !this.#awaited.delete(item.seq)) continue;
      const message = readItem(item);
      if (message === null) void this.readRetainedAgain();
      else if (message === undefined) continue;
      else if (isOwn) this.#own(item.seq, message);
      else this.take(message, run, true);
    }
    for (const list of this.recent) list.push(entry);
    this.cursor = entry.id;
    if (this.#waiters.length > 0) this.#wake(false);
  }

  /** Resolves when the log is read up to this entry, or the broker begins anew. */
  async caughtUp(id: string): Promise<void> {
    if (compareLogIds(this.cursor, id) >= 0) return;
    await new Promise<void>((done) => this.#waiters.push({ id, done }));
  }

  #wake(all: boolean): void {
    const waiting = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiting) {
      if (all || compareLogIds(this.cursor, waiter.id) >= 0) waiter.done();
      else this.#waiters.push(waiter);
    }
  }

  /** At another place of the log, maybe of another one. */
  beginAt(cursor: string): void {
    this.cursor = cursor;
    this.#ownRetained.clear();
    this.#late.clear();
    this.#awaited.clear();
    this.#parked = [];
    this.#wake(true);
  }

  close(): void {
    this.#wake(true);
  }

  /** It has come from elsewhere: what was published here up to this message it has not had. */
  arrived(session: Session, seq: number): void {
    this.#late.set(session, seq);
  }

  /** 0: it has had all that was published here. */
  lateUpTo(session: Session | undefined): number {
    return (session === undefined ? undefined : this.#late.get(session)) ?? 0;
  }

  ended(session: Session): void {
    this.#late.delete(session);
  }

  /** This one is to be read when it comes: somebody here may have to get it, or it is retained. */
  awaits(seq: number): void {
    this.#awaited.add(seq);
  }

  retainedHere(topic: string): void {
    this.#ownRetained.set(topic, (this.#ownRetained.get(topic) ?? 0) + 1);
  }

  #own(seq: number, item: TravellingMessage): void {
    const message = this.#restore(item);
    if (message === null) return;
    if (!item.isRedirected) {
      if (message.retain) this.#retainedRead(message.topic);
      for (const [session, upTo] of this.#late) {
        if (seq <= upTo && !session.isEnded && this.#isAlive(message)) receiveLate(this.#cluster.core, session, message);
        if (seq >= upTo) this.#late.delete(session);
      }
    }
    if (item.targets.length > 0 && this.#isAlive(message)) this.#give(message, item, this.#cluster.run, false, false);
  }

  #retainedRead(topic: string): void {
    const left = (this.#ownRetained.get(topic) ?? 1) - 1;
    if (left > 0) this.#ownRetained.set(topic, left);
    else this.#ownRetained.delete(topic);
  }

  /** Of another broker. `isForAll`: for everyone who subscribed here; otherwise only for the shared subscriptions meant for `run`. */
  take(item: TravellingMessage, run: string, isForAll: boolean): void {
    const message = this.read(item);
    if (message === null) return;
    const isPlain = isForAll && !item.isRedirected;
    this.#cluster.counters.received += 1;
    this.#give(message, item, run, isPlain, isPlain && message.retain && !this.#ownRetained.has(message.topic));
  }

  #give(message: Message, { targets, passed }: TravellingMessage, run: string, isForAll: boolean, isRetained: boolean): void {
    const shares = targets.filter(([, to]) => to === run).map(([share]) => share);
    const missing = receive(this.#cluster.core, { message, isForAll, isRetained, shares });
    for (const share of missing) this.#noMember({ message, share, passed });
  }

  /** Its member may be on its way here. */
  #noMember(parked: Parked): void {
    const { message, share, passed } = parked;
    if (!this.#cluster.awaitsSessions) return this.#cluster.redirect(message, share, passed);
    message.keep();
    this.#parked.push(parked);
  }

  /** Sessions have come, or do not come. */
  giveParked(): void {
    const parked = this.#parked;
    this.#parked = [];
    for (const one of parked) {
      const { message, share } = one;
      const missing = receive(this.#cluster.core, { message, isForAll: false, isRetained: false, shares: [share] });
      if (missing.length > 0) this.#noMember(one);
    }
  }

  /** `null`: it has expired, or cannot be read. */
  read(item: SharedMessage): Message | null {
    const message = this.#restore(item);
    return message !== null && this.#isAlive(message) ? message : null;
  }

  #restore(item: SharedMessage): Message | null {
    try {
      return restoreMessage(item, this.#cluster.core);
    } catch {
      return null;
    }
  }

  #isAlive({ expiresAtMs }: Message): boolean {
    return expiresAtMs === Infinity || expiresAtMs > this.#cluster.core.tick();
  }

  /** As Redis has it now, all of it. */
  async readRetainedAgain(): Promise<void> {
    const { core, link } = this.#cluster;
    const there = new Set<string>();
    try {
      await readRetained(link.commands, link.key('retained'), (records) => {
        for (const record of records) {
          there.add(record.topic);
          if (!this.#ownRetained.has(record.topic)) keepRetained(core, record.topic, this.read(record));
        }
      });
    } catch {
      // It is lost again; whoever finds that out has everything read again.
      return;
    }
    for (const topic of core.retainedMessages.topicsUnder('')) {
      if (!topic.startsWith('$SYS/') && !there.has(topic) && !this.#ownRetained.has(topic)) keepRetained(core, topic, null);
    }
  }
}
