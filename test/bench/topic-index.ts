import { createTopicIndexes } from '../../src/main/engine/topics/index.ts';
import type { MessageRecord } from '../../src/shared/messages/record.ts';
import { perSecond, repeat, type BenchRow } from './bench.ts';

const batchSize = 1000;

/** The topic tree with 10,000, 100,000 and 1,000,000 topics: growing it, feeding it, and one frame of a view with every branch open. */
export async function benchTopicIndex(): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const topics of [10_000, 100_000, 1_000_000]) rows.push(...(await measure(topics)));
  return rows;
}

async function measure(topics: number): Promise<readonly BenchRow[]> {
  const names = Array.from({ length: topics }, (_, index) => `plant/line${index % 100}/machine${Math.floor(index / 100)}/value`);
  const label = `${topics.toLocaleString('en')} topics`;
  const payload = new TextEncoder().encode('{"value":21.5,"unit":"C"}');
  const record = (index: number): MessageRecord => ({
    id: index,
    timeUs: index,
    topic: names[index % topics] as string,
    payload,
    qos: 0,
    retain: false,
    dup: false,
    direction: 'in',
    publisher: null,
    properties: null,
  });
  const service = createTopicIndexes({ now: Date.now });
  const feed = (count: number): void => {
    for (let done = 0; done < count; done += batchSize) {
      service.ingest(
        'broker',
        Array.from({ length: batchSize }, (_, index) => record(done + index)),
      );
    }
  };
  globalThis.gc?.();
  const heapBefore = process.memoryUsage().heapUsed;
  const grow = await perSecond(topics, () => feed(topics));
  globalThis.gc?.();
  const bytesPerTopic = (process.memoryUsage().heapUsed - heapBefore) / topics;
  const steady = await repeat(3, () => perSecond(300_000, () => feed(300_000)));
  const frames: number[] = [];
  for (let run = 0; run < 3; run += 1) {
    let arrived: () => void = () => undefined;
    const framed = new Promise<void>((resolve) => (arrived = resolve));
    const view = service.openView({ source: 'broker', first: 0, count: 50, filter: '', sort: 'name' }, () => arrived());
    await framed;
    const began = performance.now();
    view.setExpanded('plant', true, true);
    view.rowAt(topics);
    frames.push(performance.now() - began);
    view.close();
  }
  service.close();
  return [
    { name: `${label}: first message of each`, unit: 'topics/s', values: [grow] },
    { name: `${label}: messages`, unit: 'msg/s', values: steady },
    { name: `${label}: heap`, unit: 'bytes/topic', values: [bytesPerTopic], ...(globalThis.gc ? {} : { note: 'without --expose-gc: rough' }) },
    { name: `${label}: open every branch and lay out`, unit: 'ms', values: frames },
  ];
}
