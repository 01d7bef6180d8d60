import type { Message } from '../message.ts';
import type { HeldSubscription } from '../session.ts';
import type { DeliveryRecord, PersistentBatch, SessionRecord } from './broker-persistence.ts';
import type { KeptDelivery, KeptMessage, KeptSession } from './kept.ts';
import { storeMessage, storeWill, type Clocks } from './stored-message.ts';

/** Something that may only happen once all changes before it are kept. */
export interface AfterCommit {
  run(): void;
}

/**
 * What has changed since the last batch. It names what changed, not how: what is written is the state when the batch is made, so that many
 * changes of one thing cost one record, and what came and went in between costs none.
 */
export class PendingChanges {
  readonly sessions = new Set<KeptSession>();
  readonly endedSessions = new Set<number>();
  /** `null`: unsubscribed. */
  readonly subscriptions = new Map<KeptSession, Map<string, HeldSubscription | null>>();
  /** Packet ids; false: no longer under way. */
  readonly incoming = new Map<KeptSession, Map<number, boolean>>();
  readonly messages = new Set<KeptMessage>();
  readonly endedMessages: number[] = [];
  readonly deliveries = new Set<KeptDelivery>();
  readonly endedDeliveries: KeptDelivery[] = [];
  /** By topic; `null`: no longer retained. */
  readonly retained = new Map<string, Message | null>();
  waiting: AfterCommit[] = [];
  /** What the messages in it weigh. */
  bytes = 0;
  /** Worth a batch even without changes. */
  isSignOfLife = false;
  /** Something changed that the persistence itself knows of. */
  hasOthers = false;

  get isEmpty(): boolean {
    return (
      this.deliveries.size === 0 &&
      this.endedDeliveries.length === 0 &&
      this.incoming.size === 0 &&
      this.sessions.size === 0 &&
      this.endedSessions.size === 0 &&
      this.subscriptions.size === 0 &&
      this.endedMessages.length === 0 &&
      this.retained.size === 0 &&
      !this.isSignOfLife &&
      !this.hasOthers
    );
  }

  /** Forgets what was pending for a session that has ended; its deliveries end one by one. */
  drop(session: KeptSession): void {
    this.sessions.delete(session);
    this.subscriptions.delete(session);
    this.incoming.delete(session);
  }

  /** Adds the changes of an earlier batch that could not be written; what is here already is newer. */
  takeBack(older: PendingChanges): void {
    for (const session of older.sessions) if (!session.isEnded) this.sessions.add(session);
    for (const key of older.endedSessions) this.endedSessions.add(key);
    mergeMaps(this.subscriptions, older.subscriptions);
    mergeMaps(this.incoming, older.incoming);
    for (const message of older.messages) if (message.uses > 0) this.messages.add(message);
    for (const key of older.endedMessages) this.endedMessages.push(key);
    for (const delivery of older.deliveries) if (!delivery.isEnded) this.deliveries.add(delivery);
    for (const delivery of older.endedDeliveries) this.endedDeliveries.push(delivery);
    for (const [topic, message] of older.retained) if (!this.retained.has(topic)) this.retained.set(topic, message);
    this.hasOthers ||= older.hasOthers;
    this.waiting = older.waiting.concat(this.waiting);
    this.bytes += older.bytes;
  }

  /** The records as things are now. Whatever is in it counts as written from here on, since nobody can know when a write fails half-way. */
  toBatch(clocks: Clocks): PersistentBatch {
    const sessions: SessionRecord[] = [];
    const messages: PersistentBatch['messages'][number][] = [];
    const deliveries: DeliveryRecord[] = [];
    const retained: PersistentBatch['retained'][number][] = [];
    const endedRetained: string[] = [];
    for (const session of this.sessions) {
      session.isWritten = true;
      sessions.push(sessionRecord(session));
    }
    for (const kept of this.messages) {
      kept.isWritten = true;
      messages.push({ key: kept.key, ...storeMessage(kept.message, clocks) });
    }
    for (const delivery of this.deliveries) {
      delivery.isWritten = true;
      deliveries.push(deliveryRecord(delivery));
    }
    for (const [topic, message] of this.retained) {
      if (message === null) endedRetained.push(topic);
      else retained.push({ topic, ...storeMessage(message, clocks) });
    }
    return {
      nowMs: clocks.wallMs,
      sessions,
      ...this.#subscriptionRecords(),
      messages,
      deliveries,
      ...this.#incomingRecords(),
      retained,
      endedSessions: [...this.endedSessions],
      endedMessages: this.endedMessages,
      endedDeliveries: this.endedDeliveries.map(({ key, owner }) => ({ session: owner.key, key })),
      endedRetained,
    };
  }

  #subscriptionRecords(): Pick<PersistentBatch, 'subscriptions' | 'endedSubscriptions'> {
    const subscriptions: PersistentBatch['subscriptions'][number][] = [];
    const endedSubscriptions: PersistentBatch['endedSubscriptions'][number][] = [];
    for (const [{ key }, changes] of this.subscriptions) {
      for (const [filter, held] of changes) {
        if (held === null) endedSubscriptions.push({ session: key, filter });
        else subscriptions.push({ ...held, session: key });
      }
    }
    return { subscriptions, endedSubscriptions };
  }

  #incomingRecords(): Pick<PersistentBatch, 'incoming' | 'endedIncoming'> {
    const incoming: PersistentBatch['incoming'][number][] = [];
    const endedIncoming: PersistentBatch['incoming'][number][] = [];
    for (const [{ key }, changes] of this.incoming) {
      for (const [packetId, isUnderWay] of changes) (isUnderWay ? incoming : endedIncoming).push({ session: key, packetId });
    }
    return { incoming, endedIncoming };
  }
}

function mergeMaps<K, V>(target: Map<KeptSession, Map<K, V>>, older: ReadonlyMap<KeptSession, ReadonlyMap<K, V>>): void {
  for (const [session, changes] of older) {
    if (session.isEnded) continue;
    const newer = target.get(session);
    target.set(session, newer === undefined ? new Map(changes) : new Map([...changes, ...newer]));
  }
}

function sessionRecord({ key, session, disconnectedMs }: KeptSession): SessionRecord {
  const { clientId, level, expirySeconds, will } = session;
  return {
    key,
    clientId,
    level,
    expirySeconds: expirySeconds === Infinity ? null : expirySeconds,
    disconnectedMs,
    will: will === null ? null : storeWill(will.will, will.username),
  };
}

function deliveryRecord({ key, owner, message, state }: KeptDelivery): DeliveryRecord {
  const { qos, retain, subscriptionIdentifiers, group } = state;
  return {
    session: owner.key,
    key,
    message: message.key,
    qos,
    retain,
    subscriptionIdentifiers,
    share: group === null ? null : `$share/${group.name}/${group.filter}`,
    packetId: 'packetId' in state ? state.packetId : 0,
    released: 'released' in state && state.released,
  };
}
