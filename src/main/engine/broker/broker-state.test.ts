import { describe, expect, it } from 'vitest';
import { brokerTransitions, nextPhase, restartDelayMs, type BrokerEvent } from './broker-state.ts';
import type { BrokerPhase } from '../../../shared/contract/broker.ts';

const phases: readonly BrokerPhase[] = ['stopped', 'starting', 'running', 'stopping', 'failed'];
const events: readonly BrokerEvent[] = ['start', 'started', 'start-failed', 'stop', 'stopped', 'crashed'];

const walk = (...path: readonly BrokerEvent[]): BrokerPhase => path.reduce<BrokerPhase>((phase, event) => nextPhase(phase, event) ?? phase, 'stopped');

describe('the states of the broker', () => {
  it.each([
    [['start'], 'starting'],
    [['start', 'started'], 'running'],
    [['start', 'start-failed'], 'failed'],
    [['start', 'crashed'], 'failed'],
    [['start', 'stop'], 'stopping'],
    [['start', 'stop', 'started'], 'stopping'],
    [['start', 'stop', 'stopped'], 'stopped'],
    [['start', 'started', 'stop', 'stopped'], 'stopped'],
    [['start', 'started', 'crashed'], 'failed'],
    [['start', 'started', 'crashed', 'start', 'started'], 'running'],
    [['start', 'started', 'crashed', 'stop'], 'stopped'],
    [['stop'], 'stopped'],
    [['start', 'started', 'start'], 'running'],
  ] satisfies [BrokerEvent[], BrokerPhase][])('goes through %j to %s', (path, end) => {
    expect(walk(...path)).toBe(end);
  });

  it('reaches every phase and can leave each one', () => {
    const reached = new Set(phases.flatMap((phase) => events.map((event) => nextPhase(phase, event))));
    expect(phases.every((phase) => reached.has(phase))).toBe(true);
    expect(phases.every((phase) => Object.keys(brokerTransitions[phase]).length > 0)).toBe(true);
  });

  it('waits longer before each restart and gives up in the end', () => {
    expect([1, 2, 3, 4, 5, 6].map(restartDelayMs)).toEqual([250, 500, 1000, 2000, 4000, undefined]);
  });
});
