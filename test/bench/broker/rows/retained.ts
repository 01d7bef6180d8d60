import { setTimeout } from 'node:timers/promises';
import { residentBytes } from '../process-facts.ts';
import type { Load } from '../load/load-settings.ts';
import { RunningLoad } from '../load/running-load.ts';
import { median } from '../../bench.ts';
import { plainSample, type Scenario } from './scenario.ts';

const even = { ratio: 1 } as const;
const payloadBytes = 256;
const topicsInAll = 100_000;
const threads = 2;
const exactAsks = 300;

/** A large set of retained messages: storing it, getting all of it, getting one. */
export function retainedScenario(): Scenario {
  return {
    rows: [
      { name: '100,000 retained stored, QoS 1, 256 B', unit: 'messages/s', better: 'more', aim: even },
      { name: 'memory of 100,000 retained', unit: 'MiB', better: 'less', aim: null },
      { name: '100,000 retained sent to one `#`', unit: 'messages/s', better: 'more', aim: even },
      { name: 'one of 100,000 retained, by its topic', unit: 'ms', better: 'less', aim: even },
    ],
    run: async (broker, { scale }) => {
      const each = Math.round((topicsInAll * scale) / threads);
      const before = residentBytes(broker.pid) ?? Number.NaN;
      const storedPerSecond = await store(broker.port, each);
      await setTimeout(500);
      const after = residentBytes(broker.pid) ?? Number.NaN;
      const topics = Array.from({ length: exactAsks }, (_, n) => topicOf(n % threads, n * 7));
      const load = await RunningLoad.open(broker.port, [
        {
          role: 'ask',
          steps: [
            ...topics.map((topic) => ({ subscribes: [[topic]], until: 'publish', count: 1 }) as const),
            { subscribes: [['#']], until: 'publish', count: each * threads },
          ],
        },
      ]);
      try {
        load.go();
        const [took = []] = (await load.done()) as readonly (readonly number[])[];
        const replayMs = took[exactAsks] ?? Number.NaN;
        return [
          plainSample(storedPerSecond),
          plainSample((after - before) / 2 ** 20),
          plainSample((each * threads * 1000) / replayMs),
          plainSample(median(took.slice(0, exactAsks))),
        ];
      } finally {
        await load.close();
      }
    },
  };
}

function topicOf(thread: number, n: number): string {
  return `bench/house${thread}/room${n % 100}/sensor${n}`;
}

async function store(port: number, each: number): Promise<number> {
  const loads = Array.from({ length: threads }, (_, thread): Load => ({
    role: 'publish',
    topics: Array.from({ length: each }, (_, n) => topicOf(thread, n)),
    qos: 1,
    retain: true,
    payloadBytes,
    clients: 1,
    window: 100,
    aheadBytes: null,
    receivers: 0,
    perSecond: null,
    messages: each,
  }));
  const load = await RunningLoad.open(port, loads);
  try {
    const began = performance.now();
    load.go();
    await load.done();
    return (each * threads * 1000) / (performance.now() - began);
  } finally {
    await load.close();
  }
}
