import type { EngineContract } from '../../../shared/contract/index.ts';
import type { Client } from '../../../shared/ipc/connect.ts';

/** The part of the contract client that models outside React need. */
export type Engine = Pick<Client<EngineContract>, 'call' | 'stream' | 'instance'>;

/** Clock and frame source of a model: the browser's, or a test's. */
export interface Pacing {
  /** Runs before the next paint, or soon when the page is hidden. */
  readonly requestFrame: (run: () => void) => void;
  readonly setTimer: (run: () => void, ms: number) => unknown;
  readonly clearTimer: (timer: unknown) => void;
}

/** A hidden page gets no animation frames; models must not stall there, so a timer steps in. */
export const browserPacing: Pacing = {
  requestFrame: (run) => {
    let done = false;
    const once = (): void => {
      if (done) return;
      done = true;
      clearTimeout(timer);
      run();
    };
    const timer = setTimeout(once, 250);
    requestAnimationFrame(once);
  },
  setTimer: (run, ms) => setTimeout(run, ms),
  clearTimer: (timer) => clearTimeout(timer as number),
};
