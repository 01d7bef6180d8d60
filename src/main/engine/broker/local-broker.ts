import { defaultBrokerLimits, type BrokerLimits } from '../../../shared/mqtt/broker-limits.ts';
import type { BrokerListener, BrokerOptions } from '../../../shared/contract/broker.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import type { FaultConfig } from '../../../shared/broker/faults/fault-rules.ts';
import type { MqttdKeys } from '../../../shared/broker/faults/mqttd-keys.ts';
import type { AccessControl } from './access/access-control.ts';
import { createAedesEngine } from './aedes/aedes-engine.ts';
import type { BrokerEngine, Refusal } from './broker-engine.ts';
import { BrokerCore } from './core/broker-core.ts';
import type { BrokerHandlers } from './handlers/broker-handlers.ts';
import type { CoreOptions } from './core/core-options.ts';
import { SysTopics } from './core/sys-topics.ts';
import { CoreFaults } from './faults/core-faults.ts';
import { FaultPlan } from './faults/fault-plan.ts';
import { faultyStream } from './faults/faulty-stream.ts';
import { openListeners } from './listeners/open-listeners.ts';
import { SqlitePersistence } from './persistence/sqlite-persistence.ts';
import { openRedisFor, type RedisOptions, type RedisUse } from './redis/open-redis.ts';
import type { RedisCluster } from './redis/redis-cluster.ts';
import type { CredentialStore } from './users/credentials.ts';
import { userHooks } from './users/user-hooks.ts';

declare const __APP_VERSION__: string | undefined;

/** Tests and scripts run from the sources, where no version is built in. */
export const appVersion: string = typeof __APP_VERSION__ === 'string' ? __APP_VERSION__ : 'development';

export interface LocalBroker {
  readonly engine: BrokerEngine;
  readonly listeners: readonly BrokerListener[];
  readonly faults: LocalFaults;
  /** `null`: it runs without Redis. */
  readonly redis: RedisUse | null;
  /** Stops listening and ends every connection. Idempotent. */
  close(): Promise<void>;
}

interface LocalFaults {
  /** In effect at once; with aedes for connections that come from now on. */
  configure(config: FaultConfig): void;
  readonly report: FaultPlan['report'];
}

/** For everything a connection has to do before MQTT; CONNECT then has as much time again. */
const arrivalTimeoutMs = 10_000;

/** With Redis everything is kept there, and nothing in a file. */
export interface LocalBrokerExtras extends RedisOptions {
  /** Only they get in; aedes does not ask. Absent: everybody does. */
  readonly users?: CredentialStore;
  /** Who gets in and may do what, instead of `users`; the workbench's own engine only. */
  readonly access?: AccessControl;
  /** Scripts that handle what clients do; the workbench's own engine only. They are let go when the broker closes. */
  readonly handlers?: BrokerHandlers;
  /** Where sessions, their messages, retained messages and wills are kept; aedes keeps nothing. Absent: in memory only. */
  readonly persistenceFile?: string | undefined;
  /** What is wrong with that file, in sentences: found at the start, or while it cannot be written; `null`: it works again. */
  readonly onPersistenceProblem?: (problem: string | null) => void;
  /** From the first connection on. */
  readonly faults?: FaultConfig | undefined;
  /** Asked at each connection: the keys of mqttd that are on for it. */
  readonly readFaultKeys?: (() => MqttdKeys) | undefined;
  /** What the report of the faults says has changed. */
  readonly onFaults?: (() => void) | undefined;
}

