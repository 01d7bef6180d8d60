import { expect, it } from 'vitest';
import { endOfJsonString } from './json-strings.ts';
import { checkJsonTemplate } from './json-template.ts';
import { readParams, roundedInteger } from './params-form.ts';

it.each(['""', '"a"', String.raw`"a\"b"`, String.raw`"\\"`, String.raw`"\\\""`])('finds the end of %s', (text) => {
  expect(endOfJsonString(`[${text}, "x"]`, 1)).toBe(1 + text.length);
});

it('ends with a text that is not closed', () => expect(endOfJsonString(String.raw`"ab\"`, 0)).toBe(5));

it('finds integers that a double cannot hold, outside of texts only', () => {
  expect(roundedInteger(String.raw`{"a\"": "12345678901234567890", "b": 1}`)).toBeUndefined();
  expect(roundedInteger(String.raw`["\\", 12345678901234567890]`)).toBe('12345678901234567890');
});

it('reads texts of many megabytes', () => {
  const long = 'x'.repeat(10_000_000);
  expect(readParams(JSON.stringify(long))).toEqual({ value: long });
  const escaped = JSON.stringify('\n'.repeat(5_000_000));
  expect(readParams(escaped)).toHaveProperty('value');
  expect(checkJsonTemplate(`[{{n}}, ${escaped}]`)).toBeUndefined();
});
