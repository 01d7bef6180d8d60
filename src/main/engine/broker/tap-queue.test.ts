import { describe, expect, it, vi } from 'vitest';
import type { StreamSink } from '../../../shared/ipc/stream-sink.ts';
import { unpackRecords } from '../../../shared/messages/packed-batch.ts';
import type { MessageRecord } from '../../../shared/messages/record.ts';
import type { TapBatch } from './broker-contract.ts';
import { TapQueue } from './tap-queue.ts';

const record = (topic: string, payloadBytes = 10): MessageRecord => ({
  id: 0,
  timeUs: 1,
  topic,
  payload: new Uint8Array(payloadBytes),
  qos: 0,
  retain: false,
  dup: false,
  direction: 'in',
  publisher: 'p',
  properties: null,
});

/** A reader that takes a batch only when told to. */
function slowReader(): { sink: StreamSink<TapBatch>; got: TapBatch[]; take(): void } {
  const got: TapBatch[] = [];
  const waiting: (() => void)[] = [];
  const sink: StreamSink<TapBatch> = {
    send: (batch) =>
      new Promise((resolve) => {
        waiting.push(() => {
          got.push(batch);
          resolve();
        });
      }),
    ready: true,
    end: () => undefined,
    fail: () => undefined,
    signal: new AbortController().signal,
  };
  return { sink, got, take: () => waiting.shift()?.() };
}

describe('TapQueue', () => {
  it('sends what comes within a moment as one batch', async () => {
    vi.useFakeTimers();
    try {
      const reader = slowReader();
      const queue = new TapQueue({ flushMs: 10 });
      queue.attach(reader.sink);
      queue.push(record('a'));
      await vi.advanceTimersByTimeAsync(9);
      queue.push(record('b'));
      reader.take();
      expect(reader.got).toHaveLength(0);
      await vi.advanceTimersByTimeAsync(1);
      reader.take();
      await vi.advanceTimersByTimeAsync(0);
      expect(reader.got.map(({ count }) => count)).toEqual([2]);
      expect(unpackRecords(reader.got[0]?.records ?? new Uint8Array(0)).map(({ topic }) => topic)).toEqual(['a', 'b']);
    } finally {
      vi.useRealTimers();
    }
  });

  it('does not wait when much has come', async () => {
    const reader = slowReader();
    const queue = new TapQueue({ flushMs: 60_000, flushBytes: 1000 });
    const detach = queue.attach(reader.sink);
    queue.push(record('a', 1000));
    reader.take();
    await vi.waitFor(() => expect(reader.got).toHaveLength(1), 20_000);
    detach();
  });

  it('drops the oldest batch when the reader is too slow, counts its messages and keeps the order', async () => {
    const reader = slowReader();
    const dropped = vi.fn();
    const queue = new TapQueue({ flushBytes: 1, maxQueuedBytes: 1000, onDropped: dropped });
    queue.attach(reader.sink);
    for (let n = 0; n < 50; n += 1) queue.push(record(String(n), 100));
    expect(queue.dropped).toBeGreaterThan(40);
    expect(dropped).toHaveBeenCalled();
    const left = 50 - queue.dropped;
    for (let n = 1; n <= left; n += 1) {
      reader.take();
      await vi.waitFor(() => expect(reader.got).toHaveLength(n), 20_000);
    }
    const topics = reader.got.flatMap(({ records }) => unpackRecords(records)).map(({ topic }) => Number(topic));
    expect(topics).toEqual([0, ...Array.from({ length: left - 1 }, (_, n) => 50 - (left - 1) + n)]);
  });

  it('collects nothing while nobody reads, and forgets when its reader goes', async () => {
    const reader = slowReader();
    const queue = new TapQueue({ flushBytes: 1 });
    queue.push(record('early'));
    const detach = queue.attach(reader.sink);
    queue.push(record('a'));
    queue.push(record('b'));
    detach();
    reader.take();
    queue.push(record('late'));
    reader.take();
    expect(reader.got.flatMap(({ records }) => unpackRecords(records)).map(({ topic }) => topic)).toEqual(['a']);
    expect(queue.dropped).toBe(0);
  });
});
