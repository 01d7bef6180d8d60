import { spreadWaitMs } from '../../../../shared/connections/reconnect.ts';
import { carriesFrom, ruleWarnings, subscriptionOf, type BridgeSide } from '../../../../shared/broker/bridges/topic-rules.ts';
import type { BrokerStatus } from '../../../../shared/contract/broker.ts';
import type { Problem, Qos } from '../../../../shared/contract/common.ts';
import { connectionProfileSchema } from '../../../../shared/contract/connections.ts';
import type { TopicBridge as BridgeOptions, TopicBridgeStatus } from '../../../../shared/contract/topic-bridges.ts';
import { parseBrokerUri } from '../../../../shared/mqtt/broker-uri.ts';
import { plainListener } from '../../../../shared/mqtt/listener-kinds.ts';
import { closeLink, openMqttLink, type BrokerAccess, type ExplainedFailure, type MqttLink } from '../../connections/index.ts';
import { ClientSession, ConnectionEnded } from '../../mqtt-client/index.ts';
import { ownLogin } from '../../own-login.ts';
import { remoteText, type RemoteAccess } from '../remote-access.ts';
import { filtersOf, mayBeTheMark } from './bridge-parts.ts';
import { Carrier, type Side } from './carrier.ts';
import type { EchoMemory } from './echo-memory.ts';

const localTimeoutSeconds = 5;
/** The local broker keeps what is unacknowledged so long when the workbench does not come back. */
const localExpirySeconds = 300;
/** A broker may send so many at once without an acknowledgement. */
const receiveMaximum = 500;
const patience = { intervalSeconds: 0.5, multiplier: 2, maxIntervalSeconds: 30, jitter: 0.2 };

export interface TopicBridgeParts {
  readonly brokerStatus: () => BrokerStatus;
  readonly access: (bridge: BridgeOptions) => Promise<RemoteAccess>;
  /** Unix ms. */
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly onChange: () => void;
  /** Random, of this run. */
  readonly workbench: string;
  /** What any bridge has carried to a remote, by local topic. */
  readonly wentOut: EchoMemory;
}

/** One bridge: a client of the local broker, one of the remote, and what is carried between them. A message is acknowledged to the one when the other has it. */
export class TopicBridge {
  readonly #parts: TopicBridgeParts;
  #bridge: BridgeOptions;
  #phase: TopicBridgeStatus['phase'] = 'stopped';
  #problem: Problem | null = null;
  /** Counts the attempts of each side: what an earlier one still says is past. */
  readonly #runs = { local: 0, remote: 0 };
  #waits = 0;
  #timer: NodeJS.Timeout | undefined;
  #nextAttemptAt: number | null = null;
  #connectedAt: number | null = null;
  #remoteText: string | null = null;
  /** Links that are opening or open. */
  readonly #links: Partial<Record<BridgeSide, MqttLink>> = {};
  /** Sides whose sessions hold the subscriptions. */
  readonly #subscribed = { local: false, remote: false };
  #session = new ClientSession();
  #localSession = new ClientSession();
  /** The remote took the mark of bridges, or refused it. */
  #private: 'untried' | 'taken' | 'refused' = 'untried';
  #carrier: Carrier;
  /** The local broker ran when that was looked at last. */
  #wasUp = false;
  /** Subscriptions of earlier rules that the brokers may still hold. */
  #stale: Record<BridgeSide, readonly string[]> = { local: [], remote: [] };

  constructor(bridge: BridgeOptions, parts: TopicBridgeParts) {
    this.#bridge = bridge;
    this.#parts = parts;
    this.#carrier = this.#newCarrier();
  }

  get bridge(): BridgeOptions {
    return this.#bridge;
  }

  get isOn(): boolean {
    return this.#phase !== 'stopped' && this.#phase !== 'failed';
  }

