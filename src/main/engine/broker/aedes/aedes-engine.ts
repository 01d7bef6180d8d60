import { randomUUID } from 'node:crypto';
import { Readable, type Duplex } from 'node:stream';
import { Aedes, type AedesOptions, type Client, type PublishPacket } from 'aedes';
import type { BrokerClient } from '../../../../shared/contract/broker.ts';
import type { BrokerMetrics } from '../../../../shared/contract/broker-metrics.ts';
import type { MqttVersion, Qos } from '../../../../shared/contract/common.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import type { Off } from '../../../../shared/ipc/transport.ts';
import type { MessageRecord } from '../../../../shared/messages/record.ts';
import { listedAtMost, type BrokerEngine, type BrokerLists, type BrokerPublish, type ConnectionInfo, type Refusal } from '../broker-engine.ts';
import { checkPublishTopic, isValidFilter } from '../check-topic.ts';
import { AedesLists, type AedesClient, type AedesSources } from './aedes-lists.ts';
import { AedesCounters, aedesMetrics } from './aedes-metrics.ts';
import type { AedesRedis } from '../redis/aedes-redis.ts';
import { PacketGuard } from './packet-guard.ts';
import { RetainedStore } from './retained-store.ts';
import { shapeStream } from './shaped-stream.ts';

interface AedesEngineOptions {
  /** Unix time in µs. */
  readonly nowUs: () => number;
  /** The largest packet, fixed header included. */
  readonly maximumPacketSize?: number;
  /** A connection has to send its whole CONNECT within this time. */
  readonly connectTimeoutMs?: number;
  /** A client that does not read for this long while messages wait is disconnected; until then its publishers wait. */
  readonly drainTimeoutMs?: number;
  readonly maxPendingBytes?: number;
}

/** `redis`: what it has in common with other brokers. */
type AedesEngineParts = AedesEngineOptions & { readonly redis?: AedesRedis | undefined };

const defaults = { maximumPacketSize: 67_108_864 + 5, connectTimeoutMs: 10_000, drainTimeoutMs: 5_000, maxPendingBytes: 1_048_576 };

type Done = (error?: Error) => void;

/** What the engine remembers of one connection, from its first byte to its end. */
interface Link {
  readonly info: ConnectionInfo;
  readonly stream: Duplex;
  version: MqttVersion;
  username: string | null;
  keepAliveSeconds: number;
  connectedAt: number;
  refused: boolean;
}

/** Parts of a client that the library's types leave out. */
interface ClientParts {
  readonly subscriptions: Readonly<Record<string, { readonly qos: Qos }>>;
}

interface Persistence {
  storeRetained(packet: PublishPacket): Promise<void>;
  createRetainedStream(filter: string): Readable;
  createRetainedStreamCombi(filters: readonly string[]): Readable;
}

/**
 * A broker for MQTT 3.1 and 3.1.1 on aedes. It refuses MQTT 5 with return code 1 (unacceptable protocol version).
 *
 * What it publishes about itself below `$SYS/` is routed to subscribers but not shown by the tap: those topics hold a random
 * broker id and would only bury the traffic of the user's devices.
 */
export async function createAedesEngine(options: AedesEngineParts): Promise<BrokerEngine> {
  const engine = new AedesEngine(options);
  await engine.open();
  return engine;
}

class AedesEngine implements BrokerEngine {
  readonly name = 'aedes';
  readonly inside = null;
  readonly lists: BrokerLists;
  readonly #options: Required<AedesEngineOptions>;
  readonly #redis: AedesRedis | undefined;
  readonly #aedes: TappedAedes;
  readonly #links = new Map<Duplex, Link>();
  readonly #clients = new Map<string, { readonly client: Client; readonly link: Link }>();
  readonly #retained = new RetainedStore<PublishPacket>();
  readonly #counters = new AedesCounters();
  readonly #publishListeners = new Set<(record: MessageRecord) => void>();
  readonly #clientListeners = new Set<() => void>();
  readonly #refusedListeners = new Set<(refusal: Refusal) => void>();
  #closing: Promise<void> | undefined;

