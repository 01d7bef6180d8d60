import { expect, test } from 'vitest';
import { hexRow } from './hex-rows.ts';

test('a full line', () => {
  const bytes = new TextEncoder().encode('Hello, world!\n\u0000Z');
  expect(hexRow(bytes, 0x1a0, 16)).toEqual({ offset: '0001a0', hex: '48 65 6c 6c 6f 2c 20 77  6f 72 6c 64 21 0a 00 5a', text: 'Hello, world!··Z' });
});

test('a short last line keeps its columns', () => {
  const row = hexRow(new Uint8Array([0xff, 0x7e]), 16, 8);
  expect(row.hex).toBe(`ff 7e${'   '.repeat(6)}`);
  expect(row.text).toBe('·~');
});

test('offsets beyond 16 MiB grow', () => expect(hexRow(new Uint8Array([0]), 0x1234567, 8).offset).toBe('1234567'));
