import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createStore } from '../../src/main/engine/store/index.ts';
import type { MessageRecord } from '../../src/shared/messages/record.ts';
import { repeat, type BenchRow } from './bench.ts';

const messages = 1_000_000;
const topics = 10_000;

/** A million messages over 10,000 topics through the queue into SQLite, then what a message list asks for. */
export async function benchStore(): Promise<readonly BenchRow[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'workbench-bench-'));
  const store = createStore({
    folder,
    workerUrl: new URL('../../src/main/engine/store/store-worker.ts', import.meta.url),
    budgetBytes: 2 ** 33,
    now: Date.now,
    onChange: () => undefined,
  });
  try {
    await store.lastId();
    const payload = new TextEncoder().encode(`{"value":21.5,"unit":"C","note":"${'x'.repeat(55)}"}`);
    const began = performance.now();
    for (let id = 1; id <= messages; id += 1000) {
      const batch = Array.from({ length: 1000 }, (_, index): MessageRecord => ({
        id: id + index,
        timeUs: id + index,
        topic: `bench/t${(id + index) % topics}`,
        payload,
        qos: 0,
        retain: false,
        dup: false,
        direction: 'in',
        publisher: null,
        properties: null,
      }));
      store.append('broker', batch);
      while (store.ledger().pending > 50_000) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    while (store.ledger().pending > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const rate = (messages / (performance.now() - began)) * 1000;
    const { stored, sizeBytes } = store.ledger();
    const timed = async (ask: () => Promise<unknown>): Promise<number> => {
      const start = performance.now();
      await ask();
      return performance.now() - start;
    };
    const topic = 'bench/t77';
    return [
      { name: 'written', unit: 'messages/s', values: [rate], note: `${store.binding()}, batches as they come, index inline` },
      { name: 'stored', unit: 'messages', values: [stored] },
      { name: 'size', unit: 'bytes/message', values: [sizeBytes / messages] },
      {
        name: 'newest 100 of a topic',
        unit: 'ms',
        values: await repeat(9, () => timed(() => store.history({ source: 'broker', topic, offset: 0, limit: 100 }))),
      },
      { name: 'newest message of a topic, whole', unit: 'ms', values: await repeat(9, () => timed(() => store.latest('broker', topic, 1_048_576))) },
      { name: 'topics of a source, to grow the tree', unit: 'ms', values: await repeat(3, () => timed(() => store.topics('broker'))) },
    ];
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
