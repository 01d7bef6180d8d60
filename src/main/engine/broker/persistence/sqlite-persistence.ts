import { Worker } from 'node:worker_threads';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import type { BindingName } from '../../sqlite/index.ts';
import type { BrokerPersistence, LoadReport, PersistentBatch, PersistentRecords } from '../core/persistence/broker-persistence.ts';
import type { PersistenceAnswer, PersistenceRequest } from './persistence-messages.ts';

export interface SqlitePersistenceOptions {
  readonly file: string;
  /** Lets tests run out of space. */
  readonly maxPages?: number;
  readonly binding?: BindingName;
  /** How threads are made; tests keep hold of them. */
  readonly launchWorker?: (url: URL) => Worker;
}

/** Beside the bundle when this code is bundled, the source file when it runs from source. */
function workerUrl(ownUrl: string = import.meta.url): URL {
  return new URL(ownUrl.endsWith('.ts') ? './persistence-worker.ts' : './persistence-worker.js', ownUrl);
}

function launch(url: URL): Worker {
  return new Worker(url, { name: 'broker-persistence' });
}

/** Keeps what the broker has to keep in one SQLite file, written by a thread of its own. */
export class SqlitePersistence implements BrokerPersistence {
  readonly #options: SqlitePersistenceOptions;
  #thread: PersistenceThread | null = null;
  #isClosed = false;

  constructor(options: SqlitePersistenceOptions) {
    this.#options = options;
  }

  async load(take: (part: PersistentRecords) => void): Promise<LoadReport> {
    const report = await this.#open(true);
    for (;;) {
      const { part } = await this.#ask({ op: 'part' });
      if (!part) return report;
      take(part);
    }
  }

  async write(batch: PersistentBatch): Promise<void> {
    // After an accident of the thread another one goes on with the file, which then has to be the same.
    if (this.#thread === null || this.#thread.hasEnded) await this.#open(false);
    const [packed, memory] = packTogether(batch);
    await this.#ask({ op: 'write', batch: packed }, [memory]);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    try {
      if (this.#thread?.hasEnded === false) await this.#ask({ op: 'close' });
    } finally {
      await this.#thread?.end();
    }
  }

  async #open(mayReplace: boolean): Promise<LoadReport> {
    const { launchWorker = launch, ...file } = this.#options;
    this.#thread = new PersistenceThread(launchWorker(workerUrl()));
    try {
      const { report } = await this.#ask({ op: 'open', ...file, mayReplace });
      return report ?? { lastWriteMs: null, problem: null };
    } catch (error) {
      await this.#thread.end();
      throw error;
    }
  }

  async #ask(request: PersistenceRequest, transfer: ArrayBuffer[] = []): Promise<Extract<PersistenceAnswer, { ok: true }>> {
    if (this.#thread === null) throw new Error('the file is not open');
    const answer = await this.#thread.ask(request, transfer);
    if (answer.ok) return answer;
    const { code, message, advice } = answer.failure;
    throw code === undefined ? new Error(message) : new CodedError(code, message, { advice });
  }
}

/** One thread, asked one thing after the other. */
class PersistenceThread {
  readonly #worker: Worker;
  #waiting: { readonly resolve: (answer: PersistenceAnswer) => void; readonly reject: (error: Error) => void } | null = null;
  #why = '';
  hasEnded = false;

  constructor(worker: Worker) {
    this.#worker = worker;
    this.#worker.on('message', (answer: PersistenceAnswer) => {
      const waiting = this.#waiting;
      this.#waiting = null;
      waiting?.resolve(answer);
    });
    this.#worker.on('error', (error: Error) => (this.#why = ` (${error.message})`));
    this.#worker.once('exit', () => {
      this.hasEnded = true;
      this.#waiting?.reject(new Error(`the thread that writes it has ended${this.#why}`));
      this.#waiting = null;
    });
  }

  ask(request: PersistenceRequest, transfer: ArrayBuffer[]): Promise<PersistenceAnswer> {
    return new Promise((resolve, reject) => {
      if (this.hasEnded) return reject(new Error(`the thread that writes it has ended${this.#why}`));
      this.#waiting = { resolve, reject };
      this.#worker.postMessage(request, transfer);
    });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}

/** All packets in one piece of memory that can change hands: packets share theirs with others, which would all be copied with them. */
function packTogether(batch: PersistentBatch): readonly [PersistentBatch, ArrayBuffer] {
  let size = 0;
  for (const { packet } of batch.messages) size += packet.byteLength;
  for (const { packet } of batch.retained) size += packet.byteLength;
  for (const { will } of batch.sessions) size += will?.packet.byteLength ?? 0;
  const memory = new ArrayBuffer(size);
  let at = 0;
  const move = (packet: Uint8Array): Uint8Array => {
    const moved = new Uint8Array(memory, at, packet.byteLength);
    moved.set(packet);
    at += packet.byteLength;
    return moved;
  };
  const packed: PersistentBatch = {
    ...batch,
    messages: batch.messages.map((record) => ({ ...record, packet: move(record.packet) })),
    retained: batch.retained.map((record) => ({ ...record, packet: move(record.packet) })),
    sessions: batch.sessions.map((record) => (record.will === null ? record : { ...record, will: { ...record.will, packet: move(record.will.packet) } })),
  };
  return [packed, memory];
}
