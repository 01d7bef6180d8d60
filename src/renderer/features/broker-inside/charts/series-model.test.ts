import { afterEach, expect, it } from 'vitest';
import { brokerMetricsContract, type BrokerPoint, type BrokerSeries } from '../../../../shared/contract/broker-metrics.ts';
import type { StreamSink } from '../../../../shared/ipc/stream-sink.ts';
import { serveForTests, testPacing, type ServedEngine } from '../../serve-for-tests.ts';
import { SeriesModel } from './series-model.ts';

let served: ServedEngine | undefined;
afterEach(() => served?.close());

const point = (timeMs: number): BrokerPoint => ({ timeMs }) as BrokerPoint;
const points = (from: number, to: number): readonly BrokerPoint[] => Array.from({ length: to - from }, (_, at) => point(from + at));

it('adds what comes to what there was, bounded, and begins anew with a new engine', async () => {
  const sinks: StreamSink<BrokerSeries>[] = [];
  let first = points(0, 590);
  served = serveForTests(brokerMetricsContract, {
    'broker.series': (_input, sink) => {
      sinks.push(sink);
      void sink.send({ points: first, isWhole: true });
      return () => undefined;
    },
  });
  const model = new SeriesModel(served.engine, testPacing);
  expect(model.isReady).toBe(false);
  await expect.poll(() => model.points.length).toBe(590);
  await sinks[0]?.send({ points: points(590, 620), isWhole: false });
  await expect.poll(() => model.points.at(-1)?.timeMs).toBe(619);
  expect(model.points).toHaveLength(600);
  expect(model.points[0]?.timeMs).toBe(20);
  first = [];
  served.restart();
  await expect.poll(() => model.points.length).toBe(0);
  expect(model.isReady).toBe(true);
  model.close();
});
