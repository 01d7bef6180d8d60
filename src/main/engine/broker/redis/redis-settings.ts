import type { RedisConfig, RedisSettings } from '../../../../shared/contract/broker-redis.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { readRedisAddress } from './redis-address.ts';

/** Of the vault of the workspace. */
export const redisPasswordKey = 'broker-redis/password';

interface Kept {
  readonly brokerRedis: { settings(): RedisSettings };
  readonly secrets: { get(key: string): Promise<string | undefined> };
}

export async function redisPassword({ secrets }: Pick<Kept, 'secrets'>): Promise<string> {
  return (await secrets.get(redisPasswordKey)) ?? '';
}

/** What the next start of the broker uses; `null`: no Redis. */
export async function startingRedis(workspace: Kept): Promise<RedisConfig | null> {
  const { enabled, ...settings } = workspace.brokerRedis.settings();
  return enabled ? { ...settings, password: await redisPassword(workspace) } : null;
}

/** Throws `invalid-uri`. */
export function checkRedisAddress({ url }: Pick<RedisConfig, 'url'>): void {
  const { username, password } = readRedisAddress(url);
  if (username === '' && password === '') return;
  throw new CodedError('invalid-uri', 'User name and password do not belong into the address, which is kept where others may read it.', {
    advice: 'Enter them in their own fields.',
  });
}
