import type { Duplex } from 'node:stream';
import type { BrokerClient } from '../../../../shared/contract/broker.ts';
import type { BrokerMetrics } from '../../../../shared/contract/broker-metrics.ts';
import type { TraceEvent } from '../../../../shared/contract/broker-inside.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import type { Off } from '../../../../shared/ipc/transport.ts';
import type { MessageRecord } from '../../../../shared/messages/record.ts';
import type { ConnectPacket, SubscriptionRequest } from '../../../../shared/mqtt/packet/packets.ts';
import { TopicCache } from '../../../../shared/mqtt/packet/topic-cache.ts';
import type { BrokerEngine, BrokerPublish, ConnectionInfo, DisconnectOptions, Refusal } from '../broker-engine.ts';
import { checkPublishTopic } from '../check-topic.ts';
import { LatencyHistogram } from '../inside/latency-histogram.ts';
import type { FaultLink } from '../faults/fault-link.ts';
import { RetainedTrie } from '../routing/retained-trie.ts';
import { SubscriptionTrie } from '../routing/subscription-trie.ts';
import { TimerWheel, type WheelTimer } from '../routing/timer-wheel.ts';
import { listClients } from './client-list.ts';
import { limitsClients } from './client-limits.ts';
import { ConnectLimits, hostOf } from './connect-limits.ts';
import { closeStreams } from './close-streams.ts';
import { Connection } from './connection.ts';
import { CoreInside } from './core-inside.ts';
import { CoreLists } from './lists/core-lists.ts';
import { Counters } from './counters.ts';
import { coreMetrics } from './core-metrics.ts';
import type { CoreHandlers } from './core-handlers.ts';
import { hasRoom } from './delivery.ts';
import { defaultCoreOptions, type CoreOptions } from './core-options.ts';
import type { QueueTotals } from './delivery-queue.ts';
import type { CoreCluster } from './core-cluster.ts';
import { describeClient } from './describe-client.ts';
import type { AuthExchange, ConnectVerdict, CoreHooks } from './hooks.ts';
import { Message } from './message.ts';
import type { BrokerPersistence } from './persistence/broker-persistence.ts';
import { Journal } from './persistence/journal.ts';
import { restore } from './persistence/restore.ts';
import { OutputScheduler } from './output.ts';
import type { PacketTap } from './packet-tap.ts';
import { retain } from './retain.ts';
import { RetainedDelivery } from './retained-delivery.ts';
import { handOver, route, routeAmongBrokers } from './route.ts';
import type { HeldSubscription, Session } from './session.ts';
import { toRecord } from './tap-record.ts';

export interface BrokerCoreOptions extends Partial<CoreOptions> {
  readonly nowUs: () => number;
  readonly hooks?: CoreHooks;
  /** Where sessions, their messages, retained messages and wills are kept; absent: in memory only. `restore` has to follow before the first client. */
  readonly persistence?: BrokerPersistence | undefined;
  /** Other brokers it is one with; it has to be the persistence as well. */
  readonly cluster?: CoreCluster | undefined;
  /** Nothing can be kept, and why; `null`: it works again. Until then what must be kept is not acknowledged. */
  readonly onPersistenceProblem?: (problem: string | null) => void;
  /** An error of ours that was caught: the connection it hit is closed, everything else goes on. */
  readonly onBug?: (error: unknown) => void;
}

