import { parentPort, threadId } from 'node:worker_threads';
import { CodedError } from '../../../shared/ipc/errors.ts';
import { portTransport, type EventPort } from '../../../shared/ipc/port-transport.ts';
import { serve, type Handlers } from '../../../shared/ipc/serve.ts';
import { unpackRecords } from '../../../shared/messages/packed-batch.ts';
import { loadSqlite } from '../sqlite/index.ts';
import { HistoryFiles } from './history-files.ts';
import { storeContract, type StoreContract, type StoreSizes } from './store-contract.ts';

/** The thread that owns the history files. */
function runStoreWorker(port: EventPort): void {
  let files: HistoryFiles | undefined;
  const opened = (): HistoryFiles => {
    if (!files) throw new CodedError('store-unavailable');
    return files;
  };
  const sizes = (): StoreSizes => ({ sizeBytes: opened().sizeBytes(), expired: opened().expired });

  const handlers: Handlers<StoreContract> = {
    async open({ binding, ...options }) {
      const sqlite = await loadSqlite(binding);
      files = named(() => new HistoryFiles({ ...options, open: sqlite.open, now: Date.now }));
      return { ...sizes(), lastId: files.lastId(), binding: sqlite.name, keptAside: files.keptAside };
    },
    append({ source, packed }) {
      const records = unpackRecords(packed);
      named(() => opened().append(source, records));
      return sizes();
    },
    latest: ({ source, topic, maxBytes }) => named(() => opened().latest(source, topic, maxBytes)),
    get: ({ id, maxBytes }) => named(() => opened().get(id, maxBytes)),
    payload: ({ id, offset, length }) => named(() => opened().payload(id, offset, length)),
    history: ({ source, topic, ...query }) => named(() => opened().history(source, topic, query)),
    topics: ({ source }) => named(() => opened().topics(source)),
    clear({ source }) {
      const deleted = named(() => opened().clear(source));
      return { ...sizes(), deleted };
    },
    setBudget({ budgetBytes }) {
      opened().setBudget(budgetBytes);
      return sizes();
    },
    close() {
      files?.close();
      files = undefined;
    },
  };
  serve(storeContract, handlers, portTransport(port), { instance: `store-${threadId}` });
}

/** SQLite's result codes that have a plain name for people: 13 SQLITE_FULL, 10 SQLITE_IOERR, 8 SQLITE_READONLY, 14 SQLITE_CANTOPEN. */
function named<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    const { errcode, code } = error as { readonly errcode?: number; readonly code?: string };
    const primary = (errcode ?? 0) & 0xff;
    if (primary === 13 || code === 'ENOSPC' || /disk is full/i.test(String(error)))
      throw new CodedError('disk-full', 'The disk is full: new messages are shown, but not kept in the history.');
    if (primary !== 0 || code !== undefined)
      throw new CodedError('store-unavailable', `The message history can't be used: ${error instanceof Error ? error.message : String(error)}`);
    throw error;
  }
}

if (parentPort) runStoreWorker(parentPort as unknown as EventPort);
