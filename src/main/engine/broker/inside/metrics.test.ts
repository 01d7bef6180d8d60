import { afterEach, describe, expect, it } from 'vitest';
import { connectToCore } from '../../../../../test/support/core-client.ts';
import type { BrokerMetrics, BrokerTotals } from '../../../../shared/contract/broker-metrics.ts';
import { BrokerCore, type BrokerCoreOptions } from '../core/broker-core.ts';
import { latencyBoundsUs, LatencyHistogram, latencyPercentile, latencySince } from './latency-histogram.ts';
import { MetricsSeries } from './metrics-series.ts';

const cores: BrokerCore[] = [];
afterEach(async () => {
  for (const core of cores.splice(0)) await core.close();
});

function startCore(options: Partial<BrokerCoreOptions> = {}): BrokerCore {
  const core = new BrokerCore({ nowUs: () => 5_000_000, ...options });
  cores.push(core);
  return core;
}

const silent: BrokerTotals = new BrokerCore({ nowUs: () => 0 }).metrics().totals;

const metricsAt = (timeMs: number, totals: Partial<BrokerTotals> = {}): BrokerMetrics => ({
  timeMs,
  totals: { ...silent, ...totals },
  levels: {
    clients: 2,
    clientsMaximum: 2,
    sessions: 2,
    subscriptions: 0,
    retainedMessages: 0,
    retainedBytes: 0,
    queuedMessages: 7,
    queuedBytes: 700,
  },
  latency: null,
});

describe('the numbers of a core', () => {
  it('count what comes and goes, what is held, and how long messages took', async () => {
    const clock = { ms: 1000 };
    const core = startCore({ monotonicMs: () => clock.ms });
    const away = await connectToCore(core, { clientId: 'away', properties: [['sessionExpiryInterval', 100]] });
    await away.subscribe({ filter: 't', qos: 1 });
    await away.disconnect();
    const [reader, sender] = [await connectToCore(core, 'reader'), await connectToCore(core, 'sender')];
    await reader.subscribe({ filter: '#', qos: 0 });
    await sender.publish({ topic: 't', payload: 'four', qos: 1, retain: true });
    await reader.receive();
    const { totals, levels, latency } = core.metrics();
    expect(totals).toMatchObject({ publishReceived: 1, publishBytesReceived: 4, publishSent: 1, publishBytesSent: 4, connectionsMade: 3, droppedFull: 0 });
    expect(levels).toMatchObject({ clients: 2, clientsMaximum: 2, sessions: 3, subscriptions: 2, retainedMessages: 1, queuedMessages: 1 });
    expect(levels.queuedBytes).toBeGreaterThan(4);
    expect(latency).toMatchObject({ count: 1, sumUs: 0 });
  });

  it('let go of what no longer waits, whichever way it went', async () => {
    const core = startCore();
    for (const clientId of ['one', 'two']) {
      const away = await connectToCore(core, { clientId, properties: [['sessionExpiryInterval', 100]] });
      await away.subscribe({ filter: 't', qos: 1 });
      await away.disconnect();
    }
    const sender = await connectToCore(core, 'sender');
    for (let at = 0; at < 3; at += 1) await sender.publish({ topic: 't', qos: 1 });
    expect(core.metrics().levels.queuedMessages).toBe(6);
    const back = await connectToCore(core, { clientId: 'one', clean: false, properties: [['sessionExpiryInterval', 100]] });
    await back.receive();
    await expect.poll(() => core.metrics().levels.queuedMessages).toBe(3);
    const two = core.sessions.get('two');
    if (two) core.endSession(two);
    expect(core.metrics().levels).toMatchObject({ queuedMessages: 0, queuedBytes: 0 });
  });
});

describe('a histogram of times', () => {
  it('tells percentiles to within a step, and what came between two readings', () => {
    const histogram = new LatencyHistogram();
    for (let us = 1; us <= 100; us += 1) histogram.add(us * 100);
    const first = histogram.read();
    expect(latencyPercentile(first, 0.5)).toBeGreaterThanOrEqual(5000);
    expect(latencyPercentile(first, 0.5)).toBeLessThan(5000 * 1.2);
    expect(latencyPercentile(first, 0.99)).toBeGreaterThanOrEqual(9900);
    histogram.add(1, 10);
    histogram.add(3e9);
    const since = latencySince(first, histogram.read());
    expect(since.count).toBe(11);
    expect(latencyPercentile(since, 0.5)).toBe(latencyBoundsUs[0]);
    expect(latencyPercentile(since, 1)).toBe(latencyBoundsUs.at(-1));
    expect(latencyPercentile(latencySince(histogram.read(), histogram.read()), 0.5)).toBeNull();
  });
});

describe('the series', () => {
  it('has rates between readings, bounded, and none across two runs', () => {
    const series = new MetricsSeries(3);
    let told = 0;
    series.subscribe(() => (told += 1));
    series.add(metricsAt(1000));
    expect(series.since(0)).toEqual([]);
    series.add(metricsAt(3000, { publishReceived: 100, droppedFull: 4, droppedSlow: 2 }));
    expect(series.since(0)).toMatchObject([{ timeMs: 3000, messagesIn: 50, dropped: 3, queuedMessages: 7, writtenP50Us: null, acknowledgedP99Us: null }]);
    series.acknowledged(900);
    series.newRun();
    expect(series.latest).toBeNull();
    series.add(metricsAt(4000, { publishReceived: 5 }));
    expect(series.count).toBe(1);
    for (let second = 5; second < 9; second += 1) series.add(metricsAt(second * 1000, { publishReceived: second, bytesSent: null }));
    expect(series.since(0).map(({ timeMs }) => timeMs)).toEqual([6000, 7000, 8000]);
    expect(series.since(4)).toHaveLength(1);
    expect(series.since(4)[0]).toMatchObject({ messagesIn: 1, bytesOut: null });
    expect(told).toBe(5);
  });
});