  constructor({ redis, ...options }: AedesEngineParts) {
    this.#redis = redis;
    this.#options = { ...defaults, ...options };
    this.lists = new AedesLists(this.#sources());
    this.#aedes = new TappedAedes(this.#aedesOptions(), (packet, client) => this.#tap(packet, client));
  }

  #sources(): AedesSources {
    const clients = this.#clients;
    const retained = this.#retained;
    return {
      *clients() {
        for (const { client, link } of clients.values()) yield describeListed(client, link);
      },
      client(clientId) {
        const found = clients.get(clientId);
        return found && describeListed(found.client, found.link);
      },
      *retained() {
        for (const topic of retained.topicsUnder('')) for (const packet of retained.match(topic)) yield describeRetained(packet);
      },
      retainedMessage(topic) {
        const [packet] = retained.match(topic);
        return packet && describeRetained(packet);
      },
    };
  }

  async open(): Promise<void> {
    await this.#aedes.listen();
    if (this.#redis === undefined) this.#replaceRetainedStore();
    this.#redis?.watch(() => {
      const { id, brokers } = this.#aedes as unknown as { readonly id: string; readonly brokers: Readonly<Record<string, number>> };
      return { self: id, others: brokers, clients: this.clientCount };
    });
    const aedes = this.#aedes;
    aedes.on('client', (client) => this.#joined(client));
    aedes.on('clientDisconnect', (client) => this.#left(client));
    aedes.on('subscribe', () => this.#clientsChanged());
    aedes.on('unsubscribe', () => this.#clientsChanged());
    aedes.on('clientError', (client, error) => this.#failed(client, error));
    aedes.on('connectionError', (client, error) => this.#failed(client, error));
  }

  handle(stream: Duplex, info: ConnectionInfo): void {
    if (this.#closing) {
      stream.destroy();
      return;
    }
    const link: Link = { info, stream, version: '3.1.1', username: null, keepAliveSeconds: 0, connectedAt: 0, refused: false };
    this.#links.set(stream, link);
    this.#counters.connectionsMade += 1;
    stream.once('close', () => this.#links.delete(stream));
    shapeStream(stream, {
      guard: new PacketGuard(Math.min(this.#options.maximumPacketSize, info.maximumPacketSize ?? Infinity)),
      maxPendingBytes: this.#options.maxPendingBytes,
      onRefused: (reason) => this.#refused(link, client.id ?? null, reason),
    });
    const client = this.#aedes.handle(stream);
  }

  publish(message: BrokerPublish): Promise<void> {
    return new Promise((resolve, reject) => {
      checkPublishTopic(message.topic);
      if (this.#closing) throw new CodedError('broker-not-running');
      const { topic, payload, qos, retain } = message;
      const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
      const packet: PublishPacket = { cmd: 'publish', topic, payload: bytes, qos, retain, dup: false };
      this.#aedes.publish(packet, (error) => (error ? reject(new CodedError('publish-refused', error.message)) : resolve()));
    });
  }

  metrics(): BrokerMetrics {
    return aedesMetrics(this.#counters, {
      timeMs: Math.floor(this.#options.nowUs() / 1000),
      clients: this.#clients.size,
      retainedMessages: this.#retained.size,
    });
  }

  get clientCount(): number {
    return this.#clients.size;
  }

  clients(): readonly BrokerClient[] {
    return [...this.#clients.values()].slice(0, listedAtMost.clients).map(({ client, link }) => describeClient(client, link));
  }

  disconnectClient(clientId: string): Promise<boolean> {
    const found = this.#clients.get(clientId);
    if (!found) return Promise.resolve(false);
    return new Promise((resolve) => found.client.close(() => resolve(true)));
  }

  onPublish(listener: (record: MessageRecord) => void): Off {
    this.#publishListeners.add(listener);
    return () => void this.#publishListeners.delete(listener);
  }

  onClients(listener: () => void): Off {
    this.#clientListeners.add(listener);
    return () => void this.#clientListeners.delete(listener);
  }

  onRefused(listener: (refusal: Refusal) => void): Off {
    this.#refusedListeners.add(listener);
    return () => void this.#refusedListeners.delete(listener);
  }

  reportRefusal(refusal: Refusal): void {
    this.#counters.connectionsRefused += 1;
    for (const listener of this.#refusedListeners) listener(refusal);
  }

  retained(prefix: string): readonly string[] {
    return [...this.#retained.topicsUnder(prefix)];
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const closing = new Promise<void>((resolve) => {
      this.#aedes.close(() => resolve());
      // Connections that have not sent CONNECT yet are unknown to the library's own list.
      for (const stream of this.#links.keys()) stream.destroy();
    });
    await (this.#redis === undefined ? closing : this.#redis.close(closing));
  }

  #aedesOptions(): AedesOptions {
    return {
      ...this.#redis?.parts,
      // A shared limit lets one client that does not read stop everybody, and its queue is drained from the front of an array.
      // Without it the work in flight is still bounded: a client's next chunk is read only when its last one is dealt with.
      concurrency: 0,
      connectTimeout: this.#options.connectTimeoutMs,
      drainTimeout: this.#options.drainTimeoutMs,
      // MQTT 3.1 allows 23 characters; real clients of that version use more.
      maxClientsIdLength: 65_535,
      preConnect: (client, packet, done) => {
        const link = this.#links.get(client.conn);
        if (link) {
          link.version = packet.protocolVersion === 3 ? '3.1' : '3.1.1';
          link.username = packet.username ?? null;
          link.keepAliveSeconds = packet.keepalive ?? 0;
        }
        if (packet.clientId === '') {
          // [MQTT-3.1.3-8]: an empty client id needs a clean session. Code 2 can only be sent from the authentication step.
          if (packet.clean !== true) this.#nameless.add(client);
          packet.clientId = `auto-${randomUUID()}`;
        }
        done(null, true);
      },
      authenticate: (client, _username, _password, done) => {
        if (this.#nameless.has(client)) done(Object.assign(new Error('identifier rejected'), { returnCode: 2 }), false);
        else done(null, true);
      },
      authorizeSubscribe: (_client, subscription, done) => {
        if (isValidFilter(subscription.topic)) done(null, subscription);
        else done(new Error('malformed topic filter'));
      },
    };
  }

  readonly #nameless = new WeakSet<Client>();

  /** The library's own store walks over all topics for any filter, and a subscription to one topic would wait for that. */
  #replaceRetainedStore(): void {
    const { persistence } = this.#aedes as unknown as { readonly persistence: Persistence };
    const retained = this.#retained;
    persistence.storeRetained = (packet) => {
      if (packet.payload.length === 0) retained.delete(packet.topic);
      // The payload is a view into a chunk of up to 64 KiB, which must not be kept alive by a few bytes.
      else retained.set(packet.topic, { ...packet, payload: Buffer.from(packet.payload as Buffer) });
      return Promise.resolve();
    };
    persistence.createRetainedStream = (filter) => Readable.from(retained.match(filter));
    persistence.createRetainedStreamCombi = (filters) => Readable.from(matchAll(retained, filters));
  }

  #tap(packet: PublishPacket, client: Client | null): void {
    if (client) {
      this.#counters.publishReceived += 1;
      this.#counters.publishBytesReceived += packet.payload.length;
    }
    if (this.#publishListeners.size === 0 || (client === null && packet.topic.startsWith('$SYS/'))) return;
    const record: MessageRecord = {
      id: 0,
      timeUs: this.#options.nowUs(),
      topic: packet.topic,
      payload: packet.payload as Buffer,
      qos: packet.qos,
      retain: packet.retain,
      dup: packet.dup ?? false,
      direction: client ? 'in' : 'out',
      publisher: client?.id ?? null,
      properties: null,
    };
    for (const listener of this.#publishListeners) listener(record);
  }

  #joined(client: Client): void {
    const link = this.#links.get(client.conn);
    if (!link) return;
    link.connectedAt = Math.round(this.#options.nowUs() / 1000);
    this.#clients.set(client.id, { client, link });
    this.#counters.clientsMaximum = Math.max(this.#counters.clientsMaximum, this.#clients.size);
    this.#clientsChanged();
  }

  /** After a takeover the old connection may report its end late, when its id belongs to the new one. */
  #left(client: Client): void {
    if (this.#clients.get(client.id)?.client !== client) return;
    this.#clients.delete(client.id);
    this.#clientsChanged();
  }

  #clientsChanged(): void {
    for (const listener of this.#clientListeners) listener();
  }

  #failed(client: Client, error: Error): void {
    const link = this.#links.get(client.conn);
    // An error of the network itself (it carries a system code) is no refusal: the peer is simply gone.
    if (link && (error as NodeJS.ErrnoException).syscall === undefined) this.#refused(link, client.id ?? null, explain(error));
  }

  #refused(link: Link, clientId: string | null, reason: string): void {
    if (link.refused) return;
    link.refused = true;
    const { transport, address, listener } = link.info;
    this.reportRefusal({ clientId, transport, address, ...(listener === undefined ? {} : { listener }), reason });
  }
}

/** Reports each publish when it is routed, whoever sent it: clients, wills and the broker itself; a repeated QoS 2 packet only once. */
class TappedAedes extends Aedes {
  readonly #tap: (packet: PublishPacket, client: Client | null) => void;

  constructor(options: AedesOptions, tap: (packet: PublishPacket, client: Client | null) => void) {
    super(options);
    this.#tap = tap;
  }

  override publish(packet: PublishPacket, client: Client | null | Done, done?: Done): void {
    this.#tap(packet, typeof client === 'function' ? null : client);
    (super.publish as (...args: unknown[]) => void).call(this, packet, client, done);
  }
}

function describeListed(client: Client, link: Link): AedesClient {
  const { clientId, version, transport, address, username, keepAliveSeconds, connectedAt } = describeClient(client, link);
  const subscriptions = Object.entries((client as unknown as ClientParts).subscriptions).map(([filter, { qos }]) => ({ filter, qos }));
  const certificateSubject = link.info.certificateSubject ?? null;
  return {
    row: {
      clientId,
      version,
      transport,
      address,
      username,
      keepAliveSeconds,
      connectedAt,
      certificateSubject,
      subscriptions: subscriptions.length,
      traffic: null,
    },
    subscriptions,
  };
}

function describeRetained({ topic, payload, qos }: PublishPacket): { readonly topic: string; readonly payload: Uint8Array; readonly qos: Qos } {
  return { topic, payload: payload as Buffer, qos };
}

function describeClient(client: Client, link: Link): BrokerClient {
  const subscriptions = Object.entries((client as unknown as ClientParts).subscriptions);
  return {
    clientId: client.id,
    version: link.version,
    transport: link.info.transport,
    address: link.info.address,
    ...(link.info.certificateSubject === undefined ? {} : { certificateSubject: link.info.certificateSubject }),
    username: link.username,
    cleanStart: client.clean,
    keepAliveSeconds: link.keepAliveSeconds,
    connectedAt: link.connectedAt,
    subscriptionCount: subscriptions.length,
    subscriptions: subscriptions.slice(0, listedAtMost.subscriptions).map(([filter, { qos }]) => ({ filter, qos })),
  };
}

/** A message that matches several filters of one request is delivered once. */
function* matchAll(store: RetainedStore<PublishPacket>, filters: readonly string[]): Generator<PublishPacket> {
  if (filters.length === 1) {
    yield* store.match(filters[0] as string);
    return;
  }
  const seen = new Set<PublishPacket>();
  for (const filter of filters) {
    for (const packet of store.match(filter)) {
      if (!seen.has(packet)) yield packet;
      seen.add(packet);
    }
  }
}

function explain(error: Error & { readonly errorCode?: number }): string {
  if (error.errorCode === 1) return 'asked for a protocol version other than MQTT 3.1 and 3.1.1';
  if (error.errorCode === 2) return 'sent an empty client id without asking for a clean session';
  if (error.message === 'keep alive timeout') return 'sent nothing for one and a half times its keep-alive time';
  if (error.message === 'connect did not arrive in time') return 'did not send a complete CONNECT packet in time';
  if (error.message === 'drain timeout') return 'did not read its messages for too long';
  return `broke a rule of MQTT (${error.message})`;
}
