import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BrokerStatus } from '../../../shared/contract/broker.ts';
import type { EngineContract } from '../../../shared/contract/index.ts';
import type { CallDetail, CallQuery, CallsPage, RpcMethodDetail, RpcTreeFrame } from '../../../shared/contract/rpc.ts';
import type { InputOf } from '../../../shared/ipc/contract.ts';
import { connect, type Client } from '../../../shared/ipc/connect.ts';
import { memoryTransportPair } from '../../../shared/ipc/memory-transport.ts';
import { startEngine, type Engine } from '../main.ts';

const source = (name: string): string => new URL(name, import.meta.url).href;
const device = { source: 'broker', dialect: 'mqttxx2', topic: 'edge/demo-thermostat' } as const;
const asked = { ...device, params: null, timeoutMs: 30_000 };

let folder: string;
const cleanups: (() => unknown)[] = [];
const bugs: unknown[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'engine-rpc-'));
});
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  expect(bugs.splice(0)).toEqual([]);
});

async function start(): Promise<{ readonly engine: Engine; readonly page: Client<EngineContract> }> {
  const engine = await startEngine({
    host: 'browser',
    appVersion: '1.2.3',
    workspaceFolder: folder,
    workers: { broker: source('../broker/broker-worker.ts'), store: source('../store/store-worker.ts') },
    instance: 'run',
    cipher: 'key-file',
    now: Date.now,
    random: Math.random,
    onBug: (error, where) => void bugs.push([where, error]),
  });
  cleanups.push(() => engine.close());
  const page = connect<EngineContract>({
    open: async () => {
      const [ours, theirs] = memoryTransportPair();
      engine.serve(theirs);
      return ours;
    },
    backoffMs: () => undefined,
  });
  cleanups.push(() => page.close());
  return { engine, page };
}

async function startBroker(page: Client<EngineContract>, more: { readonly engine?: 'workbench' | 'aedes' } = {}): Promise<BrokerStatus> {
  const status = await page.call('broker.start', { host: '127.0.0.1', tcpPort: 0, webSocketPort: null, ...more });
  expect(status).toMatchObject({ phase: 'running', failure: null });
  await expect.poll(() => newest(page, 'broker.status', undefined), { timeout: 10_000 }).toMatchObject({ demoDevice: { running: true } });
  return status;
}

async function newest(page: Client<EngineContract>, name: 'broker.status', input: undefined): Promise<unknown> {
  return new Promise((resolve) => {
    const close = page.stream(name, input, {
      item: (item) => {
        resolve(item);
        setImmediate(() => close());
      },
    });
  });
}

/** What a call has become when it is not pending any more. */
async function ended(page: Client<EngineContract>, id: number): Promise<CallDetail> {
  return new Promise((resolve, reject) => {
    const close = page.stream(
      'rpc.detail',
      { id },
      {
        item: (detail) => {
          if (detail === null) reject(new Error('no such call'));
          else if (detail.state !== 'pending') resolve(detail);
          else return;
          setImmediate(() => close());
        },
      },
    );
  });
}

async function call(page: Client<EngineContract>, input: Partial<InputOf<EngineContract['rpc.call']>> & { readonly method: string }): Promise<CallDetail> {
  const { id } = await page.call('rpc.call', { ...asked, ...input });
  return ended(page, id);
}

function follow<T>(open: (listener: { item(item: T): void }) => () => void): { readonly value: () => T | undefined } {
  let last: T | undefined;
  cleanups.push(open({ item: (item) => void (last = item) }));
  return { value: () => last };
}
const treeOf = (page: Client<EngineContract>, filter = '') =>
  follow<RpcTreeFrame>((listener) => page.stream('rpc.tree', { source: 'broker', viewId: 'tree', first: 0, count: 50, filter }, listener));
const methodOf = (page: Client<EngineContract>, method: string) =>
  follow<RpcMethodDetail | null>((listener) => page.stream('rpc.method', { ...device, method }, listener));
const callsOf = (page: Client<EngineContract>, query: Pick<CallQuery, 'topic' | 'method' | 'states'> = {}) =>
  follow<CallsPage>((listener) => page.stream('rpc.calls', { limit: 50, text: '', offset: 0, ...query }, listener));

async function client(url: string, options: Parameters<typeof connectAsync>[1] = {}): Promise<MqttClient> {
  const opened = await connectAsync(url, { reconnectPeriod: 0, protocolVersion: 5, ...options });
  cleanups.push(() => opened.endAsync(true));
  return opened;
}

