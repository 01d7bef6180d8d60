import { setTimeout as delay } from 'node:timers/promises';
import type { Problem } from '../../../shared/contract/common.ts';
import type { PublishRun } from '../../../shared/contract/publishing.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import { createNotifier, type Notifier } from '../notifier.ts';
import type { MessageSender, OutgoingMessage } from './send-message.ts';

const maxRunning = 20;
const maxEnded = 20;
/** Messages that the broker has not acknowledged yet; more of them make the run slower. */
const maxUnderWay = 20;

type RunStart = Pick<PublishRun, 'source' | 'kind' | 'topic' | 'fileName' | 'everyMs' | 'total'>;

export interface PublishRuns {
  readonly changed: Notifier;
  list(): readonly PublishRun[];
  /** `make` gives the message with this number, from 0. Throws `invalid-state` when too many run. */
  start(start: RunStart, make: (index: number) => Promise<OutgoingMessage>): string;
  stop(id: string): void;
  dismiss(id: string): void;
  /** Those of sources that are down are over. */
  sourcesChanged(): void;
  close(): Promise<void>;
}

interface Run {
  view: PublishRun;
  readonly stop: AbortController;
  readonly done: Promise<void>;
}

export interface PublishRunsOptions {
  readonly sender: MessageSender;
  readonly newId: () => string;
  /** Unix ms. */
  readonly now: () => number;
  /** ms, never goes back. */
  readonly clock: () => number;
  readonly onBug: (error: unknown) => void;
}

/** Publishes again and again. A page that closes does not end it; the first message that is not taken does. */
export function createPublishRuns({ sender, newId, now, clock, onBug }: PublishRunsOptions): PublishRuns {
  const runs = new Map<string, Run>();
  const changed = createNotifier();
  const running = (): readonly Run[] => [...runs.values()].filter(({ view }) => view.state === 'running');
  const set = (run: Run, change: Partial<PublishRun>): void => {
    run.view = { ...run.view, ...change };
    changed.notify();
  };
  const end = (run: Run, state: 'done' | 'stopped' | 'failed', problem: Problem | null = null): void => {
    if (run.view.state !== 'running') return;
    set(run, { state, problem, endedAt: now() });
    run.stop.abort();
    const ended = [...runs.values()].filter(({ view }) => view.state !== 'running');
    for (const { view } of ended.slice(0, Math.max(0, ended.length - maxEnded))) runs.delete(view.id);
  };
  const fail = (run: Run, error: unknown): void => {
    if (error instanceof CodedError) return end(run, 'failed', { code: error.code, message: error.message, advice: error.advice });
    onBug(error);
    end(run, 'failed', { code: 'internal', message: 'Something went wrong inside the workbench.' });
  };
  const endIfDown = (run: Run): boolean => {
    if (sender.isLive(run.view.source)) return false;
    end(run, 'failed', { code: 'not-connected', message: run.view.source === 'broker' ? 'The local broker was stopped.' : 'The connection ended.' });
    return true;
  };

  const drive = async (run: Run, make: (index: number) => Promise<OutgoingMessage>): Promise<void> => {
    const { source, everyMs } = run.view;
    const total = run.view.total ?? Number.POSITIVE_INFINITY;
    const { signal } = run.stop;
    const underWay = new Set<Promise<void>>();
    let due = clock();
    for (let index = 0; index < total && !signal.aborted; index += 1) {
      if (endIfDown(run)) break;
      const message = await make(index);
      const sent = sender.send(source, message).then(
        () => set(run, { sent: run.view.sent + 1 }),
        (error: unknown) => fail(run, error),
      );
      underWay.add(sent);
      void sent.finally(() => underWay.delete(sent));
      while (underWay.size >= maxUnderWay) await Promise.race(underWay);
      due += everyMs;
      const at = clock();
      // What is late by a whole interval is not made up for: nobody wants a burst.
      if (at - due > everyMs) due = at;
      if (due > at) await delay(due - at, undefined, { signal }).catch(() => undefined);
      else if (index % 50 === 49) await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all(underWay);
    end(run, 'done');
  };

  return {
    changed,
    list: () => [...runs.values()].map(({ view }) => view),
    start(start, make) {
      if (running().length >= maxRunning) {
        throw new CodedError('invalid-state', `${maxRunning} of them run already.`, { advice: 'Stop one first.' });
      }
      const id = newId();
      const view: PublishRun = { id, ...start, sent: 0, state: 'running', problem: null, startedAt: now(), endedAt: null };
      const begun = Promise.withResolvers<undefined>();
      const run: Run = { view, stop: new AbortController(), done: begun.promise.then(() => drive(run, make)).catch((error: unknown) => fail(run, error)) };
      runs.set(id, run);
      changed.notify();
      begun.resolve(undefined);
      return id;
    },
    stop(id) {
      const run = runs.get(id);
      if (!run) throw new CodedError('not-found');
      end(run, 'stopped');
    },
    dismiss(id) {
      const run = runs.get(id);
      if (run?.view.state === 'running') throw new CodedError('invalid-state', 'It is still running.', { advice: 'Stop it first.' });
      if (runs.delete(id)) changed.notify();
    },
    sourcesChanged() {
      for (const run of running()) endIfDown(run);
    },
    async close() {
      const all = running();
      for (const run of all) end(run, 'stopped');
      await Promise.all(all.map(({ done }) => done));
    },
  };
}
