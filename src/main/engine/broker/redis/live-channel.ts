import type { Message } from '../core/message.ts';
import { storeMessage } from '../core/persistence/stored-message.ts';
import { packLive, unpackLive, type TravellingMessage } from './redis-records.ts';
import type { RedisCluster } from './redis-cluster.ts';

/** What may wait on its way to Redis; beyond it messages of QoS 0 are dropped. */
const mostWaitingBytes = 8_388_608;
const groupsSettleMs = 20;

/**
 * The channels of the brokers: messages of QoS 0, news, and requests to one of them. Their names hold the id of the data, so that brokers with
 * the same prefix in another database of the same Redis are others.
 */
export class LiveChannel {
  readonly #cluster: RedisCluster;
  #waiting: TravellingMessage[] = [];
  #isScheduled = false;
  #base = '';
  #run = '';
  #isSettling = false;

  constructor(cluster: RedisCluster) {
    this.#cluster = cluster;
    cluster.link.subscriber.on('messageBuffer', (channel: Buffer, message: Buffer) => this.#received(channel.toString(), message));
  }

  /** For this stay of the broker. */
  async listen(): Promise<void> {
    const { metaId, run, link } = this.#cluster;
    if (this.#base !== '') await link.subscriber.unsubscribe(...this.#channels());
    this.#base = `${link.config.keyPrefix}:${metaId}:`;
    this.#run = run;
    await link.subscriber.subscribe(...this.#channels());
  }

  #channels(): readonly [string, string, string] {
    return [`${this.#base}live`, `${this.#base}news`, `${this.#base}to:${this.#run}`];
  }

  /** `choices`: brokers of shared subscriptions; `direct`: those that are dealt with. */
  send(message: Message, choices: ReadonlyMap<string, string> | null, direct: readonly string[] | null): void {
    const { table, core, run } = this.#cluster;
    const targets: [string, string][] = [];
    for (const share of table.matching(message.topic)) {
      if (direct?.includes(share) === true) continue;
      const to = choices?.get(share) ?? table.choose(share);
      if (to !== null && to !== run) targets.push([share, to]);
    }
    this.#waiting.push({ ...storeMessage(message, core), targets, isRedirected: false, passed: [] });
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(this.#flush);
  }

  readonly #flush = (): void => {
    this.#isScheduled = false;
    const messages = this.#waiting;
    this.#waiting = [];
    const { link, counters, run, isReady } = this.#cluster;
    if (!isReady || (link.commands.stream?.writableLength ?? 0) > mostWaitingBytes) {
      counters.dropped += messages.length;
      return;
    }
    counters.sent += messages.length;
    link.commands.publish(`${this.#base}live`, packLive(run, messages)).catch(() => void (counters.dropped += messages.length));
  };

  #received(channel: string, message: Buffer): void {
    const cluster = this.#cluster;
    if (cluster.isClosed || !channel.startsWith(this.#base)) return;
    const name = channel.slice(this.#base.length);
    if (name === 'live') this.#messages(message);
    else if (name === 'news') this.#news(message.toString());
    else if (name === `to:${this.#run}`) cluster.claims.told(message.toString());
  }

  #messages(bytes: Buffer): void {
    let live: ReturnType<typeof unpackLive>;
    try {
      live = unpackLive(bytes);
    } catch {
      // Anybody may publish to a channel.
      return;
    }
    if (live.run === this.#run) return;
    for (const message of live.messages) this.#cluster.intake.take(message, this.#run, true);
  }

  #news(what: string): void {
    const cluster = this.#cluster;
    if (what === 'brokers') void cluster.beat();
    if (this.#isSettling) return;
    this.#isSettling = true;
    setTimeout(() => {
      this.#isSettling = false;
      if (cluster.isReady) cluster.readGroups().catch(() => undefined);
    }, groupsSettleMs).unref();
  }

  tell(run: string, request: object): void {
    this.#cluster.link.commands.publish(`${this.#base}to:${run}`, JSON.stringify(request)).catch(() => undefined);
  }
}
