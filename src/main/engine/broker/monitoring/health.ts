import type { BrokerFacts } from './broker-facts.ts';

/** As mqttd's `health_check`, with names of one style. */
export interface BrokerHealth {
  readonly status: 'healthy' | 'degraded';
  readonly running: boolean;
  /** Why it is degraded, in sentences. */
  readonly reasons: readonly string[];
  readonly uptimeSeconds: number | null;
  readonly connections: number;
  /** `null`: no limit. */
  readonly maximumConnections: number | null;
  /** `null`: there is no Redis. */
  readonly redisConnected: boolean | null;
  /** What was refused or dropped since the start. */
  readonly errors: { readonly connectionsRefused: number; readonly messagesDropped: number };
}

export function healthOf(facts: BrokerFacts, nowMs: number): BrokerHealth {
  const { phase, startedAt, metrics, maximumConnections, redisConnected } = facts;
  const running = phase === 'running';
  const connections = metrics?.levels.clients ?? 0;
  const totals = metrics?.totals;
  const reasons = [
    ...(running ? [] : [phase === 'failed' ? 'The broker could not start, or has crashed.' : 'The broker does not run.']),
    ...(facts.persistenceFails ? ['Something is wrong with the file of the broker: its log says what.'] : []),
    ...(redisConnected === false ? ['Redis cannot be reached.'] : []),
    ...(maximumConnections !== null && connections >= maximumConnections ? ['As many clients are connected as may be.'] : []),
  ];
  return {
    status: reasons.length === 0 ? 'healthy' : 'degraded',
    running,
    reasons,
    uptimeSeconds: startedAt === null ? null : Math.max(0, Math.floor((nowMs - startedAt) / 1000)),
    connections,
    maximumConnections,
    redisConnected,
    errors: {
      connectionsRefused: totals?.connectionsRefused ?? 0,
      messagesDropped: (totals?.droppedSlow ?? 0) + (totals?.droppedFull ?? 0) + (totals?.droppedLarge ?? 0),
    },
  };
}
