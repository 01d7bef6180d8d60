import type { BrokerMetrics } from '../../../../shared/contract/broker-metrics.ts';
import type { BrokerCore } from './broker-core.ts';

export function coreMetrics(core: BrokerCore): BrokerMetrics {
  const { counters, queueTotals, retainedMessages } = core;
  const { clientsMaximum, ...totals } = counters;
  return {
    timeMs: core.wallMs,
    totals,
    levels: {
      clients: core.clientCount,
      clientsMaximum,
      sessions: core.sessions.size,
      subscriptions: core.subscriptions.size,
      retainedMessages: retainedMessages.size,
      retainedBytes: retainedMessages.bytes,
      queuedMessages: queueTotals.messages,
      queuedBytes: queueTotals.bytes,
    },
    latency: core.latency.read(),
  };
}
