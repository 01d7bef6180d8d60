import { expect, it } from 'vitest';
import { nextNodeStep, type NodeEvent } from './node-machine.ts';

type Phase = Parameters<typeof nextNodeStep>[0];
const phases: readonly Phase[] = ['stopped', 'starting', 'running', 'waiting', 'failed'];
const events: readonly NodeEvent[] = ['start', 'stop', 'source-up', 'source-down', 'ready', 'lost', 'failed', 'retry-due', 'reopen'];

it('knows what each event means in each phase', () => {
  const table = phases.map((phase) => [
    phase,
    ...events.flatMap((event) => {
      const step = nextNodeStep(phase, event, true);
      return step ? [`${event}: ${step.phase}${step.action ? `, ${step.action}` : ''}`] : [];
    }),
  ]);
  expect(table).toEqual([
    ['stopped', 'start: starting, open'],
    [
      'starting',
      'stop: stopped, close',
      'source-down: waiting, close',
      'ready: running',
      'lost: waiting, wait',
      'failed: failed, close',
      'reopen: starting, open',
    ],
    ['running', 'stop: stopped, close', 'source-down: waiting, close', 'lost: waiting, wait', 'failed: failed, close', 'reopen: starting, open'],
    [
      'waiting',
      'start: starting, open',
      'stop: stopped, close',
      'source-up: starting, open',
      'source-down: waiting, close',
      'failed: failed, close',
      'retry-due: starting, open',
      'reopen: starting, open',
    ],
    ['failed', 'start: starting, open', 'stop: stopped, close'],
  ]);
});

it('waits instead of opening a session without its source', () => {
  for (const phase of phases) {
    for (const event of events)
      if (nextNodeStep(phase, event, true)?.action === 'open') expect(nextNodeStep(phase, event, false)).toEqual({ phase: 'waiting', action: 'close' });
  }
});
