import { Worker } from 'node:worker_threads';
import type { AssertionResult } from '../../../../shared/contract/collections.ts';
import { labelOf, type Check, type CheckOutcome, type Subject } from '../../../../shared/collections/check.ts';
import { cut } from '../../../../shared/collections/shown-text.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import type { CheckAnswer, CheckRequest } from './check-messages.ts';

/** For one check. What takes longer is a mistake in an expression. */
const defaultLimitMs = 2000;
/** A thread needs so long to start on a busy machine; its first check may wait for it. */
const startMs = 20_000;
const maxMemoryMb = 256;
/** Each may take that much memory: what more runs at once ask for waits its turn. */
const defaultMaxThreads = 4;

export type CheckSubject = Omit<Subject, 'body'> & { readonly body: JsonValue };

export interface CheckThread {
  /** One outcome for each check; it may wait for its turn before. Rejects with `cancelled`, also once it is closed. */
  run(checks: readonly Check[], subject: CheckSubject, signal: AbortSignal): Promise<readonly CheckOutcome[]>;
  close(): void;
}

/** Entry of the worker: among the other workers when this code is bundled, the source file when it runs from source. */
function workerUrl(ownUrl: string): URL {
  return new URL(ownUrl.endsWith('.ts') ? './check-worker.ts' : '../workers/check-worker.js', ownUrl);
}

/** Runs checks in threads, few at once, that are stopped, and started anew, when one of them takes too long or too much memory. */
export function createCheckThread({ limitMs = defaultLimitMs, maxThreads = defaultMaxThreads } = {}): CheckThread {
  let idle: Worker | undefined;
  const busy = new Set<Worker>();
  const turns = createTurns(maxThreads);
  let closed = false;

  const take = (): { readonly worker: Worker; readonly isNew: boolean } => {
    const worker = idle;
    idle = undefined;
    if (worker) return { worker, isNew: false };
    const started = new Worker(workerUrl(import.meta.url), { resourceLimits: { maxOldGenerationSizeMb: maxMemoryMb } });
    started.unref();
    // Told to whoever waits for it; one that runs out of memory while it is being ended must not take the program with it.
    started.on('error', () => undefined);
    started.once('exit', () => {
      if (idle === started) idle = undefined;
    });
    return { worker: started, isNew: true };
  };

  /** The outcomes up to the one that did not end in time, which is `null`. */
  const runSome = async (
    checks: readonly Check[],
    subject: Omit<CheckRequest, 'checks'>,
    signal: AbortSignal,
  ): Promise<readonly (CheckOutcome | Failure)[]> => {
    const { worker, isNew } = take();
    busy.add(worker);
    const outcomes: (CheckOutcome | Failure)[] = [];
    const end = await new Promise<'done' | 'cancelled' | Failure>((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      const arm = (ms: number): void => {
        clearTimeout(timer);
        timer = setTimeout(() => finish({ why: `It took longer than ${limitMs / 1000} s, and was stopped.` }), ms);
      };
      const onAnswer = ({ outcome }: CheckAnswer): void => {
        outcomes.push(outcome);
        if (outcomes.length === checks.length) finish('done');
        else arm(limitMs);
      };
      const onError = (error: Error & { code?: string }): void =>
        finish({
          why: error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? `It took more than ${maxMemoryMb} MiB of memory, and was stopped.` : `It failed: ${error.message}`,
        });
      const onExit = (): void => finish({ why: 'It ended the thread it ran in.' });
      const onAbort = (): void => finish('cancelled');
      const finish = (how: 'done' | 'cancelled' | Failure): void => {
        clearTimeout(timer);
        worker.off('message', onAnswer).off('error', onError).off('exit', onExit);
        signal.removeEventListener('abort', onAbort);
        resolve(how);
      };
      worker.on('message', onAnswer).on('error', onError).on('exit', onExit);
      signal.addEventListener('abort', onAbort, { once: true });
      arm(isNew ? startMs : limitMs);
      worker.postMessage({ ...subject, checks } satisfies CheckRequest);
    });
    busy.delete(worker);
    if (end === 'done' && idle === undefined && !closed) idle = worker;
    else worker.terminate().catch(() => undefined);
    if (end === 'cancelled' || closed) throw new CodedError('cancelled');
    return end === 'done' ? outcomes : [...outcomes, end];
  };

  return {
    async run(checks, { body, ...subject }, signal) {
      const outcomes: CheckOutcome[] = [];
      const text = JSON.stringify(body);
      while (outcomes.length < checks.length) {
        const leave = await turns.wait(signal);
        let some: Awaited<ReturnType<typeof runSome>>;
        try {
          if (signal.aborted || closed) throw new CodedError('cancelled');
          some = await runSome(checks.slice(outcomes.length), { subject, body: text }, signal);
        } finally {
          leave();
        }
        for (const outcome of some) {
          const check = checks[outcomes.length] as Check;
          outcomes.push('why' in outcome ? { assertion: stopped(check, outcome.why), captured: null } : outcome);
        }
      }
      return outcomes;
    },
    close() {
      closed = true;
      for (const worker of [...busy, ...(idle ? [idle] : [])]) worker.terminate().catch(() => undefined);
      idle = undefined;
    },
  };
}

interface Turns {
  /** Resolves when it is its turn, or at once when that is not wanted any more, with what gives it on. */
  wait(signal: AbortSignal): Promise<() => void>;
}

function createTurns(most: number): Turns {
  const waiting = new Set<() => void>();
  let taken = 0;
  const leave = (): void => {
    taken -= 1;
    const [next] = waiting;
    // One that was given up has taken no turn of others.
    if (taken < most) next?.();
  };
  return {
    wait: (signal) =>
      new Promise((resolve) => {
        const start = (): void => {
          waiting.delete(start);
          signal.removeEventListener('abort', start);
          taken += 1;
          resolve(leave);
        };
        if (taken < most || signal.aborted) return start();
        waiting.add(start);
        signal.addEventListener('abort', start, { once: true });
      }),
  };
}

interface Failure {
  readonly why: string;
}

function stopped(check: Check, why: string): AssertionResult {
  return { kind: check.kind, label: cut(labelOf(check)), passed: false, expected: '', actual: '', message: why };
}
