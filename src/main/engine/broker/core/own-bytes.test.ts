import { expect, it } from 'vitest';
import { Message } from './message.ts';
import { briefBytes, ownBytes } from './own-bytes.ts';

/** As a socket reads: one chunk with several payloads in it, each a view of Node's kind. */
const chunk = Buffer.alloc(65_536, 'chunk');

it.each([0, 1, 300, 2048, 2049, 40_000])('copies %i bytes that lie in a chunk', (length) => {
  const view = chunk.subarray(5, 5 + length);
  const copy = ownBytes(view);
  expect(Buffer.compare(copy, view)).toBe(0);
  expect(copy.buffer.byteLength).toBe(length);
  expect(ownBytes(copy)).toBe(copy);
});

it('keeps no more alive for a message under way than little pieces, or a few times its size', () => {
  const views = Array.from({ length: 500 }, (_, n) => chunk.subarray(n * 100, n * 100 + (n % 97)));
  const copies = views.map(briefBytes);
  for (const [n, copy] of copies.entries()) {
    expect(Buffer.compare(copy, views[n] as Buffer)).toBe(0);
    expect(copy.buffer.byteLength).toBeLessThanOrEqual(16_384);
  }
  const large = chunk.subarray(0, 3000);
  expect(briefBytes(large).buffer.byteLength).toBe(3000);
  const most = chunk.subarray(0, 40_000);
  expect(briefBytes(most)).toBe(most);
});

it('lets a message that is kept hold nothing but its own', () => {
  const correlationData = chunk.subarray(7, 9);
  const message = new Message('t', chunk.subarray(0, 5), 1, true, { correlationData, contentType: 'text' }, null, Infinity);
  message.own();
  message.keep();
  expect(Buffer.from(message.payload).toString()).toBe('chunk');
  expect(message.payload.buffer.byteLength).toBe(5);
  expect(message.properties).toEqual({ correlationData: new Uint8Array(correlationData), contentType: 'text' });
  expect(message.properties?.correlationData?.buffer.byteLength).toBe(2);
});
