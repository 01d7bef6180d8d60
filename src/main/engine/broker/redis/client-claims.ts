import { setTimeout as wait } from 'node:timers/promises';
import { detach } from '../core/received.ts';
import type { Session } from '../core/session.ts';
import type { RedisCluster } from './redis-cluster.ts';
import { installSessions, readSession } from './session-arrival.ts';
import type { Standing } from './redis-scripts.ts';

type Argument = string | number | Buffer;
type Request = { readonly kind: 'release' | 'released' | 'lost'; readonly clientId: string; readonly to?: string };

interface Release {
  readonly clientId: string;
  readonly to: string;
  /** What the session has had, see `LoadedRows`. */
  readonly cursor: string;
  readonly skipSeq: number;
  readonly key: number | null;
  /** Shared subscriptions whose member is on its way. */
  readonly shares: readonly string[];
  /** What it was still to be given here, see `LoadedRows`. */
  readonly late: number;
}

const askAgainMs = 250;

/** Which clients this broker has. A client id is at one broker at most; who connects elsewhere takes its session along. */
export class ClientClaims {
  readonly #cluster: RedisCluster;
  readonly #held = new Set<string>();
  readonly #claiming = new Map<string, Promise<boolean>>();
  /** Let in while Redis was away. */
  readonly #provisional = new Set<string>();
  readonly #ended = new Set<string>();
  #releases: Release[] = [];
  readonly #leaving = new Set<string>();
  readonly #answered = new Map<string, () => void>();

  constructor(cluster: RedisCluster) {
    this.#cluster = cluster;
  }

  holds(clientId: string): boolean {
    return this.#held.has(clientId);
  }

  /** Sessions may be on their way here. */
  get isClaiming(): boolean {
    return this.#claiming.size > 0;
  }

  /** The broker that a member of this shared subscription is on its way to. */
  leavingTo(share: string): string | null {
    return this.#releases.find(({ shares }) => shares.includes(share))?.to ?? null;
  }

  lateUpTo(clientId: string): number {
    return this.#releases.find((release) => release.clientId === clientId)?.late ?? 0;
  }

  took(clientId: string): void {
    this.#held.add(clientId);
    this.#ended.delete(clientId);
    this.#cluster.adoption.brought(clientId);
  }

