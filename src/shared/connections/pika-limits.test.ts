import { expect, test } from 'vitest';
import { pikaConnectResult, pikaFilterWarnings, pikaLimits, pikaMessageWarnings, pikaWillWarnings, type PikaWarning } from './pika-limits.ts';

const codes = (warnings: readonly PikaWarning[]): string[] => warnings.map(({ code }) => code);
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

test('a topic has 64 bytes at most, that of a will 63', () => {
  const { topicBytes } = pikaLimits;
  expect(pikaMessageWarnings({ topic: 'a'.repeat(topicBytes), payload: text('x'), qos: 0 })).toEqual([]);
  expect(codes(pikaMessageWarnings({ topic: 'a'.repeat(topicBytes + 1), payload: text('x'), qos: 0 }))).toEqual(['topic-long']);
  expect(codes(pikaMessageWarnings({ topic: 'ä'.repeat(33), payload: text('x'), qos: 0 }))).toEqual(['topic-long']);
  expect(pikaWillWarnings({ topic: 'a'.repeat(63), payload: text('x') })).toEqual([]);
  expect(codes(pikaWillWarnings({ topic: 'a'.repeat(64), payload: new Uint8Array(0) }))).toEqual(['topic-long', 'empty-payload']);
});

test.each([
  // 1 type + 2 length + 2 + 1 topic (+ 2 identifier) + payload = 1024
  [0, 1018],
  [1, 1016],
  [2, 1016],
] as const)('with QoS %d a payload of %d bytes just fits into a packet', (qos, size) => {
  expect(pikaMessageWarnings({ topic: 'a', payload: new Uint8Array(size).fill(65), qos })).toEqual([]);
  const over = pikaMessageWarnings({ topic: 'a', payload: new Uint8Array(size + 1).fill(65), qos });
  expect(over).toEqual([{ code: 'packet-large', message: expect.stringContaining('1025 bytes') as string, advice: expect.any(String) as string }]);
});

test('NUL, empty payloads and wildcards are told', () => {
  expect(pikaMessageWarnings({ topic: 'a', payload: text('ab\0'), qos: 0 })[0]?.message).toContain('byte 3');
  expect(codes(pikaMessageWarnings({ topic: 'a', payload: text(''), qos: 0 }))).toEqual(['empty-payload']);
  expect(codes(pikaFilterWarnings('a/+'))).toEqual(['wildcard']);
  expect(codes(pikaFilterWarnings('a/b'))).toEqual([]);
});

test('the two scales of results are never mixed', () => {
  expect(pikaConnectResult(2)).toEqual({ document: 'FAIL_BAD_NAME_PASSWD', code: 'identifier rejected' });
  expect(pikaConnectResult(4)).toEqual({ document: 'FAIL_BAD_PROTOCOL', code: 'bad user name or password' });
  expect(pikaConnectResult(6)).toEqual({ document: 'FAIL_PERMISSION', code: null });
  expect(pikaConnectResult(-8)).toEqual({ document: null, code: null });
});
