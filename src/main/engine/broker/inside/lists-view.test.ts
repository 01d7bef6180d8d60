import { afterEach, describe, expect, it } from 'vitest';
import { RawClient } from '../../../../../test/conformance/mqtt/raw-client.ts';
import { dialTcp } from '../../../../../test/conformance/mqtt/streams.ts';
import type { RetainedMessage, RetainedWanted } from '../../../../shared/contract/broker-lists.ts';
import type { BrokerOptions } from '../../../../shared/contract/broker.ts';
import type { CodedError } from '../../../../shared/ipc/errors.ts';
import { createBrokerService, type BrokerService } from '../broker-service.ts';
import { brokerWorkerUrl } from '../worker-url.ts';

const services: BrokerService[] = [];
afterEach(async () => {
  for (const service of services.splice(0)) await service.close();
});

async function start(
  engine: BrokerOptions['engine'],
): Promise<{ readonly service: BrokerService; readonly connect: (clientId: string) => Promise<RawClient> }> {
  const service = createBrokerService({
    workerUrl: brokerWorkerUrl(),
    now: Date.now,
    random: () => 0.5,
    onMessages: () => undefined,
    onChange: () => undefined,
    demoDevice: { enabled: false },
  });
  services.push(service);
  const status = await service.start({ engine, host: '127.0.0.1', tcpPort: 0, webSocketPort: null });
  const connect = async (clientId: string): Promise<RawClient> => {
    const client = new RawClient(await dialTcp(status.listeners[0]?.port ?? 0), 4);
    await client.connect({ clientId });
    return client;
  };
  return { service, connect };
}

const exported = (service: BrokerService, wanted: RetainedWanted): Promise<readonly RetainedMessage[]> =>
  new Promise((resolve, reject) => {
    const found: RetainedMessage[] = [];
    service.lists.exportRetained(wanted, {
      item: ({ messages }) => {
        found.push(...messages);
        return Promise.resolve();
      },
      end: (error: CodedError | undefined) => (error ? reject(error) : resolve(found)),
    });
  });

const deleted = (service: BrokerService, wanted: RetainedWanted): Promise<number> =>
  new Promise((resolve, reject) => {
    let count = 0;
    service.lists.deleteRetained(wanted, {
      item: (item) => {
        count = item.deleted;
        return Promise.resolve();
      },
      end: (error: CodedError | undefined) => (error ? reject(error) : resolve(count)),
    });
  });

const page = { offset: 0, limit: 100 };

describe.each(['workbench', 'aedes'] as const)('retained messages of %s', (engine) => {
  it('are exported whole and deleted as subscribers see it', async () => {
    const { service, connect } = await start(engine);
    for (let at = 0; at < 1200; at += 1)
      await service.publish({ topic: `r/${at}`, payload: new Uint8Array(at === 7 ? 300_000 : 10).fill(at), qos: 0, retain: true });
    await service.publish({ topic: 'other', payload: Buffer.from('stays'), qos: 1, retain: true });
    const all = await exported(service, { filter: 'r/#' });
    expect(all).toHaveLength(1200);
    expect(all.find(({ topic }) => topic === 'r/7')?.payload).toEqual(new Uint8Array(300_000).fill(7));
    expect((await service.lists.retained({ ...page, search: 'R/7', order: { by: 'size', descending: true } })).rows[0]).toMatchObject({
      topic: 'r/7',
      sizeBytes: 300_000,
    });
    const watcher = await connect('watcher');
    await watcher.subscribe({ filter: 'r/1199', qos: 0 });
    expect((await watcher.waitFor('publish')).retain).toBe(true);
    expect(await deleted(service, { filter: 'r/#' })).toBe(1200);
    expect((await watcher.waitFor('publish')).payload).toHaveLength(0);
    expect(await service.lists.retained(page)).toMatchObject({ total: 1, rows: [{ topic: 'other' }] });
    expect(await service.lists.retainedMessage({ topic: 'other', maxBytes: 2 })).toMatchObject({ sizeBytes: 5, payload: new Uint8Array(Buffer.from('st')) });
    expect(await service.lists.retainedMessage({ topic: 'r/1', maxBytes: 2 })).toBeNull();
    await expect(exported(service, { filter: '#/x' })).rejects.toMatchObject({ code: 'invalid-topic' });
    watcher.drop();
  });
});

it('aedes tells of clients and what they have subscribed to, and says what it cannot tell', async () => {
  const { service, connect } = await start('aedes');
  const one = await connect('one');
  await one.subscribe([
    { filter: 'a/#', qos: 1 },
    { filter: 'b', qos: 0 },
  ]);
  await connect('two');
  expect(await service.lists.clients({ ...page, order: { by: 'clientId', descending: true } })).toMatchObject({
    total: 2,
    rows: [
      { clientId: 'two', traffic: null },
      { clientId: 'one', subscriptions: 2, version: '3.1.1' },
    ],
  });
  expect((await service.lists.clients({ ...page, search: 'A/' })).rows.map(({ clientId }) => clientId)).toEqual(['one']);
  expect(await service.lists.client({ clientId: 'one' })).toMatchObject({ client: { clientId: 'one' }, session: null, will: null });
  expect(await service.lists.client({ clientId: 'nobody' })).toBeNull();
  expect(await service.lists.subscriptions({ ...page, topic: 'a/x' })).toMatchObject({ total: 1, rows: [{ filter: 'a/#', noLocal: null, reach: 'now' }] });
  for (const asked of [
    service.lists.sessions(page),
    service.lists.queue({ ...page, clientId: 'one' }),
    service.lists.discardQueued({ clientId: 'one' }),
    service.lists.endSession({ clientId: 'one' }),
  ])
    await expect(asked).rejects.toMatchObject({ code: 'invalid-state' });
  await service.disconnectClient('one', { reasonCode: 0x97, publishWill: false });
  await one.expectClosed();
});

it('has the numbers of the last seconds, over runs of the broker', async () => {
  const { service, connect } = await start('workbench');
  const client = await connect('c');
  await client.publish({ topic: 't', payload: 'x', qos: 1 });
  await expect.poll(() => service.metrics.since(0).some(({ messagesIn }) => (messagesIn ?? 0) > 0), { timeout: 20_000 }).toBe(true);
  expect(service.metrics.latest?.totals.publishReceived).toBe(1);
  await service.stop();
  expect(service.metrics.latest).toBeNull();
  const { count } = service.metrics;
  await service.start({ engine: 'workbench', host: '127.0.0.1', tcpPort: 0, webSocketPort: null });
  await expect.poll(() => service.metrics.count, { timeout: 20_000 }).toBeGreaterThan(count);
  expect(service.metrics.since(count)[0]).toMatchObject({ clients: 0, messagesIn: expect.any(Number) as number });
});
