import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyValue } from '../../../../test/support/any-payload-value.ts';
import { readValueText } from './value-reader.ts';
import { valueText } from './value-text.ts';

describe('values as text', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(anyValue(), (value) => {
        expect(readValueText(valueText(value))).toEqual(value);
      }),
      { numRuns: 2000 },
    );
  });

  it('are JSON for everybody else', () => {
    fc.assert(
      fc.property(anyValue(), (value) => void JSON.parse(valueText(value))),
      { numRuns: 500 },
    );
  });

  it('are read from any JSON text', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(JSON.parse(valueText(readValueText(text)))).toEqual(JSON.parse(text));
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['', 'the text is empty', 0],
    ['[1,', 'ends too early', 3],
    ['[1 2]', 'unexpected "2"', 3],
    ['{"a" 1}', 'unexpected "1"', 5],
    ['{a: 1}', 'unexpected "a"', 1],
    ['01', 'unexpected "1"', 1],
    ['"a\nb"', 'line break', 2],
    ['"\\x"', 'unknown escape', 1],
    ['"a', 'ends inside a string', 2],
    ['"\\ud800"', 'surrogate', 0],
    ['1e999', 'larger than', 0],
    ['[1] 2', 'unexpected "2"', 4],
    ['{"$bytes": "0"}', 'not a form of "$bytes"', 0],
    ['[{"$tag": -1, "value": 2}]', 'not a form of "$tag"', 1],
    ['{"a": 1, "$time": "now"}', 'not a form of "$time"', 0],
    ['{"$map": [[1]]}', 'not a form of "$map"', 0],
    ['{"$time": "2026-02-30T00:00:00Z"}', 'not a form of "$time"', 0],
    ['['.repeat(300), 'nested deeper', 201],
    ['9'.repeat(6000), 'more than 5000 digits', 0],
  ])('%j is refused: %s', (text, reason, at) => {
    expect(() => readValueText(text)).toThrow(expect.objectContaining({ message: expect.stringContaining(reason), at }));
  });

  it('stop at the limit', () =>
    expect(() =>
      valueText(
        Array.from({ length: 100 }, () => 'x'),
        50,
      ),
    ).toThrow('longer than 50'));

  it('of megabytes need no stack', () => {
    const long = JSON.stringify('x\n"'.repeat(2_000_000));
    expect(valueText(readValueText(long))).toBe(long);
  });
});
