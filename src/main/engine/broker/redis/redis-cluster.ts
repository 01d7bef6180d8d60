import { randomUUID } from 'node:crypto';
import os from 'node:os';
import { noRedisCounters, type RedisPeer, type RedisState } from '../../../../shared/contract/broker-redis.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import type { BrokerCore } from '../core/broker-core.ts';
import type { CoreCluster } from '../core/core-cluster.ts';
import type { Message } from '../core/message.ts';
import type { BrokerPersistence, LoadReport, PersistentBatch, PersistentRecords } from '../core/persistence/broker-persistence.ts';
import type { Journal } from '../core/persistence/journal.ts';
import { storeMessage } from '../core/persistence/stored-message.ts';
import { abandon } from '../core/received.ts';
import type { Session } from '../core/session.ts';
import { parseShared, type SharedGroup } from '../routing/shared-groups.ts';
import { Adoption } from './adoption.ts';
import { ClientClaims } from './client-claims.ts';
import type { ClusterLink } from './cluster-link.ts';
import { ClusterPublishing } from './cluster-publishing.ts';
import { ClusterOutbox, logChanges } from './cluster-outbox.ts';
import { GroupTable } from './group-table.ts';
import { GroupWeights } from './group-weights.ts';
import { LiveChannel } from './live-channel.ts';
import { compareLogIds } from './log-id.ts';
import { LogIntake } from './log-intake.ts';
import { LogReader } from './log-reader.ts';
import { readRetained, sowRetained } from './retained-rows.ts';
import type { Standing } from './redis-scripts.ts';
import { describeRedisError } from './redis-connection.ts';
import { SessionRows } from './session-rows.ts';
import { shownRedisAddress } from './redis-address.ts';

type Argument = string | number | Buffer;

export interface RedisClusterOptions {
  readonly link: ClusterLink;
  /** Unix ms. */
  readonly now: () => number;
  /** A broker that was silent for so long may be taken for dead, ms. */
  readonly leaseMs?: number;
  readonly onChange: () => void;
}

const defaultLeaseMs = 5000;
const beatsInLease = 5;

/**
 * One broker of several that share a Redis, see docs/decisions/0018-redis.md. Memory stays the truth for the sessions it has; it is the
 * persistence of the core as well, so that what is acknowledged is written there, and in the log of all brokers, in one step.
 */
export class RedisCluster implements CoreCluster, BrokerPersistence {
  readonly link: ClusterLink;
  readonly leaseMs: number;
  readonly now: () => number;
  readonly counters = { ...noRedisCounters };
  readonly table = new GroupTable();
  readonly outbox = new ClusterOutbox();
  readonly rows = new SessionRows(randomUUID().slice(0, 13));
  readonly claims: ClientClaims;
  readonly live: LiveChannel;
  readonly adoption: Adoption;
  readonly #weights: GroupWeights;
  readonly #reader: LogReader;
  readonly #onChange: () => void;
  readonly #startedAt: number;
  readonly intake: LogIntake;
  readonly #publishing: ClusterPublishing;
  /** This stay among the brokers; another one after it was taken for dead, or the data were lost. */
  run = '';
  metaId = '';
  #writtenCursor = '0-0';
  #batch = 0;
  #writtenBatch = 0;
  #core: BrokerCore | null = null;
  #peers: readonly RedisPeer[] = [];
  #lagMs = 0;
  #beatTimer: NodeJS.Timeout | undefined;
  #beating: Promise<void> | null = null;
  #recovering: Promise<void> | null = null;
  #writeAllAgain = false;
  #groupsWanted: Promise<void> | null = null;
  #isClosed = false;
  #isAdopting = false;
  #recoveredAs: Standing = 'ok';

