import type { ConnectionStatus } from '../../../shared/contract/connections.ts';
import { formatDuration } from '../common/index.ts';

/** The state of a connection in one line, with its countdown or how long it has been up. */
export function describeConnection(status: ConnectionStatus | undefined, nowMs: number): string {
  switch (status?.phase) {
    case undefined:
    case 'disconnected':
      return status?.lastProblem ? 'Not connected' : 'Disconnected';
    case 'connecting':
      return status.attempt > 1 ? `Connecting, attempt ${status.attempt}` : 'Connecting';
    case 'connected':
      return status.connectedAt === null ? 'Connected' : `Connected for ${formatDuration(nowMs - status.connectedAt)}`;
    case 'waiting':
      return status.nextAttemptAt === null ? 'Waiting to reconnect' : `Attempt ${status.attempt} in ${secondsLeft(status.nextAttemptAt, nowMs)} s`;
    case 'disconnecting':
      return 'Disconnecting';
  }
}

/** The same for a list: without the time it is up, so that the address has room. */
export const describeBriefly = (status: ConnectionStatus | undefined, nowMs: number): string =>
  status?.phase === 'connected' ? 'Connected' : describeConnection(status, nowMs);

/** The engine forgets everything of a deleted connection, its history included. */
export function deletionQuestion(name: string): { readonly title: string; readonly text: string } {
  return {
    title: `Delete “${name}”?`,
    text: 'The connection, its subscriptions, its stored passwords and keys, and its messages in the history are deleted. This cannot be undone.',
  };
}

/** Rounded up, so that it counts 3, 2, 1 and never shows 0 while there is still time. */
export function secondsLeft(atMs: number, nowMs: number): number {
  return Math.max(0, Math.ceil((atMs - nowMs) / 1000));
}
