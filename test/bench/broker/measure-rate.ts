import { setTimeout } from 'node:timers/promises';
import { brokerSeconds, type RunningBroker } from './brokers/running-broker.ts';
import type { Load } from './load/load-settings.ts';
import { RunningLoad } from './load/running-load.ts';
import type { Sample, Times } from './rows/scenario.ts';

/** A thread that is busy for this share of its time has nothing left to give. */
const atLimit = 0.9;
/** Nothing more is on its way when nothing came for so long. */
const quietMs = 1000;
/** The same after a load that keeps a broker busy with what it has already taken. */
const longestDrainMs = 20_000;

export interface RateOptions {
  readonly loads: readonly Load[];
  readonly counted: 'received' | 'sent';
  /** Copies made of each message; `null`: not to be compared. */
  readonly receivers: number | null;
}

interface Moment {
  readonly atMs: number;
  readonly count: number;
  readonly brokerSeconds: number | null;
  readonly loadSeconds: readonly (number | null)[];
}

/** What the load counts in a second, after a warm-up, from the first byte to the last as long as it lasts. */
export async function measureRate(broker: RunningBroker, { loads, counted, receivers }: RateOptions, { warmUpMs, windowMs }: Times): Promise<Sample> {
  const load = await RunningLoad.open(broker.port, loads);
  const look = (): Moment => ({ atMs: performance.now(), count: load[counted], brokerSeconds: brokerSeconds(broker), loadSeconds: load.processorSeconds() });
  try {
    load.go();
    await setTimeout(warmUpMs);
    const from = look();
    await setTimeout(windowMs);
    const to = look();
    await load.stop();
    const remarks: string[] = [];
    if (receivers !== null) {
      await drained(load, receivers);
      const lost = load.sent * receivers - load.received;
      if (lost !== 0) remarks.push(`lost ${percent(lost / (load.sent * receivers))} of the deliveries`);
    }
    const { tapped, dropped, packetsLost } = await broker.tapped();
    if (dropped > 0) remarks.push(`its reader missed ${percent(dropped / (tapped + dropped))} of the messages`);
    if (packetsLost > 0) remarks.push('its reader missed packets');
    return toSample(from, to, remarks);
  } finally {
    await load.close();
  }
}

function toSample(from: Moment, to: Moment, remarks: string[]): Sample {
  const seconds = (to.atMs - from.atMs) / 1000;
  const count = to.count - from.count;
  const used = difference(to.brokerSeconds, from.brokerSeconds);
  const busiest = Math.max(...to.loadSeconds.map((after, index) => difference(after, from.loadSeconds[index] ?? null) ?? 0)) / seconds;
  const brokerShare = used === null ? null : used / seconds;
  if (busiest >= atLimit && (brokerShare ?? 0) < atLimit) remarks.push(`the load was at its limit (${percent(busiest)} of a processor)`);
  return { value: count / seconds, perProcessorSecond: used === null || used === 0 ? null : count / used, brokerShare, remarks };
}

async function drained(load: RunningLoad, receivers: number): Promise<void> {
  const deadline = performance.now() + longestDrainMs;
  let before = -1;
  let quietSince = performance.now();
  while (load.received < load.sent * receivers && performance.now() < deadline) {
    if (load.received !== before) {
      before = load.received;
      quietSince = performance.now();
    } else if (performance.now() - quietSince > quietMs) return;
    await setTimeout(10);
  }
}

function difference(after: number | null, before: number | null): number | null {
  return after === null || before === null ? null : after - before;
}

function percent(share: number): string {
  const points = share * 100;
  return `${points >= 10 || points <= -10 ? Math.round(points) : points.toPrecision(2)} %`;
}
