import type { Contract } from '../../shared/ipc/contract.ts';
import { connect } from '../../shared/ipc/connect.ts';
import { memoryTransportPair } from '../../shared/ipc/memory-transport.ts';
import { serve, type Handlers } from '../../shared/ipc/serve.ts';
import type { Engine, Pacing } from './common/index.ts';

export interface ServedEngine {
  readonly engine: Engine;
  /** Cuts the link; the client comes back by itself, as to a restarted engine. */
  restart(): void;
  close(): void;
}

/** The real kernel over memory, serving the given part of the contract. */
export function serveForTests<C extends Contract>(contract: C, handlers: Handlers<C>): ServedEngine {
  let instance = 0;
  let cut: () => void = () => undefined;
  const client = connect<C>({
    open: async () => {
      const [near, far] = memoryTransportPair();
      instance += 1;
      // The client listens only once `open` has resolved; greeting it earlier would be lost.
      setTimeout(() => serve(contract, handlers, far, { instance: `run-${instance}` }));
      cut = () => far.close('cut by the test');
      return near;
    },
    backoffMs: () => 0,
  });
  return { engine: client, restart: () => cut(), close: () => client.close() };
}

/** Frames at once, real timers. */
export const testPacing: Pacing = {
  requestFrame: (run) => queueMicrotask(run),
  setTimer: (run, ms) => setTimeout(run, ms),
  clearTimer: (timer) => clearTimeout(timer as number),
};

/** Waits until the model has reached a state, told by its own notifications; fails by the test's time-out. */
export function until(notifier: { subscribe(listener: () => void): () => void }, reached: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    if (reached()) return resolve();
    const off = notifier.subscribe(() => {
      if (!reached()) return;
      off();
      resolve();
    });
  });
}
