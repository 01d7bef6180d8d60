import { randomUUID } from 'node:crypto';
import { ruleProblem } from '../../../../shared/broker/bridges/topic-rules.ts';
import type { Problem } from '../../../../shared/contract/common.ts';
import type { TopicBridge as BridgeOptions, TopicBridgeStatus } from '../../../../shared/contract/topic-bridges.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { createNotifier, type Notifier } from '../../notifier.ts';
import { remoteAccess, type RemoteOptions } from '../remote-access.ts';
import { EchoMemory } from './echo-memory.ts';
import { TopicBridge, type TopicBridgeParts } from './topic-bridge.ts';

const mostReturns = 20_000;
const longestReturnMs = 3_600_000;

export interface TopicBridgesOptions extends RemoteOptions, Pick<TopicBridgeParts, 'brokerStatus' | 'now' | 'random'> {
  readonly bridges: readonly BridgeOptions[];
  /** For the remote, where its address is typed. */
  readonly password: (id: string) => Promise<string | undefined>;
}

/** All topic bridges of the workspace. */
export interface TopicBridges {
  statuses(): readonly TopicBridgeStatus[];
  /** Adds it, or puts it in the place of the one with its id; one that runs goes on with the new settings. */
  save(bridge: BridgeOptions): Promise<void>;
  remove(id: string): Promise<void>;
  /** Throws `bad-input` for one that cannot be used. */
  start(id: string): void;
  stop(id: string): Promise<void>;
  /** The local broker may have come up or gone down. */
  readonly sourcesChanged: () => void;
  readonly changed: Notifier;
  close(): Promise<void>;
}

/** Why a bridge cannot be used; `null`: it can. */
export function topicBridgeProblem({ rules }: Pick<BridgeOptions, 'rules'>): Problem | null {
  for (const [at, rule] of rules.entries()) {
    const problem = ruleProblem(rule);
    if (problem) return { code: 'bad-input', message: `Rule ${at + 1}: ${problem.message}`, advice: 'Change the rule.' };
  }
  return null;
}

export function createTopicBridges(options: TopicBridgesOptions): TopicBridges {
  const changed = createNotifier();
  const { brokerStatus, now, random } = options;
  const parts: TopicBridgeParts = {
    brokerStatus,
    now,
    random,
    workbench: randomUUID(),
    onChange: changed.notify,
    access: async (bridge) =>
      remoteAccess(bridge.remote, options, { version: bridge.version, username: bridge.username, password: await options.password(bridge.id) }),
    wentOut: new EchoMemory({ keepMs: longestReturnMs, most: mostReturns, now }),
  };
  const all = new Map<string, TopicBridge>();
  const find = (id: string): TopicBridge => {
    const found = all.get(id);
    if (!found) throw new CodedError('not-found', 'That bridge does not exist (any more).');
    return found;
  };
  // What was written by hand and cannot be used waits stopped, until it is saved once more.
  for (const bridge of options.bridges) all.set(bridge.id, new TopicBridge(topicBridgeProblem(bridge) ? { ...bridge, autoStart: false } : bridge, parts));

  return {
    statuses: () => [...all.values()].map((one) => one.status()),
    async save(bridge) {
      const known = all.get(bridge.id);
      if (known) await known.update(bridge);
      else all.set(bridge.id, new TopicBridge(bridge, parts));
      changed.notify();
    },
    async remove(id) {
      await find(id).stop();
      all.delete(id);
      changed.notify();
    },
    start(id) {
      const bridge = find(id);
      const problem = topicBridgeProblem(bridge.bridge);
      if (problem) throw new CodedError('bad-input', problem.message, { advice: problem.advice });
      bridge.start();
    },
    stop: (id) => find(id).stop(),
    sourcesChanged() {
      for (const bridge of all.values()) bridge.sourceChanged();
    },
    changed,
    async close() {
      await Promise.all([...all.values()].map((bridge) => bridge.stop()));
    },
  };
}