/** An engine behind its listeners. Fails as a whole: nothing keeps listening when one port is taken. */
export async function openLocalBroker(options: BrokerOptions, extras: LocalBrokerExtras = {}): Promise<LocalBroker> {
  const nowUs = wallClockUs;
  if (options.engine === 'aedes' && extras.access !== undefined && isClosed(extras.access)) throw new CodedError('invalid-state', aedesAsksNobody);
  const limits = options.limits ?? defaultBrokerLimits;
  const maximumPacketSize = limits.maximumPacketBytes + fixedHeaderBytes;
  const redis = await openRedisFor(options.engine, extras);
  const engine =
    options.engine === 'aedes'
      ? await createAedesEngine({ nowUs, maximumPacketSize, redis: redis?.aedes })
      : await createCoreEngine(nowUs, limits, extras, redis?.cluster ?? null);
  const { access } = extras;
  const plan = new FaultPlan({
    ...(access === undefined ? {} : { own: access.own }),
    ...(extras.readFaultKeys === undefined ? {} : { readKeys: extras.readFaultKeys }),
    ...(extras.onFaults === undefined ? {} : { onChange: extras.onFaults }),
  });
  const coreFaults = engine instanceof BrokerCore ? new CoreFaults(engine, plan) : null;
  const configure = (config: FaultConfig): void => (coreFaults === null ? plan.configure(config, []) : coreFaults.configure(config));
  if (extras.faults !== undefined) configure(extras.faults);
  const onRefused = (refusal: Refusal): void => engine.reportRefusal(refusal);
  try {
    await redis?.attach(engine);
    const listeners = await openListeners(options, {
      accept: (stream, info) => {
        const faulty = coreFaults === null && plan.isOn ? faultyStream({ stream, info, plan, onRefused }) : null;
        engine.handle(faulty ?? stream, info);
      },
      onRefused,
      maximumPacketSize,
      arrivalTimeoutMs,
    });
    const close = async (): Promise<void> => {
      listeners.close();
      extras.handlers?.detach();
      redis?.close();
      await engine.close();
    };
    return { engine, listeners: listeners.addresses, faults: { configure, report: () => plan.report() }, redis, close };
  } catch (error) {
    extras.handlers?.detach();
    redis?.close();
    await engine.close();
    throw error;
  }
}

async function createCoreEngine(
  nowUs: () => number,
  limits: BrokerLimits,
  { users, access, handlers, persistenceFile: file, onPersistenceProblem = () => undefined }: LocalBrokerExtras,
  cluster: RedisCluster | null,
): Promise<BrokerEngine> {
  const core = new BrokerCore({
    nowUs,
    ...coreLimits(limits),
    hooks: access ?? (users ? userHooks(users) : {}),
    persistence: cluster ?? (file === undefined ? undefined : new SqlitePersistence({ file })),
    cluster: cluster ?? undefined,
    onPersistenceProblem: (why) => onPersistenceProblem(why === null ? null : cannotKeep(cluster === null ? (file ?? '') : 'Redis', why)),
    onBug: reportBug,
  });
  cluster?.attach(core);
  access?.attach({
    *subscriptions() {
      for (const { clientId, subscriptions } of core.sessions.values()) for (const filter of subscriptions.keys()) yield { clientId, filter };
    },
    end: (clientId, reason) => core.expel(clientId, reason),
    denied: (refusal) => core.reportDenial(refusal),
  });
  try {
    const damage = await core.restore();
    if (damage !== null) onPersistenceProblem(damage);
  } catch (error) {
    await core.close();
    throw error;
  }
  new SysTopics(core, `MQTT Workbench ${appVersion}`).start();
  handlers?.attach(core);
  return core;
}

function cannotKeep(file: string, why: string): string {
  return `Nothing can be kept in ${file}: ${why}. Messages of QoS 1 and 2 for sessions that outlive their connection are not acknowledged until it works again.`;
}

/** With it a broker would be open that is meant to be closed. */
export const aedesAsksNobody = 'The engine aedes knows no users and no rules. Take the workbench’s own engine, or let everybody in under Access.';

export function isClosed({ settings: { login, rules, otherwise } }: Pick<AccessControl, 'settings'>): boolean {
  return login === 'users' || rules.length > 0 || otherwise === 'deny';
}

/** A packet has up to five bytes of fixed header before what its limit counts. */
const fixedHeaderBytes = 5;

function coreLimits(limits: BrokerLimits): Partial<CoreOptions> {
  const { maximumPacketBytes, maximumSessionExpirySeconds, ...same } = limits;
  return { ...same, maximumPacketSize: maximumPacketBytes + fixedHeaderBytes, maximumSessionExpirySeconds: maximumSessionExpirySeconds ?? Infinity };
}

/** An error of ours that cost one connection; the stack goes to the log of the process. */
function reportBug(error: unknown): void {
  process.stderr.write(`broker core: ${error instanceof Error ? error.stack : String(error)}\n`);
}

/** Unix time in µs from the monotonic clock: successive messages never seem to go back in time. */
function wallClockUs(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1000);
}
