import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { noRedisCounters, type RedisConfig, type RedisState } from '../../../../shared/contract/broker-redis.ts';
import type { MessageRecord } from '../../../../shared/messages/record.ts';
import type { BrokerEngine } from '../broker-engine.ts';
import { checkPublishTopic } from '../check-topic.ts';
import { ClusterLink } from './cluster-link.ts';
import { createRedis, openRedis } from './redis-connection.ts';
import { shownRedisAddress } from './redis-address.ts';

const mostWaitingBytes = 8_388_608;
/** What was published comes back within this time, or not at all. */
const echoMs = 5000;
const beatMs = 1000;

interface RedisChannelsOptions {
  readonly config: RedisConfig;
  /** Unix ms. */
  readonly now: () => number;
  readonly onChange: () => void;
}

/**
 * The plain form of mqttd: the channel is the topic, the message the payload, and there is no more. What clients publish goes to the channel,
 * and what comes by channels is published here with QoS 0. It comes back to who published it, and is known again there.
 */
export class RedisChannels {
  readonly #link: ClusterLink;
  readonly #options: RedisChannelsOptions;
  readonly #ownChannels: string;
  readonly #counters = { ...noRedisCounters };
  /** Own messages that are still to come back, by channel and content: until when. */
  readonly #echoes = new Map<string, number[]>();
  #engine: BrokerEngine | null = null;
  #isTaking = false;
  #timer: NodeJS.Timeout | undefined;

  private constructor(options: RedisChannelsOptions, link: ClusterLink) {
    this.#options = options;
    this.#link = link;
    // Where brokers share this Redis under the same prefix, their own channels are no topics.
    this.#ownChannels = `${options.config.keyPrefix}:`;
  }

  /** Rejects with `connect-failed`. */
  static async open(options: RedisChannelsOptions): Promise<RedisChannels> {
    const { config, now, onChange } = options;
    const clients: readonly [Redis, Redis] = await Promise.all([createRedis(config, 'prompt'), createRedis(config, 'subscriber')]);
    const [commands, subscriber] = clients;
    const channels = new RedisChannels(options, new ClusterLink(config, [commands, commands, subscriber], now, onChange));
    for (const client of clients) await openRedis(client, config);
    return channels;
  }

  /** From here on messages go both ways. */
  async attach(engine: BrokerEngine): Promise<void> {
    this.#engine = engine;
    const { subscriber } = this.#link;
    subscriber.on('pmessageBuffer', (_pattern: Buffer, channel: Buffer, message: Buffer) => this.#take(channel, message));
    // What was published while nobody listened here does not come back.
    subscriber.on('close', () => this.#echoes.clear());
    await subscriber.psubscribe('*');
    engine.onPublish((record) => this.#give(record));
    this.#timer = setInterval(() => void this.#beat(), beatMs);
    await this.#beat();
  }

  async #beat(): Promise<void> {
    if (!this.#link.isReady) return;
    const began = performance.now();
    try {
      await this.#link.commands.ping();
      this.#link.answered(performance.now() - began);
    } catch (error) {
      this.#link.away(error);
    }
    this.#forgetEchoes();
    this.#options.onChange();
  }

  #give({ topic, payload }: MessageRecord): void {
    if (this.#isTaking || topic.startsWith('$') || topic.startsWith(this.#ownChannels)) return;
    const { commands } = this.#link;
    if (!this.#link.isReady || (commands.stream?.writableLength ?? 0) > mostWaitingBytes) {
      this.#counters.dropped += 1;
      return;
    }
    const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
    const key = echoKey(topic, bytes);
    const until = this.#echoes.get(key);
    if (until === undefined) this.#echoes.set(key, [this.#options.now() + echoMs]);
    else until.push(this.#options.now() + echoMs);
    this.#counters.sent += 1;
    commands.publish(topic, bytes).catch(() => {
      this.#counters.dropped += 1;
      this.#isEcho(key);
    });
  }

  #take(channel: Buffer, payload: Buffer): void {
    const topic = channel.toString();
    if (topic.startsWith(this.#ownChannels) || topic.startsWith('$')) return;
    if (this.#isEcho(echoKey(topic, payload))) return;
    try {
      checkPublishTopic(topic);
    } catch {
      // No topic of MQTT: it has wildcards, or is no UTF-8.
      this.#counters.dropped += 1;
      return;
    }
    this.#counters.received += 1;
    this.#isTaking = true;
    try {
      this.#engine?.publish({ topic, payload, qos: 0, retain: false }).catch(() => undefined);
    } finally {
      this.#isTaking = false;
    }
  }

  #isEcho(key: string): boolean {
    const until = this.#echoes.get(key);
    if (until === undefined) return false;
    until.shift();
    if (until.length === 0) this.#echoes.delete(key);
    return true;
  }

  #forgetEchoes(): void {
    const now = this.#options.now();
    for (const [key, until] of this.#echoes) {
      while ((until[0] ?? Infinity) < now) until.shift();
      if (until.length === 0) this.#echoes.delete(key);
    }
  }

  state(): RedisState {
    const { phase, since, problem, notices, roundTripMs, config } = this.#link;
    return {
      phase,
      mode: 'channels',
      url: shownRedisAddress(config.url),
      since,
      problem,
      notices: [...notices],
      waiting: 0,
      lagMs: 0,
      roundTripMs,
      peers: [],
      counters: { ...this.#counters },
    };
  }

  close(): void {
    clearInterval(this.#timer);
    this.#link.close();
  }
}

function echoKey(topic: string, payload: Buffer): string {
  // Short messages stand for themselves.
  return `${topic}\0${payload.byteLength <= 64 ? payload.toString('latin1') : createHash('sha1').update(payload).digest('base64')}`;
}
