import type { BrokerFacts } from './broker-facts.ts';
import { healthOf } from './health.ts';
import { metricsContentTypes, metricsText } from './metrics-text.ts';

export interface MonitorAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/**
 * What a monitor gets at `/health`, `/metrics` and `/metrics.json`; `null`: nothing. `isKnown`: it may see numbers; of others `/health` alone is answered, and only with whether all is well.
 * `accept` is its header.
 */
export function monitorAnswer(path: string, accept: string, facts: BrokerFacts, nowMs: number, isKnown: boolean): MonitorAnswer | null {
  const json = (value: object, status = 200): MonitorAnswer => ({
    status,
    contentType: 'application/json; charset=utf-8',
    body: `${JSON.stringify(value, null, 2)}\n`,
  });
  if (path === '/health') {
    const health = healthOf(facts, nowMs);
    return json(isKnown ? health : { status: health.status, running: health.running }, health.status === 'healthy' ? 200 : 503);
  }
  if (!isKnown) return null;
  if (path === '/metrics.json') {
    const { phase, engine, version, startedAt, listeners, tapDropped, metrics } = facts;
    return json({
      phase,
      engine,
      version,
      startedAt,
      listeners,
      tapDropped,
      totals: metrics?.totals ?? null,
      levels: metrics?.levels ?? null,
      latency: metrics?.latency ?? null,
    });
  }
  if (path !== '/metrics') return null;
  const format = /application\/openmetrics-text/i.test(accept) ? 'openmetrics' : 'prometheus';
  return { status: 200, contentType: metricsContentTypes[format], body: metricsText(facts, nowMs, format) };
}
