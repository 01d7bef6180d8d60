import type { ConnectionPhase } from '../../../shared/contract/connections.ts';

/** What happens to a connection, from the user or from the network. */
export type ConnectionEvent = 'connect' | 'connack' | 'failed' | 'lost' | 'retry-due' | 'disconnect' | 'closed';

type Action = 'open' | 'wait' | 'close' | 'abort' | 'stop-waiting';
export interface Step {
  readonly phase: ConnectionPhase;
  readonly action?: Action;
}

const table: Readonly<Record<ConnectionPhase, Partial<Record<ConnectionEvent, Step>>>> = {
  disconnected: { connect: { phase: 'connecting', action: 'open' } },
  connecting: {
    connack: { phase: 'connected' },
    failed: { phase: 'disconnected' },
    disconnect: { phase: 'disconnected', action: 'abort' },
  },
  connected: {
    lost: { phase: 'waiting', action: 'wait' },
    failed: { phase: 'disconnected' },
    disconnect: { phase: 'disconnecting', action: 'close' },
  },
  waiting: {
    'retry-due': { phase: 'connecting', action: 'open' },
    connect: { phase: 'connecting', action: 'open' },
    disconnect: { phase: 'disconnected', action: 'stop-waiting' },
  },
  disconnecting: { closed: { phase: 'disconnected' }, lost: { phase: 'disconnected' }, failed: { phase: 'disconnected' } },
};

/** The next phase, or `undefined` where the event means nothing (a second click, a late network event). `retries`: what failed or was lost is tried again. */
export function nextStep(phase: ConnectionPhase, event: ConnectionEvent, options: { readonly retries: boolean }): Step | undefined {
  if (phase === 'connecting' && event === 'failed' && options.retries) return { phase: 'waiting', action: 'wait' };
  if (phase === 'connected' && event === 'lost' && !options.retries) return { phase: 'disconnected' };
  return table[phase][event];
}
