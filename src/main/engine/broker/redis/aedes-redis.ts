import { setTimeout as wait } from 'node:timers/promises';
import type { AedesOptions } from 'aedes';
import type { Redis, RedisOptions } from 'ioredis';
import { noRedisCounters, type RedisConfig, type RedisPeer, type RedisPhase, type RedisState } from '../../../../shared/contract/broker-redis.ts';
import type { Problem } from '../../../../shared/contract/common.ts';
import { shownRedisAddress } from './redis-address.ts';
import { describeRedisError, openRedis, redisOptions } from './redis-connection.ts';

const goodbyeMs = 500;
/** aedes sends its sign of life so often; what it has not heard of for three of them is gone. */
const heartbeatMs = 60_000;

interface AedesRedisOptions {
  readonly config: RedisConfig;
  /** Unix ms. */
  readonly now: () => number;
  readonly onChange: () => void;
}

/** The engine aedes over Redis: its own libraries for that, `mqemitter-redis` and `aedes-persistence-redis`, on connections of ours. */
export class AedesRedis {
  readonly parts: Pick<AedesOptions, 'mq'> & { readonly persistence: object };
  readonly #options: AedesRedisOptions;
  readonly #clients: readonly Redis[];
  readonly #startedAt: number;
  #phase: RedisPhase = 'connecting';
  #since: number;
  #problem: Problem | null = null;
  #brokers: () => { readonly self: string; readonly others: Readonly<Record<string, number>>; readonly clients: number } = () => ({
    self: '',
    others: {},
    clients: 0,
  });

  private constructor(options: AedesRedisOptions, parts: AedesRedis['parts'], clients: readonly Redis[]) {
    this.parts = parts;
    this.#options = options;
    this.#clients = clients;
    this.#startedAt = options.now();
    this.#since = this.#startedAt;
  }

  /** Rejects with `connect-failed`. */
  static async open(options: AedesRedisOptions): Promise<AedesRedis> {
    const { config } = options;
    const [{ Redis: Client }, { default: emitters }, { default: redisPersistence }] = await Promise.all([
      import('ioredis'),
      import('mqemitter-redis'),
      import('aedes-persistence-redis'),
    ]);
    // These libraries do not expect that Redis refuses: what they ask waits until it is back, and with it the clients that caused it.
    const patient: RedisOptions = { ...redisOptions(config, 'subscriber'), keyPrefix: `${config.keyPrefix}:aedes:` };
    const clients = [new Client(patient), new Client({ ...patient, keyPrefix: '' }), new Client({ ...patient, keyPrefix: '' })] as const;
    for (const client of clients) client.on('error', () => undefined);
    try {
      for (const client of clients) await openRedis(client, config);
    } catch (error) {
      for (const client of clients) client.disconnect();
      throw error;
    }
    const [stored, published, subscribed] = clients;
    forgiving(stored);
    const { db } = stored.options;
    const { MQEmitterRedisPrefix } = emitters as unknown as {
      readonly MQEmitterRedisPrefix: new (prefix: string, options: object) => NonNullable<AedesOptions['mq']>;
    };
    // Channels know nothing of databases, so their names say which it is.
    const mq = new MQEmitterRedisPrefix(`${config.keyPrefix}:aedes@${db ?? 0}:`, {
      pubConn: published,
      subConn: subscribed,
      separator: '/',
      wildcardOne: '+',
      wildcardSome: '#',
      matchEmptyLevels: true,
    });
    const redis = new AedesRedis(options, { mq, persistence: redisPersistence({ conn: stored }) }, clients);
    redis.#follow(stored);
    return redis;
  }

  #follow(client: Redis): void {
    this.#phase = 'connected';
    client.on('ready', () => this.#enter('connected', null));
    client.on('close', () => this.#away(null));
    client.on('error', (error) => this.#away(error));
  }

  #away(error: unknown): void {
    if (this.#phase === 'off' || (error === null && this.#phase === 'away')) return;
    const { message, advice } = describeRedisError(error ?? new Error('Connection is closed.'));
    this.#enter('away', { code: 'connect-failed', message: `Redis at ${shownRedisAddress(this.#options.config.url)} is away: ${message}`, advice });
  }

  #enter(phase: RedisPhase, problem: Problem | null): void {
    if (phase !== this.#phase) this.#since = this.#options.now();
    this.#phase = phase;
    this.#problem = problem;
    this.#options.onChange();
  }

  /** Where to hear of the other brokers. */
  watch(brokers: () => { readonly self: string; readonly others: Readonly<Record<string, number>>; readonly clients: number }): void {
    this.#brokers = brokers;
  }

  state(): RedisState {
    const { self, others, clients } = this.#brokers();
    const now = this.#options.now();
    const peers: RedisPeer[] = [
      { id: self, name: `this broker, process ${process.pid}`, clients, since: this.#startedAt, lastBeat: now, lagMs: 0, isSelf: true },
    ];
    for (const [id, lastBeat] of Object.entries(others)) {
      if (id !== self && now - lastBeat < 3 * heartbeatMs) peers.push({ id, name: `aedes ${id}`, clients: 0, since: 0, lastBeat, lagMs: 0, isSelf: false });
    }
    return {
      phase: this.#phase,
      mode: 'share',
      url: shownRedisAddress(this.#options.config.url),
      since: this.#since,
      problem: this.#problem,
      notices: [],
      waiting: 0,
      lagMs: 0,
      roundTripMs: null,
      peers,
      counters: noRedisCounters,
    };
  }

  /** After the engine has closed what is its own, or could not for want of Redis. */
  async close(engine: Promise<void>): Promise<void> {
    await Promise.race([engine, wait(goodbyeMs, undefined, { ref: false })]);
    this.#phase = 'off';
    for (const client of this.#clients) client.disconnect();
  }
}

/** aedes-persistence-redis does not wait for these two; what fails there must not end the process. */
function forgiving(client: Redis): void {
  const commands = client as unknown as Record<'lrem' | 'rpush', (...args: unknown[]) => Promise<unknown>>;
  for (const name of ['lrem', 'rpush'] as const) {
    const run = commands[name].bind(client);
    commands[name] = (...args) => {
      const answer = run(...args);
      answer.catch(() => undefined);
      return answer;
    };
  }
}
