import type { BrokerFacts } from '../broker/index.ts';
import type { Services } from './services.ts';

/** What monitors are told of the local broker. */
export function brokerFacts({ broker, info }: Pick<Services, 'broker' | 'info'>): BrokerFacts {
  const { phase, engine, startedAt, listeners, tapDropped, persistenceProblem } = broker.status();
  return {
    phase,
    engine,
    version: info().appVersion,
    startedAt,
    listeners: listeners.length,
    maximumConnections: broker.runsWith()?.limits?.maximumConnections ?? null,
    metrics: broker.metrics.latest,
    tapDropped,
    persistenceFails: persistenceProblem !== null,
    redisConnected: broker.redis() === null ? null : broker.redis()?.phase === 'connected',
  };
}
