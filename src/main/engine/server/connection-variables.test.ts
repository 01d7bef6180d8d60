import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { newProfile } from '../../../shared/connections/new-profile.ts';
import type { ConnectionCheck } from '../../../shared/contract/connection-check.ts';
import type { EngineContract } from '../../../shared/contract/index.ts';
import { connect, type Client } from '../../../shared/ipc/connect.ts';
import { memoryTransportPair } from '../../../shared/ipc/memory-transport.ts';
import { startEngine, type Engine } from '../main.ts';

let folder: string;
let engine: Engine;
let page: Client<EngineContract>;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'variables-'));
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

const profile = newProfile('lab', { name: 'Lab', uri: 'mqtt://{{host}}:{{port}}', clientId: 'bench-{{bench}}' });

async function choose(variables: readonly { readonly name: string; readonly value: string; readonly secret: boolean }[]): Promise<void> {
  await page.call('environments.save', { environment: { id: 'bench', name: 'Bench', variables: [...variables] } });
  await page.call('environments.choose', { id: 'bench' });
}

/** The step "address", once the check is over. */
async function addressStep(): Promise<ConnectionCheck['steps'][number] | undefined> {
  let last: ConnectionCheck | undefined;
  await new Promise<void>((resolve, reject) => {
    page.stream('connections.check', { profile, probe: {} }, { item: (item) => void (last = item), end: (error) => (error ? reject(error) : resolve()) });
  });
  return last?.steps.find(({ id }) => id === 'address');
}

test('a connection takes address and client id from the chosen environment, its check as well', async () => {
  const { listeners } = await page.call('broker.start', { host: '127.0.0.1', tcpPort: 0, webSocketPort: null });
  const { port } = new URL(listeners[0]?.url ?? '');
  await page.call('connections.save', { profile, secrets: { password: 'a{{b' } });
  await choose([
    { name: 'host', value: '127.0.0.1', secret: true },
    { name: 'port', value: port, secret: false },
    { name: 'bench', value: '7', secret: false },
  ]);
  const step = await addressStep();
  expect(step).toMatchObject({ state: 'passed' });
  // The host is a secret here; the port is not.
  expect(JSON.stringify(step)).not.toContain('127.0.0.1');
  expect(JSON.stringify(step)).toContain(`•••:${port}`);
  await page.call('connections.connect', { id: 'lab' });
  const { clientId } = await new Promise<{ readonly clientId: string | null }>((resolve) => {
    page.stream('connections.watch', undefined, {
      item: ({ statuses: [status] }) => {
        if (status?.phase === 'connected') resolve(status);
      },
    });
  });
  expect(clientId).toBe('bench-7');
});

test('a variable that is missing is named, with the environment', async () => {
  await page.call('connections.save', { profile });
  await expect(page.call('connections.connect', { id: 'lab' })).rejects.toMatchObject({
    message: expect.stringMatching(/The address: .*host/) as string,
    advice: expect.stringContaining('No environment is chosen.') as string,
  });
  await choose([{ name: 'host', value: 'h', secret: false }]);
  const step = await addressStep();
  expect(step).toMatchObject({ state: 'failed', code: 'bad-template', message: expect.stringContaining('port') as string });
  expect(step?.advice).toContain('The environment is "Bench".');
});

test('a failure does not tell a secret host', async () => {
  await page.call('connections.save', { profile: { ...profile, uri: 'mqtt://{{host}}:1' } });
  await choose([
    { name: 'host', value: '127.0.0.1', secret: true },
    { name: 'bench', value: '7', secret: false },
  ]);
  const failure: unknown = await page.call('connections.connect', { id: 'lab' }).catch((error: unknown) => error);
  expect(failure).toMatchObject({ message: expect.stringContaining('•••') as string });
  expect(String(failure)).not.toContain('127.0.0.1');
});
