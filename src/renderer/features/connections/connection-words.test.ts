import { expect, it } from 'vitest';
import { idleStatus } from '../../../shared/connections/idle-status.ts';
import type { ConnectionStatus } from '../../../shared/contract/connections.ts';
import { deletionQuestion, describeBriefly, describeConnection, secondsLeft } from './connection-words.ts';

const status = (change: Partial<ConnectionStatus>): ConnectionStatus => idleStatus('a', { attempt: 1, ...change });

it.each([
  [undefined, 'Disconnected'],
  [status({}), 'Disconnected'],
  [status({ lastProblem: { code: 'connect-failed', message: 'x' } }), 'Not connected'],
  [status({ phase: 'connecting' }), 'Connecting'],
  [status({ phase: 'connecting', attempt: 3 }), 'Connecting, attempt 3'],
  [status({ phase: 'connected', connectedAt: 3000 }), 'Connected for 0:07'],
  [status({ phase: 'waiting', attempt: 2, nextAttemptAt: 12_100 }), 'Attempt 2 in 3 s'],
  [status({ phase: 'disconnecting' }), 'Disconnecting'],
] as const)('%#: %s', (given, text) => expect(describeConnection(given, 10_000)).toBe(text));

it('leaves the time out of lists', () => {
  expect(describeBriefly(status({ phase: 'connected', connectedAt: 3000 }), 10_000)).toBe('Connected');
  expect(describeBriefly(status({ phase: 'waiting', attempt: 2, nextAttemptAt: 12_100 }), 10_000)).toBe('Attempt 2 in 3 s');
});

it('says before a connection is deleted that its messages go with it', () => {
  const { title, text } = deletionQuestion('Lab');
  expect(title).toBe('Delete “Lab”?');
  expect(text).toMatch(/messages in the history are deleted/);
  expect(text).not.toContain('stay');
});

it('counts down to the end', () => expect([3001, 3000, 1, 0, -5].map((left) => secondsLeft(left, 0))).toEqual([4, 3, 1, 0, 0]));
