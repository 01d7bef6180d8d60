import type { BrokerClient, BrokerFailure, BrokerListener, BrokerOptions, BrokerPhase, BrokerRefusals, BrokerStatus } from '../../../shared/contract/broker.ts';
import type { FaultConfig } from '../../../shared/broker/faults/fault-rules.ts';
import { noFaultReport, type FaultReport } from '../../../shared/contract/broker-faults.ts';
import type { RedisConfig, RedisState } from '../../../shared/contract/broker-redis.ts';
import type { AccessPreview, AccessSettings } from '../../../shared/contract/broker-access.ts';
import type { BrokerHandler, HandlerLog, HandlersStatus } from '../../../shared/contract/broker-handlers.ts';
import { plainListener } from '../../../shared/mqtt/listener-kinds.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import { unpackRecords } from '../../../shared/messages/packed-batch.ts';
import type { MessageRecord } from '../../../shared/messages/record.ts';
import { createDemoDevice, type DemoDevice } from '../demo-device/index.ts';
import { ownLogin } from '../own-login.ts';
import type { AccessConfig } from './access/access-config.ts';
import type { BrokerCounters } from './broker-contract.ts';
import type { BrokerPublish, DisconnectOptions } from './broker-engine.ts';
import { withLabFiles, type FindLabFiles } from './lab-listeners.ts';
import { nextPhase, restartDelayMs, type BrokerEvent } from './broker-state.ts';
import { createListsView, type BrokerListsView } from './inside/lists-view.ts';
import { MetricsSeries } from './inside/metrics-series.ts';
import { InsideView, type BrokerInsideView } from './inside/inside-view.ts';
import { describeCrash, describeStartFailure } from './worker-failure.ts';
import { launchWorker, openWorkerLink, type LaunchWorker, type WorkerLink } from './worker-link.ts';

export interface BrokerServiceOptions {
  readonly workerUrl: URL;
  /** Where the broker keeps what has to outlive it, when its options ask for that. Absent: they may not. */
  readonly persistenceFile?: string;
  /** The Redis to share with other brokers, asked for at each start; `null`: none. */
  readonly redis?: () => Promise<RedisConfig | null>;
  /** Where the files of a certificate of the TLS lab are; `undefined`: there is no such certificate. Absent: there is no lab. */
  readonly labFiles?: FindLabFiles;
  /** Unix time in ms. */
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Every message that reached the broker, in order. */
  readonly onMessages: (records: MessageRecord[]) => void;
  /** The status or the list of clients changed. */
  readonly onChange: () => void;
  /** What handlers do, or their log, changed. */
  readonly onHandlers?: () => void;
  /** What faults have done changed; often. */
  readonly onFaultReport?: () => void;
  readonly demoDevice: { readonly enabled: boolean };
  /** How threads are made; tests keep hold of them. */
  readonly launchWorker?: LaunchWorker;
}

/** The broker's numbers: `latest` for monitors, the points for charts. */
export type BrokerMetricsView = Pick<MetricsSeries, 'latest' | 'count' | 'since' | 'subscribe'>;

/** The local broker as the engine sees it: one worker thread while it runs, none while it is stopped. */
export interface BrokerService {
  /** Resolves with the status reached: `running`, or `failed` with the reason. Does nothing while the broker runs. */
  start(options: BrokerOptions): Promise<BrokerStatus>;
  /** Also breaks off a start or the restart after a crash. */
  stop(): Promise<BrokerStatus>;
  status(): BrokerStatus;
  /** What the broker that runs was started with; `null`: none runs. */
  runsWith(): BrokerOptions | null;
  clients(): readonly BrokerClient[];
  /** Of the broker that runs, or ran last. */
  refusals(): BrokerRefusals;
  /** `null`: it does not run, or runs without Redis. */
  redis(): RedisState | null;
  /** Rejects with `broker-not-running` or `not-found`. */
  disconnectClient(clientId: string, options?: DisconnectOptions): Promise<void>;
  /** Publishes as the broker itself. Rejects with `broker-not-running`, `invalid-topic` or `publish-refused`. */
  publish(message: BrokerPublish): Promise<void>;
  /** Topics with a retained message: `prefix` itself and all below it; every one for an empty prefix. */
  retained(prefix: string): Promise<readonly string[]>;
  setDemoDevice(enabled: boolean): Promise<void>;
  /** For this run and the next ones. Rejects with `invalid-state` while an engine runs that cannot follow it. */
  setAccess(access: Pick<AccessConfig, 'settings' | 'users'>): Promise<void>;
  /** All handlers, in their order, for this run and the next ones. */
  setHandlers(handlers: readonly BrokerHandler[]): Promise<void>;
  /** Rejects with `broker-not-running`. */
  restartHandler(id: string): Promise<void>;
  clearHandlerLog(): Promise<void>;
  /** Of the run that is, or was last. */
  handlerStatus(): HandlersStatus;
  handlerLog(): HandlerLog;
  /** Rejects with `broker-not-running` or `invalid-state`. */
  previewAccess(rules: AccessSettings): Promise<AccessPreview>;
  /** For this run and the next ones. */
  setFaults(config: FaultConfig): Promise<void>;
  /** Of the broker that runs. */
  faultReport(): FaultReport;
  readonly inside: BrokerInsideView;
  readonly lists: BrokerListsView;
  readonly metrics: BrokerMetricsView;
  /** Stops for good. Idempotent. */
  close(): Promise<void>;
}

