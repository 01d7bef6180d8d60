import { describe, expect, it } from 'vitest';
import type { EngineContract } from '../../../shared/contract/index.ts';
import type { BatchStatus } from '../../../shared/contract/rpc-batches.ts';
import type { TimelineStepKind } from '../../../shared/contract/rpc-timeline.ts';
import type { Client } from '../../../shared/ipc/connect.ts';
import type { ItemOf } from '../../../shared/ipc/contract.ts';
import { first } from '../../../../test/support/engine.ts';
import { asked, call, callsOf, cleanUpAfterEach, client, connected, device, follow, overLab, start, startBroker } from '../../../../test/support/rpc-engine.ts';

cleanUpAfterEach();

/** What the local broker tells of a call, once it has told all. */
const timelineOf = (page: Client<EngineContract>, id: number, wanted: TimelineStepKind) =>
  first(page, 'rpc.timeline', { id }, (now) => now?.timeline?.steps.some(({ kind }) => kind === wanted) ?? false);
const kindsOf = (told: ItemOf<EngineContract['rpc.timeline']>): readonly string[] => told?.timeline?.steps.map(({ kind }) => kind) ?? [];

describe('the way of a call inside the local broker', () => {
  it('is told step by step, without a gap below zero', async () => {
    const { page } = await start();
    await startBroker(page);
    const done = await call(page, { method: 'get_status' });
    const told = await timelineOf(page, done.id, 'answer-delivered');
    expect(kindsOf(told).toSorted()).toEqual(
      ['published', 'request-arrived', 'request-delivered', 'acknowledged', 'answer-arrived', 'answer-delivered', 'received'].toSorted(),
    );
    const steps = told?.timeline?.steps ?? [];
    expect(steps.every(({ gapMs }) => gapMs >= 0)).toBe(true);
    expect(steps[0]?.kind).toBe('published');
    expect(steps.at(-1)?.kind).toMatch(/received|acknowledged/);
    // The demo device has the name of its client.
    expect(steps.find(({ kind }) => kind === 'request-delivered')).toMatchObject({ clientId: 'demo-thermostat', state: 'written' });
    expect(steps.find(({ kind }) => kind === 'answer-arrived')).toMatchObject({ clientId: 'demo-thermostat' });
    // One clock: the broker is between the two ends of the call.
    const order = kindsOf(told).filter((kind) => kind !== 'acknowledged');
    expect(order).toEqual(['published', 'request-arrived', 'request-delivered', 'answer-arrived', 'answer-delivered', 'received']);
    expect(done.replySubscription).toEqual({ filter: done.replyTo, askedQos: 1, grantedQos: 1 });
  }, 30_000);

  it('is told of a connection to the local broker too, and that nobody got the request over MQTT 3.1.1', async () => {
    const { page } = await start();
    const status = await startBroker(page);
    await connected(page, status.listeners[0]?.url ?? '', { version: '3.1.1' });
    const done = await call(page, { ...overLab, method: 'get_status' });
    const told = await timelineOf(page, done.id, 'answer-delivered');
    expect(told?.timeline?.steps.find(({ kind }) => kind === 'request-arrived')).toMatchObject({ clientId: 'bench' });
    const nobody = await call(page, { ...overLab, topic: 'edge/nobody', method: 'get_status', timeoutMs: 60_000 });
    expect(nobody.error).toMatchObject({ name: 'PEER_UNREACHABLE', message: expect.stringContaining('there is no subscription for it') as unknown });
  }, 30_000);

  it('is told of calls of others while somebody looks', async () => {
    const { page } = await start();
    const status = await startBroker(page);
    const mine = await call(page, { method: 'get_status' });
    const look = follow((listener) => page.stream('rpc.timeline', { id: mine.id }, listener));
    await expect.poll(() => look.value()).toBeTruthy();
    const panel = await client(status.listeners[0]?.url ?? '', { clientId: 'panel' });
    await panel.publishAsync(
      device.topic,
      JSON.stringify({ type: 'rpc_request', request_id: 'r-of-the-panel', method: 'get_status', params: null, reply_to: 'panel/in', caller_id: 'panel' }),
      { qos: 1 },
    );
    const calls = callsOf(page);
    await expect.poll(() => calls.value()?.rows.find(({ callerId }) => callerId === 'panel')?.state).toBe('ok');
    const told = await timelineOf(page, calls.value()?.rows.find(({ callerId }) => callerId === 'panel')?.id ?? 0, 'answer-arrived');
    expect(kindsOf(told)).toEqual(['request-arrived', 'request-delivered', 'answer-arrived']);
  }, 30_000);

  it('says why there is none', async () => {
    const { page } = await start();
    await startBroker(page, { engine: 'aedes' });
    const done = await call(page, { method: 'get_status' });
    expect(await first(page, 'rpc.timeline', { id: done.id })).toEqual({ timeline: null, reason: 'cannot-tell' });
    expect(await first(page, 'rpc.timeline', { id: 999 })).toBeNull();
  }, 30_000);
});

