import type { CallFilter } from '../../../../shared/contract/call-history.ts';
import type { SourceId } from '../../../../shared/contract/common.ts';
import type { CallLedger } from '../../../../shared/contract/messages.ts';
import type { CallRow } from '../../../../shared/contract/rpc.ts';
import type { Client } from '../../../../shared/ipc/connect.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import type { StoreContract, StoreSizes } from '../store-contract.ts';
import { CallQueue } from './call-queue.ts';
import type { ScanStep } from './call-scan.ts';
import type { StoredCall } from './stored-call.ts';

const retryFullDiskMs = 1000;

/** What the store's thread offers at the moment. */
export interface CallStoreLink {
  /** The thread's client, once it has opened its files. Rejects while there is no history to use. */
  readonly reader: () => Promise<Client<StoreContract>>;
  /** Absent while the thread is being started. */
  readonly writer: () => Client<StoreContract> | undefined;
  /** There is no history, and there will be none. */
  readonly hasFailed: () => boolean;
  readonly onSizes: (sizes: StoreSizes) => void;
  readonly onChange: () => void;
}

/** The calls of the history. What is read has seen every `put` before it. */
export interface CallStore {
  /** Adds calls, or puts their newest versions in place. Never blocks and never throws; what cannot be kept is counted. */
  put(calls: readonly StoredCall[]): void;
  /** Takes calls out again. Never throws: what cannot be deleted stays. */
  remove(ids: readonly number[]): void;
  /** The highest id; 0 when there is no history. */
  lastId(): Promise<number>;
  /** Those that are there, in the order asked for. */
  rows(ids: readonly number[]): Promise<readonly CallRow[]>;
  bodies(ids: readonly number[]): Promise<readonly Omit<StoredCall, 'messageIds'>[]>;
  /** Ids that fit, newest first, in steps. Returns what cancels it. */
  scan(filter: CallFilter, listener: { step(step: ScanStep): void; end(error?: CodedError): void }): () => void;
  ofMessage(messageId: number): Promise<number | null>;
  /** Answers how many were deleted. */
  clear(source: SourceId | undefined): Promise<number>;
  ledger(): CallLedger;
}

