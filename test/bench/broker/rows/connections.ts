import { setTimeout } from 'node:timers/promises';
import { openFilesLimit, residentBytes } from '../process-facts.ts';
import type { Load } from '../load/load-settings.ts';
import { RunningLoad } from '../load/running-load.ts';
import { measureRate } from '../measure-rate.ts';
import { plainSample, type Scenario } from './scenario.ts';

const threads = 2;
/** Making a connection costs a client as much as a broker. */
const connectingThreads = 4;
/** The bench and each broker open some files of their own. */
const spareFiles = 200;
const settleMs = 1500;

export function connectionScenarios(): readonly Scenario[] {
  return [connecting(), idle(2000), idle(10_000)];
}

function connecting(): Scenario {
  return {
    rows: [{ name: 'connect, CONNACK, disconnect; 64 at a time', unit: 'connections/s', better: 'more', aim: { ratio: 1 } }],
    run: async (broker, times) => [
      await measureRate(
        broker,
        { loads: Array.from({ length: connectingThreads }, () => ({ role: 'connect', atATime: 64 / connectingThreads })), counted: 'sent', receivers: null },
        times,
      ),
    ],
  };
}

function idle(connections: number): Scenario {
  return {
    rows: [
      { name: `memory of an idle connection with one filter, ${connections.toLocaleString('en')} of them`, unit: 'KiB', better: 'less', aim: { most: 8 } },
    ],
    run: async (broker, { scale }) => {
      const wanted = Math.round(connections * scale);
      const count = Math.min(wanted, openFilesLimit() - spareFiles);
      // What the first connections need once and for all is not theirs.
      const first = await open(broker.port, 50, 'warm-up');
      await first.close();
      await setTimeout(settleMs / 3);
      const before = residentBytes(broker.pid) ?? Number.NaN;
      const load = await open(broker.port, count, 'idle');
      await setTimeout(settleMs);
      const after = residentBytes(broker.pid) ?? Number.NaN;
      await load.close();
      const remarks = count < wanted ? [`only ${count} connections: more files may not be open`] : [];
      return [{ ...plainSample((after - before) / 1024 / count), remarks }];
    },
  };
}

function open(port: number, count: number, prefix: string): Promise<RunningLoad> {
  const loads = Array.from({ length: threads }, (_, thread): Load => ({
    role: 'subscribe',
    qos: 0,
    filters: Array.from({ length: count / threads }, (_, n) => [`bench/${prefix}/${thread}/${n}`]),
  }));
  return RunningLoad.open(port, loads);
}
