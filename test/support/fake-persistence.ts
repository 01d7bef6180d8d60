import { setImmediate } from 'node:timers/promises';
import type {
  BrokerPersistence,
  DeliveryRecord,
  LoadReport,
  MessageRecord,
  PersistentBatch,
  PersistentRecords,
  RetainedRecord,
  SessionRecord,
  SubscriptionRecord,
} from '../../src/main/engine/broker/core/persistence/broker-persistence.ts';

/** Keeps in memory what a broker gives it, and can be made slow or broken. */
export class FakePersistence implements BrokerPersistence {
  readonly batches: PersistentBatch[] = [];
  readonly sessions = new Map<number, SessionRecord>();
  readonly subscriptions = new Map<string, SubscriptionRecord>();
  readonly messages = new Map<number, MessageRecord>();
  readonly deliveries = new Map<number, DeliveryRecord>();
  readonly incoming = new Map<string, { readonly session: number; readonly packetId: number }>();
  readonly retained = new Map<string, RetainedRecord>();
  /** Batches wait until it is false again. */
  isSlow = false;
  /** Why nothing can be written. */
  failure: string | null = null;
  attempts = 0;
  #lastWriteMs: number | null = null;
  #go: (() => void)[] = [];

  load(take: (part: PersistentRecords) => void): Promise<LoadReport> {
    const deliveries = [...this.deliveries.values()].toSorted((a, b) => a.session - b.session || a.key - b.key);
    take({
      sessions: [...this.sessions.values()],
      subscriptions: [...this.subscriptions.values()],
      messages: [...this.messages.values()],
      deliveries,
      incoming: [...this.incoming.values()],
      retained: [...this.retained.values()],
    });
    return Promise.resolve({ lastWriteMs: this.#lastWriteMs, problem: null });
  }

  async write(batch: PersistentBatch): Promise<void> {
    this.attempts += 1;
    if (this.isSlow) await new Promise<void>((resolve) => this.#go.push(resolve));
    else await setImmediate();
    if (this.failure !== null) throw new Error(this.failure);
    this.batches.push(batch);
    this.#apply(batch);
  }

  /** Lets the batch go on that waits, and those after it. */
  release(): void {
    this.isSlow = false;
    for (const go of this.#go.splice(0)) go();
  }

  /** Whether a batch is under way. */
  get isWaiting(): boolean {
    return this.#go.length > 0;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** What would be left if the broker died now. */
  copy(): FakePersistence {
    const copy = new FakePersistence();
    for (const table of ['sessions', 'subscriptions', 'messages', 'deliveries', 'incoming', 'retained'] as const) {
      for (const [key, record] of this[table]) (copy[table] as Map<unknown, unknown>).set(key, record);
    }
    copy.#lastWriteMs = this.#lastWriteMs;
    return copy;
  }

  #apply(batch: PersistentBatch): void {
    this.#lastWriteMs = batch.nowMs;
    for (const key of batch.endedSessions) {
      this.sessions.delete(key);
      for (const table of [this.subscriptions, this.deliveries, this.incoming] as readonly Map<unknown, { readonly session: number }>[]) {
        for (const [id, { session }] of table) if (session === key) table.delete(id);
      }
    }
    for (const { session, filter } of batch.endedSubscriptions) this.subscriptions.delete(`${session} ${filter}`);
    for (const { key } of batch.endedDeliveries) this.deliveries.delete(key);
    for (const key of batch.endedMessages) this.messages.delete(key);
    for (const { session, packetId } of batch.endedIncoming) this.incoming.delete(`${session} ${packetId}`);
    for (const topic of batch.endedRetained) this.retained.delete(topic);
    for (const record of batch.sessions) this.sessions.set(record.key, record);
    for (const record of batch.subscriptions) this.subscriptions.set(`${record.session} ${record.filter}`, record);
    for (const record of batch.messages) this.messages.set(record.key, record);
    for (const record of batch.deliveries) this.deliveries.set(record.key, record);
    for (const record of batch.incoming) this.incoming.set(`${record.session} ${record.packetId}`, record);
    for (const record of batch.retained) this.retained.set(record.topic, record);
  }
}
