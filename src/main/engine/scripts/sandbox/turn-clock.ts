import { turnCells } from '../script-messages.ts';

/** Tells the engine's side who runs, measures how long, and hears that it shall stop, all while the thread is busy. */
export interface TurnClock {
  /** Runs one turn of a script; ms of processor time. */
  readonly run: (script: number, turn: () => void) => number;
  /** Ms of processor time since the turn began. */
  readonly spentMs: () => number;
  readonly isCancelled: (call: number) => boolean;
}

/** Node 23.9 and later know what a thread has used; with others it is the time that passed. */
function processorMs(): number {
  if (typeof process.threadCpuUsage !== 'function') return performance.now();
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

export function createTurnClock(cells: Int32Array): TurnClock {
  let startMs = 0;
  const spentMs = (): number => processorMs() - startMs;
  return {
    run(script, turn) {
      startMs = processorMs();
      Atomics.store(cells, turnCells.script, script);
      Atomics.add(cells, turnCells.turn, 1);
      try {
        turn();
      } finally {
        Atomics.add(cells, turnCells.turn, 1);
      }
      return spentMs();
    },
    spentMs,
    isCancelled: (call) => Atomics.load(cells, turnCells.cancelled) === call,
  };
}