  async claim(clientId: string, isKept: boolean): Promise<boolean> {
    const earlier = this.#claiming.get(clientId);
    if (earlier !== undefined) return earlier;
    const claiming = this.#claim(clientId, isKept).finally(() => {
      this.#claiming.delete(clientId);
      this.#cluster.intake.giveParked();
    });
    this.#claiming.set(clientId, claiming);
    return claiming;
  }

  async #claim(clientId: string, isKept: boolean): Promise<boolean> {
    const cluster = this.#cluster;
    // A dead broker is found out within two leases.
    const until = performance.now() + cluster.leaseMs * 4 + 5000;
    for (;;) {
      if (this.#leaving.has(clientId)) await new Promise<void>((resolve) => cluster.journal.afterCommit({ run: resolve }));
      if (cluster.isClosed || performance.now() > until) return false;
      if (!cluster.isReady || cluster.journal.isFailing) return this.#claimBlindly(clientId, isKept);
      let answer: readonly unknown[];
      try {
        answer = (await cluster.link.scripts.call('mqttClaim', cluster.run, cluster.metaId, clientId)) as readonly unknown[];
      } catch {
        return this.#claimBlindly(clientId, isKept);
      }
      const standing = answer[0] as Standing | 'mine' | 'held';
      if (standing === 'mine') {
        if (answer[1] === 1 && !cluster.core.sessions.has(clientId) && !(await this.#fetch(clientId))) continue;
        this.took(clientId);
        return true;
      }
      if (standing === 'held') await this.#ask(clientId, answer[1] as string);
      else if (standing !== 'ok') await cluster.recover(standing).catch(() => wait(askAgainMs));
    }
  }

  /** Nobody can be asked: a client without a session worth keeping may come in all the same. */
  #claimBlindly(clientId: string, isKept: boolean): boolean {
    if (isKept) return false;
    this.#held.add(clientId);
    this.#provisional.add(clientId);
    return true;
  }

  async #fetch(clientId: string): Promise<boolean> {
    const cluster = this.#cluster;
    try {
      const loaded = await readSession(cluster, clientId);
      // It went elsewhere in this moment, or is not to be read and will be replaced.
      if (loaded === undefined) return false;
      if (loaded === null) return true;
      cluster.counters.sessionsIn += 1;
      return await installSessions(cluster, [loaded], () => true);
    } catch (error) {
      if (cluster.link.isReady) cluster.core.reportBug(error);
      await wait(askAgainMs);
      return false;
    }
  }

  async #ask(clientId: string, holder: string): Promise<void> {
    const answered = new Promise<void>((resolve) => this.#answered.set(clientId, resolve));
    this.#cluster.live.tell(holder, { kind: 'release', clientId, to: this.#cluster.run });
    await Promise.race([answered, wait(askAgainMs, undefined, { ref: false })]);
    this.#answered.delete(clientId);
  }

  told(text: string): void {
    let request: Request;
    try {
      request = JSON.parse(text) as Request;
    } catch {
      return;
    }
    if (typeof request.clientId !== 'string') return;
    if (request.kind === 'lost') this.#lose(request.clientId);
    else if (request.kind === 'released') this.#answered.get(request.clientId)?.();
    else if (request.kind === 'release' && typeof request.to === 'string') this.#release(request.clientId, request.to);
  }

  /** After the data were lost another broker has written that it has this client, and came later. */
  #lose(clientId: string): void {
    const { core, weightsGone } = this.#cluster;
    const session = core.sessions.get(clientId);
    this.#held.delete(clientId);
    if (session === undefined) return;
    session.will = null;
    session.kept = null;
    if (session.connection) core.takeOver(session.connection);
    weightsGone.call(this.#cluster, session);
    if (!session.isEnded) detach(core, session);
  }

  /** The client has connected elsewhere. */
  #release(clientId: string, to: string): void {
    const cluster = this.#cluster;
    // It is just coming here: whoever asks asks again.
    if (this.#claiming.has(clientId) || cluster.adoption.mayBring(clientId) || this.#leaving.has(clientId) || !cluster.isReady) return;
    const { core } = cluster;
    const connection = core.sessions.get(clientId)?.connection;
    if (connection) core.takeOver(connection);
    const session = core.sessions.get(clientId);
    const shares = [...(session?.subscriptions.keys() ?? [])].filter((filter) => filter.startsWith('$share/'));
    if (session !== undefined) {
      cluster.weightsGone(session);
      detach(core, session);
      cluster.counters.sessionsOut += 1;
    }
    this.#held.delete(clientId);
    this.#ended.delete(clientId);
    this.#leaving.add(clientId);
    this.#releases.push({
      clientId,
      to,
      cursor: cluster.intake.cursor,
      skipSeq: cluster.outbox.lastSeq,
      key: session?.kept?.key ?? null,
      shares,
      late: cluster.intake.lateUpTo(session),
    });
    cluster.touch();
  }

  ended({ clientId, kept }: Session): void {
    // Ids that were given here are not asked for, but kept sessions of theirs are this broker's as well.
    if (this.#cluster.core.sessions.has(clientId) || (!this.#held.delete(clientId) && kept === null)) return;
    this.#provisional.delete(clientId);
    this.#ended.add(clientId);
    this.#cluster.touch();
  }

  /** For the script; what it answers is to be called when they are written. */
  changes(out: Argument[], again: boolean): () => void {
    if (again) for (const clientId of this.#held) out.push('C', clientId);
    const releases = [...this.#releases];
    for (const { clientId, to, cursor, skipSeq, shares } of releases) {
      out.push('X', clientId, to, cursor, String(skipSeq));
      for (const share of shares) out.push('H', share, to);
    }
    for (const clientId of this.#ended) {
      // A clean start has put another session in its place.
      if (this.#cluster.core.sessions.has(clientId)) this.took(clientId);
    }
    const ended = [...this.#ended].filter((clientId) => !this.#claiming.has(clientId));
    for (const clientId of ended) out.push('U', clientId);
    return () => {
      this.#releases.splice(0, releases.length);
      for (const { clientId, key } of releases) {
        this.#leaving.delete(clientId);
        if (key !== null) this.#cluster.rows.forget(key);
      }
      for (const clientId of ended) this.#ended.delete(clientId);
      this.#askForProvisional();
    };
  }

  /** Redis is back: who came in meanwhile without being asked for is claimed now, or has to come again. */
  #askForProvisional(): void {
    const clients = [...this.#provisional];
    this.#provisional.clear();
    for (const clientId of clients) void this.#confirm(clientId);
  }

  async #confirm(clientId: string): Promise<void> {
    const { link, run, metaId, core } = this.#cluster;
    const answer = (await link.scripts.call('mqttClaim', run, metaId, clientId).catch(() => null)) as readonly unknown[] | null;
    if (answer === null) {
      this.#provisional.add(clientId);
      return;
    }
    if (answer[0] === 'mine' && answer[1] === 0) return;
    const connection = core.sessions.get(clientId)?.connection;
    this.#held.delete(clientId);
    if (connection) core.takeOver(connection);
  }

  /** The data are others: all that is held is written again. */
  claimAgain(): void {
    this.#ended.clear();
  }

  /** Nothing is this broker's any more. */
  forgetAll(): void {
    this.#held.clear();
    this.#provisional.clear();
    this.#ended.clear();
    this.#leaving.clear();
    this.#releases = [];
  }
}
