import { describe, expect, it } from 'vitest';
import { decodeText, detectFormat, indentJson, oneLine } from './payload-view.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('decodeText', () => {
  it('keeps a byte order mark as it was sent', () => expect(decodeText(utf8('\uFEFFa')).text).toBe('\uFEFFa'));
  it.each([
    [[0x61, 0xff], 1],
    [[0x61, 0xc3], 1],
    [[0xe2, 0x82, 0xac, 0xc0, 0xaf], 3],
    [[0xed, 0xa0, 0x80], 0],
    [[0xf4, 0x90, 0x80, 0x80], 0],
    [[0x61, 0x62, 0x80], 2],
  ])('%j is invalid from byte %d', (bytes, at) => expect(decodeText(Uint8Array.from(bytes)).invalidAt).toBe(at));
  it('does not blame a character that is cut where the loaded part ends', () => {
    const cut = utf8('price: 5 €').slice(0, -1);
    expect(decodeText(cut, false)).toEqual({ text: 'price: 5 ', invalidAt: null });
    expect(decodeText(cut, true).invalidAt).toBe(9);
  });
});

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

describe('indentJson', () => {
  it('changes only the white space', () => {
    const sent = '{"big":12345678901234567890,"e":1e5, "list":[1, {"x":"a,b:\\"{"}],"none":{ },"dup":1,"dup":2}';
    expect(indentJson(sent)).toBe(
      '{\n  "big": 12345678901234567890,\n  "e": 1e5,\n  "list": [\n    1,\n    {\n      "x": "a,b:\\"{"\n    }\n  ],\n  "none": {},\n  "dup": 1,\n  "dup": 2\n}',
    );
  });
  it('leaves other text alone', () => expect(indentJson('{"a":')).toBe('{"a":'));
  it('does not blow up deeply nested text', () => {
    const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`;
    expect(indentJson(deep)).toBe(deep);
  });
  it('is stable', () => expect(indentJson(indentJson('[[],{"a":[true,null]}]'))).toBe(indentJson('[[],{"a":[true,null]}]')));
});

describe('oneLine', () => {
  it('puts text on one line', () => expect(oneLine(utf8('a\n  b\tc '), 8)).toEqual({ text: 'a b c', binary: false }));
  it('shows bytes as hex', () => expect(oneLine(Uint8Array.of(0, 255), 2)).toEqual({ text: '00 ff', binary: true }));
});
