import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ConnectionsView } from '../../../shared/contract/connections.ts';
import type { EngineContract } from '../../../shared/contract/index.ts';
import { connect, type Client } from '../../../shared/ipc/connect.ts';
import { memoryTransportPair } from '../../../shared/ipc/memory-transport.ts';
import { startEngine, type Engine } from '../main.ts';

let folder: string;
let engine: Engine;
let page: Client<EngineContract>;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'transfer-'));
  const source = (name: string): string => new URL(name, import.meta.url).href;
  engine = await startEngine({
    ...{ host: 'browser', appVersion: '1', workspaceFolder: folder, instance: 'run', cipher: 'key-file', now: Date.now, random: Math.random },
    workers: { broker: source('../broker/broker-worker.ts'), store: source('../store/store-worker.ts') },
    onBug: (error) => {
      throw error;
    },
  });
  page = connect<EngineContract>({
    open: async () => {
      const [ours, theirs] = memoryTransportPair();
      engine.serve(theirs);
      return ours;
    },
    backoffMs: () => undefined,
  });
});
afterEach(async () => {
  page.close();
  await engine.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

async function current(): Promise<ConnectionsView> {
  return new Promise((resolve) => {
    const stop = page.stream('connections.watch', undefined, {
      item: (view) => {
        resolve(view);
        queueMicrotask(() => stop());
      },
    });
  });
}

const hall = { name: 'Hall', clientId: 'a', host: 'h', port: 1883, username: 'u', password: 's3cret' };
const text = JSON.stringify([hall, hall, { name: 'Other', clientId: 'b', host: 'h', port: 1884, folder: 'x' }]);

test('a preview says what will be there without its secrets, and the chosen ones are created with them', async () => {
  const preview = await page.call('connections.readImport', { text });
  expect(preview).toMatchObject({ format: 'mqttx', problem: null, connections: [{ name: 'Hall', secrets: ['password'] }, {}, { name: 'Other', secrets: [] }] });
  expect(JSON.stringify(preview)).not.toContain('s3cret');
  const { ids, problem } = await page.call('connections.import', { text, chosen: [0, 1, 1], folder: 'Site' });
  expect(problem).toBeNull();
  expect(new Set(ids).size).toBe(2);
  const { profiles } = await current();
  expect(profiles.map(({ id, name, folder: place, secretsSet }) => ({ id, name, place, secretsSet }))).toEqual(
    expect.arrayContaining([
      { id: ids[0], name: 'Hall', place: 'Site', secretsSet: ['password'] },
      { id: ids[1], name: 'Hall 2', place: 'Site', secretsSet: ['password'] },
    ]),
  );
  const plain = await page.call('connections.export', { ids: [...ids], format: 'uri', secrets: false });
  expect(plain.text).toBe('mqtt://u@h\nmqtt://u@h\n');
  const secret = await page.call('connections.export', { ids: [...ids], format: 'uri', secrets: true });
  expect(secret.text).toBe('mqtt://u:s3cret@h\nmqtt://u:s3cret@h\n');
});

test('what cannot be imported is told', async () => {
  expect(await page.call('connections.readImport', { text: '{"a": ' })).toMatchObject({
    connections: [],
    problem: { message: expect.stringContaining('JSON') as string },
  });
  await expect(page.call('connections.import', { text: 'x', chosen: [0], folder: '' })).rejects.toMatchObject({ code: 'bad-input' });
  await expect(page.call('connections.import', { text, chosen: [7], folder: '' })).rejects.toMatchObject({ code: 'not-found' });
  await expect(page.call('connections.export', { ids: ['none'], format: 'uri', secrets: false })).rejects.toMatchObject({ code: 'not-found' });
});

test('there is room for 1000', async () => {
  const many = Array.from({ length: 1000 }, (_, at) => `mqtt://h${at}`).join('\n');
  await page.call('connections.import', { text, chosen: [0], folder: '' });
  await expect(page.call('connections.import', { text: many, chosen: Array.from({ length: 1000 }, (_, at) => at), folder: '' })).rejects.toMatchObject({
    code: 'invalid-state',
  });
});
