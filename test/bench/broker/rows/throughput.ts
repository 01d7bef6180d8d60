import { measureRate } from '../measure-rate.ts';
import type { Load, PublishLoad } from '../load/load-settings.ts';
import type { Qos } from '../load/prepared-publishes.ts';
import type { Aim, Scenario } from './scenario.ts';

interface Shape {
  readonly name: string;
  readonly publishers: number;
  readonly subscribers: number;
  /** QoS 1 and 2: unacknowledged messages of each publisher. */
  readonly window: number;
  aimAt(qos: Qos): Aim;
}

/** The aims; every other row is to be at least even. */
const shapes: readonly Shape[] = [
  { name: '1:1', publishers: 1, subscribers: 1, window: 100, aimAt: (qos) => ({ ratio: qos === 2 ? 1 : 3 }) },
  { name: '1:100', publishers: 1, subscribers: 100, window: 100, aimAt: (qos) => ({ ratio: qos === 0 ? 8 : 1 }) },
  { name: '100:1', publishers: 100, subscribers: 1, window: 10, aimAt: () => ({ ratio: 2 }) },
];
const sizes = [
  ['16 B', 16],
  ['256 B', 256],
  ['16 KiB', 16_384],
] as const;
const levels: readonly Qos[] = [0, 1, 2];
const topic = 'bench/load/topic';

/** A bounded queue for a slow client holds 1 MiB in our broker: QoS 0 beyond that is dropped. */
const mostAheadBytes = 1_000_000;
/** What is under way to all of them together is a matter of seconds at most, also for a slow broker. */
const mostUnderWayBytes = 8_000_000;

export function aheadOf(receivers: number): number {
  return Math.min(mostAheadBytes, mostUnderWayBytes / receivers);
}

/** Subscribers of one thread: a broker with many must not wait for one thread that reads for all of them. */
const subscribersPerThread = 50;

export function throughputScenarios(): readonly Scenario[] {
  return shapes.flatMap((shape) => levels.flatMap((qos) => sizes.map(([size, payloadBytes]) => toScenario(shape, qos, size, payloadBytes))));
}

function toScenario(shape: Shape, qos: Qos, size: string, payloadBytes: number): Scenario {
  const { publishers, subscribers, window } = shape;
  const publish: PublishLoad = {
    role: 'publish',
    topics: [topic],
    qos,
    payloadBytes,
    clients: publishers,
    window,
    aheadBytes: aheadOf(subscribers),
    receivers: subscribers,
    perSecond: null,
    messages: null,
  };
  const loads: Load[] = [];
  for (let left = subscribers; left > 0; left -= subscribersPerThread) {
    loads.push({ role: 'subscribe', qos, filters: Array.from({ length: Math.min(left, subscribersPerThread) }, () => [topic]) });
  }
  loads.push(publish);
  return {
    rows: [{ name: `${shape.name}, QoS ${qos}, ${size}`, unit: 'deliveries/s', better: 'more', aim: shape.aimAt(qos) }],
    run: async (broker, times) => [await measureRate(broker, { loads, counted: 'received', receivers: subscribers }, times)],
  };
}
