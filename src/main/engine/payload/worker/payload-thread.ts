import { Worker } from 'node:worker_threads';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import type { PayloadAnswer, PayloadAnswers, PayloadJob, PayloadRequest } from './payload-job.ts';

const defaultLimitMs = 3000;
/** A thread needs so long to start on a busy machine; its first job may wait for it. */
const startMs = 20_000;
const maxMemoryMb = 512;
/** What a page asks for while it scrolls is gone by when as many wait. */
const maxWaiting = 200;

export interface PayloadThread {
  /** One after the other. Rejects with `timed-out` for what takes too long or too much memory, `too-many-requests`, `cancelled`. */
  run<K extends PayloadJob['kind']>(job: Extract<PayloadJob, { readonly kind: K }>, signal?: AbortSignal): Promise<PayloadAnswers[K]>;
  /** Used by every job from now on. */
  setSchemas(texts: ReadonlyMap<string, string>): void;
  close(): void;
}

interface Waiting {
  readonly job: PayloadJob;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (answer: never) => void;
  readonly reject: (error: unknown) => void;
}

/** Entry of the worker: among the other workers when this code is bundled, the source file when it runs from source. */
function workerUrl(ownUrl: string): URL {
  return new URL(ownUrl.endsWith('.ts') ? './payload-worker.ts' : '../workers/payload-worker.js', ownUrl);
}

/** Runs codecs in a thread that is ended, and started anew, when one of them takes too long or too much memory. */
export function createPayloadThread({ limitMs = defaultLimitMs } = {}): PayloadThread {
  let worker: Worker | undefined;
  let schemas: ReadonlyMap<string, string> = new Map();
  /** Those the present worker has. */
  let given: ReadonlyMap<string, string> | undefined;
  let running: Waiting | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  const queue: Waiting[] = [];

  const end = (): void => {
    const gone = worker;
    worker = undefined;
    given = undefined;
    gone?.removeAllListeners();
    // One that runs out of memory while it is being ended must not take the program with it.
    gone?.on('error', () => undefined);
    gone?.terminate().catch(() => undefined);
  };
  const settle = (finish: (waiting: Waiting) => void): void => {
    clearTimeout(timer);
    const done = running;
    running = undefined;
    if (done) finish(done);
    next();
  };
  const fail = (error: CodedError): void => {
    end();
    settle(({ reject }) => reject(error));
  };
  const start = (): Worker => {
    const started = new Worker(workerUrl(import.meta.url), { resourceLimits: { maxOldGenerationSizeMb: maxMemoryMb } });
    started.unref();
    started.on('message', (answer: PayloadAnswer) =>
      settle(({ resolve, reject }) => {
        if ('done' in answer) resolve(answer.done as never);
        else reject(new Error(answer.bug));
      }),
    );
    started.on('error', (error: Error & { code?: string }) => {
      if (error.code === 'ERR_WORKER_OUT_OF_MEMORY')
        fail(new CodedError('timed-out', `Reading this takes more than ${maxMemoryMb} MiB of memory, and was stopped.`));
      else fail(new CodedError('internal', `The thread that reads payloads failed: ${error.message}`));
    });
    started.on('exit', () => fail(new CodedError('internal', 'The thread that reads payloads has ended.')));
    return started;
  };

  function next(): void {
    if (running || closed) return;
    const waiting = queue.shift();
    if (!waiting) return;
    if (waiting.signal?.aborted === true) {
      waiting.reject(new CodedError('cancelled'));
      return next();
    }
    running = waiting;
    const isNew = worker === undefined;
    worker ??= start();
    timer = setTimeout(
      () => fail(new CodedError('timed-out', `Reading this takes longer than ${limitMs / 1000} s, and was stopped.`)),
      isNew ? startMs : limitMs,
    );
    worker.postMessage({ job: waiting.job, schemas: given === schemas ? null : schemas } satisfies PayloadRequest);
    given = schemas;
  }

  return {
    run(job, signal) {
      return new Promise((resolve, reject) => {
        if (closed) return reject(new CodedError('cancelled'));
        if (queue.length >= maxWaiting) return reject(new CodedError('too-many-requests', `More than ${maxWaiting} payloads wait to be read.`));
        queue.push({ job, signal, resolve, reject });
        next();
      });
    },
    setSchemas(texts) {
      schemas = texts;
    },
    close() {
      closed = true;
      end();
      clearTimeout(timer);
      for (const { reject } of [...(running ? [running] : []), ...queue.splice(0)]) reject(new CodedError('cancelled'));
      running = undefined;
    },
  };
}
