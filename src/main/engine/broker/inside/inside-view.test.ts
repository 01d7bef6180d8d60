import { afterEach, describe, expect, it } from 'vitest';
import { RawClient } from '../../../../../test/conformance/mqtt/raw-client.ts';
import { dialTcp } from '../../../../../test/conformance/mqtt/streams.ts';
import type { BrokerOptions, BrokerStatus } from '../../../../shared/contract/broker.ts';
import type { PacketBatch } from '../../../../shared/contract/broker-inside.ts';
import { unpackPackets } from '../../../../shared/messages/packed-packets.ts';
import type { TappedPacket } from '../../../../shared/messages/tapped-packet.ts';
import { createBrokerService, type BrokerService } from '../broker-service.ts';
import { brokerWorkerUrl } from '../worker-url.ts';

const anyPorts: BrokerOptions = { engine: 'workbench', host: '127.0.0.1', tcpPort: 0, webSocketPort: null };
const patience = { timeout: 10_000, interval: 10 };

const services: BrokerService[] = [];
afterEach(async () => {
  for (const service of services.splice(0)) await service.close();
});

/** Messages get the ids 1001 and following, as the engine would give them. */
function setUp(): { readonly service: BrokerService; readonly lastId: () => number } {
  let lastId = 1000;
  const service: BrokerService = createBrokerService({
    workerUrl: brokerWorkerUrl(),
    now: Date.now,
    random: () => 0.5,
    onMessages: (records) => {
      service.inside.numbered(records, lastId + 1);
      lastId += records.length;
    },
    onChange: () => undefined,
    demoDevice: { enabled: false },
  });
  services.push(service);
  return { service, lastId: () => lastId };
}

async function connect(status: BrokerStatus, clientId: string): Promise<RawClient> {
  const client = new RawClient(await dialTcp(status.listeners[0]?.port ?? 0), 5);
  await client.connect({ clientId });
  return client;
}

describe('the trace of the local broker', () => {
  it('is there for messages published while somebody looks, in every run', async () => {
    const { service, lastId } = setUp();
    let changes = 0;
    const started = await service.start(anyPorts);
    const receiver = await connect(started, 'r');
    await receiver.subscribe({ filter: 'a/#', qos: 1 });
    const sender = await connect(started, 's');
    const send = async (): Promise<void> => {
      await sender.publish({ topic: 'a/b', qos: 1, id: 7 });
      await receiver.receive();
    };
    await send();
    const stop = service.inside.trace(() => (changes += 1));
    const second = service.inside.trace(() => undefined);
    // Before the worker has heard of it, messages still go untraced.
    await expect
      .poll(async () => {
        await send();
        return service.inside.tracing().messages;
      }, patience)
      .toBeGreaterThan(3);
    second();
    expect(service.inside.whoGot(1001)).toBeNull();
    await send();
    // The newest message whose acknowledgement has come as well.
    let last = 0;
    await expect
      .poll(() => {
        last = lastId();
        return service.inside.whoGot(last)?.receivers[0]?.acknowledgedAtUs ?? 0;
      }, patience)
      .toBeGreaterThan(0);
    const trace = service.inside.whoGot(last);
    expect(trace).toMatchObject({
      publisher: 's',
      packetId: 7,
      receivers: [{ clientId: 'r', filters: ['a/#'], group: null, grantedQos: 1, qos: 1, state: 'written', cause: 'published', sentAgain: 0 }],
    });
    const [one] = trace?.receivers ?? [];
    expect(one?.writtenAtUs).toBeLessThanOrEqual(one?.acknowledgedAtUs ?? 0);
    expect(changes).toBeGreaterThan(0);

    await service.stop();
    const again = await service.start(anyPorts);
    const other = await connect(again, 'other');
    await other.publish({ topic: 'x', qos: 1 });
    await expect.poll(() => service.inside.whoGot(lastId())?.publisher, patience).toBe('other');
    expect(lastId()).toBeGreaterThan(last);
    expect(service.inside.whoGot(last)).toEqual(trace);
    stop();
    stop();
    const { messages } = service.inside.tracing();
    await other.publish({ topic: 'x', qos: 1 });
    await service.retained('');
    expect(service.inside.tracing().messages).toBe(messages);
  });
});