  constructor({ link, now, leaseMs = defaultLeaseMs, onChange }: RedisClusterOptions) {
    this.link = link;
    this.leaseMs = leaseMs;
    this.now = now;
    this.#onChange = onChange;
    this.#startedAt = now();
    this.intake = new LogIntake(this);
    this.#publishing = new ClusterPublishing(this);
    this.claims = new ClientClaims(this);
    this.adoption = new Adoption(this);
    this.#weights = new GroupWeights(() => this.touch());
    this.live = new LiveChannel(this);
    this.#reader = new LogReader({
      client: link.reader,
      key: link.key('log'),
      cursor: () => this.intake.cursor,
      isBusy: () => this.#recovering !== null || this.journal.isFull || this.journal.isFailing,
      onEntry: (entry) => this.intake.entry(entry),
    });
  }

  attach(core: BrokerCore): void {
    this.#core = core;
  }

  get core(): BrokerCore {
    if (this.#core === null) throw new Error('The cluster has no core yet.');
    return this.#core;
  }

  get journal(): Journal {
    const { journal } = this.core;
    if (journal === null) throw new Error('A broker of a cluster has a journal.');
    return journal;
  }

  get isReady(): boolean {
    return this.link.isReady && this.#recovering === null && !this.#isClosed;
  }

  get hasPeers(): boolean {
    return this.#peers.length > 1;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  changed(): void {
    this.#onChange();
  }

  /** For the next batch. */
  touch(bytes = 0): void {
    if (!this.#isClosed) this.journal.touch(bytes);
  }

  // Beginning and end.

  async load(take: (part: PersistentRecords) => void): Promise<LoadReport> {
    this.link.commands.on('ready', () => {
      if (this.run !== '') void this.beat().then(() => this.journal.tryAgain());
    });
    await this.link.open();
    try {
      await this.#join();
      await readRetained(this.link.commands, this.link.key('retained'), (retained) =>
        take({ sessions: [], subscriptions: [], messages: [], deliveries: [], incoming: [], retained }),
      );
    } catch (error) {
      throw error instanceof CodedError ? error : joinFailure(this.link, error);
    }
    this.#reader.start();
    this.#beatTimer = setInterval(() => void this.beat(), this.leaseMs / beatsInLease);
    await this.beat();
    return { lastWriteMs: null, problem: null };
  }

  async #join(): Promise<void> {
    const run = randomUUID().slice(0, 8);
    const answer = (await this.link.scripts.call('mqttJoin', run, randomUUID(), this.leaseMs, this.#info())) as readonly [string, string];
    this.run = run;
    const [metaId, cursor] = answer;
    this.metaId = metaId;
    this.intake.beginAt(cursor);
    this.#writtenCursor = cursor;
    this.#batch = 0;
    this.#writtenBatch = 0;
    await this.live.listen();
    await this.readGroups();
    this.#weights.again();
  }

  #info(): string {
    const name = `${os.hostname()}, process ${process.pid}`;
    return JSON.stringify({ name, since: this.#startedAt, clients: this.#core?.clientCount ?? 0, beat: this.now() });
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#beatTimer);
    await this.#beating?.catch(() => undefined);
    if (this.link.isReady && this.run !== '') await this.link.scripts.call('mqttLeave', this.run, this.metaId).catch(() => undefined);
    this.intake.close();
    this.link.close();
    await this.#reader.close();
  }

  // Signs of life.

  /** Says that this broker lives, hears of the others, and takes over what dead ones had. */
  beat(): Promise<void> {
    this.#beating ??= this.#beatOnce().finally(() => (this.#beating = null));
    return this.#beating;
  }

  async #beatOnce(): Promise<void> {
    if (this.#recovering !== null || this.#isClosed) return;
    if (!this.link.isReady) {
      this.adoption.lostSight();
      return;
    }
    const began = performance.now();
    let answer: readonly unknown[];
    try {
      answer = (await this.link.scripts.call('mqttBeat', this.run, this.metaId, this.leaseMs, this.#info())) as readonly unknown[];
    } catch (error) {
      this.adoption.lostSight();
      this.link.away(error);
      return;
    }
    this.link.answered(performance.now() - began);
    const standing = answer[0] as Standing;
    if (standing !== 'ok') return this.recover(standing);
    this.#readPeers(answer);
    if (compareLogIds(this.intake.cursor, this.#writtenCursor) > 0) this.touch();
    void this.#adopt();
    this.#onChange();
  }

  async #adopt(): Promise<void> {
    if (this.#isAdopting) return;
    this.#isAdopting = true;
    try {
      await this.adoption.look();
    } catch (error) {
      // With the next beat again; whether Redis is away is told elsewhere.
      if (this.link.isReady && !this.#isClosed && !isRedisFailure(error)) this.core.reportBug(error);
    } finally {
      this.#isAdopting = false;
    }
  }

  #readPeers([, newest, ...rest]: readonly unknown[]): void {
    const peers: RedisPeer[] = [];
    this.adoption.begin();
    for (let at = 0; at + 4 < rest.length; at += 5) {
      const [id, info, alive, left, cursor] = rest.slice(at, at + 5) as [string, string, number, number, string];
      const { name = id, since = 0, clients = 0, beat = 0 } = readInfo(info);
      const isSelf = id === this.run;
      const behindMs = msOf(String(newest)) - msOf(isSelf ? this.intake.cursor : cursor);
      // Where a broker stands in the log is written with its next batch, at the latest with its next beat.
      const lagMs = behindMs > (2 * this.leaseMs) / beatsInLease ? behindMs : 0;
      peers.push({ id, name, since, clients, lastBeat: beat, lagMs, isSelf });
      if (isSelf) this.#lagMs = lagMs;
      if (!isSelf && alive === 0) this.adoption.seenDead(id, left === 1);
    }
    this.#peers = peers.toSorted((one, other) => one.since - other.since);
  }

  state(): RedisState {
    const { phase, since, problem, notices, roundTripMs, config } = this.link;
    return {
      phase,
      mode: 'share',
      url: shownRedisAddress(config.url),
      since,
      problem,
      notices: [...notices],
      waiting: this.outbox.length,
      lagMs: this.#lagMs,
      roundTripMs,
      peers: this.#peers,
      counters: { ...this.counters },
    };
  }

  // What the core tells.

  holds(clientId: string): boolean {
    return this.claims.holds(clientId);
  }

  claim(clientId: string, isKept: boolean): Promise<boolean> {
    return this.claims.claim(clientId, isKept);
  }

  connectionChanged(session: Session): void {
    this.#weights.connectionChanged(session);
  }

  subscribed(session: Session, filter: string): void {
    if (filter.startsWith('$share/')) this.#weights.joined(session, filter);
  }

  unsubscribed(session: Session, filter: string): void {
    if (filter.startsWith('$share/')) this.#weights.left(session, filter);
  }

  ended(session: Session): void {
    this.intake.ended(session);
    this.#weights.gone(session);
    this.claims.ended(session);
  }

  begin(message: Message): void {
    this.#publishing.begin(message);
  }

  defers(group: SharedGroup<Session>): boolean {
    return this.#publishing.defers(group);
  }

  published(message: Message): boolean {
    return this.#publishing.published(message);
  }

  handOver(message: Message, { name, filter }: SharedGroup<Session>): void {
    this.#publishing.redirect(message, `$share/${name}/${filter}`, []);
  }

  get awaitsSessions(): boolean {
    return this.claims.isClaiming || this.adoption.isFetching;
  }

  redirect(message: Message, share: string, passed: readonly string[]): void {
    // The table says that a member is here.
    this.#weights.check(share);
    this.#publishing.redirect(message, share, passed);
  }

  async readGroups(): Promise<void> {
    this.#groupsWanted ??= this.#readGroups().finally(() => (this.#groupsWanted = null));
    await this.#groupsWanted;
  }

  async #readGroups(): Promise<void> {
    const [version = '', ...rows] = (await this.link.scripts.call('mqttGroups', this.metaId)) as readonly string[];
    this.table.replace(version, rows);
  }

  // Batches.

  async write(batch: PersistentBatch): Promise<void> {
    // Everything up to the first question is of the same moment as the batch.
    const { core, run } = this;
    const { cursor } = this.intake;
    const changes: Argument[] = [];
    const again = this.#writeAllAgain;
    if (again) for (const { clientId } of core.sessions.values()) changes.push('Z', clientId);
    this.rows.changes(batch, changes, (clientId) => this.intake.lateUpTo(core.sessions.get(clientId)) || this.claims.lateUpTo(clientId));
    const settleClaims = this.claims.changes(changes, again);
    const settleWeights = this.#weights.changes(changes);
    const settleAdoption = this.adoption.changes(changes);
    const count = this.outbox.length;
    const items = this.outbox.first(count);
    if (this.#recovering !== null) await this.#recovering;
    if (this.run !== run) return this.#overtaken();
    for (;;) {
      this.#batch += 1;
      const log = logChanges(
        items,
        this.table,
        core,
        this.run,
        (seq) => this.intake.awaits(seq),
        (share) => this.claims.leavingTo(share),
      );
      const version = items.length === 0 ? '' : this.table.version;
      const [standing] = (await this.link.scripts.call(
        'mqttCommit',
        this.run,
        this.metaId,
        this.#writtenBatch,
        this.#batch,
        batch.nowMs,
        cursor,
        version,
        ...log,
        ...changes,
      )) as readonly [Standing | 'stale'];
      if (standing === 'ok') break;
      if (standing === 'stale') await this.readGroups();
      else {
        await this.recover(standing);
        return this.#overtaken();
      }
    }
    this.#writtenBatch = this.#batch;
    this.#writtenCursor = cursor;
    if (again) this.#writeAllAgain = false;
    this.outbox.written(count);
    this.rows.written(batch);
    settleClaims();
    settleWeights();
    settleAdoption();
  }

  /** Taken for dead: what is in the batch belongs to others now. Other data: everything is written again, this as well. */
  #overtaken(): void {
    if (this.#recoveredAs === 'fenced') return;
    throw new Error('Redis came back with other data; all that this broker has is written again.');
  }

  // What is to be done when Redis is not what it was.

  recover(standing: Exclude<Standing, 'ok'>): Promise<void> {
    this.#recovering ??= this.#recoverFrom(standing).finally(() => {
      this.#recovering = null;
      void this.beat();
    });
    return this.#recovering;
  }

  async #recoverFrom(standing: Exclude<Standing, 'ok'>): Promise<void> {
    const { core, link } = this;
    this.#recoveredAs = standing;
    if (standing === 'fenced') {
      const clients = core.clientCount;
      abandon(core, 'Another broker has taken over the sessions of this one.');
      this.journal.abandon();
      this.outbox.keepOwn();
      this.claims.forgetAll();
      this.adoption.reset();
      await this.#join();
      await this.intake.readRetainedAgain();
      link.notice(
        `This broker was silent for so long that others have taken over its sessions. Its ${clients} clients were disconnected and find their sessions when they connect again.`,
      );
      return;
    }
    const before = this.metaId;
    await sowRetained(link.commands, link.key('retained'), this.#retainedRows());
    await this.#join();
    const isEmpty = this.metaId !== before;
    this.#writeAllAgain = true;
    this.journal.writeAgain(core.sessions.values());
    this.claims.claimAgain();
    this.outbox.add({ message: null, direct: null, redirect: null });
    link.notice(
      `Redis came back with other data${isEmpty ? '' : ', of an earlier time'}. This broker has written its sessions (${core.sessions.size}) and its retained messages again; where Redis had a retained message for a topic, that one counts. What was on its way to other brokers may be lost.`,
    );
  }

  *#retainedRows(): Generator<readonly [string, ReturnType<typeof storeMessage>]> {
    const { core } = this;
    for (const topic of core.retainedMessages.topicsUnder('')) {
      const message = core.retainedMessages.get(topic, core.nowMs);
      if (message !== undefined && !topic.startsWith('$SYS/')) yield [topic, storeMessage(message, core)];
    }
  }

  /** Sessions that are here now tell the table of their shared subscriptions. */
  arrived(session: Session): void {
    for (const filter of session.subscriptions.keys()) if (parseShared(filter) !== null) this.#weights.joined(session, filter);
    this.intake.arrived(session, this.outbox.lastSeq);
  }

  weightsGone(session: Session): void {
    this.#weights.gone(session);
  }
}

function joinFailure(link: ClusterLink, error: unknown): CodedError {
  const { message, advice } = describeRedisError(error);
  return new CodedError('connect-failed', `Redis at ${shownRedisAddress(link.config.url)} cannot be used: ${message}`, { advice });
}

function readInfo(text: string): { readonly name?: string; readonly since?: number; readonly clients?: number; readonly beat?: number } {
  try {
    const { name, since, clients, beat } = JSON.parse(text) as Record<string, unknown>;
    return { name: String(name).slice(0, 200), since: Number(since), clients: Number(clients), beat: Number(beat) };
  } catch {
    return {};
  }
}

/** An answer of Redis, or that there is none; not a mistake of this program. */
function isRedisFailure(error: unknown): boolean {
  return !(error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError);
}

const msOf = (id: string): number => Number(id.split('-')[0]);
