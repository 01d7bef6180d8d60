import { describe, expect, it } from 'vitest';
import { utf8 } from './dialect.ts';
import { isJsonObject, maxPayloadBytes, readJsonPayload, textOf } from './json-payload.ts';
import { pythonJson, type JsonValue } from './python-json.ts';

const read = (text: string): ReturnType<typeof readJsonPayload> => readJsonPayload(utf8(text));

describe('readJsonPayload', () => {
  it.each([
    ['{"a": [1, null, "é"]}', { a: [1, null, 'é'] }],
    ['25.5', 25.5],
    ['"\\u0000"', '\u0000'],
    ['{"__proto__": {"x": 1}}', JSON.parse('{"__proto__": {"x": 1}}')],
  ])('reads %s', (text, value) => {
    expect(read(text)).toEqual({ value });
  });

  it.each([
    ['', 'INVALID_JSON', 'the payload is empty'],
    ['not json', 'INVALID_JSON', 'not JSON'],
    ['{"a":1', 'INVALID_JSON', 'not JSON'],
    ['NaN', 'INVALID_JSON', 'not JSON'],
    ['\uFEFF{}', 'INVALID_JSON', 'not JSON'],
    ['['.repeat(513), 'INVALID_JSON', 'nested deeper than 512 levels'],
    ['{"a":'.repeat(600_000 / 5), 'INVALID_JSON', 'nested deeper than 512 levels'],
    [`${'['.repeat(513)}${']'.repeat(513)}`, 'INVALID_JSON', 'nested deeper than 512 levels'],
  ])('says what is wrong with %.40s', (text, name, reason) => {
    expect(read(text)).toEqual({ name, reason });
  });

  it('refuses bytes that are no text, and too many of them', () => {
    expect(readJsonPayload(Uint8Array.of(0x22, 0xff, 0x22))).toEqual({ name: 'INVALID_UTF8', reason: 'not UTF-8 text' });
    expect(read('1'.padEnd(maxPayloadBytes))).toEqual({ value: 1 });
    expect(read('1'.padEnd(maxPayloadBytes + 1))).toMatchObject({ name: 'PAYLOAD_TOO_LARGE' });
  });

  it('counts depth, not brackets: those in texts and those closed again', () => {
    expect(read(`${'['.repeat(512)}${']'.repeat(512)}`)).toHaveProperty('value');
    expect(read(JSON.stringify(['['.repeat(1000), '\\"[']))).toHaveProperty('value');
    expect(read(`[${'[],'.repeat(1000)}[]]`)).toHaveProperty('value');
  });

  it.each(['12345678901234567890', '-9007199254740993', '1e999', '{"id": 18446744073709551615, "near": 9007199254740991, "half": 0.5}'])(
    'keeps the digits of %s through both writers',
    (text) => {
      const { value } = read(text) as { value: JsonValue };
      expect(JSON.stringify(value)).toBe(text.replaceAll(': ', ':').replaceAll(', ', ','));
      expect(pythonJson(value)).toBe(text);
      expect(isJsonObject(value)).toBe(text.startsWith('{'));
    },
  );

  it('leaves ordinary numbers numbers', () => {
    expect(read('[1.0, 1e3, 9007199254740991, "12345678901234567890"]')).toEqual({ value: [1, 1000, 9_007_199_254_740_991, '12345678901234567890'] });
    expect(textOf('a')).toBe('a');
    expect(textOf({ a: 1 })).toBe('{"a":1}');
  });
});
