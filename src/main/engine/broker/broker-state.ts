import type { BrokerPhase } from '../../../shared/contract/broker.ts';

export type BrokerEvent =
  | 'start'
  /** The listeners are open. */
  | 'started'
  | 'start-failed'
  | 'stop'
  /** The worker has ended on request. */
  | 'stopped'
  /** The worker ended by itself. */
  | 'crashed';

/** What each phase makes of each event; an event that is not listed is ignored in that phase. */
export const brokerTransitions: Readonly<Record<BrokerPhase, Readonly<Partial<Record<BrokerEvent, BrokerPhase>>>>> = {
  stopped: { start: 'starting' },
  starting: { started: 'running', 'start-failed': 'failed', stop: 'stopping', crashed: 'failed' },
  running: { stop: 'stopping', crashed: 'failed' },
  stopping: { stopped: 'stopped' },
  failed: { start: 'starting', stop: 'stopped' },
};

/** The phase after an event, or `undefined` when the event means nothing in this phase. */
export function nextPhase(phase: BrokerPhase, event: BrokerEvent): BrokerPhase | undefined {
  return brokerTransitions[phase][event];
}

const firstRestartMs = 250;
const longestRestartMs = 5000;
const mostRestarts = 5;

/** Wait before the n-th restart (1, 2, …) in a row after a crash, or `undefined` to give up. */
export function restartDelayMs(attempt: number): number | undefined {
  return attempt > mostRestarts ? undefined : Math.min(longestRestartMs, firstRestartMs * 2 ** (attempt - 1));
}