/** A broker for MQTT 3.1, 3.1.1 and 5. It owns no port: connected byte streams are given to it. */
export class BrokerCore implements BrokerEngine {
  readonly name = 'workbench';
  readonly inside = new CoreInside(this);
  readonly lists = new CoreLists(this);
  readonly options: CoreOptions;
  readonly hooks: CoreHooks;
  readonly counters = new Counters();
  /** From reading a PUBLISH to writing it out. */
  readonly latency = new LatencyHistogram();
  readonly scheduler = new OutputScheduler(this.counters, this);
  /** What waits in the queues of all sessions. */
  readonly queueTotals: QueueTotals = { messages: 0, bytes: 0 };
  readonly topicCache = new TopicCache();
  readonly wheel: TimerWheel;
  readonly subscriptions: SubscriptionTrie<Session>;
  readonly retainedMessages = new RetainedTrie<Message>();
  readonly retainedDelivery = new RetainedDelivery(this);
  readonly sessions = new Map<string, Session>();
  readonly connections = new Set<Connection>();
  /** Streams that were ended by us and whose peers have not closed yet. */
  readonly lingering = new Set<Duplex>();
  /** The monotonic clock as it was read last, at the latest with the bytes that are being handled. */
  nowMs: number;
  /** What must outlive the broker; `null`: nothing. */
  readonly journal: Journal | null;
  readonly #persistence: BrokerPersistence | undefined;
  /** `null`: this broker is alone. */
  readonly cluster: CoreCluster | null;
  /** Told what happens to each message; `null`: nobody listens, and nothing is collected. */
  trace: ((event: TraceEvent) => void) | null = null;
  /** Given every packet in and out; `null`: nobody listens. */
  packetTap: PacketTap | null = null;
  /** `null`: there are none. */
  connectLimits: ConnectLimits | null;
  /** Whether there is a limit to what a connected client does. */
  hasClientLimits: boolean;
  /** What people's handlers do; `null`: there are none, and nothing is spent on them. */
  handlers: CoreHandlers | null = null;
  /** Asked for each new connection; `null`: no faults are on. */
  linkFaults: ((connection: Connection) => FaultLink | null) | null = null;
  readonly #onBug: (error: unknown) => void;
  readonly #publishListeners = new Set<(record: MessageRecord) => void>();
  readonly #clientListeners = new Set<() => void>();
  readonly #refusedListeners = new Set<(refusal: Refusal) => void>();
  readonly #sweep: WheelTimer;
  #closed = false;
  #connected = 0;
  #messages = 0;

  constructor({ hooks = {}, persistence, cluster, onPersistenceProblem: onProblem = () => undefined, onBug = () => undefined, ...options }: BrokerCoreOptions) {
    this.options = { ...defaultCoreOptions, monotonicMs: () => performance.now(), ...options };
    this.hooks = hooks;
    this.connectLimits = ConnectLimits.of(this.options);
    this.hasClientLimits = limitsClients(this.options);
    this.#onBug = onBug;
    this.#persistence = persistence;
    this.journal = persistence === undefined ? null : new Journal({ persistence, clocks: this, onProblem, onBug });
    this.subscriptions = new SubscriptionTrie<Session>({
      isReady: (session) => session.connection !== null && !session.queue?.length && hasRoom(session) && !session.connection.isBackedUp,
      isConnected: (session) => session.connection !== null,
      canQueue: (session) => session.expirySeconds > 0,
    });
    this.nowMs = this.options.monotonicMs();
    this.wheel = new TimerWheel({ nowMs: () => this.tick() });
    this.wheel.start();
    this.#sweep = this.wheel.schedule(sweepEveryMs, () => this.#sweepRetained());
    this.cluster = cluster ?? null;
  }

