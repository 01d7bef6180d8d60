import { expect, test } from 'vitest';
import { packRecords, unpackRecords } from './packed-batch.ts';
import type { MessageRecord } from './record.ts';

const records: readonly MessageRecord[] = [
  {
    id: 1,
    timeUs: 1_790_000_000_000_001,
    topic: 'a/b',
    payload: new Uint8Array([1, 2, 3]),
    qos: 2,
    retain: true,
    dup: false,
    direction: 'in',
    publisher: 'p',
    properties: { contentType: 'x', correlationData: new Uint8Array([9]), userProperties: [['k', 'v']] },
  },
  { id: 2, timeUs: 0, topic: '/é', payload: new Uint8Array(), qos: 0, retain: false, dup: true, direction: 'out', publisher: null, properties: null },
  {
    id: 2 ** 53 - 1,
    timeUs: 5,
    topic: 'a/b',
    payload: new Uint8Array(300),
    qos: 1,
    retain: false,
    dup: false,
    direction: 'in',
    publisher: 'p',
    properties: null,
  },
];

test('gives back what was packed', () => {
  expect(unpackRecords(packRecords(records))).toEqual(records);
  expect(unpackRecords(packRecords([]))).toEqual([]);
});

test('reads a batch at any offset of a larger buffer', () => {
  const packed = packRecords(records);
  const shifted = new Uint8Array(packed.byteLength + 3);
  shifted.set(packed, 3);
  expect(unpackRecords(shifted.subarray(3))).toEqual(records);
});

test('shares no memory with its input', () => {
  const payload = new Uint8Array([1]);
  const packed = packRecords([{ ...(records[0] as MessageRecord), payload }]);
  payload[0] = 7;
  expect(unpackRecords(packed)[0]?.payload).toEqual(new Uint8Array([1]));
});

test('refuses bytes that are no batch, at every length', () => {
  const packed = packRecords(records);
  for (let length = 0; length < packed.byteLength; length += 7) expect(() => unpackRecords(packed.slice(0, length))).toThrow();
  expect(() => unpackRecords(new Uint8Array(64))).toThrow('malformed');
});
