import process from 'node:process';
import { expect, it } from 'vitest';
import { killBrokersOfRedis } from '../../../../../test/support/redis-kill.ts';
import { hasRedis } from '../../../../../test/support/redis-server.ts';

/** More of them are in test/interop. */
const rounds = Number(process.env['REDIS_KILLS'] ?? 4);

it.skipIf(!hasRedis())(
  `brokers that share a Redis lose nothing they acknowledged and deliver QoS 2 exactly once, one killed ${rounds} times (redis-server is needed)`,
  { timeout: 60_000 + rounds * 30_000, retry: 0 },
  async () => {
    await expect(killBrokersOfRedis(rounds)).resolves.toBeUndefined();
  },
);
