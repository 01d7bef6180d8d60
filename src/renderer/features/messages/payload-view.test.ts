import { describe, expect, it } from 'vitest';
import { detectFormat, oneLine } from './payload-view.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('detectFormat', () => {
  it.each([
    ['{"a":1}', 'json'],
    [' [1,2] ', 'json'],
    ['21.5', 'text'],
    ['{not json}', 'text'],
    ['', 'text'],
    ['line\tone\r\ntwo', 'text'],
    ['\u0000\u0001', 'hex'],
  ] as const)('%j is shown as %s', (text, format) => expect(detectFormat(utf8(text))).toBe(format));
  it('shows what is not UTF-8 as bytes', () => expect(detectFormat(Uint8Array.of(0x41, 0xfe))).toBe('hex'));
  it('takes the beginning of a long JSON text for JSON', () => expect(detectFormat(utf8('{"a":[1,2'), false)).toBe('json'));
});

describe('oneLine', () => {
  it('puts text on one line', () => expect(oneLine(utf8('a\n  b\tc '), 8)).toEqual({ text: 'a b c', binary: false }));
  it('shows bytes as hex', () => expect(oneLine(Uint8Array.of(0, 255), 2)).toEqual({ text: '00 ff', binary: true }));
});
