import type { brokerRedisContract, RedisConfig, RedisState, RedisView } from '../../../shared/contract/broker-redis.ts';
import { noRedisCounters } from '../../../shared/contract/broker-redis.ts';
import type { Handlers } from '../../../shared/ipc/serve.ts';
import { checkRedisAddress, redisPasswordKey, redisPassword, testRedis } from '../broker/index.ts';
import { sendSnapshots } from '../snapshot-stream.ts';
import type { Services } from './services.ts';

export function brokerRedisHandlers({ broker, brokerChanged, workspace }: Services): Handlers<typeof brokerRedisContract> {
  const saved = workspace.brokerRedis;
  const off: RedisState = {
    phase: 'off',
    mode: 'share',
    url: '',
    since: 0,
    problem: null,
    notices: [],
    waiting: 0,
    lagMs: 0,
    roundTripMs: null,
    peers: [],
    counters: noRedisCounters,
  };
  return {
    'broker.redis'(_input, sink) {
      let last = '';
      const read = (): RedisView | undefined => {
        const view = { ...saved.settings(), hasPassword: workspace.secrets.has(redisPasswordKey) };
        const text = JSON.stringify(view);
        if (text === last) return undefined;
        last = text;
        return view;
      };
      return sendSnapshots(sink, read, brokerChanged.subscribe);
    },
    'broker.redisState': (_input, sink) => sendSnapshots(sink, () => broker.redis() ?? off, brokerChanged.subscribe),
    async 'broker.saveRedis'({ password, ...settings }) {
      checkRedisAddress(settings);
      await saved.save(settings);
      if (password === '') await workspace.secrets.remove(redisPasswordKey);
      else if (password !== undefined) await workspace.secrets.set(redisPasswordKey, password);
      brokerChanged.notify();
    },
    async 'broker.testRedis'({ password, enabled: _enabled, ...settings }) {
      checkRedisAddress(settings);
      const config: RedisConfig = { ...settings, password: password ?? (await redisPassword(workspace)) };
      return testRedis(config);
    },
  };
}
