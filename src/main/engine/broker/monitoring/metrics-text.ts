import type { BrokerMetrics, BrokerTotals, LatencyCounts } from '../../../../shared/contract/broker-metrics.ts';
import { latencyBoundsUs } from '../inside/latency-histogram.ts';
import type { BrokerFacts } from './broker-facts.ts';

export type MetricsFormat = 'prometheus' | 'openmetrics';

export const metricsContentTypes: Readonly<Record<MetricsFormat, string>> = {
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

interface CounterRow {
  readonly name: string;
  readonly label?: readonly [name: string, value: string];
}

/** A counter for each number, so that none is forgotten. */
const counterRows: Readonly<Record<keyof BrokerTotals, CounterRow>> = {
  bytesReceived: { name: 'bytes_received' },
  bytesSent: { name: 'bytes_sent' },
  packetsReceived: { name: 'packets_received' },
  packetsSent: { name: 'packets_sent' },
  publishReceived: { name: 'messages_received' },
  publishBytesReceived: { name: 'payload_bytes_received' },
  publishSent: { name: 'messages_sent' },
  publishBytesSent: { name: 'payload_bytes_sent' },
  droppedSlow: { name: 'messages_dropped', label: ['reason', 'slow_client'] },
  droppedFull: { name: 'messages_dropped', label: ['reason', 'queue_full'] },
  droppedLarge: { name: 'messages_dropped', label: ['reason', 'too_large'] },
  droppedExpired: { name: 'messages_dropped', label: ['reason', 'expired'] },
  retainedRefused: { name: 'retained_not_kept' },
  publishRefused: { name: 'refused', label: ['what', 'publish'] },
  subscribeRefused: { name: 'refused', label: ['what', 'subscribe'] },
  connectionsRefused: { name: 'refused', label: ['what', 'connection'] },
  publishSlowed: { name: 'publishes_slowed' },
  connectionsMade: { name: 'connections' },
  sessionsExpired: { name: 'sessions_expired' },
};

const counterHelp: Readonly<Record<string, string>> = {
  bytes_received: 'Bytes read from clients.',
  bytes_sent: 'Bytes written to clients.',
  packets_received: 'MQTT packets of every kind read from clients.',
  packets_sent: 'MQTT packets of every kind written to clients.',
  messages_received: 'PUBLISH packets read from clients.',
  payload_bytes_received: 'Bytes of their payloads.',
  messages_sent: 'PUBLISH packets written to clients.',
  payload_bytes_sent: 'Bytes of their payloads.',
  messages_dropped: 'Deliveries that did not happen, by reason.',
  retained_not_kept: 'Retained messages that were delivered but not kept, as there were too many.',
  refused: 'What clients were refused, by kind.',
  publishes_slowed: 'Publishes after which their client was not read from for a while, as it was too fast.',
  connections: 'Network connections that were accepted.',
  sessions_expired: 'Sessions that ended because their time was over.',
};

/** Every octave is enough for a graph; the page has four steps in each. */
const stepsPerBucket = 4;

/** The text exposition format of Prometheus (0.0.4), or OpenMetrics 1.0. */
export function metricsText(facts: BrokerFacts, nowMs: number, format: MetricsFormat): string {
  const out = new Exposition(format);
  const running = facts.phase === 'running';
  out.gauge('up', 'Whether the broker runs.', running ? 1 : 0);
  out.gauge('info', 'Which broker it is.', 1, { engine: facts.engine, version: facts.version });
  out.gauge('listeners', 'Open listeners.', facts.listeners);
  if (facts.startedAt !== null) out.gauge('uptime_seconds', 'Since the broker was started.', Math.max(0, (nowMs - facts.startedAt) / 1000));
  out.gauge('persistence_failing', 'Whether something is wrong with the file of the broker.', facts.persistenceFails ? 1 : 0);
  if (facts.redisConnected !== null) out.gauge('redis_connected', 'Whether Redis can be reached.', facts.redisConnected ? 1 : 0);
  if (facts.maximumConnections !== null) out.gauge('connections_limit', 'Clients that may be connected at once.', facts.maximumConnections);
  if (facts.tapDropped !== null) out.counter('observed_dropped', 'Publishes that the observer of the workbench missed.', [[facts.tapDropped, undefined]]);
  if (facts.metrics !== null) addMetrics(out, facts.metrics);
  return out.text();
}

function addMetrics(out: Exposition, { totals, levels, latency }: BrokerMetrics): void {
  out.gauge('clients', 'Clients that are connected.', levels.clients);
  out.gauge('clients_maximum', 'The most clients there were at once.', levels.clientsMaximum);
  out.gauge('sessions', 'Sessions, of connected clients and others.', levels.sessions);
  out.gauge('subscriptions', 'Subscriptions of all sessions.', levels.subscriptions);
  out.gauge('retained_messages', 'Retained messages.', levels.retainedMessages);
  out.gauge('retained_bytes', 'Memory of retained messages, estimated.', levels.retainedBytes);
  out.gauge('queued_messages', 'Messages of QoS 1 and 2 in the queues of sessions.', levels.queuedMessages);
  out.gauge('queued_bytes', 'Memory of queued messages, estimated.', levels.queuedBytes);
  const byName = new Map<string, [number, CounterRow['label']][]>();
  for (const [key, { name, label }] of Object.entries(counterRows)) {
    const value = totals[key as keyof BrokerTotals];
    if (value === null || value === undefined) continue;
    const samples = byName.get(name);
    if (samples) samples.push([value, label]);
    else byName.set(name, [[value, label]]);
  }
  for (const [name, samples] of byName) out.counter(name, counterHelp[name] ?? name, samples);
  if (latency !== null) out.histogram('write_latency_seconds', 'From reading a PUBLISH to handing it to the system for its receivers.', latency);
}

class Exposition {
  readonly #isOpen: boolean;
  readonly #lines: string[] = [];

  constructor(format: MetricsFormat) {
    this.#isOpen = format === 'openmetrics';
  }

  /** `null`: this engine does not tell. */
  gauge(name: string, help: string, value: number | null, labels: Readonly<Record<string, string>> = {}): void {
    if (value === null) return;
    this.#head(name, 'gauge', help);
    this.#sample(name, value, labels);
  }

  counter(name: string, help: string, samples: readonly (readonly [number, CounterRow['label']])[]): void {
    // The older format knows a counter by its whole name.
    this.#head(this.#isOpen ? name : `${name}_total`, 'counter', help);
    for (const [value, label] of samples) this.#sample(`${name}_total`, value, label === undefined ? {} : { [label[0]]: label[1] });
  }

  histogram(name: string, help: string, { counts, count, sumUs }: LatencyCounts): void {
    this.#head(name, 'histogram', help);
    let seen = 0;
    for (const [step, boundUs] of latencyBoundsUs.entries()) {
      seen += counts[step] ?? 0;
      if (step % stepsPerBucket === 0) this.#sample(`${name}_bucket`, seen, { le: number(boundUs / 1e6) });
    }
    this.#sample(`${name}_bucket`, count, { le: '+Inf' });
    this.#sample(`${name}_sum`, sumUs / 1e6, {});
    this.#sample(`${name}_count`, count, {});
  }

  text(): string {
    return `${[...this.#lines, ...(this.#isOpen ? ['# EOF'] : [])].join('\n')}\n`;
  }

  #head(name: string, type: string, help: string): void {
    this.#lines.push(`# HELP mqtt_broker_${name} ${help}`, `# TYPE mqtt_broker_${name} ${type}`);
  }

  #sample(name: string, value: number, labels: Readonly<Record<string, string>>): void {
    const pairs = Object.entries(labels).map(([key, text]) => `${key}="${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`);
    this.#lines.push(`mqtt_broker_${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${number(value)}`);
  }
}

/** Never in a form with a sign or letters that a reader may not know. */
function number(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(12)));
}
