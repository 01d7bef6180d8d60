import type { ConnectionStatus } from '../contract/connections.ts';

/** Of a connection that nobody has opened yet. */
export function idleStatus(id: string, more: Partial<ConnectionStatus> = {}): ConnectionStatus {
  return {
    id,
    phase: 'disconnected',
    attempt: 0,
    nextAttemptAt: null,
    connectedAt: null,
    clientId: null,
    lastProblem: null,
    version: null,
    broker: null,
    tls: null,
    keepAliveSeconds: null,
    roundTripMs: null,
    queuedMessages: 0,
    droppedMessages: 0,
    challenge: null,
    subscriptions: [],
    receivedMessages: 0,
    sentMessages: 0,
    ...more,
  };
}
