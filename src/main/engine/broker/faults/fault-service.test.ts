import { expect, it } from 'vitest';
import { faultProfile, faultRule } from '../../../../../test/support/faulty-core.ts';
import { faultPresets } from '../../../../shared/broker/faults/fault-presets.ts';
import type { FaultConfig } from '../../../../shared/broker/faults/fault-rules.ts';
import { noFaultFile, noFaultReport, type FaultFile } from '../../../../shared/contract/broker-faults.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { createFaultService } from './fault-service.ts';

function lab(file: FaultFile = noFaultFile, save: (file: FaultFile) => Promise<void> = () => Promise.resolve()) {
  const set: FaultConfig[] = [];
  const saved: FaultFile[] = [];
  let ids = 0;
  const service = createFaultService({
    file: {
      read: () => file,
      save: (next) => {
        saved.push(next);
        return save(next);
      },
    },
    broker: {
      setFaults: (config) => {
        set.push(config);
        return Promise.resolve();
      },
      faultReport: () => noFaultReport,
      clients: () => [
        { clientId: 'demo', username: 'workbench' },
        { clientId: 'other', username: null },
      ],
    },
    ownUsername: 'workbench',
    now: () => 5,
    newId: () => `id${(ids += 1)}`,
  });
  return { service, set, saved };
}

const lossy = faultProfile([faultRule({ kind: 'drop' })]);
const forAll = { profile: lossy, scope: { kind: 'all' }, includeOwn: false, keep: false } as const;

it('turns faults on and off, one by one and all at once', async () => {
  const { service, set, saved } = lab();
  let changes = 0;
  service.changed.subscribe(() => (changes += 1));
  const first = await service.turnOn(forAll);
  const second = await service.turnOn({ ...forAll, scope: { kind: 'client', clientId: 'x*' } });
  expect(service.view().active.map(({ id, since }) => [id, since])).toEqual([
    [first, 5],
    [second, 5],
  ]);
  expect(service.view().ownClients).toEqual(['demo']);
  await service.turnOff(first);
  expect(set.at(-1)?.active.map(({ id }) => id)).toEqual([second]);
  await service.setCurlMode('tcp', true);
  await service.turnOff();
  expect(set.at(-1)).toEqual({ active: [], curlListeners: [] });
  // Only the switch of the listener is kept, and that it is off.
  expect(saved.map(({ curlListeners }) => curlListeners)).toEqual([['tcp'], []]);
  const before = changes;
  await service.turnOff('nothing');
  expect(changes).toBe(before);
});

it('ends faults with the broker, but those that are kept, which the next run has as well', async () => {
  const { service, set, saved } = lab();
  await service.turnOn(forAll);
  await service.turnOn({ ...forAll, keep: true });
  for (const phase of ['starting', 'running', 'failed', 'starting', 'running'] as const) service.brokerIs(phase);
  expect(service.view().active).toHaveLength(2);
  for (const phase of ['stopping', 'stopped'] as const) service.brokerIs(phase);
  expect(service.view().active.map(({ keep }) => keep)).toEqual([true]);
  expect(set.at(-1)?.active).toHaveLength(1);
  const kept = saved.at(-1) ?? noFaultFile;
  const next = lab(kept);
  expect(next.service.view().active).toEqual(kept.kept);
  expect(next.set).toHaveLength(1);
  await next.service.turnOff();
  expect(next.saved.at(-1)?.kept).toEqual([]);
});

it('keeps profiles of the user; what is on changes with its profile', async () => {
  const { service, set } = lab();
  await service.saveProfile(lossy);
  await service.turnOn(forAll);
  await service.saveProfile({ ...lossy, name: 'Worse' });
  expect(service.view().profiles.map(({ name }) => name)).toEqual(['Worse']);
  expect(set.at(-1)?.active[0]?.profile.name).toBe('Worse');
  const [preset] = faultPresets;
  if (preset) await expect(service.saveProfile(preset)).rejects.toMatchObject({ code: 'bad-input' });
  await service.removeProfile('p');
  await expect(service.removeProfile('p')).rejects.toMatchObject({ code: 'not-found' });
  // It goes on until it is ended.
  expect(service.view().active).toHaveLength(1);
});

it('has bounds, and says when nothing can be written while it counts all the same', async () => {
  const { service, set } = lab(noFaultFile, () => Promise.reject(new CodedError('workspace-unwritable', 'full')));
  for (let n = 0; n < 50; n += 1) await service.turnOn(forAll);
  await expect(service.turnOn(forAll)).rejects.toMatchObject({ code: 'invalid-state' });
  await expect(service.saveProfile(lossy)).rejects.toMatchObject({ code: 'workspace-unwritable' });
  expect(service.view().profiles).toHaveLength(1);
  expect(set.at(-1)?.active).toHaveLength(50);
});
