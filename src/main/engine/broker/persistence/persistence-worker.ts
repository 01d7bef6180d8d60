import { parentPort, type MessagePort } from 'node:worker_threads';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { loadSqlite } from '../../sqlite/index.ts';
import type { PersistentRecords } from '../core/persistence/broker-persistence.ts';
import type { PersistenceAnswer, PersistenceFailure, PersistenceRequest } from './persistence-messages.ts';
import { SqliteFile, whyNotWritten } from './sqlite-file.ts';

/** The thread that owns the broker's file: a slow disk then keeps nobody waiting who does not wait for the disk. */
function runPersistenceWorker(port: MessagePort): void {
  let file: SqliteFile | undefined;
  let parts: Iterator<PersistentRecords> | undefined;

  const opened = (): SqliteFile => {
    if (file === undefined) throw new Error('the file is not open');
    return file;
  };
  const answer = async (request: PersistenceRequest): Promise<PersistenceAnswer> => {
    switch (request.op) {
      case 'open': {
        const { open } = await loadSqlite(request.binding);
        file = new SqliteFile({ ...request, open, now: Date.now });
        return { ok: true, report: { lastWriteMs: file.lastWriteMs, problem: file.problem } };
      }
      case 'part': {
        parts ??= opened().parts();
        const next = parts.next();
        return { ok: true, part: next.done === true ? null : next.value };
      }
      case 'write':
        opened().write(request.batch);
        return { ok: true };
      case 'close':
        file?.close();
        file = undefined;
        return { ok: true };
    }
  };
  port.on('message', (request: PersistenceRequest) => {
    answer(request).then(
      (done) => port.postMessage(done),
      (error: unknown) => port.postMessage({ ok: false, failure: failureOf(error) } satisfies PersistenceAnswer),
    );
  });
}

function failureOf(error: unknown): PersistenceFailure {
  if (error instanceof CodedError) return { code: error.code, message: error.message, advice: error.advice };
  return { message: whyNotWritten(error) };
}

if (parentPort) runPersistenceWorker(parentPort);
