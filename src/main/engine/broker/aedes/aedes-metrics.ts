import type { BrokerMetrics } from '../../../../shared/contract/broker-metrics.ts';

/** What can be counted around aedes, which counts nothing itself. */
export class AedesCounters {
  publishReceived = 0;
  publishBytesReceived = 0;
  connectionsMade = 0;
  connectionsRefused = 0;
  clientsMaximum = 0;
}

interface Levels {
  readonly timeMs: number;
  readonly clients: number;
  readonly retainedMessages: number;
}

export function aedesMetrics({ clientsMaximum, ...counted }: AedesCounters, { timeMs, clients, retainedMessages }: Levels): BrokerMetrics {
  return {
    timeMs,
    totals: {
      bytesReceived: null,
      bytesSent: null,
      packetsReceived: null,
      packetsSent: null,
      publishSent: null,
      publishBytesSent: null,
      droppedSlow: null,
      droppedFull: null,
      droppedLarge: null,
      droppedExpired: null,
      retainedRefused: null,
      publishRefused: null,
      publishSlowed: null,
      subscribeRefused: null,
      sessionsExpired: null,
      ...counted,
    },
    levels: { clients, clientsMaximum, sessions: null, subscriptions: null, retainedMessages, retainedBytes: null, queuedMessages: null, queuedBytes: null },
    latency: null,
  };
}
