import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { RawClient } from '../../../../test/conformance/mqtt/raw-client.ts';
import { dialTcp } from '../../../../test/conformance/mqtt/streams.ts';
import { openEngine, type TestEngine } from '../../../../test/support/engine.ts';
import type { BrokerProfilesView } from '../../../shared/contract/broker-profiles.ts';

let test: TestEngine;
beforeEach(async () => {
  test = await openEngine();
  await test.page.call('broker.setDemoDevice', { enabled: false });
  await test.page.call('workspace.updateSettings', { broker: { tcpPort: 0, webSocketPort: null } });
});
afterEach(async () => {
  await test.close();
  expect(test.bugs).toEqual([]);
});

const fileOf = (name: string): string => path.join(test.folder, 'brokers', `${name}.yaml`);
const view = (wanted: (view: BrokerProfilesView) => boolean): Promise<BrokerProfilesView> => test.first('brokerProfiles.watch', undefined, wanted);

async function start(): Promise<number> {
  const { listeners, failure } = await test.page.call('broker.start', {});
  expect(failure).toBeNull();
  return listeners[0]?.port ?? 0;
}

async function subscribed(port: number): Promise<number | undefined> {
  const client = new RawClient(await dialTcp(port), 5);
  await client.connect({ clientId: 'c' });
  const { codes } = await client.subscribe('a/b');
  client.drop();
  return codes[0];
}

it('uses rules from a file that is changed by hand at once, and says what waits for a restart', async () => {
  const port = await start();
  expect(await subscribed(port)).toBe(2);
  const text = await readFile(fileOf('default'), 'utf8');
  await writeFile(
    fileOf('default'),
    `${text}limits: {maximumQos: 1}\n`.replace('login: anybody', 'login: anybody\n  rules: [{effect: deny, action: subscribe, filter: a/#}]'),
  );
  await vi.waitFor(async () => expect(await subscribed(port)).toBe(0x87), { timeout: 15_000 });
  const { pending } = await view((now) => now.pending.length > 0);
  expect(pending).toEqual([{ path: 'limits.maximumQos', before: '2', after: '1', restart: true }]);
});

it('is chosen with what it changes, and starts the broker again with it', async () => {
  await start();
  const { name } = await test.page.call('brokerProfiles.create', { name: 'poor', text: 'tcpPort: 0\nwebSocketPort: off\nlimits: {maximumQos: 0}\n' });
  expect(await test.page.call('brokerProfiles.compare', { name })).toEqual([{ path: 'limits.maximumQos', before: '2', after: '0', restart: true }]);
  await test.page.call('brokerProfiles.choose', { name, restart: true });
  const status = await test.first('broker.status', undefined, ({ phase }) => phase === 'running');
  expect(await subscribed(status.listeners[0]?.port ?? 0)).toBe(0);
  expect(await view(() => true)).toMatchObject({ current: 'poor', problem: null, pending: [] });
});

it('keeps the broker from starting while it is broken, and says where', async () => {
  await writeFile(fileOf('default'), 'acces: {}\n');
  await expect(test.page.call('broker.start', {})).rejects.toMatchObject({
    code: 'invalid-state',
    message: 'brokers/default.yaml, line 1, column 1: There is no key “acces” here. Did you mean “access”?',
  });
  await expect(test.engine.startBroker()).rejects.toMatchObject({ code: 'invalid-state' });
  await expect(test.page.call('workspace.updateSettings', { broker: { tcpPort: 1 } })).rejects.toMatchObject({ code: 'invalid-state' });
  expect(await readFile(fileOf('default'), 'utf8')).toBe('acces: {}\n');
});

it('is read from elsewhere without making anything', async () => {
  const read = await test.page.call('brokerProfiles.readImport', { text: 'listener 1999 127.0.0.1\nallow_anonymous true\nmount_point x\n' });
  expect(read).toMatchObject({ format: 'mosquitto', problem: null, notes: [{ kind: 'lost', line: 3, key: 'mount_point' }] });
  expect(read.text).toContain('tcpPort: 1999');
  expect((await view(() => true)).profiles.map(({ name }) => name)).toEqual(['default']);
});
