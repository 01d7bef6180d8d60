import type { Connection } from '../connection.ts';
import type { Delivery } from '../delivery-queue.ts';
import type { Message } from '../message.ts';
import type { HeldSubscription, Inflight, Session } from '../session.ts';
import { GroupCommit, type GroupCommitOptions } from './group-commit.ts';
import { KeptDelivery, KeptMessage, KeptSession } from './kept.ts';
import type { AfterCommit, PendingChanges } from './pending-changes.ts';
import type { Clocks } from './stored-message.ts';

/** Acknowledgements that may wait for one connection before nothing more is read from it. */
const maximumAcksWaiting = 1000;
/** What may wait to be written before whoever adds to it is no longer read from. */
const maximumWaitingBytes = 16_777_216;
/** How often at least the time is written while clients are connected: after a crash it says how long they have been gone, to within this. */
export const aliveEveryMs = 30_000;

type WaitingAckType = 'puback' | 'pubrec' | 'pubcomp';

export type JournalOptions = Omit<GroupCommitOptions, 'onCommitted' | 'onFailing'>;

/**
 * Sees to it that what was acknowledged is kept: it notes what changes, and lets out what has to wait for that when the batch with the change
 * is written, in its order. While nothing can be written, nothing that must be kept is acknowledged; clients that send on are no longer read
 * from once they have enough under way.
 */
export class Journal {
  readonly #clocks: Clocks;
  readonly #commits: GroupCommit;
  readonly #held = new Set<Connection>();
  readonly #paused = new Set<Connection>();
  #lastKey = 0;
  /** Counts every change, so that a handler can see whether it has made one. */
  changes = 0;

  constructor(options: JournalOptions) {
    this.#clocks = options.clocks;
    this.#commits = new GroupCommit({ ...options, onCommitted: () => this.#committed(), onFailing: () => this.#failing() });
  }

  get #pending(): PendingChanges {
    return this.#commits.pending;
  }

  /** The last batch could not be written. */
  get isFailing(): boolean {
    return this.#commits.isFailing;
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
    for (const delivery of session.inflight?.values() ?? []) {
      this.#detach(delivery);
      // There is nothing to wait for any more: it goes out in its order with all that does again.
      delivery.waitsForCommit = false;
    }
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

  /** The persistence has something of its own for the next batch, so heavy; acknowledgements wait for it. */
  touch(bytes: number): void {
    this.#pending.hasOthers = true;
    this.#pending.bytes += bytes;
    this.#changed();
  }

  /** The session is written as it is now, and goes on elsewhere, where its messages end: who gets one of them later here gets it anew. */
  detached(session: Session): void {
    const leave = ({ message }: Delivery): void => {
      message.kept = null;
    };
    for (const inflight of session.inflight?.values() ?? []) leave(inflight);
    session.queue?.each(leave);
  }

  /** Everything there is of these sessions is written again: the place has lost it. */
  writeAgain(sessions: Iterable<Session>): void {
    for (const session of sessions) {
      const { kept } = session;
      if (kept === null || kept.isEnded) continue;
      this.#pending.sessions.add(kept);
      for (const subscription of session.subscriptions.values()) this.subscribed(session, subscription);
      for (const packetId of session.incoming ?? []) this.incoming(session, packetId, true);
      const again = (delivery: Delivery): void => {
        if (delivery.kept === null || delivery.kept.isEnded) return;
        this.#pending.deliveries.add(delivery.kept);
        this.#pending.messages.add(delivery.kept.message);
      };
      for (const inflight of session.inflight?.values() ?? []) again(inflight);
      session.queue?.each(again);
    }
    this.touch(0);
  }

  /** Nothing of what has changed is to be written: it is no longer ours. What waited for it is let go. */
  abandon(): void {
    this.#commits.abandon();
  }

  /** What could not be written is tried again at once. */
  tryAgain(): void {
    this.#commits.tryAgain();
  }

  nextKey(): number {
    return this.#nextKey();
  }

  /** From time to time, while clients are connected. */
  alive(): void {
    this.#commits.signOfLife(aliveEveryMs);
  }

  // What waits.

  /** At once when everything is kept. */
  afterCommit(action: AfterCommit): void {
    this.#commits.after(action);
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

  /** So much waits to be written that whoever adds to it should wait. */
  get isFull(): boolean {
    return this.#isFull;
  }

  get #isFull(): boolean {
    return this.#commits.waitingBytes >= maximumWaitingBytes;
  }

  #nextKey(): number {
    this.#lastKey += 1;
    return this.#lastKey;
  }

  #changed(): void {
    this.changes += 1;
    this.#commits.changed();
  }

  /** Whoever was not read from may go on. */
  #committed(): void {
    for (const connection of [...this.#paused]) {
      if (connection.acksWaiting >= maximumAcksWaiting || this.#isFull) continue;
      this.#paused.delete(connection);
      connection.resume();
    }
  }

  #failing(): void {
    for (const connection of this.#held) this.#release(connection);
  }

  /** Writes what is left, once, and closes the place. */
  close(): Promise<void> {
    return this.#commits.close();
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
