import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { RawClient } from '../../../../../test/conformance/mqtt/raw-client.ts';
import { dialTcp } from '../../../../../test/conformance/mqtt/streams.ts';
import { ack, type ConnectFields, type Level } from '../../../../../test/conformance/mqtt/wire.ts';
import { follow } from '../../../../../test/support/qos-peers.ts';
import { hasRedis, RedisServer } from '../../../../../test/support/redis-server.ts';
import type { RedisConfig } from '../../../../shared/contract/broker-redis.ts';
import { openLocalBroker, type LocalBroker } from '../local-broker.ts';

const leaseMs = 600;
let server: RedisServer;
let redis: Redis;
let prefix = 0;
let brokers: LocalBroker[] = [];
const clients: RawClient[] = [];

describe.skipIf(!hasRedis())('brokers that share a Redis (redis-server is needed)', () => {
  beforeAll(async () => {
    server = await RedisServer.start();
    redis = new Redis(server.port, '127.0.0.1');
  });
  afterAll(async () => {
    redis.disconnect();
    await server.close();
  });
  beforeEach(() => void (prefix += 1));
  afterEach(async () => {
    for (const client of clients.splice(0)) client.drop();
    await Promise.all(brokers.map((broker) => broker.close()));
    brokers = [];
  });

  const config = (): RedisConfig => ({ mode: 'share', url: server.url, username: '', password: '', keyPrefix: `t${prefix}`, verifyCertificate: true, ca: '' });
  const open = async (): Promise<LocalBroker> => {
    const broker = await openLocalBroker(
      { engine: 'workbench', host: '127.0.0.1', tcpPort: 0, webSocketPort: null },
      { redis: config(), redisLeaseMs: leaseMs },
    );
    brokers.push(broker);
    return broker;
  };
  const two = async (): Promise<readonly [LocalBroker, LocalBroker]> => {
    const one = await open();
    const other = await open();
    await vi.waitFor(() => expect([one, other].map((broker) => broker.redis?.state().peers.length)).toEqual([2, 2]), { timeout: 10_000 });
    return [one, other];
  };
  const enter = async ({ listeners }: LocalBroker, fields: ConnectFields | string, level: Level = 5): Promise<RawClient> => {
    const client = new RawClient(await dialTcp(listeners[0]?.port ?? 0), level);
    clients.push(client);
    await client.connect(typeof fields === 'string' ? { clientId: fields } : fields);
    return client;
  };
  const kept = (clientId: string): ConnectFields => ({ clientId, clean: false, properties: [['sessionExpiryInterval', 1000]] });

  it.for([0, 1, 2] as const)('brings a message of QoS %i to a subscriber at the other broker', async (qos) => {
    const [one, other] = await two();
    const reader = await enter(one, 'reader');
    await reader.subscribe({ filter: 'a/+', qos });
    const writer = await enter(other, 'writer');
    await writer.publish({ topic: 'a/b', payload: 'hello', qos });
    expect(await reader.receive()).toMatchObject({ topic: 'a/b', payload: Buffer.from('hello'), qos });
  });

  it('shares retained messages, the newest of both, and their end', async () => {
    const [one, other] = await two();
    const first = await enter(one, 'first');
    const second = await enter(other, 'second');
    await first.publish({ topic: 'state', payload: '1', qos: 1, retain: true });
    await second.publish({ topic: 'state', payload: '2', qos: 1, retain: true });
    await vi.waitFor(() => expect(one.engine.retained('')).toContain('state'));
    await first.publish({ topic: 'state', payload: '', qos: 1, retain: true });
    await vi.waitFor(() => expect(other.engine.retained('').filter((topic) => !topic.startsWith('$'))).toEqual([]));
    await second.publish({ topic: 'kept', payload: 'x', qos: 1, retain: true });
    const third = await open();
    expect(third.engine.retained('')).toContain('kept');
  });

  it('moves a session with what waits in it, and ends its connection at the broker before', async () => {
    const [one, other] = await two();
    const before = await enter(one, kept('mover'));
    await before.subscribe({ filter: 'm', qos: 1 });
    const writer = await enter(one, 'writer');
    before.drop();
    await writer.publish({ topic: 'm', payload: 'waits', qos: 1 });
    const after = await enter(other, kept('mover'));
    expect(after.connack?.sessionPresent).toBe(true);
    expect(await after.receive()).toMatchObject({ payload: Buffer.from('waits') });
    const again = await enter(one, kept('mover'));
    expect(again.connack?.sessionPresent).toBe(true);
    expect(await after.next()).toMatchObject({ type: 'disconnect', code: 0x8e });
    await writer.publish({ topic: 'm', payload: 'follows', qos: 1 });
    expect(await again.receive()).toMatchObject({ payload: Buffer.from('follows') });
  });

  it('gives each message for a shared subscription to one member of all brokers', async () => {
    const [one, other] = await two();
    const members = [await enter(one, 'm1'), await enter(other, 'm2')];
    for (const member of members) await member.subscribe({ filter: '$share/g/job', qos: 1 });
    const got: string[][] = [[], []];
    members.forEach((member, at) => {
      void follow(member, (packet) => {
        if (packet.type !== 'publish') return;
        got[at]?.push(packet.payload.toString());
        if (packet.qos === 1) member.send(ack('puback', packet.id));
      });
    });
    const writer = await enter(one, 'writer');
    for (let at = 0; at < 40; at += 1) await writer.publish({ topic: 'job', payload: `${at}`, qos: at % 2 === 0 ? 1 : 0 });
    await vi.waitFor(() => expect(got.flat()).toHaveLength(40), { timeout: 10_000 });
    expect(new Set(got.flat()).size).toBe(40);
    expect(Math.min(...got.map(({ length }) => length))).toBeGreaterThan(5);
  });
});
