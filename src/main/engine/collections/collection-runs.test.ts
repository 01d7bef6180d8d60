import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CallsFrame } from '../../../shared/contract/call-history.ts';
import { savedRequestSchema, type RunEvent, type RunResult, type SavedRequest, type SavedRequestInput } from '../../../shared/contract/collections.ts';
import type { EngineContract } from '../../../shared/contract/index.ts';
import type { Client } from '../../../shared/ipc/connect.ts';
import { openEngine, type TestEngine } from '../../../../test/support/engine.ts';

let workbench: TestEngine;
let folder: string;
let page: Client<EngineContract>;
const device = 'edge/demo-thermostat';

beforeAll(async () => {
  workbench = await openEngine();
  ({ page, folder } = workbench);
  await page.call('broker.start', { host: '127.0.0.1', tcpPort: 0, webSocketPort: null });
  // The device is there when it is subscribed.
  await new Promise<void>((resolve) => {
    page.stream('broker.clients', undefined, {
      item: (clients) => {
        if (clients.some(({ clientId, subscriptions }) => clientId === 'demo-thermostat' && subscriptions.length === 2)) resolve();
      },
    });
  });
}, 60_000);
afterAll(async () => {
  await workbench.close();
  expect(workbench.bugs).toEqual([]);
});

const request = (name: string, method: string, more: Partial<SavedRequestInput> = {}): SavedRequest =>
  savedRequestSchema.parse({ kind: 'rpc', name, topic: '{{device}}', method, ...more });

async function collection(name: string, requests: readonly SavedRequest[]): Promise<string> {
  const { id } = await page.call('collections.create', { name });
  for (const one of requests) await page.call('collections.createRequest', { parentId: id, request: one });
  return id;
}

interface Ran {
  readonly events: readonly RunEvent[];
  readonly results: readonly RunResult[];
}

interface Input {
  readonly id: string;
  readonly source?: `connection:${string}`;
  readonly environmentId?: string;
  readonly variables?: Record<string, string>;
}

/** `onEvent` gets what closes the stream. */
function run(input: Input, onEvent: (event: RunEvent, close: () => void) => void = () => undefined): Promise<Ran> {
  const events: RunEvent[] = [];
  const ended = (): Ran => ({ events, results: events.flatMap((event) => (event.type === 'result' ? [event.result] : [])) });
  return new Promise((resolve, reject) => {
    const close = page.stream(
      'collections.run',
      { source: 'broker', environmentId: null, variables: { device }, iterations: 1, delayMs: 0, stopOnFailure: false, ...input },
      {
        item(event) {
          events.push(event);
          onEvent(event, () => {
            close();
            resolve(ended());
          });
        },
        end: (error) => (error ? reject(error) : resolve(ended())),
      },
    );
  });
}

function calls(): Promise<CallsFrame> {
  return new Promise((resolve) => {
    const window = { viewId: randomUUID(), filter: {}, first: 0, count: 100, frozen: false };
    const close = page.stream('callHistory.list', window, { item: (newest) => finish(newest) });
    const finish = (newest: CallsFrame): void => {
      if (newest.looked !== null) return;
      close();
      resolve(newest);
    };
  });
}

