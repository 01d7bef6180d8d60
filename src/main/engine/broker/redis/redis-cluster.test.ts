import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { RawClient } from '../../../../../test/conformance/mqtt/raw-client.ts';
import { dialTcp } from '../../../../../test/conformance/mqtt/streams.ts';
import { ack, type ConnectFields, type Level } from '../../../../../test/conformance/mqtt/wire.ts';
import { follow, Subscriber } from '../../../../../test/support/qos-peers.ts';
import { hasRedis, RedisServer } from '../../../../../test/support/redis-server.ts';
import type { RedisConfig } from '../../../../shared/contract/broker-redis.ts';
import { openLocalBroker, type LocalBroker } from '../local-broker.ts';
import { ClientClaims } from './client-claims.ts';
import { LogIntake } from './log-intake.ts';
import { adoptScript } from './lua.ts';
import { RedisScripts } from './redis-scripts.ts';

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

  const runOf = ({ redis: use }: LocalBroker): string => use?.state().peers.find(({ isSelf }) => isSelf)?.id ?? '';

  const newest = async (): Promise<string | undefined> => (await redis.xrevrange(`t${prefix}:log`, '+', '-', 'COUNT', 1))[0]?.[0];

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

  it('inherits at once from a broker that stops, and reads what it cannot understand out of the way', async () => {
    const [one, other] = await two();
    const leaving = await enter(one, kept('leaving'));
    await leaving.subscribe({ filter: 'l', qos: 1 });
    const odd = await enter(one, kept('odd'));
    odd.drop();
    await vi.waitFor(() => expect(one.engine.clientCount).toBe(1));
    // Acknowledged when all before it is written.
    await leaving.publish({ topic: 'any', payload: '', qos: 1 });
    await redis.hset(`t${prefix}:session:odd`, 'data', 'not ours');
    await one.close();
    const writer = await enter(other, 'writer');
    await writer.publish({ topic: 'l', payload: 'after', qos: 1 });
    const back = await enter(other, kept('leaving'));
    expect(back.connack?.sessionPresent).toBe(true);
    expect(await back.receive()).toMatchObject({ payload: Buffer.from('after') });
    await vi.waitFor(async () => expect(await redis.exists(`t${prefix}:session:odd`)).toBe(0), { timeout: 10_000 });
    expect(await redis.zcard(`t${prefix}:moving`)).toBe(0);
  });

  it('leaves nothing behind of clients that are gone, nor of what was delivered', async () => {
    const [one, other] = await two();
    const reader = await enter(one, kept('reader'));
    await reader.subscribe([
      { filter: 'a/#', qos: 2 },
      { filter: '$share/g/b', qos: 1 },
    ]);
    const writer = await enter(other, { clientId: 'writer', clean: true, will: { topic: 'w', payload: 'w', qos: 0 } });
    for (const qos of [1, 2] as const) await writer.publish({ topic: 'a/b', payload: 'x', qos });
    await reader.receive();
    await reader.receive();
    // A clean start takes the place of the session, and is still this broker's client afterwards.
    const again = await enter(one, { clientId: 'reader', clean: true });
    await vi.waitFor(async () => expect(await redis.exists(`t${prefix}:session:reader`)).toBe(0));
    const elsewhere = await enter(other, { clientId: 'reader', clean: true });
    expect(await again.next()).toMatchObject({ type: 'disconnect', code: 0x8e });
    await elsewhere.disconnect();
    await writer.disconnect();
    const left = async (): Promise<string[]> => (await redis.keys(`t${prefix}:*`)).filter((key) => !/:(?:meta|brokers|broker:.*|alive:.*|log)$/.test(key));
    await vi.waitFor(async () => expect(await left()).toEqual([]), { timeout: 10_000 });
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

  it('loses nothing for the only member of a shared subscription while it moves again and again', async () => {
    const [one, other] = await two();
    const subscriber = new Subscriber();
    const first = await enter(one, kept('mover'));
    await first.subscribe({ filter: '$share/g/job', qos: 2 });
    first.drop();
    const writer = await enter(one, 'writer');
    let moves = 0;
    const work = { isOver: false };
    const moving = (async () => {
      for (; !work.isOver; moves += 1) {
        const client = await enter(moves % 2 === 0 ? other : one, kept('mover'));
        const before = subscriber.received.length;
        await follow(
          client,
          (packet) => subscriber.handle(client, packet),
          () => work.isOver || subscriber.received.length >= before + 5,
        );
        client.drop();
      }
    })();
    const wanted = Array.from({ length: 60 }, (_, at) => `${at}`);
    for (const payload of wanted) await writer.publish({ topic: 'job', payload, qos: 2 });
    work.isOver = true;
    await writer.publish({ topic: 'job', payload: 'last', qos: 2 });
    await moving;
    const last = await enter(one, kept('mover'));
    await subscriber.drain(last, [...wanted, 'last']);
    expect(subscriber.received.toSorted()).toEqual([...wanted, 'last'].toSorted());
    expect(moves).toBeGreaterThan(2);
  });

  it('publishes the will of a client whose broker is taken for dead, once, and hands its sessions over', async () => {
    const [one, other] = await two();
    const watcher = await enter(other, 'watcher');
    await watcher.subscribe({ filter: 'wills', qos: 1 });
    const doomed = await enter(one, { ...kept('doomed'), will: { topic: 'wills', payload: 'gone', qos: 1 } });
    await doomed.subscribe({ filter: 'd', qos: 1 });
    // As if it had been silent for too long: it finds out with its next sign of life.
    const { id } = one.redis?.state().peers.find(({ isSelf }) => isSelf) ?? { id: '' };
    await redis.hset(`t${prefix}:broker:${id}`, 'left', '1');
    for (let tries = 0; (await redis.hexists(`t${prefix}:brokers`, id)) === 1; tries += 1) {
      expect(tries).toBeLessThan(200);
      await redis.del(`t${prefix}:alive:${id}`);
      await redis.publish(`t${prefix}:${await redis.hget(`t${prefix}:meta`, 'id')}:news`, 'brokers');
    }
    expect(await doomed.next()).toMatchObject({ type: 'disconnect', code: 0x8b });
    await vi.waitFor(() =>
      expect(one.redis?.state().notices.map(({ text }) => text)).toEqual([expect.stringContaining('others have taken over its sessions')]),
    );
    expect(await watcher.receive(10_000)).toMatchObject({ payload: Buffer.from('gone') });
    await watcher.expectNothing();
    const back = await enter(one, kept('doomed'));
    expect(back.connack?.sessionPresent).toBe(true);
    await watcher.publish({ topic: 'd', payload: 'to the one that was dead', qos: 1 });
    expect(await back.receive()).toMatchObject({ payload: Buffer.from('to the one that was dead') });
  });

  it('lets nobody have a session it is just fetching from a broker that is gone', async () => {
    const [one, second] = await two();
    const third = await open();
    const subscriber = new Subscriber();
    const first = await enter(one, kept('reader'));
    await first.subscribe({ filter: 'm', qos: 2 });
    await first.disconnect();
    // The one that takes over has all it needs, and is held up before the session is in its memory.
    const { promise: mayGoOn, resolve: goOn } = Promise.withResolvers<void>();
    const caughtUp = vi.spyOn(LogIntake.prototype, 'caughtUp').mockReturnValueOnce(mayGoOn);
    const told = vi.spyOn(ClientClaims.prototype, 'told');
    try {
      await one.close();
      await vi.waitFor(() => expect(caughtUp).toHaveBeenCalled(), { timeout: 10_000 });
      const holder = await redis.hget(`t${prefix}:clients`, 'reader');
      const [holding, other] = runOf(second) === holder ? [second, third] : [third, second];
      const writer = await enter(other, 'writer');
      await writer.publish({ topic: 'm', payload: 'meanwhile', qos: 2 });
      const entering = enter(other, kept('reader'));
      // Asked for it, and asked again.
      await vi.waitFor(() => expect(told.mock.calls.filter(([text]) => text.includes('"release"')).length).toBeGreaterThan(1), { timeout: 10_000 });
      await writer.publish({ topic: 'm', payload: 'and then', qos: 2 });
      expect(await redis.hget(`t${prefix}:clients`, 'reader')).toBe(holder);
      goOn();
      await subscriber.drain(await entering, ['meanwhile', 'and then']);
      await subscriber.drain(await enter(holding, kept('reader')), ['meanwhile', 'and then']);
      expect(subscriber.received).toEqual(['meanwhile', 'and then']);
    } finally {
      goOn();
      caughtUp.mockRestore();
      told.mockRestore();
    }
  });

  it('asks again what it has taken over where the answer was lost', async () => {
    const [one, other] = await two();
    const first = await enter(one, kept('reader'));
    await first.subscribe({ filter: 'm', qos: 1 });
    await first.disconnect();
    const call = RedisScripts.prototype.call;
    let isLost = false;
    const spy = vi.spyOn(RedisScripts.prototype, 'call').mockImplementation(async function (this: RedisScripts, name, ...args) {
      const answer = await call.call(this, name, ...args);
      if (name !== 'mqttAdopt' || isLost) return answer;
      isLost = true;
      throw new Error('Command timed out');
    });
    try {
      await one.close();
      await vi.waitFor(() => expect(other.redis?.state().counters.sessionsAdopted).toBe(1), { timeout: 10_000 });
      await vi.waitFor(async () => expect([await redis.zcard(`t${prefix}:moving`), await redis.zcard(`t${prefix}:orphans`)]).toEqual([0, 0]), {
        timeout: 10_000,
      });
      expect(isLost).toBe(true);
    } finally {
      spy.mockRestore();
    }
  });

  it('gives a session that is long on its way what comes meanwhile, though another one has come before', async () => {
    const [one, other] = await two();
    const ids = ['early', 'late'] as const;
    for (const id of ids) {
      const client = await enter(one, kept(id));
      await client.subscribe({ filter: 'm', qos: 1 });
      await client.disconnect();
    }
    const writer = await enter(other, 'writer');
    await writer.publish({ topic: 'any', payload: '', qos: 1 });
    // There is something to be read again for both.
    for (const id of ids) await redis.hset(`t${prefix}:session:${id}`, { cursor: '0-0', skip: runOf(one), skipSeq: 'inf' });
    const read = Redis.prototype.callBuffer;
    const gates = ids.map(() => Promise.withResolvers<void>());
    let reads = 0;
    const spy = vi.spyOn(Redis.prototype, 'callBuffer').mockImplementation(async function (this: Redis, ...args) {
      const answer: unknown = await read.apply(this, args);
      if (args[0] === 'XRANGE') await gates[(reads += 1) - 1]?.promise;
      return answer;
    });
    try {
      const early = enter(other, kept('early'));
      await vi.waitFor(() => expect(reads).toBe(1));
      const late = enter(other, kept('late'));
      await vi.waitFor(() => expect(reads).toBe(2));
      gates[0]?.resolve();
      const first = await early;
      await writer.publish({ topic: 'm', payload: 'meanwhile', qos: 1 });
      expect(await first.receive()).toMatchObject({ payload: Buffer.from('meanwhile') });
      await vi.waitFor(async () => expect(await redis.hget(`t${prefix}:broker:${runOf(other)}`, 'cursor')).toBe(await newest()), { timeout: 10_000 });
      gates[1]?.resolve();
      expect(await (await late).receive()).toMatchObject({ payload: Buffer.from('meanwhile') });
    } finally {
      for (const { resolve } of gates) resolve();
      spy.mockRestore();
    }
  });

  it('lets go of a session that never came into its memory as it was', async () => {
    const [one, other] = await two();
    const third = await open();
    const first = await enter(one, kept('reader'));
    await first.subscribe({ filter: 'm', qos: 1 });
    await first.disconnect();
    // It becomes the other's, which does not learn that: the answer was lost.
    const adoption = `redis.call('DEL', ARGV[1] .. ':alive:' .. ARGV[4])\n${adoptScript}`;
    const metaId = (await redis.hget(`t${prefix}:meta`, 'id')) ?? '';
    expect(await redis.eval(adoption, 0, `t${prefix}`, runOf(other), metaId, runOf(one))).toMatchObject(['ok', ['reader'], [runOf(one), expect.anything()]]);
    const writer = await enter(other, 'writer');
    await writer.publish({ topic: 'm', payload: 'meanwhile', qos: 1 });
    const back = await enter(third, kept('reader'));
    expect(back.connack?.sessionPresent).toBe(true);
    expect(await back.receive()).toMatchObject({ payload: Buffer.from('meanwhile') });
  });

  it('goes on among its own clients while Redis is away, and what waited is acknowledged and shared when it is back', async () => {
    const own = await RedisServer.start('--save', '3600 1');
    const at = { ...config(), url: own.url };
    const options = { engine: 'workbench', host: '127.0.0.1', tcpPort: 0, webSocketPort: null } as const;
    const pair = [
      await openLocalBroker(options, { redis: at, redisLeaseMs: leaseMs }),
      await openLocalBroker(options, { redis: at, redisLeaseMs: leaseMs }),
    ] as const;
    brokers.push(...pair);
    try {
      const here = await enter(pair[0], 'here');
      await here.subscribe({ filter: 'x', qos: 1 });
      const there = await enter(pair[1], kept('there'));
      await there.subscribe({ filter: 'x', qos: 1 });
      const writer = await enter(pair[0], 'writer');
      const saver = new Redis(own.port, '127.0.0.1');
      await saver.save();
      saver.disconnect();
      await own.kill();
      await vi.waitFor(() => expect(pair[0].redis?.state().phase).toBe('away'), { timeout: 10_000 });
      const answered = writer.publish({ topic: 'x', payload: 'meanwhile', qos: 1 });
      expect(await here.receive()).toMatchObject({ payload: Buffer.from('meanwhile') });
      // A session may be anywhere; one that ends with its connection is no risk.
      const refused = new RawClient(await dialTcp(pair[0].listeners[0]?.port ?? 0), 5);
      clients.push(refused);
      await refused.connect(kept('unknown'), 0x88);
      await enter(pair[0], 'brief');
      expect(pair[0].redis?.state().waiting).toBe(1);
      await own.start();
      expect((await answered).code).toBe(0);
      expect(await there.receive(10_000)).toMatchObject({ payload: Buffer.from('meanwhile') });
    } finally {
      await Promise.all(pair.map((broker) => broker.close()));
      await own.close();
    }
  });

  it('writes everything again where Redis has forgotten it', async () => {
    const [one, other] = await two();
    const reader = await enter(one, kept('reader'));
    await reader.subscribe({ filter: 'x', qos: 1 });
    reader.drop();
    const writer = await enter(other, 'writer');
    await writer.publish({ topic: 'x', payload: 'before', qos: 1 });
    await writer.publish({ topic: 'kept', payload: 'r', qos: 1, retain: true });
    await vi.waitFor(() => expect(one.redis?.state().counters.received).toBeGreaterThanOrEqual(2));
    await redis.flushall();
    await vi.waitFor(() => expect([one, other].map((broker) => broker.redis?.state().notices.length)).toEqual([1, 1]), { timeout: 10_000 });
    await vi.waitFor(() => expect([one, other].map((broker) => broker.redis?.state().peers.length)).toEqual([2, 2]), { timeout: 10_000 });
    await writer.publish({ topic: 'x', payload: 'after', qos: 1 });
    const again = await enter(other, kept('reader'));
    expect(again.connack?.sessionPresent).toBe(true);
    expect([(await again.receive()).payload.toString(), (await again.receive()).payload.toString()]).toEqual(['before', 'after']);
    expect((await open()).engine.retained('')).toContain('kept');
  });
});