describe('own calls on the local broker', () => {
  it('discovers the demo device by calling it', async () => {
    const { page } = await start();
    await startBroker(page);
    const tree = treeOf(page);
    const calls = callsOf(page);
    const done = await call(page, { method: 'get_status' });
    expect(done).toMatchObject({ state: 'ok', own: true, method: 'get_status', topic: device.topic, duplicates: 0, params: null });
    expect(done.result).toMatchObject({ target: expect.any(Number) as unknown, heater: expect.any(String) as unknown });
    expect(done.elapsedMs).toBeGreaterThan(0);
    expect(done.steps.map(({ at }) => at).toSorted()).toEqual(expect.arrayContaining(['answered', 'sent']));
    expect(done.callerId).toBe('workbench-rpc');
    expect(done.replyTo).toContain('workbench-rpc');

    // The tap tells the numbers of the messages in the history.
    await expect.poll(async () => (await ended(page, done.id)).request?.messageId).toBeGreaterThan(0);
    await expect.poll(async () => (await ended(page, done.id)).answers[0]?.messageId).toBeGreaterThan(0);
    await expect.poll(async () => (await ended(page, done.id)).steps.map(({ at }) => at).toSorted()).toEqual(['acknowledged', 'answered', 'sent']);
    expect(await ended(page, done.id)).toMatchObject({ duplicates: 0, answers: [{}] });

    await expect
      .poll(() => tree.value())
      .toMatchObject({ serviceCount: 1, methodCount: 1, totalRows: 1, rows: [{ kind: 'service', topic: device.topic, calls: 1 }] });
    await page.call('rpc.setExpanded', { viewId: 'tree', key: tree.value()?.rows[0]?.key ?? '', expanded: true });
    await expect.poll(() => tree.value()?.rows[1]).toMatchObject({ kind: 'method', method: 'get_status', calls: 1, failures: 0, pending: 0 });
    const method = methodOf(page, 'get_status');
    await expect
      .poll(() => method.value())
      .toMatchObject({
        calls: 1,
        succeeded: 1,
        resultSchema: { type: 'object', properties: { target: { type: 'number' } } },
        callers: [{ callerId: 'workbench-rpc', calls: 1 }],
      });
    expect(calls.value()).toMatchObject({ total: 1, forgotten: 0, rows: [{ id: done.id, state: 'ok' }] });
  }, 30_000);

  it('tells failures of the peer, unknown methods, time-outs and cancelled calls apart', async () => {
    const { page } = await start();
    await startBroker(page);
    const failed = await call(page, { method: 'calibrate' });
    expect(failed).toMatchObject({
      state: 'failed',
      error: { name: 'RPC_EXECUTION_ERROR', origin: 'remote' },
      errorText: expect.stringContaining('reference sensor') as unknown,
    });
    const unknown = await call(page, { method: 'fly' });
    expect(unknown).toMatchObject({ state: 'failed', error: { name: 'METHOD_NOT_FOUND', code: 3001, origin: 'remote' } });
    const badTarget = await call(page, { method: 'set_target', params: { target: 99 } });
    expect(badTarget).toMatchObject({ state: 'failed', params: { target: 99 } });

    const slow = await page.call('rpc.call', { ...asked, method: 'run_self_test' });
    const method = methodOf(page, 'run_self_test');
    await expect.poll(() => method.value()?.calls).toBe(1);
    expect(await page.call('rpc.cancel', slow)).toBe(true);
    expect(await page.call('rpc.cancel', slow)).toBe(false);
    expect(await ended(page, slow.id)).toMatchObject({ state: 'cancelled' });

    const timedOut = await call(page, { method: 'run_self_test', timeoutMs: 150 });
    expect(timedOut).toMatchObject({ state: 'timed-out', error: { name: 'RPC_TIMEOUT', code: 3002, origin: 'local' } });
    // Its answer comes after all, as that of the cancelled one does.
    await expect.poll(async () => (await ended(page, timedOut.id)).state, { timeout: 10_000 }).toBe('late');
    await expect.poll(async () => (await ended(page, slow.id)).answers.length, { timeout: 10_000 }).toBe(1);
    expect(await ended(page, slow.id)).toMatchObject({ state: 'cancelled', result: { passed: true } });
    expect(method.value()).toMatchObject({ calls: 2, succeeded: 0, failed: 0, timedOut: 1 });
  }, 30_000);

  it('says when nobody is there, and refuses the 101st call at once', async () => {
    const { page } = await start();
    const status = await startBroker(page);
    const nobody = await call(page, { topic: 'edge/nobody', method: 'get_status' });
    expect(nobody).toMatchObject({
      state: 'failed',
      error: { name: 'PEER_UNREACHABLE', message: expect.stringContaining('No subscriber received the request') as unknown },
    });

    const silent = await client(status.listeners[0]?.url ?? '', { clientId: 'silent' });
    await silent.subscribeAsync('edge/silent');
    const waiting = await Promise.all(
      Array.from({ length: 100 }, () => page.call('rpc.call', { ...asked, topic: 'edge/silent', method: 'wait', timeoutMs: 600_000 })),
    );
    const refused = await call(page, { topic: 'edge/silent', method: 'wait' });
    expect(refused).toMatchObject({ state: 'failed', request: null, error: { name: 'TOO_MANY_PENDING_CALLS', code: 3004 } });
    expect(await page.call('rpc.cancel', waiting[0] as { id: number })).toBe(true);
    const { id } = await page.call('rpc.call', { ...asked, topic: 'edge/silent', method: 'wait' });
    // The broker goes, and with it every call.
    await page.call('broker.stop', undefined);
    expect(await ended(page, id)).toMatchObject({ state: 'failed', error: { name: 'CONNECTION_LOST' } });
    await expect(page.call('rpc.call', { ...asked, method: 'get_status' })).rejects.toMatchObject({ code: 'broker-not-running' });
  }, 30_000);
});
