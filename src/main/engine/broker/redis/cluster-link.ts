import type { Redis } from 'ioredis';
import type { RedisConfig, RedisPhase } from '../../../../shared/contract/broker-redis.ts';
import type { Problem } from '../../../../shared/contract/common.ts';
import { shownRedisAddress } from './redis-address.ts';
import { createRedis, describeRedisError, openRedis } from './redis-connection.ts';
import { RedisScripts } from './redis-scripts.ts';

const mostNotices = 20;

/** The connections to one Redis: one for changes, one that waits for the log, one for channels. */
export class ClusterLink {
  readonly config: RedisConfig;
  readonly commands: Redis;
  readonly reader: Redis;
  readonly subscriber: Redis;
  readonly scripts: RedisScripts;
  readonly #onChange: () => void;
  readonly #now: () => number;
  phase: RedisPhase = 'connecting';
  since: number;
  problem: Problem | null = null;
  roundTripMs: number | null = null;
  readonly notices: { readonly at: number; readonly text: string }[] = [];

  constructor(config: RedisConfig, [commands, reader, subscriber]: readonly [Redis, Redis, Redis], now: () => number, onChange: () => void) {
    this.config = config;
    this.commands = commands;
    this.reader = reader;
    this.subscriber = subscriber;
    this.scripts = new RedisScripts(commands, config.keyPrefix);
    this.#now = now;
    this.#onChange = onChange;
    this.since = now();
    commands.on('close', () => this.away(null));
    commands.on('error', (error) => this.away(error));
  }

  key(name: string): string {
    return `${this.config.keyPrefix}:${name}`;
  }

  get isReady(): boolean {
    return this.commands.status === 'ready';
  }

  /** Rejects with `connect-failed`. */
  async open(): Promise<void> {
    await openRedis(this.commands, this.config);
    await Promise.all([openRedis(this.reader, this.config), openRedis(this.subscriber, this.config)]);
  }

  /** It has answered. */
  answered(roundTripMs: number): void {
    this.roundTripMs = roundTripMs;
    if (this.phase === 'connected') return;
    this.#enter('connected', null);
  }

  /** It does not answer. `null`: the connection was lost, and whoever knows more may say so. */
  away(error: unknown): void {
    const { message, advice } = describeRedisError(error ?? new Error('Connection is closed.'));
    if (this.phase === 'off' || (error === null && this.problem !== null)) return;
    const problem = { code: 'connect-failed', message: `Redis at ${shownRedisAddress(this.config.url)} is away: ${message}`, advice };
    if (this.phase !== 'away') this.#enter('away', problem);
    else if (this.problem?.message !== problem.message) {
      this.problem = problem;
      this.#onChange();
    }
  }

  #enter(phase: RedisPhase, problem: Problem | null): void {
    this.phase = phase;
    this.problem = problem;
    this.since = this.#now();
    this.#onChange();
  }

  notice(text: string): void {
    this.notices.push({ at: this.#now(), text });
    if (this.notices.length > mostNotices) this.notices.shift();
    this.#onChange();
  }

  close(): void {
    this.phase = 'off';
    for (const client of [this.commands, this.reader, this.subscriber]) client.disconnect();
  }
}

export async function createClusterLink(config: RedisConfig, now: () => number, onChange: () => void): Promise<ClusterLink> {
  const clients = await Promise.all([createRedis(config, 'prompt'), createRedis(config, 'blocking'), createRedis(config, 'subscriber')]);
  return new ClusterLink(config, clients, now, onChange);
}
