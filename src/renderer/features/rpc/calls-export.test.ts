import { afterEach, expect, it } from 'vitest';
import { callHistoryContract, type CallsExportPart } from '../../../shared/contract/call-history.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import type { StreamSink } from '../../../shared/ipc/stream-sink.ts';
import { serveForTests, type ServedEngine } from '../serve-for-tests.ts';
import { exportCalls, type ExportProgress } from './calls-export.ts';

const { 'callHistory.export': operation } = callHistoryContract;
let served: ServedEngine | undefined;
afterEach(() => served?.close());

const part = (text: string, done: number): CallsExportPart => ({ bytes: new TextEncoder().encode(text), done, total: 2 });

function serveExport(write: (sink: StreamSink<CallsExportPart>) => Promise<void>): ServedEngine {
  served = serveForTests({ 'callHistory.export': operation }, { 'callHistory.export': (_input, sink) => write(sink) });
  return served;
}

it('puts the parts together, the large ones outside the memory of the page, and tells how far it is', async () => {
  const large = 'x'.repeat(5_000_000);
  const { engine } = serveExport(async (sink) => {
    for (const [text, done] of [
      ['[', 0],
      [large, 1],
      [']', 2],
    ] as const)
      await sink.send(part(text, done));
    sink.end();
  });
  const told: ExportProgress[] = [];
  const parts = await exportCalls(engine, { source: 'broker' }, 'json', (progress) => told.push(progress)).parts;
  expect(parts?.map((one) => one instanceof Blob)).toEqual([true, false]);
  expect(await new Blob(parts as Blob[]).text()).toBe(`[${large}]`);
  expect(told).toEqual([0, 1, 2].map((done) => ({ done, total: 2 })));
});

it('is cancelled at the engine, too', async () => {
  let gone = false;
  const { engine } = serveExport(async (sink) => {
    sink.signal.addEventListener('abort', () => (gone = true));
    await sink.send(part('[', 0));
  });
  const running = exportCalls(engine, {}, 'csv', () => running.cancel());
  expect(await running.parts).toBeNull();
  await expect.poll(() => gone).toBe(true);
});

it('tells why there is no file', async () => {
  const { engine } = serveExport(async (sink) => sink.fail(new CodedError('store-unavailable', 'No history.')));
  await expect(exportCalls(engine, {}, 'har', () => undefined).parts).rejects.toThrow('No history.');
});

it('begins anew when another run of the engine answers', async () => {
  let runs = 0;
  const { engine, restart } = serveExport(async (sink) => {
    runs += 1;
    await sink.send(part(`run ${runs}`, 1));
    if (runs === 2) sink.end();
  });
  const parts = exportCalls(engine, {}, 'json', () => runs === 1 && restart()).parts;
  expect(await new Blob((await parts) as Blob[]).text()).toBe('run 2');
});
