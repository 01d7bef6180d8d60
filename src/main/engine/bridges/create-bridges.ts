import type { FaultConfig } from '../../../shared/broker/faults/fault-rules.ts';
import type { Intercept } from '../../../shared/contract/broker-intercepts.ts';
import type { TopicBridge } from '../../../shared/contract/topic-bridges.ts';
import { createIntercepts, type Intercepts, type InterceptsOptions } from './intercept/intercepts.ts';
import { createTopicBridges, type TopicBridges, type TopicBridgesOptions } from './topic/topic-bridges.ts';

type Shared = Omit<InterceptsOptions, 'intercepts' | 'password'> & Omit<TopicBridgesOptions, 'bridges' | 'password'>;

export interface BridgesOptions extends Shared {
  readonly workspace: {
    readonly intercepts: { list(): readonly Intercept[] };
    readonly topicBridges: { list(): readonly TopicBridge[] };
    readonly secrets: { get(key: string): Promise<string | undefined> };
  };
  /** Under which keys passwords are in the vault. */
  readonly secretKeys: { readonly intercept: (id: string) => string; readonly topicBridge: (id: string) => string };
  /** The local broker may have come up or gone down; its faults are others. */
  readonly onBroker: (listener: () => void) => void;
  readonly onFaults: (listener: (config: FaultConfig) => void) => void;
}

export interface Bridges {
  readonly intercepts: Intercepts;
  readonly topicBridges: TopicBridges;
  close(): Promise<void>;
}

/** All ways to other brokers of the workspace, started as it says. */
export function createBridges({ workspace, secretKeys, onBroker, onFaults, ...options }: BridgesOptions): Bridges {
  // One that cannot be opened (any more) counts as none.
  const secret = (keyOf: (id: string) => string) => (id: string) => workspace.secrets.get(keyOf(id)).catch(() => undefined);
  const intercepts = createIntercepts({ ...options, intercepts: workspace.intercepts.list(), password: secret(secretKeys.intercept) });
  const topicBridges = createTopicBridges({ ...options, bridges: workspace.topicBridges.list(), password: secret(secretKeys.topicBridge) });
  onBroker(topicBridges.sourcesChanged);
  onFaults(intercepts.setFaults);
  return {
    intercepts,
    topicBridges,
    async close() {
      intercepts.close();
      await topicBridges.close();
    },
  };
}