  #sweepRetained(): void {
    const swept: Message[] = [];
    this.retainedMessages.sweep(this.tick(), sweptAtOnce, swept);
    if (this.journal !== null) {
      for (const { topic } of swept) this.journal.retained(topic, null);
      if (this.#connected > 0) this.journal.alive();
    }
    this.wheel.reschedule(this.#sweep, sweepEveryMs);
  }

  /** Takes up what an earlier run has kept. Answers what was damaged and where it is now, in sentences; rejects when the place cannot be used. */
  async restore(): Promise<string | null> {
    return this.journal === null || this.#persistence === undefined ? null : restore(this, this.journal, this.#persistence);
  }

  /** Reads the clock anew. */
  tick(): number {
    return (this.nowMs = this.options.monotonicMs());
  }

  get wallMs(): number {
    return Math.floor(this.options.nowUs() / 1000);
  }

  nextConnectionId(): number {
    return (this.counters.connectionsMade += 1);
  }

  handle(stream: Duplex, info: ConnectionInfo): void {
    if (this.#closed) {
      stream.destroy();
      return;
    }
    this.connections.add(new Connection(this, stream, info));
  }

  // What the hooks decide.

  isOwn(packet: ConnectPacket): boolean {
    return this.hooks.isOwn !== undefined && this.#allows((_none, connect) => this.hooks.isOwn?.(connect) === true, '', packet);
  }

  authenticate(connection: Connection, packet: ConnectPacket): ConnectVerdict | Promise<ConnectVerdict> {
    return this.hooks.authenticate?.(packet, connection.info) ?? 'welcome';
  }

  beginAuthentication(connection: Connection, method: string): AuthExchange | null {
    return this.hooks.beginAuthentication?.(method, connection.info) ?? null;
  }

  mayHaveWill(connection: Connection, clientId: string, topic: string): boolean {
    const { authorizeWill } = this.hooks;
    return (
      authorizeWill === undefined ||
      this.#allows((_id, asked) => authorizeWill({ clientId, username: connection.username, info: connection.info }, asked), clientId, topic)
    );
  }

  mayPublish(clientId: string, topic: string): boolean {
    // Only the broker speaks there (§4.7.2).
    if (topic.startsWith('$SYS')) return false;
    const { authorizePublish } = this.hooks;
    return authorizePublish === undefined || this.#allows(authorizePublish, clientId, topic);
  }

  maySubscribe(clientId: string, request: SubscriptionRequest): boolean {
    const { authorizeSubscribe } = this.hooks;
    return authorizeSubscribe === undefined || this.#allows(authorizeSubscribe, clientId, request);
  }

  mayDeliver(clientId: string, topic: string): boolean {
    const { authorizeDeliver } = this.hooks;
    return authorizeDeliver === undefined || this.#allows(authorizeDeliver, clientId, topic);
  }

  #allows<T>(hook: (clientId: string, what: T) => boolean, clientId: string, what: T): boolean {
    try {
      return hook(clientId, what);
    } catch (error) {
      this.reportBug(error);
      return false;
    }
  }

