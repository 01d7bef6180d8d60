import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { RawClient } from '../../../../../test/conformance/mqtt/raw-client.ts';
import { dialTcp } from '../../../../../test/conformance/mqtt/streams.ts';
import { hasRedis, RedisServer } from '../../../../../test/support/redis-server.ts';
import type { RedisConfig } from '../../../../shared/contract/broker-redis.ts';
import { openLocalBroker, type LocalBroker } from '../local-broker.ts';
import { readRedisAddress, shownRedisAddress } from './redis-address.ts';
import { testRedis } from './test-redis.ts';

let server: RedisServer;
let redis: Redis;
let brokers: LocalBroker[] = [];
const clients: RawClient[] = [];
const config = (mode: RedisConfig['mode'], url = server.url): RedisConfig => ({
  mode,
  url,
  username: '',
  password: '',
  keyPrefix: 'lab',
  verifyCertificate: true,
  ca: '',
});

describe('the address of Redis', () => {
  it('is read with its parts, and shown without what is secret', () => {
    expect(readRedisAddress('rediss://me:p%40ss@[::1]:7000/3')).toEqual({ host: '::1', port: 7000, db: 3, isTls: true, username: 'me', password: 'p@ss' });
    expect(shownRedisAddress('redis://me:secret@lab')).toBe('redis://lab:6379/0');
    for (const wrong of ['', 'lab:6379', 'http://lab', 'redis://', 'redis://lab/x', 'redis://lab/0?a=1', 'redis://a%zz@lab', 'redis://lab:99999']) {
      expect(() => readRedisAddress(wrong), wrong).toThrow(/address of Redis cannot be used/);
    }
  });

  it('where nothing listens is told with what to do', async () => {
    await expect(testRedis({ ...config('share', 'redis://127.0.0.1:1/0') })).rejects.toMatchObject({
      code: 'connect-failed',
      message: expect.stringContaining('nothing listens there'),
      advice: expect.stringContaining('Start redis-server'),
    });
  });
});

describe.skipIf(!hasRedis())('Redis in other ways (redis-server is needed)', () => {
  beforeAll(async () => {
    server = await RedisServer.start('--requirepass', 'open-sesame');
    redis = new Redis(server.port, '127.0.0.1', { password: 'open-sesame' });
  });
  afterAll(async () => {
    redis.disconnect();
    await server.close();
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.drop();
    await Promise.all(brokers.map((broker) => broker.close()));
    brokers = [];
  });

  const open = async (engine: 'workbench' | 'aedes', mode: RedisConfig['mode']): Promise<LocalBroker> => {
    const broker = await openLocalBroker(
      { engine, host: '127.0.0.1', tcpPort: 0, webSocketPort: null },
      { redis: { ...config(mode), password: 'open-sesame' } },
    );
    brokers.push(broker);
    return broker;
  };
  const enter = async ({ listeners }: LocalBroker, clientId: string, clean = true): Promise<RawClient> => {
    const client = new RawClient(await dialTcp(listeners[0]?.port ?? 0), 4);
    clients.push(client);
    await client.connect({ clientId, clean });
    return client;
  };

  it('asks for the password it needs, and says so', async () => {
    await expect(testRedis(config('share'))).rejects.toMatchObject({ message: expect.stringContaining('it asks for a password') });
    await expect(testRedis({ ...config('share'), password: 'wrong' })).rejects.toMatchObject({ message: expect.stringContaining('password are wrong') });
    const found = await testRedis({ ...config('share'), password: 'open-sesame' });
    expect(found).toMatchObject({ version: expect.stringMatching(/^\d/), brokers: 0, warnings: [expect.stringContaining('append-only')] });
  });

  it('makes two brokers of the engine aedes one', async () => {
    const [one, other] = [await open('aedes', 'share'), await open('aedes', 'share')];
    // A session of its own for each try.
    const clientId = `reader-${randomUUID()}`;
    const reader = await enter(one, clientId, false);
    await reader.subscribe({ filter: 'a/+', qos: 1 });
    const writer = await enter(other, 'writer');
    await writer.publish({ topic: 'a/b', payload: 'hello', qos: 1, retain: true });
    expect(await reader.receive()).toMatchObject({ topic: 'a/b', payload: Buffer.from('hello') });
    reader.drop();
    await vi.waitFor(() => expect(one.engine.clientCount).toBe(0));
    await writer.publish({ topic: 'a/c', payload: 'waits', qos: 1 });
    const moved = await enter(other, clientId, false);
    expect(moved.connack?.sessionPresent).toBe(true);
    let message = await moved.receive();
    // Its acknowledgement may not have arrived before the connection went: QoS 1 comes at least once.
    if (message.topic === 'a/b') message = await moved.receive();
    expect(message).toMatchObject({ topic: 'a/c', payload: Buffer.from('waits') });
    expect(one.redis?.state()).toMatchObject({ phase: 'connected', mode: 'share' });
  });

  it.for(['workbench', 'aedes'] as const)('brings plain channels and topics together as mqttd does, and nothing comes round again (%s)', async (engine) => {
    const [one, other] = [await open(engine, 'channels'), await open(engine, 'channels')];
    const heard: string[] = [];
    const listener = redis.duplicate();
    listener.on('pmessage', (_pattern, channel: string, text: string) => heard.push(`${channel} ${text}`));
    await listener.psubscribe('*');
    try {
      const reader = await enter(other, 'reader');
      await reader.subscribe({ filter: '#', qos: 2 });
      const own = await enter(one, 'own');
      await own.subscribe({ filter: '#', qos: 2 });
      const writer = await enter(one, 'writer');
      for (const payload of ['1', '1', '2']) await writer.publish({ topic: 'lab/t', payload, qos: 1, retain: true });
      await redis.publish('from/outside', 'raw');
      await redis.publish('wild/+/card', 'no topic');
      const read = async (client: RawClient): Promise<string[]> => {
        const packets = [await client.receive(), await client.receive(), await client.receive(), await client.receive()];
        return packets.map(({ topic, payload, qos, retain }) => `${topic} ${payload.toString()} ${qos} ${String(retain)}`);
      };
      expect(await read(reader)).toEqual(['lab/t 1 0 false', 'lab/t 1 0 false', 'lab/t 2 0 false', 'from/outside raw 0 false']);
      expect((await read(own)).toSorted()).toEqual(['from/outside raw 0 false', 'lab/t 1 1 false', 'lab/t 1 1 false', 'lab/t 2 1 false']);
      await reader.expectNothing();
      await own.expectNothing();
      expect(heard).toEqual(['lab/t 1', 'lab/t 1', 'lab/t 2', 'from/outside raw', 'wild/+/card no topic']);
      expect(one.redis?.state()).toMatchObject({ mode: 'channels', counters: { sent: 3, received: 1, dropped: 1 } });
    } finally {
      listener.disconnect();
    }
  });
});