export class ThreadedCallStore implements CallStore {
  readonly #link: CallStoreLink;
  readonly #queue: CallQueue;
  readonly #dropped = new Map<string, number>();
  #inFlight: readonly StoredCall[] = [];
  /** Deleted while they were under way: what is refused of them is not written once more. */
  readonly #deleted = new WeakSet<StoredCall>();
  #stored = 0;
  #sizes: Pick<StoreSizes, 'callsBytes' | 'callsExpired'> = { callsBytes: 0, callsExpired: 0 };
  /** Of threads that have ended. */
  #expiredBefore = 0;
  #lastId = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(link: CallStoreLink, maxPendingBytes: number) {
    this.#link = link;
    this.#queue = new CallQueue(maxPendingBytes);
  }

  put(calls: readonly StoredCall[]): void {
    if (this.#link.hasFailed()) this.#drop('history not available', calls.length);
    else for (const call of calls) if (!this.#queue.add(call)) this.#drop('history could not keep up', 1);
    this.#write();
    this.#link.onChange();
  }

  remove(ids: readonly number[]): void {
    const gone = new Set(ids);
    this.#take(({ row }) => gone.has(row.id));
    const client = this.#link.writer();
    client?.call('removeCalls', { ids: [...ids] }).then(
      (sizes) => this.#link.onSizes(sizes),
      () => undefined,
    );
  }

  async lastId(): Promise<number> {
    await this.#link.reader().catch(() => undefined);
    return this.#lastId;
  }

  async rows(ids: readonly number[]): Promise<readonly CallRow[]> {
    return (await this.#reader()).call('callRows', { ids: [...ids] });
  }

  async bodies(ids: readonly number[]): Promise<readonly Omit<StoredCall, 'messageIds'>[]> {
    return (await this.#reader()).call('callBodies', { ids: [...ids] });
  }

  scan(filter: CallFilter, listener: { step(step: ScanStep): void; end(error?: CodedError): void }): () => void {
    let close: (() => void) | undefined;
    let closed = false;
    this.#reader().then(
      (client) => {
        if (closed) return;
        close = client.stream('scanCalls', { filter }, { item: (step) => listener.step(step), end: (error) => listener.end(error) });
      },
      (error: unknown) => closed || listener.end(error instanceof CodedError ? error : new CodedError('internal', String(error))),
    );
    return () => {
      closed = true;
      close?.();
    };
  }

  async ofMessage(messageId: number): Promise<number | null> {
    return (await this.#reader()).call('callOfMessage', { messageId });
  }

  async clear(source: SourceId | undefined): Promise<number> {
    const waiting = this.#take(({ row }) => source === undefined || row.source === source);
    const { deleted, ...sizes } = await (await this.#reader()).call('clearCalls', source === undefined ? {} : { source });
    this.#link.onSizes(sizes);
    return deleted + waiting;
  }

  ledger(): CallLedger {
    return {
      stored: this.#stored,
      pending: this.#queue.count + this.#inFlight.length,
      dropped: [...this.#dropped].map(([reason, count]) => ({ reason, count })),
      expired: this.#expiredBefore + this.#sizes.callsExpired,
      sizeBytes: this.#sizes.callsBytes,
    };
  }

  setSizes({ callsBytes, callsExpired }: StoreSizes): void {
    this.#sizes = { callsBytes, callsExpired };
  }

  /** A thread has opened its files. */
  opened(lastId: number): void {
    this.#lastId = Math.max(this.#lastId, lastId);
    this.#write();
  }

  /** A thread has ended; what it had not confirmed is written once more by the next. */
  threadEnded(): void {
    this.#expiredBefore += this.#sizes.callsExpired;
    this.#sizes = { ...this.#sizes, callsExpired: 0 };
  }

  /** There is no history any more. */
  failed(): void {
    this.#drop(
      'history not available',
      this.#queue.remove(() => true),
    );
  }

  /** Hands over everything that waits, as the program ends. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    while (this.#send());
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  async #reader(): Promise<Client<StoreContract>> {
    const client = await this.#link.reader();
    while (this.#timer === undefined && this.#send());
    return client;
  }

  /** Keeps one batch under way while there is something to write. */
  #write(): void {
    if (this.#inFlight.length === 0 && this.#timer === undefined) this.#send();
  }

  #send(): boolean {
    const client = this.#queue.count > 0 ? this.#link.writer() : undefined;
    if (!client) return false;
    const batch = this.#queue.take();
    this.#inFlight = [...this.#inFlight, ...batch];
    client.call('putCalls', { calls: [...batch] }).then(
      (sizes) => {
        this.#landed(batch);
        this.#stored += batch.length;
        this.#link.onSizes(sizes);
        this.#write();
      },
      (error: unknown) => {
        this.#landed(batch);
        this.#refused(batch, error);
        this.#link.onChange();
      },
    );
    return true;
  }

  #landed(batch: readonly StoredCall[]): void {
    const landed = new Set(batch);
    this.#inFlight = this.#inFlight.filter((call) => !landed.has(call));
  }

  #refused(batch: readonly StoredCall[], error: unknown): void {
    const code = error instanceof CodedError ? error.code : 'internal';
    const threadEnded = code === 'engine-restarted' || code === 'disconnected';
    if (!threadEnded && code !== 'disk-full') {
      this.#drop('could not be written', batch.length);
      this.#write();
      return;
    }
    for (const call of batch) {
      if (this.#deleted.has(call)) continue;
      if (!this.#queue.has(call.row.id) && !this.#queue.add(call)) this.#drop(threadEnded ? 'history restarted' : 'disk full', 1);
    }
    if (this.#link.hasFailed()) this.failed();
    if (threadEnded) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#write();
    }, retryFullDiskMs);
  }

  /** Answers how many were not under way yet. */
  #take(goes: (call: StoredCall) => boolean): number {
    for (const call of this.#inFlight) if (goes(call)) this.#deleted.add(call);
    return this.#queue.remove(goes);
  }

  #drop(reason: string, count: number): void {
    if (count > 0) this.#dropped.set(reason, (this.#dropped.get(reason) ?? 0) + count);
  }
}