describe('a collection of the workspace', () => {
  it('is run against the demo device, and its calls are in the list of all calls', async () => {
    const id = await collection('Thermostat', [
      request('1 set', 'set_target', {
        params: '{"target": {{target}}}',
        assertions: [
          { kind: 'path', path: '$.target', operator: 'equals', value: '{{target}}' },
          { kind: 'schema', schema: { type: 'object', required: ['target'] } },
          { kind: 'time', belowMs: 20_000 },
        ],
        captures: [{ name: 'was', path: '$.target' }],
      }),
      request('2 read', 'get_status', { assertions: [{ kind: 'path', path: '$.target', operator: 'equals', value: '{{was}}' }] }),
      request('3 wrong', 'get_status', { assertions: [{ kind: 'path', path: '$.target', operator: 'greater', value: 100 }] }),
      request('4 unknown', 'melt', { assertions: [{ kind: 'status', is: 'failed', error: 'METHOD_NOT_FOUND' }] }),
      request('5 slow', 'run_self_test', { timeoutMs: 50, assertions: [{ kind: 'status', is: 'timed-out' }] }),
    ]);
    await page.call('environments.save', {
      environment: {
        id: 'lab',
        name: 'Lab',
        variables: [
          { name: 'device', value: device, secret: false },
          { name: 'target', value: '22.5', secret: true },
        ],
      },
    });
    const { events, results } = await run({ id, environmentId: 'lab', variables: {} });
    expect(results.map(({ state, problem, assertions }) => [state, problem, assertions.filter(({ passed }) => !passed).map(({ label }) => label)])).toEqual([
      ['passed', null, []],
      ['passed', null, []],
      ['failed', null, ['$.target is greater than 100']],
      ['passed', null, []],
      ['passed', null, []],
    ]);
    expect(results[2]?.assertions[1]).toMatchObject({ expected: '100', actual: '•••', message: '$.target is not greater.' });
    expect(events.at(-1)).toMatchObject({ type: 'ended', summary: { state: 'finished', passed: 4, failed: 1 } });
    const listed = (await calls()).rows.filter(({ own }) => own).map(({ id: callId, method }) => [callId, method]);
    expect(listed).toEqual(
      expect.arrayContaining(results.map(({ callId }, index) => [callId, ['set_target', 'get_status', 'get_status', 'melt', 'run_self_test'][index]])),
    );
  });

  it('can be run in part, and cancelled by closing the stream', async () => {
    const id = await collection('Slow', [request('a', 'get_status'), request('b', 'run_self_test'), request('c', 'get_status')]);
    expect((await run({ id: `${id}/c.request.json` })).results).toMatchObject([{ state: 'passed' }]);
    await run({ id }, (event, close) => {
      if (event.type === 'running' && event.index === 1) close();
    });
    await vi.waitUntil(async () => (await calls()).rows.some(({ method, state }) => method === 'run_self_test' && state === 'cancelled'), { timeout: 20_000 });
  });

  it('says before anything is sent what is wrong', async () => {
    const id = await collection('Wrong', [request('a', 'get_status')]);
    await expect(run({ id: 'Nowhere' })).rejects.toMatchObject({ code: 'not-found' });
    await expect(run({ id: `${id}/b.request.json` })).rejects.toMatchObject({ code: 'not-found' });
    await expect(run({ id, environmentId: 'nowhere' })).rejects.toMatchObject({ code: 'not-found' });
    await expect(run({ id: '../x' })).rejects.toMatchObject({ code: 'bad-input' });
    expect((await run({ id, source: 'connection:gone' })).results).toMatchObject([{ state: 'failed', problem: { code: 'not-found' } }]);
    await writeFile(path.join(folder, 'collections', id, 'collection.json'), '{');
    await expect(run({ id })).rejects.toMatchObject({ code: 'invalid-state' });
  });

  it('may hold a file that cannot be used: it fails, the others run', async () => {
    const id = await collection('Broken', [request('a', 'get_status')]);
    await mkdir(path.join(folder, 'collections', id, 'folder'));
    await writeFile(path.join(folder, 'collections', id, 'folder', 'b.request.json'), '{');
    const { events, results } = await run({ id });
    expect(results).toMatchObject([{ state: 'passed' }, { state: 'failed', problem: { message: expect.stringContaining('not valid JSON') } }]);
    expect(events[0]).toMatchObject({
      requests: [
        { name: 'a', folder: '' },
        { name: 'b', folder: 'folder', problem: {} },
      ],
    });
  });
});

describe('a call made by hand', () => {
  const byHand = { source: 'broker', dialect: 'mqttxx2', topic: '{{device}}', method: 'set_target', timeoutMs: 20_000, variables: true } as const;

  it('is filled in from the chosen environment', async () => {
    const variables = [
      { name: 'device', value: device, secret: false },
      { name: 'target', value: '17.5', secret: true },
    ];
    await page.call('environments.save', { environment: { id: 'hand', name: 'By hand', variables } });
    await expect(page.call('rpc.call', { ...byHand, params: '{"target": {{target}}}' })).rejects.toMatchObject({
      code: 'bad-input',
      message: 'The topic: “device” is not known.',
    });
    await page.call('environments.choose', { id: 'hand' });
    const { id } = await page.call('rpc.call', { ...byHand, params: '{"target": {{target}}}' });
    const seen = await vi.waitUntil(async () => (await calls()).rows.find((row) => row.id === id && row.state !== 'pending'), { timeout: 20_000 });
    expect(seen).toMatchObject({ state: 'ok', topic: device });
    await expect(page.call('rpc.call', { ...byHand, params: '{"target": {{nope}}}' })).rejects.toMatchObject({
      code: 'bad-input',
      message: 'The params: “nope” is not known.',
    });
    await expect(page.call('rpc.call', { ...byHand, params: { target: 1 } })).rejects.toMatchObject({ code: 'bad-input' });
    await page.call('environments.choose', { id: null });
  });
});
