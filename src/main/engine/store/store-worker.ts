import { parentPort, threadId } from 'node:worker_threads';
import { CodedError } from '../../../shared/ipc/errors.ts';
import { portTransport, type EventPort } from '../../../shared/ipc/port-transport.ts';
import { serve, type Handlers } from '../../../shared/ipc/serve.ts';
import { unpackRecords } from '../../../shared/messages/packed-batch.ts';
import { loadSqlite } from '../sqlite/index.ts';
import { History } from './history.ts';
import { storeContract, type StoreContract, type StoreSizes } from './store-contract.ts';

/** The thread that owns the history files. */
function runStoreWorker(port: EventPort): void {
  let history: History | undefined;
  const opened = (): History => {
    if (!history) throw new CodedError('store-unavailable');
    return history;
  };
  const messages = (): History['messages'] => opened().messages;
  const calls = (): History['calls'] => opened().calls;
  const sizes = (): StoreSizes => opened().sizes();

  const handlers: Handlers<StoreContract> = {
    async open({ binding, ...options }) {
      const sqlite = await loadSqlite(binding);
      const made = named(() => new History({ ...options, open: sqlite.open, now: Date.now }));
      history = made;
      return { ...sizes(), lastId: made.messages.lastId(), lastCallId: made.calls.lastId(), binding: sqlite.name, keptAside: made.keptAside };
    },
    append({ source, packed }) {
      const records = unpackRecords(packed);
      named(() => opened().append(source, records));
      return sizes();
    },
    latest: ({ source, topic, maxBytes }) => named(() => messages().latest(source, topic, maxBytes)),
    get: ({ id, maxBytes }) => named(() => messages().get(id, maxBytes)),
    payload: ({ id, offset, length }) => named(() => messages().payload(id, offset, length)),
    history: ({ source, topic, ...query }) => named(() => messages().history(source, topic, query)),
    topics: ({ source }) => named(() => messages().topics(source)),
    clear({ source }) {
      const deleted = named(() => messages().clear(source));
      return { ...sizes(), deleted };
    },
    setBudget({ budgetBytes }) {
      opened().setBudget(budgetBytes);
      return sizes();
    },
    putCalls({ calls: some }) {
      named(() => opened().putCalls(some));
      return sizes();
    },
    removeCalls({ ids }) {
      named(() => calls().remove(ids));
      return sizes();
    },
    callRows: ({ ids }) => named(() => calls().rows(ids)),
    callBodies: ({ ids }) => named(() => calls().calls(ids)),
    async scanCalls({ filter }, sink) {
      const steps = named(() => calls().scan(filter));
      for (let step = named(() => steps.next()); !step.done; step = named(() => steps.next())) {
        await sink.send(step.value);
        // What else came meanwhile is done now: messages have to be written.
        await new Promise((resolve) => setImmediate(resolve));
        if (sink.signal.aborted || !history) return;
      }
      sink.end();
    },
    callOfMessage: ({ messageId }) => named(() => calls().callOfMessage(messageId)),
    clearCalls({ source }) {
      const deleted = named(() => opened().clearCalls(source));
      return { ...sizes(), deleted };
    },
    close() {
      history?.close();
      history = undefined;
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
