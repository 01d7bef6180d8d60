import { z } from 'zod';
import { call, stream } from '../ipc/contract.ts';
import { noInput, type Problem } from './common.ts';

/** `share`: several brokers are one. `channels`: each message also goes to the channel of its topic, as mqttd does it, and nothing is kept. */
const redisModeSchema = z.enum(['share', 'channels']);

const fields = {
  mode: redisModeSchema,
  /** `redis://host:port/db` or `rediss://…`, without user and password. */
  url: z.string().min(1).max(2000),
  username: z.string().max(1000),
  /** What the names of all keys and channels begin with, before a colon; for `channels` the pattern of channels to listen to is `*` whatever it is. */
  keyPrefix: z.string().min(1).max(200),
  /** For `rediss:`: whether the certificate of Redis is checked, and against what (PEM; empty: the authorities this computer trusts). */
  verifyCertificate: z.boolean(),
  ca: z.string().max(1_000_000),
};

export const redisSettingsSchema = z.strictObject({ enabled: z.boolean(), ...fields });
export type RedisSettings = z.infer<typeof redisSettingsSchema>;

export const defaultRedisSettings: RedisSettings = {
  enabled: false,
  mode: 'share',
  url: 'redis://127.0.0.1:6379/0',
  username: '',
  keyPrefix: 'mqtt',
  verifyCertificate: true,
  ca: '',
};

/** What a broker needs to reach Redis. Never leaves the engine. */
export const redisConfigSchema = z.strictObject({ ...fields, password: z.string().max(65_535) });
export type RedisConfig = z.infer<typeof redisConfigSchema>;

/** As they are saved. */
export interface RedisView extends RedisSettings {
  readonly hasPassword: boolean;
}

export interface RedisTest {
  /** `7.0.15` */
  readonly version: string;
  /** One question and its answer. */
  readonly roundTripMs: number;
  /** Brokers that share it under this prefix at the moment. */
  readonly brokers: number;
  /** What is noteworthy about its settings, in sentences: it may throw away what it is told, or forgets all when it ends. */
  readonly warnings: readonly string[];
}

/** A broker that shares the same Redis. */
export interface RedisPeer {
  readonly id: string;
  /** Host and process, in words. */
  readonly name: string;
  readonly clients: number;
  /** Unix time in ms: since when it takes part, and when it last said that it lives. */
  readonly since: number;
  readonly lastBeat: number;
  /** The age of what it has yet to read in the log, ms. */
  readonly lagMs: number;
  readonly isSelf: boolean;
}

export interface RedisCounters {
  /** Messages given to the other brokers, and taken from them. */
  readonly sent: number;
  readonly received: number;
  /** QoS 0 messages others did not get, since Redis was away or too slow. */
  readonly dropped: number;
  /** Sessions that came from another broker with their client, that went to one, and that were taken over from a broker that died. */
  readonly sessionsIn: number;
  readonly sessionsOut: number;
  readonly sessionsAdopted: number;
}

export const noRedisCounters: RedisCounters = { sent: 0, received: 0, dropped: 0, sessionsIn: 0, sessionsOut: 0, sessionsAdopted: 0 };

export type RedisPhase = 'off' | 'connecting' | 'connected' | 'away';

export interface RedisState {
  /** `off`: the broker does not run, or runs without Redis. */
  readonly phase: RedisPhase;
  readonly mode: 'share' | 'channels';
  /** What the running broker was started with, without secrets. */
  readonly url: string;
  /** Unix time in ms of the last change of `phase`. */
  readonly since: number;
  /** Why it is away. */
  readonly problem: Problem | null;
  /** What happened to the data in Redis, newest last, in sentences for a person. */
  readonly notices: readonly { readonly at: number; readonly text: string }[];
  /** Messages that wait to be shared: nobody has been told that they are kept. */
  readonly waiting: number;
  /** The age of what has yet to be read here, and the time of the last question with its answer. */
  readonly lagMs: number;
  readonly roundTripMs: number | null;
  readonly peers: readonly RedisPeer[];
  readonly counters: RedisCounters;
}

const draftSchema = redisSettingsSchema.extend({
  /** `undefined`: the one that is saved; empty: none. */
  password: z.string().max(65_535).optional(),
});

export const brokerRedisContract = {
  'broker.redis': stream<RedisView>()(noInput, { overflow: 'coalesce', window: 2 }),
  'broker.redisState': stream<RedisState>()(noInput, { overflow: 'coalesce', window: 2 }),
  /** For the next start of the broker. Rejects with `invalid-uri`. */
  'broker.saveRedis': call<void>()(draftSchema),
  /** Connects once with these settings. Rejects with `invalid-uri` or `connect-failed`. */
  'broker.testRedis': call<RedisTest>()(draftSchema),
} as const;
