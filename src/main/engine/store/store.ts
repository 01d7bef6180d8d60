import { Worker } from 'node:worker_threads';
import type { SourceId } from '../../../shared/contract/common.ts';
import type { Ledger, MessageDetail, MessagePage } from '../../../shared/contract/messages.ts';
import { connect, type Client } from '../../../shared/ipc/connect.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import { portTransport } from '../../../shared/ipc/port-transport.ts';
import { packRecords } from '../../../shared/messages/packed-batch.ts';
import type { MessageRecord } from '../../../shared/messages/record.ts';
import type { BindingName } from '../sqlite/index.ts';
import { describeKeptAside, type KeptAside } from './kept-aside.ts';
import type { TopicSummary } from './segment.ts';
import { ThreadedCallStore, type CallStore } from './calls/call-store.ts';
import type { StoreContract, StoreSizes } from './store-contract.ts';
import { WriteQueue } from './write-queue.ts';

const writeEveryMs = 20;
const retryFullDiskMs = 1000;
const restartWaitsMs = [100, 1000, 5000] as const;

export interface StoreOptions {
  readonly folder: string;
  readonly workerUrl: URL;
  readonly budgetBytes: number;
  /** Unix ms. */
  readonly now: () => number;
  /** The ledger has changed; called at most ten times a second. */
  readonly onChange: () => void;
  /** Bytes that may wait for the disk; beyond that the newest are dropped and counted. */
  readonly maxPendingBytes?: number;
  /** The same for calls. */
  readonly maxPendingCallBytes?: number;
  readonly maxPagesPerSegment?: number;
  readonly binding?: BindingName;
}

interface HistoryQuery {
  readonly source: SourceId;
  readonly topic: string;
  readonly offset: number;
  readonly limit: number;
  readonly atOrBefore?: number | undefined;
}

/** The message history: a thread that writes to SQLite, and a bounded queue in front of it. */
export interface Store {
  /** Never blocks and never throws; what can't be kept is counted in the ledger. */
  append(source: SourceId, records: readonly MessageRecord[]): void;
  lastId(): Promise<number>;
  latest(source: SourceId, topic: string, maxBytes: number): Promise<MessageDetail | null>;
  get(id: number, maxBytes: number): Promise<MessageDetail | null>;
  payload(id: number, offset: number, length: number): Promise<Uint8Array | null>;
  history(query: HistoryQuery): Promise<MessagePage>;
  topics(source: SourceId): Promise<readonly TopicSummary[]>;
  clear(source: SourceId): Promise<number>;
  setBudget(bytes: number): Promise<void>;
  readonly calls: CallStore;
  ledger(): Ledger;
  /** Which SQLite is in use, once it is. */
  binding(): string;
  /** Ends the thread without warning, as a crash would; it is started again. */
  killWorker(): Promise<void>;
  close(): Promise<void>;
}

export function createStore(options: StoreOptions): Store {
  return new ThreadedStore(options);
}

class ThreadedStore implements Store {
  readonly #options: StoreOptions;
  readonly #queue: WriteQueue;
  readonly calls: ThreadedCallStore;
  readonly #dropped = new Map<string, number>();
  /** Since the start, in all threads. */
  readonly #keptAside: KeptAside[] = [];
  #worker: Worker | undefined;
  #client: Client<StoreContract> | undefined;
  #opened: Promise<number>;
  #state: Ledger['state'] = 'starting';
  #detail: string | null = null;
  #binding = '';
  #budgetBytes: number;
  #received = 0;
  #stored = 0;
  #sizeBytes = 0;
  #expired = 0;
  /** `expired` of threads that have ended. */
  #expiredBefore = 0;
  #restarts = 0;
  #inFlight = 0;
  #fullSinceMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #notifyTimer: NodeJS.Timeout | undefined;
  #closing = false;

