import type { RedisConfig, RedisTest } from '../../../../shared/contract/broker-redis.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { shownRedisAddress } from './redis-address.ts';
import { createRedis, describeRedisError, openRedis } from './redis-connection.ts';

/** The oldest with all that the scripts use (XTRIM with MINID). */
const oldest = [6, 2] as const;

/** Connects once, and looks whether it can be used as the brokers use it. Rejects with `connect-failed`. */
export async function testRedis(config: RedisConfig): Promise<RedisTest> {
  const client = await createRedis(config, 'prompt');
  await openRedis(client, config);
  try {
    const began = performance.now();
    await client.ping();
    const roundTripMs = performance.now() - began;
    const probe = `${config.keyPrefix}:probe`;
    const info = readInfo(await client.info());
    const version = info.get('redis_version') ?? '';
    const [major = 0, minor = 0] = version.split('.').map(Number);
    if (major < oldest[0] || (major === oldest[0] && minor < oldest[1]))
      throw new Error(`it is of version ${version}, and ${oldest.join('.')} is the oldest that will do.`);
    await client.eval("redis.call('SET', ARGV[1], '1', 'PX', 1000); return redis.call('DEL', ARGV[1])", 0, probe);
    await client.publish(probe, '');
    return { version, roundTripMs, brokers: await client.hlen(`${config.keyPrefix}:brokers`), warnings: warningsOf(info) };
  } catch (error) {
    const { message, advice } = describeRedisError(error);
    throw new CodedError('connect-failed', `Redis at ${shownRedisAddress(config.url)} cannot be used: ${message}`, { advice });
  } finally {
    client.disconnect();
  }
}

function readInfo(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\r\n').map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1)] as const;
    }),
  );
}

function warningsOf(info: ReadonlyMap<string, string>): readonly string[] {
  const warnings: string[] = [];
  const policy = info.get('maxmemory_policy') ?? 'noeviction';
  if (info.get('maxmemory') !== '0' && policy !== 'noeviction') {
    warnings.push(
      `It throws away data when its memory is full (maxmemory-policy ${policy}): messages that were acknowledged may be lost. Set it to noeviction.`,
    );
  }
  if (info.get('aof_enabled') !== '1') {
    warnings.push('It writes no append-only file: when Redis ends or crashes, what it had since its last snapshot is lost. “appendonly yes” keeps it.');
  }
  if (info.get('role') === 'slave') warnings.push('It is a replica: brokers need the primary.');
  return warnings;
}