  #tell<A, B>(hook: (about: A, more: B) => void, about: A, more: B): void {
    try {
      hook(about, more);
    } catch (error) {
      this.reportBug(error);
    }
  }

  // Messages.

  /** Stores what is retained, tells the tap, and gives the message to everyone it is for. Answers how many sessions that were. */
  spread(message: Message, from: Session | null, dup: boolean, packetId = 0): number {
    message.number = this.#messages += 1;
    if (this.hooks.published !== undefined) this.#tell(this.hooks.published, message, undefined);
    if (message.retain) retain(this, message, from);
    // What the broker says of itself would only bury the traffic of the user's devices.
    if (this.#publishListeners.size > 0 && !(message.publisher === null && message.topic.startsWith('$SYS/'))) this.#tap(message, dup);
    return this.cluster === null ? route(this, message, from, packetId) : routeAmongBrokers(this, this.cluster, message, from, packetId);
  }

  /** A message that came in at another broker of the cluster: told and counted here, and not yet routed. */
  tapReceived(message: Message, isNews: boolean): void {
    message.number = this.#messages += 1;
    if (isNews && this.#publishListeners.size > 0) this.#tap(message, false);
  }

  #tap(message: Message, dup: boolean, retain = message.retain): void {
    const record = toRecord(message, this.options.nowUs(), dup);
    for (const listener of this.#publishListeners) listener(retain === record.retain ? record : { ...record, retain });
  }

  /** Gives a message its number and tells of it, without giving it to anybody. */
  announce(message: Message, retain: boolean): void {
    message.number = this.#messages += 1;
    if (this.hooks.published !== undefined) this.#tell(this.hooks.published, message, undefined);
    if (this.#publishListeners.size > 0) this.#tap(message, false, retain);
  }

  sendRetained(session: Session, request: SubscriptionRequest, subscriptionIdentifier: number): void {
    this.retainedDelivery.start(session, request, subscriptionIdentifier);
  }

  // Sessions and connections.

  subscribe(session: Session, subscription: HeldSubscription): boolean {
    session.subscriptions.set(subscription.filter, subscription);
    session.journal?.subscribed(session, subscription);
    this.cluster?.subscribed(session, subscription.filter);
    if (this.hooks.subscribed !== undefined) this.#tell(this.hooks.subscribed, session.clientId, subscription);
    return this.subscriptions.add(session, subscription.filter, subscription);
  }

  unsubscribe(session: Session, filter: string): boolean {
    if (!session.subscriptions.delete(filter)) return false;
    session.journal?.unsubscribed(session, filter);
    this.cluster?.unsubscribed(session, filter);
    if (this.hooks.unsubscribed !== undefined) this.#tell(this.hooks.unsubscribed, session.clientId, filter);
    this.subscriptions.remove(session, filter);
    return true;
  }

  /** The expiry that is granted for the one that was asked (0xFFFFFFFF: never), in seconds. */
  sessionExpiry(wantedSeconds: number): number {
    return Math.min(wantedSeconds === 0xffff_ffff ? Infinity : wantedSeconds, this.options.maximumSessionExpirySeconds);
  }

  takeOver(connection: Connection): void {
    if (connection.level === 5) connection.sendDisconnect(0x8e, 'Another client connected with this client id.');
    connection.end('taken-over');
  }

  connected(connection: Connection, sessionPresent: boolean): void {
    this.#connected += 1;
    if (!connection.isOwn) this.connectLimits?.enter(hostOf(connection.info.address));
    this.counters.clientsMaximum = Math.max(this.counters.clientsMaximum, this.#connected);
    if (this.hooks.connected !== undefined) this.#tell(this.hooks.connected, describeClient(connection), sessionPresent);
    this.#clientsChanged();
  }

  connectionEnded(connection: Connection): void {
    this.connections.delete(connection);
    const { session } = connection;
    this.journal?.connectionEnded(connection);
    if (session?.connection !== connection) return;
    this.#connected -= 1;
    if (!connection.isOwn) this.connectLimits?.leave(hostOf(connection.info.address));
    if (this.handlers !== null) this.handlers.disconnected(connection);
    if (this.hooks.disconnected !== undefined) this.#tell(this.hooks.disconnected, describeClient(connection), connection.endedBy ?? 'lost');
    session.connection = null;
    this.retainedDelivery.stop(session);
    this.cluster?.connectionChanged(session);
    if (session.will) {
      const delaySeconds = Math.min(session.will.will.properties?.willDelayInterval ?? 0, session.expirySeconds);
      if (delaySeconds === 0) this.publishWill(session);
      else session.publishWillAfter(delaySeconds * 1000);
    }
    this.journal?.disconnected(session);
    if (session.expirySeconds === 0) this.endSession(session);
    else session.endAfter(session.expirySeconds * 1000);
    this.#clientsChanged();
  }

  sessionExpired(session: Session): void {
    this.counters.sessionsExpired += 1;
    this.endSession(session);
  }

  /** Forgets a session without a connection. A will that still waits is published now [MQTT-3.1.2-8]. */
  endSession(session: Session): void {
    session.cancelTimers();
    if (session.will) this.publishWill(session);
    if (this.sessions.get(session.clientId) === session) {
      this.sessions.delete(session.clientId);
      if (this.hooks.sessionEnded !== undefined) this.#tell(this.hooks.sessionEnded, session.clientId, undefined);
    }
    session.isEnded = true;
    this.journal?.ended(session);
    this.cluster?.ended(session);
    this.removeSubscriptions(session);
    handOver(this, session);
  }

  /** In slices: a client with a hundred thousand filters that leaves holds nobody up. */
  removeSubscriptions(session: Session): void {
    if (this.subscriptions.removeSome(session, subscriptionsAtOnce) > 0) setImmediate(() => this.removeSubscriptions(session));
  }

  publishWill(session: Session): void {
    const { will } = session.will ?? {};
    session.will = null;
    session.cancelWillTimer();
    this.journal?.sessionChanged(session);
    if (!will || !this.mayPublish(session.clientId, will.topic)) return;
    const { willDelayInterval: _delay, ...others } = will.properties ?? {};
    const properties = Object.keys(others).length === 0 ? null : others;
    const expiry = others.messageExpiryInterval;
    const expiresAtMs = expiry === undefined ? Infinity : this.nowMs + expiry * 1000;
    const message = new Message(will.topic, will.payload, will.qos, will.retain, properties, session.clientId, expiresAtMs);
    if (this.handlers !== null && this.handlers.publishOther(message, () => undefined)) return;
    this.spread(message, null, false);
  }

  // News.

  refused(connection: Connection, _reasonCode: number, reason: string): void {
    const { transport, address, listener } = connection.info;
    this.reportRefusal({
      clientId: connection.session?.clientId ?? connection.clientId,
      transport,
      address,
      ...(listener === undefined ? {} : { listener }),
      reason,
    });
  }

  reportRefusal(refusal: Refusal): void {
    this.counters.connectionsRefused += 1;
    this.#tellRefused(refusal);
  }

  /** The client stays, but may not do what it wanted to do. */
  reportDenial(refusal: Refusal): void {
    this.#tellRefused(refusal);
  }

  /** The client stays, but what it wanted goes beyond a limit; `topic`: of the message or subscription. The same words for each, so that a flood is one line. */
  reportOverLimit(connection: Connection, reason: string, topic: string): void {
    const { transport, address } = connection.info;
    this.#tellRefused({ clientId: connection.session?.clientId ?? connection.clientId, transport, address, reason, overLimit: { topic: topic.slice(0, 200) } });
  }

  /** The client may not be connected any more; DISCONNECT 0x87 in MQTT 5. */
  expel(clientId: string, reason: string): void {
    this.sessions.get(clientId)?.connection?.refuse(0x87, reason);
  }

  #tellRefused(refusal: Refusal): void {
    for (const listener of this.#refusedListeners) listener(refusal);
  }

  reportBug(error: unknown): void {
    this.#onBug(error);
  }

  subscriptionsChanged(): void {
    this.#clientsChanged();
  }

  #clientsChanged(): void {
    for (const listener of this.#clientListeners) listener();
  }

  // The interface of every broker engine.

  publish(message: BrokerPublish): Promise<void> {
    return new Promise((resolve) => {
      checkPublishTopic(message.topic);
      if (this.#closed) throw new CodedError('broker-not-running');
      if (message.retain && !this.options.retainAvailable) {
        throw new CodedError('publish-refused', 'The local broker is set to keep no retained messages.', {
          advice: 'Publish it without “Retain”, or allow retained messages on the broker page.',
        });
      }
      const { topic, payload, qos, retain, properties = null } = message;
      const expiry = properties?.messageExpiryInterval;
      this.tick();
      const expiresAtMs = expiry === undefined ? Infinity : this.nowMs + expiry * 1000;
      const made = new Message(topic, payload, qos, retain, properties, null, expiresAtMs);
      const routed = (): void => {
        if (this.journal === null || message.qos === 0) resolve();
        else this.journal.afterCommit({ run: resolve });
      };
      if (this.handlers !== null && this.handlers.publishOther(made, routed)) return;
      this.spread(made, null, false);
      routed();
    });
  }

  metrics(): BrokerMetrics {
    return coreMetrics(this);
  }

  get clientCount(): number {
    return this.#connected;
  }

  clients(): readonly BrokerClient[] {
    return listClients(this);
  }

  disconnectClient(clientId: string, { reasonCode = 0x98, reasonString, serverReference, publishWill = true }: DisconnectOptions = {}): Promise<boolean> {
    const session = this.sessions.get(clientId);
    const connection = session?.connection;
    if (session === undefined || !connection) return Promise.resolve(false);
    if (!publishWill) session.will = null;
    const words = reasonString ?? (reasonCode === 0x98 ? 'Disconnected by the operator of the broker.' : '');
    if (connection.level === 5) connection.sendDisconnect(reasonCode, words, serverReference);
    connection.end('closed-by-broker');
    return Promise.resolve(true);
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

  retained(prefix: string): readonly string[] {
    const found: Message[] = [];
    const filter = prefix === '' ? '#' : `${prefix}/#`;
    let cursor = this.retainedMessages.matchInto(filter, null, 1000, found, this.tick());
    while (cursor !== null) cursor = this.retainedMessages.matchInto(filter, cursor, 1000, found, this.nowMs);
    return found.map(({ topic }) => topic);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const streams = [...this.connections].map(({ stream }) => stream);
    for (const connection of this.connections) {
      if (connection.session && connection.level === 5) connection.sendDisconnect(0x8b, 'The broker is shutting down.');
      // Wills are for clients that are lost, not for a broker that leaves.
      if (connection.session) connection.session.will = null;
      connection.end('closed-by-broker');
    }
    this.wheel.stop();
    await this.journal?.close();
    await closeStreams(new Set([...streams, ...this.lingering]));
  }
}

const subscriptionsAtOnce = 2000;
const sweepEveryMs = 1000;
const sweptAtOnce = 2000;
