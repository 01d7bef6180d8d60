import { describe, expect, it } from 'vitest';
import { idleStatus } from '../../../shared/connections/idle-status.ts';
import { newProfile } from '../../../shared/connections/new-profile.ts';
import type { BrokerStatus } from '../../../shared/contract/broker.ts';
import type { ConnectionsView, ConnectionStatus } from '../../../shared/contract/connections.ts';
import { connectionOf, connectionSource, effectiveSource, listSources } from './sources.ts';

const broker = (phase: BrokerStatus['phase']): BrokerStatus => ({
  phase,
  engine: 'aedes',
  persistenceProblem: null,
  listeners: [],
  startedWith: [],
  startedAt: null,
  failure: null,
  clientCount: 0,
  tapDropped: 0,
  demoDevice: { enabled: true, running: false },
});

function connections(...entries: readonly (readonly [id: string, status: Partial<ConnectionStatus> | null])[]): ConnectionsView {
  return {
    profiles: entries.map(([id]) => ({
      ...newProfile(id, { name: `Name of ${id}`, uri: 'mqtt://h' }),
      secretsSet: [],
    })),
    statuses: entries.flatMap(([id, status]) => (status === null ? [] : [idleStatus(id, status)])),
  };
}

describe('listSources', () => {
  it('offers the local broker before anything is known', () => {
    expect(listSources(undefined, undefined)).toEqual([{ id: 'broker', name: 'Local broker', tone: 'off', state: 'stopped', live: false }]);
  });

  it('tells a plain disconnect from one after a problem', () => {
    const view = connections(['a', null], ['b', { lastProblem: { code: 'connect-failed', message: 'Refused.' } }], ['c', { phase: 'connected' }]);
    expect(listSources(broker('running'), view).map(({ id, tone, live }) => [id, tone, live])).toEqual([
      ['broker', 'ok', true],
      ['connection:a', 'off', false],
      ['connection:b', 'bad', false],
      ['connection:c', 'ok', true],
    ]);
  });
});

describe('effectiveSource', () => {
  const sources = listSources(broker('stopped'), connections(['a', { phase: 'connected' }], ['b', null]));
  it('keeps a chosen source even while it is down', () => expect(effectiveSource('connection:b', sources)).toBe('connection:b'));
  it('falls back to the first live one', () => expect(effectiveSource('connection:gone', sources)).toBe('connection:a'));
  it('is the local broker when nothing is live', () => expect(effectiveSource(null, listSources(undefined, undefined))).toBe('broker'));
});

it('converts between sources and connections', () => {
  expect(connectionSource('x')).toBe('connection:x');
  expect(connectionOf('connection:x')).toBe('x');
  expect(connectionOf('broker')).toBeNull();
});
