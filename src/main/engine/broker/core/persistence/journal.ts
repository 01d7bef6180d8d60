import type { Connection } from '../connection.ts';
import type { Delivery } from '../delivery-queue.ts';
import type { Message } from '../message.ts';
import type { HeldSubscription, Inflight, Session } from '../session.ts';
import type { BrokerPersistence } from './broker-persistence.ts';
import { KeptDelivery, KeptMessage, KeptSession } from './kept.ts';
import { PendingChanges, type AfterCommit } from './pending-changes.ts';
import type { Clocks } from './stored-message.ts';

/** Acknowledgements that may wait for one connection before nothing more is read from it. */
const maximumAcksWaiting = 1000;
/** What may wait to be written before whoever adds to it is no longer read from. */
const maximumWaitingBytes = 16_777_216;
const firstRetryMs = 250;
const longestRetryMs = 5000;
/** How often at least the time is written while clients are connected: after a crash it says how long they have been gone, to within this. */
export const aliveEveryMs = 30_000;

type WaitingAckType = 'puback' | 'pubrec' | 'pubcomp';

export interface JournalOptions {
  readonly persistence: BrokerPersistence;
  readonly clocks: Clocks;
  /** Why nothing can be kept at the moment, in a sentence; `null`: it works again. */
  readonly onProblem: (problem: string | null) => void;
  readonly onBug: (error: unknown) => void;
}

/**
 * Sees to it that what was acknowledged is kept. Changes are collected and written in batches, one at a time: the first as soon as the turn of
 * the event loop ends, the next when that one is kept. What has to wait for a change to be kept goes out after its batch, in its order.
 *
 * While nothing can be written, nothing that must be kept is acknowledged: batches are tried again, together with what has changed since, and
 * their acknowledgements follow when that succeeds. Clients that send on are no longer read from once they have enough under way.
 */
export class Journal {
  readonly #persistence: BrokerPersistence;
  readonly #clocks: Clocks;
  readonly #onProblem: (problem: string | null) => void;
  readonly #onBug: (error: unknown) => void;
  readonly #held = new Set<Connection>();
  readonly #paused = new Set<Connection>();
  #pending = new PendingChanges();
  #writing: PendingChanges | null = null;
  #isScheduled = false;
  #isClosed = false;
  #retryMs = firstRetryMs;
  #retry: NodeJS.Timeout | null = null;
  #idle: (() => void) | null = null;
  #lastKey = 0;
  #lastWriteMs = 0;
  /** Counts every change, so that a handler can see whether it has made one. */
  changes = 0;
  /** The last batch could not be written. */
  isFailing = false;

  constructor({ persistence, clocks, onProblem, onBug }: JournalOptions) {
    this.#persistence = persistence;
    this.#clocks = clocks;
    this.#onProblem = onProblem;
    this.#onBug = onBug;
  }

  /** Keys of what was loaded are not given again. */
  keysUpTo(key: number): void {
    this.#lastKey = Math.max(this.#lastKey, key);
  }

  // Sessions.

  /** A client has connected; its session has its will and its expiry. */
  connected(session: Session): void {
    if (session.kept !== null && session.expirySeconds === 0) this.#forget(session);
    if (session.expirySeconds > 0) session.journal = this;
    else if (session.will === null) return;
    session.kept ??= new KeptSession(this.#nextKey(), session);
    session.kept.disconnectedMs = null;
    this.sessionChanged(session);
  }

  /** Unix ms. */
  disconnected(session: Session, atMs: number = this.#clocks.wallMs): void {
    if (session.kept === null) return;
    session.kept.disconnectedMs = atMs;
    this.sessionChanged(session);
  }

  sessionChanged({ kept }: Session): void {
    if (kept === null) return;
    this.#pending.sessions.add(kept);
    this.#changed();
  }

  /** To be called before the deliveries of the session end. */
  ended({ kept }: Session): void {
    if (kept === null || kept.isEnded) return;
    kept.isEnded = true;
    this.#pending.drop(kept);
    if (kept.isWritten) this.#pending.endedSessions.add(kept.key);
    this.#changed();
  }

  /** The session goes on, but only in memory. */
  #forget(session: Session): void {
    this.ended(session);
    for (const delivery of session.inflight?.values() ?? []) this.#detach(delivery);
    session.queue?.each((delivery) => this.#detach(delivery));
    session.kept = null;
    session.journal = null;
  }

  #detach(delivery: Delivery): void {
    this.finished(delivery);
    delivery.kept = null;
  }

