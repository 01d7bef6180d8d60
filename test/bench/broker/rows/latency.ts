import { setTimeout } from 'node:timers/promises';
import type { Load } from '../load/load-settings.ts';
import type { Qos } from '../load/prepared-publishes.ts';
import type { ProbeResult } from '../load/probe.ts';
import { RunningLoad } from '../load/running-load.ts';
import { plainSample, type Scenario } from './scenario.ts';

const perSecond = 1000;
const payloadBytes = 256;
/** Times the window of a rate: a hundredth of the messages must be many. */
const windows = 2;

export function latencyScenarios(): readonly Scenario[] {
  return [latency(0, 0), latency(1, 0), latency(2, 0), latency(0, 10_000)];
}

function latency(qos: Qos, beside: number): Scenario {
  const name = `latency of 1,000/s, QoS ${qos}${beside > 0 ? `, beside ${beside.toLocaleString('en')}/s` : ''}`;
  const loads: Load[] = [{ role: 'probe', topic: 'bench/probe', qos, payloadBytes, perSecond }];
  if (beside > 0) {
    const topic = 'bench/beside';
    loads.unshift({ role: 'subscribe', qos: 0, filters: [[topic]] });
    loads.push({
      role: 'publish',
      topics: [topic],
      qos: 0,
      payloadBytes,
      clients: 1,
      window: 0,
      aheadBytes: null,
      receivers: 1,
      perSecond: beside,
      messages: null,
    });
  }
  return {
    rows: [
      { name: `${name}: p50`, unit: 'ms', better: 'less', aim: null },
      { name: `${name}: p99`, unit: 'ms', better: 'less', aim: { ratio: 1 } },
    ],
    run: async (broker, { warmUpMs, windowMs }) => {
      const load = await RunningLoad.open(broker.port, loads);
      try {
        load.go();
        await setTimeout(warmUpMs + windowMs * windows);
        const results = await load.stop();
        // The probe is the first that answers.
        const { latenciesMs, missing } = results[0] as ProbeResult;
        const sorted = latenciesMs.toSorted((a, b) => a - b);
        const remarks = missing > 0 ? [`${missing} messages did not arrive`] : [];
        return [0.5, 0.99].map((share) => ({ ...plainSample(sorted[Math.floor(sorted.length * share)] ?? Number.NaN), remarks }));
      } finally {
        await load.close();
      }
    },
  };
}
