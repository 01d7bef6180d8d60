import type { BrokerCore } from '../broker-core.ts';
import type { Delivery } from '../delivery-queue.ts';
import { DeliveryQueue } from '../delivery-queue.ts';
import type { Message } from '../message.ts';
import { Session, type Inflight } from '../session.ts';
import type { BrokerPersistence, DeliveryRecord, IncomingRecord, MessageRecord, PersistentRecords, SessionRecord } from './broker-persistence.ts';
import { aliveEveryMs, type Journal } from './journal.ts';
import { KeptDelivery, KeptMessage, KeptSession } from './kept.ts';
import { restoredSince, restoreMessage, restoreWill } from './stored-message.ts';

/**
 * Makes the broker what it was when the last run ended. Times go on while the broker is away: sessions and messages expire, wills with a delay
 * become due. Answers what could not be used, in sentences.
 */
export async function restore(core: BrokerCore, journal: Journal, persistence: BrokerPersistence): Promise<string | null> {
  const restoring = new Restoring(core, journal);
  const { lastWriteMs, problem } = await persistence.load((part) => restoring.take(part));
  restoring.finish(lastWriteMs);
  const lost = restoring.unreadable === 0 ? null : `${restoring.unreadable} kept messages could not be read and are gone.`;
  return problem === null || lost === null ? (problem ?? lost) : `${problem} ${lost}`;
}

/** Takes up records in parts, then lets time go on for the sessions among them. */
export class Restoring {
  readonly #core: BrokerCore;
  readonly #journal: Journal;
  readonly #sessions = new Map<number, KeptSession>();
  readonly #messages = new Map<number, { readonly kept: KeptMessage; readonly sinceMs: number }>();
  unreadable = 0;

  constructor(core: BrokerCore, journal: Journal) {
    this.#core = core;
    this.#journal = journal;
  }

  take({ sessions, subscriptions, messages, deliveries, incoming, retained }: PersistentRecords): void {
    const core = this.#core;
    core.tick();
    for (const record of sessions) this.#session(record);
    for (const { session: key, ...subscription } of subscriptions) {
      const session = this.#sessions.get(key)?.session;
      if (session === undefined) continue;
      session.subscriptions.set(subscription.filter, subscription);
      core.subscriptions.add(session, subscription.filter, subscription);
    }
    for (const record of messages) this.#message(record);
    for (const record of deliveries) this.#delivery(record);
    for (const record of incoming) this.#incoming(record);
    for (const record of retained) {
      const message = this.#read(() => restoreMessage(record, core));
      if (message === null || message.expiresAtMs <= core.nowMs) this.#journal.retained(record.topic, null);
      else core.retainedMessages.set(record.topic, message, message, restoredSince(record, core));
    }
  }

  #session(record: SessionRecord): void {
    const { key, clientId, level, expirySeconds, disconnectedMs, will } = record;
    const session = new Session(this.#core, clientId, level);
    const kept = new KeptSession(key, session);
    kept.isWritten = true;
    kept.disconnectedMs = disconnectedMs;
    session.kept = kept;
    session.expirySeconds = this.#core.sessionExpiry(expirySeconds ?? 0xffff_ffff);
    if (session.expirySeconds > 0) session.journal = this.#journal;
    const restored = will === null ? null : this.#read(() => restoreWill(will));
    session.will = restored === null ? null : { will: restored, username: will?.username ?? null };
    this.#journal.keysUpTo(key);
    this.#sessions.set(key, kept);
    this.#core.sessions.set(clientId, session);
  }

  #message(record: MessageRecord): void {
    const message = this.#read(() => restoreMessage(record, this.#core));
    this.#journal.keysUpTo(record.key);
    if (message === null) return this.#journal.discardMessage(record.key);
    const kept = new KeptMessage(record.key, message);
    kept.isWritten = true;
    message.kept = kept;
    this.#messages.set(record.key, { kept, sinceMs: restoredSince(record, this.#core) });
  }

  #delivery(record: DeliveryRecord): void {
    const { key, qos, retain, subscriptionIdentifiers, share, packetId, released } = record;
    const owner = this.#sessions.get(record.session);
    const found = this.#messages.get(record.message);
    this.#journal.keysUpTo(key);
    if (owner === undefined || found === undefined) return;
    const { kept: message, sinceMs } = found;
    const { session } = owner;
    const group = share === null ? null : (this.#core.subscriptions.group(share) ?? null);
    const delivery: Delivery = { message: message.message, qos, retain, subscriptionIdentifiers, group, kept: null };
    const kept = new KeptDelivery(key, owner, message, delivery);
    kept.isWritten = true;
    message.uses += 1;
    delivery.kept = kept;
    if (packetId === 0) (session.queue ??= new DeliveryQueue(this.#core.queueTotals)).push(delivery, Infinity, Infinity, sinceMs);
    else {
      const inflight: Inflight = { ...delivery, packetId, released, isSent: true, waitsForCommit: false };
      kept.state = inflight;
      (session.inflight ??= new Map()).set(packetId, inflight);
    }
  }

  #incoming({ session: key, packetId }: IncomingRecord): void {
    const session = this.#sessions.get(key)?.session;
    if (session !== undefined) (session.incoming ??= new Set()).add(packetId);
  }

  #read<T extends Message | object>(run: () => T): T | null {
    try {
      return run();
    } catch {
      this.unreadable += 1;
      return null;
    }
  }

  /** Every client is gone. Those that were connected lost the broker at an unknown time: the latest possible one, so that no session ends early. */
  finish(lastWriteMs: number | null): void {
    const core = this.#core;
    core.tick();
    const nowMs = core.wallMs;
    const lostMs = lastWriteMs === null ? nowMs : Math.min(nowMs, lastWriteMs + aliveEveryMs);
    for (const { session, disconnectedMs } of this.#sessions.values()) {
      if (disconnectedMs === null) this.#journal.disconnected(session, lostMs);
      this.#resume(session, Math.max(0, nowMs - (disconnectedMs ?? lostMs)));
    }
  }

  #resume(session: Session, awayMs: number): void {
    const core = this.#core;
    const leftMs = session.expirySeconds * 1000 - awayMs;
    if (leftMs <= 0) {
      core.sessionExpired(session);
      return;
    }
    session.endAfter(leftMs);
    if (session.will === null) return;
    const delaySeconds = Math.min(session.will.will.properties?.willDelayInterval ?? 0, session.expirySeconds);
    const waitMs = delaySeconds * 1000 - awayMs;
    if (waitMs <= 0) core.publishWill(session);
    else session.publishWillAfter(waitMs);
  }
}
