import type { BrokerMetrics, BrokerPoint, BrokerTotals, LatencyCounts } from '../../../../shared/contract/broker-metrics.ts';
import { latencyPercentile, latencySince } from './latency-histogram.ts';

/** How often a broker's numbers are taken. */
export const metricsEveryMs = 1000;

/** The rates between two readings of the same run of a broker; `acknowledged` are the times that were traced between them. */
export function pointBetween(before: BrokerMetrics, now: BrokerMetrics, acknowledged: LatencyCounts | null): BrokerPoint {
  const seconds = Math.max(0.001, (now.timeMs - before.timeMs) / 1000);
  const rate = (name: keyof BrokerTotals): number | null => {
    const [from, to] = [before.totals[name], now.totals[name]];
    return from === null || to === null ? null : Math.max(0, to - from) / seconds;
  };
  const dropped = [rate('droppedSlow'), rate('droppedFull'), rate('droppedLarge'), rate('droppedExpired')].filter((each) => each !== null);
  const written = now.latency === null ? null : latencySince(before.latency, now.latency);
  return {
    timeMs: now.timeMs,
    messagesIn: rate('publishReceived'),
    messagesOut: rate('publishSent'),
    bytesIn: rate('bytesReceived'),
    bytesOut: rate('bytesSent'),
    newConnections: rate('connectionsMade'),
    clients: now.levels.clients,
    queuedMessages: now.levels.queuedMessages,
    dropped: dropped.length === 0 ? null : dropped.reduce((sum, each) => sum + each, 0),
    writtenP50Us: written && latencyPercentile(written, 0.5),
    writtenP99Us: written && latencyPercentile(written, 0.99),
    acknowledgedP50Us: acknowledged && latencyPercentile(acknowledged, 0.5),
    acknowledgedP99Us: acknowledged && latencyPercentile(acknowledged, 0.99),
  };
}
