import { expect, it } from 'vitest';
import { previewBytes } from './preview-bytes.ts';

it.each([
  [[0x68, 0xc3, 0xa9, 10], 'hé\n'],
  // Half of é.
  [[0x68, 0xc3], 'h'],
  [[0x68, 0], '68 00'],
  [[0xff, 0x0a], 'ff 0a'],
  [[], ''],
])('%j is shown as %j', (bytes, text) => expect(previewBytes(Uint8Array.from(bytes))).toBe(text));