  constructor(options: StoreOptions) {
    this.#options = options;
    this.#budgetBytes = options.budgetBytes;
    this.#queue = new WriteQueue(options.maxPendingBytes ?? 64 * 1024 * 1024);
    this.calls = new ThreadedCallStore(
      {
        reader: () => this.#ready(),
        writer: () => (this.#state === 'ok' || this.#state === 'disk-full' ? this.#client : undefined),
        hasFailed: () => this.#state === 'failed',
        onSizes: (sizes) => this.#setSizes(sizes),
        onChange: () => this.#changed(),
      },
      options.maxPendingCallBytes ?? 32 * 1024 * 1024,
    );
    this.#opened = this.#start();
  }

  append(source: SourceId, records: readonly MessageRecord[]): void {
    this.#received += records.length;
    if (this.#state === 'failed') this.#drop('history not available', records.length);
    else this.#drop('history could not keep up', this.#queue.add(source, records));
    this.#timer ??= setTimeout(() => this.#write(), writeEveryMs);
    this.#changed();
  }

  lastId(): Promise<number> {
    return this.#opened;
  }

  async latest(source: SourceId, topic: string, maxBytes: number): Promise<MessageDetail | null> {
    return (await this.#reader()).call('latest', { source, topic, maxBytes });
  }

  async get(id: number, maxBytes: number): Promise<MessageDetail | null> {
    return (await this.#reader()).call('get', { id, maxBytes });
  }

  async payload(id: number, offset: number, length: number): Promise<Uint8Array | null> {
    return (await this.#reader()).call('payload', { id, offset, length });
  }

  async history(query: HistoryQuery): Promise<MessagePage> {
    return (await this.#reader()).call('history', query);
  }

  async topics(source: SourceId): Promise<readonly TopicSummary[]> {
    return (await this.#reader()).call('topics', { source });
  }

  async clear(source: SourceId): Promise<number> {
    const { deleted, ...sizes } = await (await this.#reader()).call('clear', { source });
    this.#setSizes(sizes);
    return deleted;
  }

  async setBudget(bytes: number): Promise<void> {
    this.#budgetBytes = bytes;
    this.#setSizes(await (await this.#reader()).call('setBudget', { budgetBytes: bytes }));
  }

  ledger(): Ledger {
    return {
      received: this.#received,
      stored: this.#stored,
      pending: this.#queue.count + this.#inFlight,
      dropped: [...this.#dropped].map(([reason, count]) => ({ reason, count })),
      expired: this.#expiredBefore + this.#expired,
      sizeBytes: this.#sizeBytes,
      budgetBytes: this.#budgetBytes,
      state: this.#state,
      detail: this.#detail,
      calls: this.calls.ledger(),
    };
  }

  binding(): string {
    return this.#binding;
  }

  async killWorker(): Promise<void> {
    await this.#worker?.terminate();
  }

  async close(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    clearTimeout(this.#timer);
    try {
      await this.#opened;
      const client = await this.#reader();
      this.calls.flush();
      await client.call('close', undefined, { timeoutMs: 1500 });
    } catch {
      // Without a history there is nothing to save.
    }
    clearTimeout(this.#timer);
    clearTimeout(this.#notifyTimer);
    this.calls.close();
    this.#client?.close();
    await this.#worker?.terminate();
  }

  /** Opens the files in a fresh thread; resolves with the newest id, 0 when there is no history to use. */
  async #start(): Promise<number> {
    const worker = new Worker(this.#options.workerUrl, { name: 'store' });
    const client = connect<StoreContract>({ open: () => Promise.resolve(portTransport(worker)), backoffMs: () => undefined });
    this.#worker = worker;
    this.#client = client;
    worker.on('error', (error: Error) => (this.#detail = error.message));
    worker.once('exit', () => {
      client.close();
      if (this.#worker === worker && !this.#closing) this.#restart();
    });
    const { folder, maxPagesPerSegment, binding } = this.#options;
    try {
      const opened = await client.call('open', {
        folder,
        budgetBytes: this.#budgetBytes,
        ...(maxPagesPerSegment === undefined ? {} : { maxPagesPerSegment }),
        ...(binding === undefined ? {} : { binding }),
      });
      this.#binding = opened.binding;
      this.#setSizes(opened);
      this.#state = 'ok';
      this.#keptAside.push(...opened.keptAside);
      this.#detail = describeKeptAside(this.#keptAside);
      this.#write();
      this.calls.opened(opened.lastCallId);
      return opened.lastId;
    } catch (error) {
      if (error instanceof CodedError && (error.code === 'engine-restarted' || error.code === 'disconnected')) return 0;
      this.#state = 'failed';
      this.#detail = error instanceof Error ? error.message : String(error);
      this.#drop('history not available', this.#queue.clear());
      this.calls.failed();
      return 0;
    } finally {
      this.#changed();
    }
  }

  #restart(): void {
    this.#expiredBefore += this.#expired;
    this.#expired = 0;
    this.#inFlight = 0;
    this.calls.threadEnded();
    const wait = restartWaitsMs[this.#restarts];
    this.#restarts += 1;
    if (wait === undefined) {
      this.#state = 'failed';
      this.#detail = 'The part that writes the history ended several times and is not started again. Restart the workbench.';
      this.#drop('history not available', this.#queue.clear());
      this.calls.failed();
      return this.#changed();
    }
    this.#state = 'starting';
    this.#changed();
    this.#opened = new Promise((resolve) => {
      setTimeout(() => (this.#closing ? resolve(0) : resolve(this.#start())), wait);
    });
  }

  /** A client that sees all that was appended before: what waits is sent first, and the thread answers in order. */
  async #reader(): Promise<Client<StoreContract>> {
    const client = await this.#ready();
    while (this.#queue.count > 0 && this.#send());
    return client;
  }

  async #ready(): Promise<Client<StoreContract>> {
    await this.#opened;
    if (this.#state === 'failed' || !this.#client) throw new CodedError('store-unavailable', this.#detail ?? undefined);
    return this.#client;
  }

  /** Keeps one batch under way while there is something to write. */
  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#inFlight === 0) this.#send();
  }

  #send(): boolean {
    const client = this.#client;
    if (!client || (this.#state !== 'ok' && this.#state !== 'disk-full')) return false;
    const batch = this.#queue.take();
    if (!batch) return false;
    const count = batch.records.length;
    // While the disk is full only one batch a second is tried.
    if (this.#state === 'disk-full' && this.#options.now() - this.#fullSinceMs < retryFullDiskMs) {
      this.#drop('disk full', count);
      this.#changed();
      return true;
    }
    this.#inFlight += count;
    client.call('append', { source: batch.source, packed: packRecords(batch.records) }).then(
      (sizes) => this.#written(count, sizes),
      (error: unknown) => this.#refused(count, error),
    );
    return true;
  }

  #written(count: number, sizes: StoreSizes): void {
    this.#inFlight -= count;
    this.#stored += count;
    this.#restarts = 0;
    this.#setSizes(sizes);
    if (this.#state === 'disk-full') this.#state = 'ok';
    // Of a batch that was refused before, the ledger's counts tell.
    this.#detail = describeKeptAside(this.#keptAside);
    this.#write();
  }

  #refused(count: number, error: unknown): void {
    const coded = error instanceof CodedError ? error : new CodedError('internal', String(error));
    if (coded.code === 'engine-restarted' || coded.code === 'disconnected') {
      this.#drop('history restarted', count);
      return;
    }
    this.#inFlight -= count;
    this.#detail = coded.message;
    if (coded.code === 'disk-full') {
      this.#state = 'disk-full';
      this.#fullSinceMs = this.#options.now();
      this.#drop('disk full', count);
    } else this.#drop('could not be written', count);
    this.#changed();
    this.#write();
  }

  #drop(reason: string, count: number): void {
    if (count > 0) this.#dropped.set(reason, (this.#dropped.get(reason) ?? 0) + count);
  }

  #setSizes(sizes: StoreSizes): void {
    this.#sizeBytes = sizes.sizeBytes;
    this.#expired = sizes.expired;
    this.calls.setSizes(sizes);
    this.#changed();
  }

  #changed(): void {
    this.#notifyTimer ??= setTimeout(() => {
      this.#notifyTimer = undefined;
      this.#options.onChange();
    }, 100);
  }
}