const startTimeoutMs = 10_000;
/** A large file takes its time to be checked and read. */
const restoreTimeoutMs = 300_000;
const stopTimeoutMs = 1000;
/** A broker that ran this long before a crash gets its full number of restarts again. */
const steadyAfterMs = 60_000;
const noCounters: BrokerCounters = { clientCount: 0, tapDropped: 0, persistenceProblem: null };
const noHandlers: HandlersStatus = { handlers: [], waiting: 0, paused: 0 };
const noRefusals: BrokerRefusals = { total: 0, notKept: 0, denied: 0, overLimit: 0, recent: [] };

export function createBrokerService(options: BrokerServiceOptions): BrokerService {
  return new Service(options);
}

class Service implements BrokerService {
  readonly #options: BrokerServiceOptions;
  readonly inside: InsideView;
  readonly lists = createListsView(() => this.#runningLink());
  readonly metrics = new MetricsSeries();
  readonly #demoDevice: DemoDevice;
  #phase: BrokerPhase = 'stopped';
  #demoEnabled: boolean;
  #link: WorkerLink | undefined;
  #wanted: BrokerOptions | undefined;
  #engine: BrokerOptions['engine'] = 'workbench';
  #listeners: readonly BrokerListener[] = [];
  #startedAt: number | null = null;
  #failure: BrokerFailure | null = null;
  #counters = noCounters;
  #clients: readonly BrokerClient[] = [];
  #refusals: BrokerRefusals = noRefusals;
  #redis: RedisState | null = null;
  #restarts = 0;
  #restartTimer: NodeJS.Timeout | undefined;
  #starting: Promise<BrokerStatus> | undefined;
  #stopping: Promise<void> | undefined;
  #closed = false;
  #access: AccessConfig | undefined;
  #handlers: readonly BrokerHandler[] = [];
  #handlerStatus: HandlersStatus = noHandlers;
  #handlerLog: HandlerLog = { lines: [], forgotten: 0 };
  #faults: FaultConfig | undefined;
  #faultReport = noFaultReport;

  constructor(options: BrokerServiceOptions) {
    this.#options = options;
    this.#demoEnabled = options.demoDevice.enabled;
    this.inside = new InsideView({ current: () => this.#link, onAcknowledged: (us) => this.metrics.acknowledged(us) });
    this.#demoDevice = createDemoDevice({ now: options.now, random: options.random, onChange: () => this.#changed() });
  }

  async start(options: BrokerOptions): Promise<BrokerStatus> {
    if (this.#closed) throw new CodedError('invalid-state', 'The workbench is shutting down.');
    if (this.#phase === 'running') return this.status();
    if (this.#phase === 'starting' && this.#starting) return this.#starting;
    this.#wanted = options;
    this.#engine = options.engine;
    if (this.#stopping) {
      await this.#stopping;
      // Another stop may have come after this start, or another start before it.
      if (this.#wanted === undefined) return this.status();
      if (this.#starting) return this.#starting;
    }
    clearTimeout(this.#restartTimer);
    this.#restarts = 0;
    return this.#startOnce(options);
  }

  async stop(): Promise<BrokerStatus> {
    this.#wanted = undefined;
    clearTimeout(this.#restartTimer);
    if (this.#phase === 'failed') {
      this.#failure = null;
      this.#enter('stop');
    } else if (this.#phase !== 'stopped') {
      this.#stopping ??= this.#stopOnce().finally(() => {
        this.#stopping = undefined;
      });
      await this.#stopping;
    }
    return this.status();
  }

  status(): BrokerStatus {
    return {
      phase: this.#phase,
      engine: this.#engine,
      persistenceProblem: this.#counters.persistenceProblem,
      listeners: this.#listeners,
      startedWith: this.#wanted?.listeners ?? [],
      startedAt: this.#startedAt,
      failure: this.#failure,
      clientCount: this.#counters.clientCount,
      tapDropped: this.#counters.tapDropped,
      demoDevice: { enabled: this.#demoEnabled, running: this.#demoDevice.running },
    };
  }

  runsWith(): BrokerOptions | null {
    return this.#phase === 'running' ? (this.#wanted ?? null) : null;
  }

  clients(): readonly BrokerClient[] {
    return this.#clients;
  }

  refusals(): BrokerRefusals {
    return this.#refusals;
  }

  redis(): RedisState | null {
    return this.#redis;
  }

  async disconnectClient(clientId: string, options: DisconnectOptions = {}): Promise<void> {
    const found = await this.#runningLink().client.call('disconnectClient', { clientId, ...options });
    if (!found) throw new CodedError('not-found', `No client named "${clientId}" is connected.`);
  }

  async publish(message: BrokerPublish): Promise<void> {
    await this.#runningLink().client.call('publish', message);
  }

  async retained(prefix: string): Promise<readonly string[]> {
    return this.#runningLink().client.call('retained', { prefix });
  }

  async setAccess(access: Pick<AccessConfig, 'settings' | 'users'>): Promise<void> {
    this.#access = { settings: access.settings, users: access.users, own: ownLogin };
    if (this.#phase === 'running') await this.#link?.client.call('setAccess', this.#access);
    else if (this.#phase === 'starting') {
      // What it was started with is older.
      await this.#starting?.catch(() => undefined);
      await this.#link?.client.call('setAccess', this.#access);
    }
  }

  async setHandlers(handlers: readonly BrokerHandler[]): Promise<void> {
    this.#handlers = handlers;
    // What it is started with is older.
    if (this.#phase === 'starting') await this.#starting?.catch(() => undefined);
    if (this.#phase === 'running') await this.#link?.client.call('setHandlers', [...handlers]);
  }

  async restartHandler(id: string): Promise<void> {
    await this.#runningLink().client.call('restartHandler', { id });
  }

  async clearHandlerLog(): Promise<void> {
    this.#handlerLog = { lines: [], forgotten: 0 };
    if (this.#phase === 'running') await this.#link?.client.call('clearHandlerLog', undefined);
    this.#options.onHandlers?.();
  }

  handlerStatus(): HandlersStatus {
    return this.#handlerStatus;
  }

  handlerLog(): HandlerLog {
    return this.#handlerLog;
  }

  async setFaults(config: FaultConfig): Promise<void> {
    this.#faults = config;
    // What it was started with is older.
    if (this.#phase === 'starting') await this.#starting?.catch(() => undefined);
    if (this.#phase === 'running' && this.#faults === config) await this.#link?.client.call('setFaults', toWorker(config));
  }

  faultReport(): FaultReport {
    return this.#faultReport;
  }

  async previewAccess(rules: AccessSettings): Promise<AccessPreview> {
    return this.#runningLink().client.call('previewAccess', rules);
  }

  async setDemoDevice(enabled: boolean): Promise<void> {
    this.#demoEnabled = enabled;
    if (enabled) this.#startDemoDevice();
    else await this.#demoDevice.stop();
    this.#changed();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.stop();
  }

  #startOnce(options: BrokerOptions): Promise<BrokerStatus> {
    const starting = this.#run(options).finally(() => {
      if (this.#starting === starting) this.#starting = undefined;
    });
    this.#starting = starting;
    return starting;
  }

  async #run(options: BrokerOptions): Promise<BrokerStatus> {
    this.#enter('start');
    const link = openWorkerLink(this.#options.workerUrl, this.#options.launchWorker ?? launchWorker);
    this.#link = link;
    this.#counters = noCounters;
    this.#refusals = noRefusals;
    this.#listen(link);
    try {
      const persistenceFile = this.#fileOf(options);
      const redis = (await this.#options.redis?.()) ?? null;
      const timeoutMs = persistenceFile === undefined && redis === null ? startTimeoutMs : restoreTimeoutMs;
      const access = this.#access === undefined ? {} : { access: this.#access };
      const faults = this.#faults === undefined ? {} : { faults: toWorker(this.#faults) };
      const listeners = await link.client.call(
        'start',
        {
          ...withLabFiles(options, this.#options.labFiles),
          ...access,
          ...faults,
          handlers: [...this.#handlers],
          ...(persistenceFile === undefined ? {} : { persistenceFile }),
          ...(redis === null ? {} : { redis }),
        },
        { timeoutMs },
      );
      if (this.#link !== link) return this.status();
      this.#listeners = listeners;
      this.#startedAt = this.#options.now();
      this.#failure = null;
      this.#enter('started');
      void link.exited.then(() => this.#link === link && this.#crashed(link));
      this.#startDemoDevice();
    } catch (error) {
      await link.kill();
      if (this.#link !== link) return this.status();
      this.#link = undefined;
      this.#failure = describeStartFailure(error, link.lastError);
      this.#enter('start-failed');
    }
    return this.status();
  }

  #fileOf({ engine, persistence }: BrokerOptions): string | undefined {
    return engine === 'workbench' && persistence === 'file' ? this.#options.persistenceFile : undefined;
  }

  #listen(link: WorkerLink): void {
    const current = (): boolean => this.#link === link;
    link.client.stream('tap', undefined, { item: ({ records }) => this.#options.onMessages(unpackRecords(records)) });
    link.client.stream('counters', undefined, {
      item: (counters) => {
        if (!current()) return;
        this.#counters = counters;
        this.#changed();
      },
    });
    link.client.stream('clients', undefined, {
      item: (clients) => {
        if (!current()) return;
        this.#clients = clients;
        this.#changed();
      },
    });
    this.metrics.newRun();
    link.client.stream('metrics', undefined, { item: (metrics) => void (current() && this.metrics.add(metrics)) });
    link.client.stream('faultReport', undefined, {
      item: (report) => {
        if (!current()) return;
        this.#faultReport = report;
        this.#options.onFaultReport?.();
      },
    });
    link.client.stream('redis', undefined, {
      item: (state) => {
        if (!current()) return;
        this.#redis = state;
        this.#changed();
      },
    });
    link.client.stream('refusals', undefined, {
      item: (refusals) => {
        if (!current()) return;
        this.#refusals = refusals;
        this.#changed();
      },
    });
    link.client.stream('handlerStatus', undefined, {
      item: (status) => {
        if (!current()) return;
        this.#handlerStatus = status;
        this.#options.onHandlers?.();
      },
    });
    link.client.stream('handlerLog', undefined, {
      item: (log) => {
        if (!current()) return;
        this.#handlerLog = log;
        this.#options.onHandlers?.();
      },
    });
    this.inside.begin(link);
  }

  async #stopOnce(): Promise<void> {
    const link = this.#link;
    const breakingOff = this.#phase === 'starting';
    this.#enter('stop');
    await this.#demoDevice.stop();
    this.#link = undefined;
    if (!breakingOff) await link?.client.call('stop', undefined, { timeoutMs: stopTimeoutMs }).catch(() => undefined);
    await link?.kill();
    this.#starting = undefined;
    this.#forgetRun();
    this.#failure = null;
    this.#enter('stopped');
  }

  #crashed(link: WorkerLink): void {
    const ranForMs = this.#options.now() - (this.#startedAt ?? 0);
    // Clients come back to the ports they know, also when the system had chosen them.
    const options = this.#wanted && withBoundPorts(this.#wanted, this.#listeners);
    this.#link = undefined;
    this.#forgetRun();
    void this.#demoDevice.stop();
    if (ranForMs >= steadyAfterMs) this.#restarts = 0;
    this.#restarts += 1;
    const waitMs = options && restartDelayMs(this.#restarts);
    const isKept = this.#wanted !== undefined && this.#fileOf(this.#wanted) !== undefined;
    this.#failure = describeCrash(link.lastError, waitMs !== undefined, isKept);
    this.#enter('crashed');
    if (options && waitMs !== undefined) this.#restartTimer = setTimeout(() => void this.#startOnce(options), waitMs);
  }

  #forgetRun(): void {
    this.metrics.newRun();
    this.#listeners = [];
    this.#startedAt = null;
    this.#clients = [];
    this.#faultReport = noFaultReport;
    this.#options.onFaultReport?.();
    this.#redis = null;
    this.#counters = { ...this.#counters, clientCount: 0, persistenceProblem: null };
  }

  #startDemoDevice(): void {
    const listener = plainListener(this.#listeners);
    if (this.#demoEnabled && this.#phase === 'running' && listener) this.#demoDevice.start(listener.url);
  }

  #runningLink(): WorkerLink {
    if (this.#phase !== 'running' || !this.#link) throw new CodedError('broker-not-running');
    return this.#link;
  }

  #enter(event: BrokerEvent): void {
    const next = nextPhase(this.#phase, event);
    if (next === undefined) return;
    this.#phase = next;
    this.#changed();
  }

  #changed(): void {
    this.#options.onChange();
  }
}

const toWorker = ({ active, curlListeners }: FaultConfig) => ({ active: [...active], curlListeners: [...curlListeners] });

function withBoundPorts(options: BrokerOptions, running: readonly BrokerListener[]): BrokerOptions {
  const bound = (id: string): number | undefined => running.find((listener) => listener.id === id)?.port;
  const listeners = options.listeners?.map((listener) => (listener.kind === 'unix' ? listener : { ...listener, port: bound(listener.id) ?? listener.port }));
  return { ...options, tcpPort: bound('tcp') ?? null, webSocketPort: bound('ws') ?? null, ...(listeners === undefined ? {} : { listeners }) };
}
