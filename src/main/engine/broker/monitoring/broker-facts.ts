import type { BrokerMetrics } from '../../../../shared/contract/broker-metrics.ts';
import type { BrokerEngineName, BrokerPhase } from '../../../../shared/contract/broker.ts';

/** What monitors are told of a broker: numbers, and sentences without names of topics, clients or users. */
export interface BrokerFacts {
  readonly phase: BrokerPhase;
  readonly engine: BrokerEngineName;
  /** Of the program. */
  readonly version: string;
  /** Unix ms; `null`: it does not run. */
  readonly startedAt: number | null;
  readonly listeners: number;
  /** Clients at once; `null`: no limit. */
  readonly maximumConnections: number | null;
  /** `null`: none has been read yet. */
  readonly metrics: BrokerMetrics | null;
  /** Publishes that the observer of the workbench missed; `null`: nobody observes. */
  readonly tapDropped: number | null;
  /** Something is, or was at the start, wrong with its file. */
  readonly persistenceFails: boolean;
  /** `null`: it shares nothing through Redis. */
  readonly redisConnected: boolean | null;
}