  status(): TopicBridgeStatus {
    const { counts, queue, remote, rules } = this.#carrier;
    return {
      id: this.#bridge.id,
      phase: this.#phase,
      problem: this.#problem,
      nextAttemptAt: this.#nextAttemptAt,
      connectedAt: this.#connectedAt,
      remote: this.#remoteText,
      version: remote?.version ?? null,
      guard: remote && (remote.version === '5' ? 'no-local' : remote.isMarked ? 'private' : 'memory'),
      ...counts,
      queued: queue.messages,
      queuedBytes: queue.bytes,
      warnings: ruleWarnings(this.#bridge.rules),
      rules: rules.map((rule) => ({ ...rule })),
    };
  }

  start(): void {
    if (this.isOn) return;
    this.#carrier = this.#newCarrier();
    this.#waits = 0;
    this.#problem = null;
    this.#private = 'untried';
    this.#phase = 'waiting';
    this.sourceChanged();
    this.#parts.onChange();
  }

  /** Ends both sessions properly. The remote keeps its part for the time that was agreed on. */
  async stop(): Promise<void> {
    if (this.#phase === 'stopped') return;
    this.#phase = 'stopped';
    this.#problem = null;
    const closing = this.#close();
    this.#forget();
    this.#parts.onChange();
    await closing;
  }

  /** With other settings; it goes on with what waits where it was on. */
  async update(bridge: BridgeOptions): Promise<void> {
    const wasOn = this.isOn;
    const before = this.#bridge;
    await this.stop();
    this.#bridge = bridge;
    for (const side of ['local', 'remote'] as const) {
      const wanted = new Set(filtersOf(bridge, side));
      this.#stale[side] = [...new Set([...this.#stale[side], ...filtersOf(before, side)])].filter((filter) => !wanted.has(filter));
    }
    this.#carrier = this.#newCarrier();
    if (wasOn) this.start();
  }

  /** The local broker may have come up or gone down. */
  sourceChanged(): void {
    const isUp = this.#parts.brokerStatus().phase === 'running';
    if (!this.isOn && isUp && !this.#wasUp && this.#bridge.autoStart) {
      this.#wasUp = true;
      this.start();
      return;
    }
    this.#wasUp = isUp;
    if (!this.isOn) return;
    if (!isUp) {
      if (this.#phase === 'waiting' && this.#problem?.code === 'broker-not-running') return;
      this.#phase = 'waiting';
      this.#problem = { code: 'broker-not-running', message: 'The local broker is not running.', advice: 'Start it: the bridge goes on by itself.' };
      void this.#close();
      this.#parts.onChange();
    } else if (this.#phase === 'waiting') {
      if (this.#problem?.code === 'broker-not-running') this.#problem = null;
      this.#openLocal();
    }
  }

  #newCarrier(): Carrier {
    const { now, onChange, wentOut, workbench } = this.#parts;
    const onRefused = (problem: Problem): void => {
      this.#problem = problem;
      onChange();
    };
    return new Carrier({ bridge: this.#bridge, workbench, now, onChange, wentOut, onRefused });
  }

  /** Ends what is open; what waits goes on waiting. */
  async #close(sides: readonly BridgeSide[] = ['remote', 'local']): Promise<void> {
    clearTimeout(this.#timer);
    this.#nextAttemptAt = null;
    this.#connectedAt = null;
    this.#carrier.queue.close();
    await Promise.all(
      sides.map(async (side) => {
        this.#runs[side] += 1;
        const link = this.#links[side];
        const isUp = (side === 'local' ? this.#carrier.local : this.#carrier.remote) !== null;
        delete this.#links[side];
        if (side === 'local') this.#carrier.local = null;
        else this.#carrier.remote = null;
        if (link) await closeLink(link, { isUp });
      }),
    );
  }

  /** One side was lost and is tried again after a while. Without the local broker the remote keeps what is for it; without the remote, the queue does. */
  #lost({ final, code, message, advice }: ExplainedFailure, side: BridgeSide): void {
    if (!this.isOn) return;
    this.#problem = { code, message: side === 'local' ? `At the local broker: ${message}` : message, advice };
    if (side === 'local') this.#carrier.local = null;
    else this.#carrier.remote = null;
    delete this.#links[side];
    void this.#close(side === 'local' || final ? ['remote', 'local'] : ['remote']);
    if (final) {
      this.#phase = 'failed';
      this.#forget();
    } else {
      this.#phase = 'retrying';
      this.#waits += 1;
      const delay = spreadWaitMs(patience, this.#waits, this.#parts.random());
      this.#nextAttemptAt = this.#parts.now() + delay;
      this.#timer = setTimeout(() => this.#again(side), delay);
    }
    this.#parts.onChange();
  }

  #again(side: BridgeSide): void {
    this.#nextAttemptAt = null;
    if (side === 'remote' && this.#carrier.local) {
      this.#phase = 'connecting';
      void this.#openRemote();
    } else {
      this.#phase = 'waiting';
      this.sourceChanged();
    }
    this.#parts.onChange();
  }

  /** What waits here is not acknowledged: the local broker has it still. */
  #forget(): void {
    this.#carrier.queue.clear();
    this.#session.abandon(new ConnectionEnded());
    this.#session = new ClientSession();
    this.#localSession = new ClientSession();
    this.#subscribed.local = false;
    this.#subscribed.remote = false;
  }

  get #clientId(): string {
    return this.#bridge.clientId === '' ? `bridge-${this.#bridge.id}` : this.#bridge.clientId;
  }

  #openLocal(): void {
    const { engine, listeners } = this.#parts.brokerStatus();
    const listener = plainListener(listeners);
    const uri = listener && parseBrokerUri(listener.url);
    if (!listener || !uri?.ok) {
      const message = 'It has no listener without TLS that the bridge could connect to.';
      return this.#lost({ code: 'invalid-state', message, advice: 'Give it a TCP port or a WebSocket port.', final: true }, 'local');
    }
    const version = engine === 'aedes' ? '3.1.1' : '5';
    const profile = connectionProfileSchema.parse({
      ...{ id: 'bridge', name: this.#bridge.name, uri: listener.url, version, cleanStart: version !== '5', connectTimeoutSeconds: localTimeoutSeconds },
      connectProperties: { sessionExpirySeconds: localExpirySeconds },
    });
    this.#phase = 'connecting';
    this.#parts.onChange();
    this.#open('local', { profile, uri: uri.value, ...ownLogin }, this.#localSession, () => void this.#openRemote());
  }

  async #openRemote(): Promise<void> {
    const run = (this.#runs.remote += 1);
    const access = await this.#parts.access(this.#bridge);
    if (run !== this.#runs.remote) return;
    if ('failure' in access) return this.#lost(access.failure, 'remote');
    this.#remoteText = remoteText(access);
    const { cleanStart, sessionExpirySeconds, keepAliveSeconds } = this.#bridge;
    const { profile: given } = access;
    const profile = {
      ...given,
      cleanStart,
      will: null,
      ...(this.#bridge.remote.kind === 'address' ? { keepAliveSeconds } : {}),
      connectProperties: { ...given.connectProperties, sessionExpirySeconds: cleanStart ? 0 : sessionExpirySeconds, receiveMaximum, topicAliasMaximum: null },
    };
    this.#open('remote', { ...access, profile }, this.#session, () => {
      this.#phase = 'connected';
      this.#problem = null;
      this.#waits = 0;
      this.#connectedAt = this.#parts.now();
      this.#carrier.queue.open();
      this.#parts.onChange();
    });
  }

  #open(side: BridgeSide, access: BrokerAccess, session: ClientSession, onUp: () => void): void {
    const run = (this.#runs[side] += 1);
    const { version } = access.profile;
    const bridge = side === 'remote' && version !== '5' && this.#bridge.tryPrivate && this.#private !== 'refused';
    const isCurrent = (): boolean => run === this.#runs[side];
    const link: MqttLink = openMqttLink(
      { ...access, clientId: this.#clientId, session, bridge, nowUs: () => this.#parts.now() * 1000 },
      {
        connected: ({ broker }) => {
          if (!isCurrent()) return;
          if (bridge) this.#private = 'taken';
          const opened: Side = { link, version, capabilities: broker, echoes: version !== '5', isMarked: bridge };
          if (side === 'local') this.#carrier.local = opened;
          else this.#carrier.remote = opened;
          void this.#subscribe(side, opened).then(() => {
            if (isCurrent()) onUp();
          });
        },
        failed: (failure, wasConnected) => {
          if (!isCurrent()) return;
          if (bridge && !wasConnected && this.#private === 'untried' && mayBeTheMark(failure)) {
            this.#private = 'refused';
            this.#open(side, access, session, onUp);
            return;
          }
          this.#lost(failure, side);
        },
        messages: () => undefined,
        packet: (packet) => {
          if (!isCurrent()) return Promise.reject(new ConnectionEnded());
          return side === 'local' ? this.#carrier.fromLocal(packet) : this.#carrier.fromRemote(packet);
        },
      },
    );
    this.#links[side] = link;
  }

  async #subscribe(side: BridgeSide, { link, capabilities }: Side): Promise<void> {
    // Asking again would bring all retained messages again below MQTT 5.
    if (this.#subscribed[side] && capabilities.sessionPresent) return;
    const { rules } = this.#carrier;
    try {
      for (const filter of this.#stale[side]) await link.unsubscribe(filter);
      this.#stale[side] = [];
      const asked = new Map<string, Promise<{ readonly reason: string | null; readonly grantedQos: Qos | null }>>();
      await Promise.all(
        this.#bridge.rules.map(async (rule, at) => {
          if (!carriesFrom(rule, side)) return;
          const filter = subscriptionOf(rule, side);
          // Two rules with one filter are one subscription; the first is the one that counts.
          const asking = asked.get(filter) ?? link.subscribe(filter, rule.qos, { noLocal: true, retainAsPublished: true, retainHandling: 1 });
          asked.set(filter, asking);
          const { grantedQos, reason } = await asking;
          const counts = rules[at];
          if (counts) counts.refused = grantedQos === null ? `The ${side} broker: ${reason ?? 'refused'}` : null;
        }),
      );
      this.#subscribed[side] = true;
    } catch {
      // The link has ended, and says so itself.
    }
    this.#parts.onChange();
  }
}