describe('many calls', () => {
  const calmly = { delayMs: 0, stopOnFailure: false };
  const firstRows = { offset: 0, limit: 10, text: '', sort: 'order', descending: false } as const;
  const batchesOf = (page: Client<EngineContract>) =>
    follow<readonly BatchStatus[]>((listener) => page.stream('rpcBatches.watch', { source: 'broker' }, listener));

  it('are repeated without flooding the list, and without an orphan', async () => {
    const { page } = await start();
    await startBroker(page);
    const batches = batchesOf(page);
    const calls = callsOf(page);
    await page.call('rpcBatches.start', { call: { ...asked, method: 'get_status' }, plan: { kind: 'repeat', times: 1000 }, inFlight: 50, ...calmly });
    await expect.poll(() => batches.value()?.[0]?.phase, { timeout: 20_000 }).toBe('done');
    expect(batches.value()?.[0]).toMatchObject({ outcomes: { ok: 1000, failed: 0 }, latency: { count: 1000 }, errors: [], unlisted: 800 });
    await expect.poll(() => calls.value()?.total).toBe(200);
    // The tap shows every answer once more.
    await call(page, { method: 'get_status' });
    await expect.poll(() => calls.value()?.total).toBe(201);
    expect(calls.value()?.rows.filter(({ state }) => state !== 'ok')).toEqual([]);
  }, 40_000);

  it('go to each of many peers', async () => {
    const { page } = await start();
    await startBroker(page);
    await call(page, { method: 'get_status' });
    expect(await page.call('rpcBatches.peers', { source: 'broker', dialect: 'mqttxx2', method: 'get_status', filter: 'edge/+' })).toEqual({
      peers: [{ dialect: 'mqttxx2', topic: device.topic, hasMethod: true, presence: null }],
      known: 1,
    });
    const batches = batchesOf(page);
    const { id } = await page.call('rpcBatches.start', {
      call: { ...asked, method: 'get_status', topic: '' },
      plan: { kind: 'fan-out', topics: [device.topic, 'edge/nobody', 'edge/#'] },
      inFlight: 2,
      ...calmly,
    });
    await expect.poll(() => batches.value()?.[0]?.phase).toBe('done');
    const results = await first(page, 'rpcBatches.results', { id, ...firstRows });
    expect(results?.rows.map(({ topic, state }) => [topic, state])).toEqual([
      [device.topic, 'ok'],
      ['edge/nobody', 'failed'],
      ['edge/#', 'failed'],
    ]);
    await page.call('rpcBatches.remove', { id });
    await expect.poll(() => batches.value()).toEqual([]);
    expect(await first(page, 'rpcBatches.results', { id, ...firstRows })).toBeNull();
  }, 30_000);

  it('are made again with the environment of their start, as it is now', async () => {
    const { page } = await start();
    await startBroker(page);
    const setTarget = (id: string, value: string): Promise<unknown> =>
      page.call('environments.save', { environment: { id, name: `Name of ${id}`, variables: [{ name: 'target', value, secret: false }] } });
    await setTarget('lab', '99');
    await setTarget('field', 'nonsense');
    await page.call('environments.choose', { id: 'lab' });
    const batches = batchesOf(page);
    const { id } = await page.call('rpcBatches.start', {
      call: { ...asked, method: 'set_target', topic: '', params: '{"target": {{target}}}' },
      plan: { kind: 'fan-out', topics: [device.topic] },
      inFlight: 1,
      variables: true,
      ...calmly,
    });
    await expect.poll(() => batches.value()?.[0]).toMatchObject({ phase: 'done', outcomes: { failed: 1 }, environment: { id: 'lab', name: 'Name of lab' } });
    // Another one is looked at, and what was wrong is mended.
    await page.call('environments.choose', { id: 'field' });
    await setTarget('lab', '21');
    expect(await page.call('rpcBatches.retry', { id })).toEqual({ peers: 1 });
    await expect.poll(() => batches.value()?.[0]).toMatchObject({ phase: 'done', outcomes: { ok: 1, failed: 0 }, environment: { id: 'lab' } });
    await page.call('environments.remove', { id: 'lab' });
    await expect(page.call('rpcBatches.retry', { id })).rejects.toMatchObject({ code: 'not-found' });
  }, 30_000);
});