  subscribed({ kept }: Session, subscription: HeldSubscription): void {
    this.#subscriptionChanged(kept, subscription.filter, subscription);
  }

  unsubscribed({ kept }: Session, filter: string): void {
    this.#subscriptionChanged(kept, filter, null);
  }

  #subscriptionChanged(kept: KeptSession | null, filter: string, to: HeldSubscription | null): void {
    if (kept === null || kept.isEnded) return;
    const changes = this.#pending.subscriptions.get(kept);
    if (changes === undefined) this.#pending.subscriptions.set(kept, new Map([[filter, to]]));
    else changes.set(filter, to);
    this.#changed();
  }

  // Messages.

  /** A session is to get a message. */
  added(session: Session, delivery: Delivery): void {
    const { kept } = session;
    if (kept === null || kept.isEnded) return;
    let message = delivery.message.kept;
    if (message === null || message.uses === 0) {
      delivery.message.kept = message = new KeptMessage(this.#nextKey(), delivery.message);
      this.#pending.messages.add(message);
      this.#pending.bytes += delivery.message.weight;
    }
    message.uses += 1;
    delivery.kept = new KeptDelivery(this.#nextKey(), kept, message, delivery);
    this.#pending.deliveries.add(delivery.kept);
    this.#changed();
  }

  /** It is under way, or a step further. */
  changed(inflight: Inflight): void {
    const { kept } = inflight;
    if (kept === null || kept.isEnded) return;
    kept.state = inflight;
    this.#pending.deliveries.add(kept);
    this.#changed();
  }

  /** It has arrived, or is given up. */
  finished({ kept }: Delivery): void {
    if (kept === null || kept.isEnded) return;
    kept.isEnded = true;
    this.#pending.deliveries.delete(kept);
    if (kept.isWritten && !kept.owner.isEnded) this.#pending.endedDeliveries.push(kept);
    const { message } = kept;
    message.uses -= 1;
    if (message.uses === 0) {
      if (this.#pending.messages.delete(message)) this.#pending.bytes -= message.message.weight;
      if (message.isWritten) this.#pending.endedMessages.push(message.key);
    }
    this.#changed();
  }

  /** It was loaded, but cannot be read. */
  discardMessage(key: number): void {
    this.#pending.endedMessages.push(key);
    this.#changed();
  }

  /** A QoS 2 message of the client is under way to us, or no longer. */
  incoming({ kept }: Session, packetId: number, isUnderWay: boolean): void {
    if (kept === null || kept.isEnded) return;
    const changes = this.#pending.incoming.get(kept);
    if (changes === undefined) this.#pending.incoming.set(kept, new Map([[packetId, isUnderWay]]));
    else changes.set(packetId, isUnderWay);
    this.#changed();
  }

  retained(topic: string, message: Message | null): void {
    this.#pending.retained.set(topic, message);
    if (message !== null) this.#pending.bytes += message.weight;
    this.#changed();
  }

  /** From time to time, while clients are connected. */
  alive(): void {
    if (this.#clocks.wallMs - this.#lastWriteMs < aliveEveryMs) return;
    this.#pending.isSignOfLife = true;
    this.#schedule();
  }

  // What waits.

  /** At once when everything is kept. */
  afterCommit(action: AfterCommit): void {
    if (this.#writing === null && this.#pending.isEmpty && this.#pending.waiting.length === 0) {
      action.run();
      return;
    }
    this.#pending.waiting.push(action);
    this.#schedule();
  }

  /** What answers a client leaves in the order of what it answers [MQTT-4.6.0-2, MQTT-4.6.0-3]. */
  acknowledge(connection: Connection, type: WaitingAckType, packetId: number, code: number): void {
    connection.acksWaiting += 1;
    this.afterCommit(new WaitingAck(connection, type, packetId, code));
    if (connection.acksWaiting < maximumAcksWaiting && !this.#isFull) return;
    if (connection.endedBy !== null || this.#paused.has(connection)) return;
    this.#paused.add(connection);
    connection.pause();
  }

  /** Keeps back what is sent to a client until its session is kept. */
  hold(connection: Connection): void {
    // Whoever waits for messages is not kept waiting for the disk.
    if (this.isFailing) return;
    connection.output.hold();
    this.#held.add(connection);
    this.afterCommit({ run: () => this.#release(connection) });
  }

  connectionEnded(connection: Connection): void {
    this.#held.delete(connection);
    this.#paused.delete(connection);
  }

  #release(connection: Connection): void {
    if (this.#held.delete(connection)) connection.output.release();
  }

  get #isFull(): boolean {
    return this.#pending.bytes + (this.#writing?.bytes ?? 0) >= maximumWaitingBytes;
  }

  // Writing.

  #nextKey(): number {
    this.#lastKey += 1;
    return this.#lastKey;
  }

  #changed(): void {
    this.changes += 1;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled || this.#writing !== null || this.#retry !== null || this.#isClosed) return;
    this.#isScheduled = true;
    setImmediate(this.#flush);
  }

  readonly #flush = (): void => {
    this.#isScheduled = false;
    if (this.#writing !== null || this.#isClosed) return;
    const changes = this.#pending;
    this.#pending = new PendingChanges();
    this.#writing = changes;
    // What came and went within the turn leaves nothing to write.
    if (changes.isEmpty) this.#written(changes);
    else {
      this.#write(changes).then(
        () => this.#written(changes),
        (error: unknown) => this.#failed(changes, error),
      );
    }
  };

  async #write(changes: PendingChanges): Promise<void> {
    const batch = changes.toBatch(this.#clocks);
    this.#lastWriteMs = batch.nowMs;
    await this.#persistence.write(batch);
  }

  #written(changes: PendingChanges): void {
    this.#writing = null;
    if (this.isFailing) {
      this.isFailing = false;
      this.#retryMs = firstRetryMs;
      this.#onProblem(null);
    }
    for (const action of changes.waiting) this.#run(action);
    for (const connection of [...this.#paused]) {
      if (connection.acksWaiting >= maximumAcksWaiting || this.#isFull) continue;
      this.#paused.delete(connection);
      connection.resume();
    }
    this.#next();
  }

  #failed(changes: PendingChanges, error: unknown): void {
    this.#writing = null;
    this.#pending.takeBack(changes);
    if (!this.isFailing) {
      this.isFailing = true;
      this.#onProblem(error instanceof Error ? error.message : String(error));
      for (const connection of this.#held) this.#release(connection);
    }
    if (this.#isClosed || this.#idle !== null) return this.#idle?.();
    this.#retry = setTimeout(() => {
      this.#retry = null;
      this.#flush();
    }, this.#retryMs);
    this.#retryMs = Math.min(longestRetryMs, this.#retryMs * 2);
  }

  #next(): void {
    if (!this.#pending.isEmpty || this.#pending.waiting.length > 0) this.#flush();
    else this.#idle?.();
  }

  #run(action: AfterCommit): void {
    try {
      action.run();
    } catch (error) {
      this.#onBug(error);
    }
  }

  /** Writes what is left, once, and closes the place. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
    const idle = new Promise<void>((resolve) => (this.#idle = resolve));
    if (this.#writing === null) this.#next();
    await idle;
    this.#isClosed = true;
    await this.#persistence.close();
  }
}

class WaitingAck implements AfterCommit {
  readonly #connection: Connection;
  readonly #type: WaitingAckType;
  readonly #packetId: number;
  readonly #code: number;

  constructor(connection: Connection, type: WaitingAckType, packetId: number, code: number) {
    this.#connection = connection;
    this.#type = type;
    this.#packetId = packetId;
    this.#code = code;
  }

  run(): void {
    const connection = this.#connection;
    connection.acksWaiting -= 1;
    if (connection.endedBy === null) connection.ack(this.#type, this.#packetId, this.#code);
  }
}
