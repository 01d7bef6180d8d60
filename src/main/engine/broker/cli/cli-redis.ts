import { readFileSync } from 'node:fs';
import process from 'node:process';
import { defaultRedisSettings, type RedisConfig, type RedisState } from '../../../../shared/contract/broker-redis.ts';
import { readRedisAddress } from '../redis/redis-address.ts';
import type { GivenOptions } from './cli-options.ts';

interface CliRedis {
  readonly redis: RedisConfig;
  readonly redisLeaseMs?: number;
}

/** `null`: without. Throws what is wrong with the options, in a sentence. */
export function readCliRedis(given: GivenOptions, environment: NodeJS.ProcessEnv = process.env): CliRedis | null {
  const { redis: url, 'redis-prefix': keyPrefix = 'mqtt', 'redis-ca': caFile, 'redis-lease': lease } = given;
  if (url === undefined) {
    for (const name of ['redis-channels', 'redis-prefix', 'redis-ca', 'redis-lease'] as const)
      if (given[name] !== undefined) throw new Error(`--${name} needs --redis.`);
    return null;
  }
  readRedisAddress(url);
  if (keyPrefix === '') throw new Error('--redis-prefix needs a text.');
  const seconds = Number(lease);
  if (lease !== undefined && !(seconds >= 0.2 && seconds <= 3600)) throw new Error('--redis-lease takes 0.2 to 3600 seconds.');
  let ca = '';
  if (caFile !== undefined) {
    try {
      ca = readFileSync(caFile, 'utf8');
    } catch (error) {
      throw new Error(`${caFile} cannot be read: ${(error as Error).message}`, { cause: error });
    }
  }
  const { username, verifyCertificate } = defaultRedisSettings;
  return {
    redis: {
      mode: given['redis-channels'] === true ? 'channels' : 'share',
      url,
      username,
      keyPrefix,
      verifyCertificate,
      ca,
      password: environment['MQTT_REDIS_PASSWORD'] ?? '',
    },
    ...(lease === undefined ? {} : { redisLeaseMs: Math.round(seconds * 1000) }),
  };
}

/** Tells once of each change that matters: Redis is away or back, and what became of its data. */
export function redisReporter(say: (line: string) => void): (state: RedisState | undefined) => void {
  let isAway = false;
  let told = 0;
  return (state) => {
    if (state === undefined) return;
    if ((state.phase === 'away') !== isAway && state.phase !== 'off') {
      isAway = !isAway;
      say(isAway ? (state.problem?.message ?? 'Redis is away.') : 'Redis is back.');
    }
    for (const { at, text } of state.notices) if (at > told) say(text);
    told = Math.max(told, state.notices.at(-1)?.at ?? 0);
  };
}
