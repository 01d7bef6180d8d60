import { defaultRedisSettings, redisSettingsSchema, type RedisSettings } from '../../../shared/contract/broker-redis.ts';
import { createJsonFile, type JsonFileOptions } from './json-file.ts';

/** Which Redis the local broker shares with others; its password is a secret of the workspace. */
export interface BrokerRedisFile {
  settings(): RedisSettings;
  save(settings: RedisSettings): Promise<void>;
  settle(): Promise<void>;
}

export async function openBrokerRedis(options: Omit<JsonFileOptions<never>, 'name' | 'schema' | 'without' | 'mode'>): Promise<BrokerRedisFile> {
  const file = createJsonFile<RedisSettings>({
    ...options,
    name: 'broker-redis.json',
    schema: redisSettingsSchema,
    without: 'The local broker goes on without Redis: set it up again.',
  });
  let settings = (await file.read()) ?? defaultRedisSettings;
  return {
    settings: () => settings,
    save(next) {
      settings = next;
      return file.write(next);
    },
    settle: () => file.settle(),
  };
}