describe('the packets of the local broker', () => {
  it('are followed over a restart, of all clients or of one, until the reader leaves', async () => {
    const { service } = setUp();
    const [all, only]: [TappedPacket[], TappedPacket[]] = [[], []];
    const into = (list: TappedPacket[]) => (batch: PacketBatch) => {
      list.push(...unpackPackets(batch.packets));
      expect(batch.lost).toBe(0);
      return Promise.resolve();
    };
    const leaveAll = service.inside.followPackets({}, into(all));
    service.inside.followPackets({ clientId: 'b' }, into(only));
    for (let run = 1; run <= 2; run += 1) {
      const status = await service.start(anyPorts);
      const [a, b] = [await connect(status, 'a'), await connect(status, 'b')];
      await a.ping();
      await b.ping();
      await expect.poll(() => only.length, patience).toBeGreaterThanOrEqual(run * 6 - 2);
      await service.stop();
      await expect.poll(() => [all.length, only.length], patience).toEqual([run * 12, run * 6]);
    }
    // CONNECT, CONNACK, PINGREQ, PINGRESP, DISCONNECT when the broker leaves, and the end of the connection.
    expect(only.map(({ bytes }) => (bytes[0] ?? 0) >> 4)).toEqual([1, 2, 12, 13, 14, 0, 1, 2, 12, 13, 14, 0]);
    expect(only.every(({ clientId }) => clientId === 'b')).toBe(true);
    leaveAll();
    await connect(await service.start(anyPorts), 'b');
    await expect.poll(() => only.length, patience).toBe(14);
    expect(all).toHaveLength(24);
  });

  it('are counted where a slow reader makes the broker drop them', async () => {
    const { service } = setUp();
    const batches: PacketBatch[] = [];
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    service.inside.followPackets({}, (batch) => {
      batches.push(batch);
      return held;
    });
    const client = await connect(await service.start(anyPorts), 'a');
    const payload = new Uint8Array(1_000_000);
    for (let sent = 0; sent < 40; sent += 1) await client.publish({ topic: 't', payload, qos: 1 });
    release();
    await client.ping();
    await expect.poll(() => batches.at(-1)?.lost ?? 0, patience).toBeGreaterThan(0);
    await expect.poll(() => (batches.at(-1)?.lost ?? 0) + batches.reduce((sum, { count }) => sum + count, 0), patience).toBe(2 + 40 * 2 + 2);
  });
});

describe('pages of the local broker', () => {
  it('come through the worker, and only from an engine that tells', async () => {
    const { service } = setUp();
    const page = { offset: 0, limit: 10 };
    await expect(service.lists.sessions(page)).rejects.toMatchObject({ code: 'broker-not-running' });
    const client = await connect(await service.start(anyPorts), 'a');
    await client.subscribe('t/+');
    await client.publish({ topic: 'kept', payload: 'x', qos: 1, retain: true });
    expect(await service.lists.clients(page)).toMatchObject({ total: 1, rows: [{ clientId: 'a' }] });
    expect(await service.lists.sessions(page)).toMatchObject({ total: 1, rows: [{ clientId: 'a', connected: true }] });
    expect(await service.lists.subscriptions({ ...page, clientId: 'a' })).toMatchObject({ total: 1, rows: [{ filter: 't/+' }] });
    const retained = await service.lists.retained({ offset: 0, limit: 500 });
    expect(retained.rows.find(({ topic }) => topic === 'kept')).toMatchObject({ sizeBytes: 1, publisher: 'a' });
    expect(retained.bytes).toBeGreaterThan(0);
    await service.stop();
    await service.start({ ...anyPorts, engine: 'aedes' });
    await expect(service.lists.sessions(page)).rejects.toMatchObject({ code: 'invalid-state' });
  });
});
