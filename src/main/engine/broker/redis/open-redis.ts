import type { RedisConfig, RedisState } from '../../../../shared/contract/broker-redis.ts';
import type { BrokerEngineName } from '../../../../shared/contract/broker.ts';
import type { BrokerEngine } from '../broker-engine.ts';
import type { AedesRedis } from './aedes-redis.ts';
import type { RedisCluster } from './redis-cluster.ts';

export interface RedisOptions {
  readonly redis?: RedisConfig | undefined;
  /** After so long without a sign of life another broker takes over, ms. */
  readonly redisLeaseMs?: number;
  readonly onRedisChange?: () => void;
}

/** How a broker stands with the Redis it uses. */
export interface RedisUse {
  state(): RedisState;
}

interface OpenRedis extends RedisUse {
  /** What the own engine is made one with others by. */
  readonly cluster: RedisCluster | null;
  /** The same for aedes. */
  readonly aedes: AedesRedis | undefined;
  /** The engine is ready, and has no clients yet. */
  attach(engine: BrokerEngine): Promise<void>;
  /** What the engine does not close itself. */
  close(): void;
}

/** `null`: without. Loads what is needed for it only here. Rejects with `connect-failed`. */
export async function openRedisFor(engine: BrokerEngineName, options: RedisOptions): Promise<OpenRedis | null> {
  const { redis: config, redisLeaseMs: leaseMs, onRedisChange: onChange = () => undefined } = options;
  if (config === undefined) return null;
  const none = { cluster: null, aedes: undefined, attach: () => Promise.resolve(), close: () => undefined };
  const common = { config, now: Date.now, onChange };
  if (config.mode === 'channels') {
    const { RedisChannels } = await import('./redis-channels.ts');
    const channels = await RedisChannels.open(common);
    return { ...none, attach: (opened) => channels.attach(opened), state: () => channels.state(), close: () => channels.close() };
  }
  if (engine === 'aedes') {
    const { AedesRedis: Opened } = await import('./aedes-redis.ts');
    const aedes = await Opened.open(common);
    return { ...none, aedes, state: () => aedes.state() };
  }
  const [{ createClusterLink }, { RedisCluster: Opened }] = await Promise.all([import('./cluster-link.ts'), import('./redis-cluster.ts')]);
  const link = await createClusterLink(config, Date.now, onChange);
  const cluster = new Opened({ link, now: Date.now, onChange, ...(leaseMs === undefined ? {} : { leaseMs }) });
  return { ...none, cluster, state: () => cluster.state() };
}
