import { readItem, readRange } from './log-reader.ts';
import type { RedisCluster } from './redis-cluster.ts';
import { installSessions, readSession } from './session-arrival.ts';
import type { LoadedRows } from './session-rows.ts';
import type { Standing } from './redis-scripts.ts';

type Argument = string | number | Buffer;

const sessionsAtOnce = 100;

/** Takes over the sessions of brokers that have died or left, their wills included. */
export class Adoption {
  readonly #cluster: RedisCluster;
  /** When a broker was first seen without a sign of life, on the monotonic clock. */
  #deadSince = new Map<string, number>();
  #seen = new Map<string, boolean>();
  /** Their entries in the log are dealt with. */
  readonly #done = new Set<string>();
  readonly #given = new Set<string>();
  /** Brokers that are gone, and up to where they had read the log. */
  readonly #orphans = new Map<string, string>();
  /** Clients whose sessions nobody can read: they hold on to nothing. */
  readonly #unreadable = new Set<string>();
  /** Became this broker's, and are still to be fetched. */
  readonly #clients = new Set<string>();
  /** Asked for, and not answered: they may have become this broker's. */
  readonly #unanswered = new Set<string>();
  #isAdopting = false;

  constructor(cluster: RedisCluster) {
    this.#cluster = cluster;
  }

  begin(): void {
    this.#seen = new Map();
  }

  seenDead(run: string, hasLeft: boolean): void {
    this.#seen.set(run, hasLeft);
  }

  /** While Redis could not be asked, others could not say that they live. */
  lostSight(): void {
    this.#deadSince.clear();
  }

  /** Sessions are on their way here. */
  get isFetching(): boolean {
    return this.#clients.size > 0 || this.#isAdopting;
  }

  /** The session of this client is, or may be, this broker's by now, and is not here yet. */
  mayBring(clientId: string): boolean {
    return this.#isAdopting || this.#clients.has(clientId);
  }

  /** It is here: what was read of it elsewhere is old. */
  brought(clientId: string): void {
    this.#clients.delete(clientId);
  }

  async look(): Promise<void> {
    const cluster = this.#cluster;
    const { leaseMs } = cluster;
    const now = performance.now();
    const before = this.#deadSince;
    this.#deadSince = new Map();
    for (const run of this.#unanswered) await this.#adopt(run);
    for (const [run, hasLeft] of this.#seen) {
      const since = before.get(run) ?? now;
      this.#deadSince.set(run, since);
      // Everybody may have been cut off from Redis a moment ago: who lives says so within this time.
      if (hasLeft || now - since >= leaseMs / 2) await this.#adopt(run);
    }
    await this.#fetch();
    cluster.intake.giveParked();
    // Only now: members of its groups may be among the sessions that came.
    if (this.#clients.size > 0) return;
    for (const [run, from] of this.#orphans) {
      await this.#giveRest(run, from);
      this.#orphans.delete(run);
    }
  }

  async #adopt(gone: string): Promise<void> {
    const cluster = this.#cluster;
    const { link, run, metaId } = cluster;
    this.#isAdopting = true;
    this.#unanswered.add(gone);
    let answer: readonly unknown[];
    try {
      answer = (await link.scripts.call('mqttAdopt', run, metaId, gone)) as readonly unknown[];
    } finally {
      this.#isAdopting = false;
    }
    this.#unanswered.delete(gone);
    if ((answer[0] as Standing | 'alive') !== 'ok') return;
    const [, clients, orphans] = answer as readonly [string, readonly string[], readonly string[]];
    this.#deadSince.delete(gone);
    for (const clientId of clients) this.#clients.add(clientId);
    cluster.counters.sessionsAdopted += clients.length;
    if (clients.length > 0) link.notice(`Took over ${clients.length} ${clients.length === 1 ? 'session' : 'sessions'} of broker ${gone}, which is gone.`);
    await cluster.readGroups();
    for (let at = 0; at + 1 < orphans.length; at += 2) this.#orphans.set(orphans[at] as string, orphans[at + 1] as string);
  }

  /** What the log meant for members of groups at that broker, and it had not read. */
  async #giveRest(gone: string, from: string): Promise<void> {
    if (this.#given.has(gone)) return;
    const cluster = this.#cluster;
    const { link } = cluster;
    const entries = await readRange(link.commands, link.key('log'), from, await this.#newest(from));
    this.#given.add(gone);
    for (const { items } of entries) {
      for (const item of items) {
        const message = readItem(item);
        if (message?.targets.some(([, to]) => to === gone) === true) cluster.intake.take(message, gone, false);
      }
    }
    this.#done.add(gone);
    cluster.touch();
  }

  async #newest(from: string): Promise<string> {
    const { link } = this.#cluster;
    const found = (await link.commands.call('XREVRANGE', link.key('log'), '+', '-', 'COUNT', '1')) as readonly (readonly [string, unknown])[];
    return found[0]?.[0] ?? from;
  }

  async #fetch(): Promise<void> {
    const cluster = this.#cluster;
    const { run } = cluster;
    while (this.#clients.size > 0 && cluster.isReady) {
      const part = firstOf(this.#clients, sessionsAtOnce);
      const wanted = part.filter((clientId) => !cluster.core.sessions.has(clientId));
      const rows = await Promise.all(wanted.map((clientId) => readSession(cluster, clientId)));
      rows.forEach((row, at) => row === null && this.#unreadable.add(wanted[at] as string));
      if (this.#unreadable.size > 0) cluster.touch();
      const loaded = rows.filter((row): row is LoadedRows => row !== null && row !== undefined);
      if (loaded.length > 0 && !(await installSessions(cluster, loaded, (clientId) => this.#clients.has(clientId)))) {
        if (cluster.run !== run) this.#clients.clear();
        return;
      }
      for (const clientId of part) this.#clients.delete(clientId);
    }
  }

  /** This broker was taken for dead itself: others see to all that. */
  reset(): void {
    this.#deadSince.clear();
    this.#seen.clear();
    this.#done.clear();
    this.#given.clear();
    this.#orphans.clear();
    this.#unanswered.clear();
    this.#clients.clear();
  }

  /** For the script; what it answers is to be called when they are written. */
  changes(out: Argument[]): () => void {
    const done = [...this.#done];
    for (const run of done) out.push('A', run);
    const unreadable = [...this.#unreadable].filter((clientId) => !this.#cluster.core.sessions.has(clientId));
    for (const clientId of unreadable) out.push('Z', clientId, 'U', clientId);
    return () => {
      this.#unreadable.clear();
      for (const run of done) this.#done.delete(run);
    };
  }
}

function firstOf<T>(all: Iterable<T>, count: number): T[] {
  const found: T[] = [];
  for (const one of all) {
    if (found.length >= count) break;
    found.push(one);
  }
  return found;
}
