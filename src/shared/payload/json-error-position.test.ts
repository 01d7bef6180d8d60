import { expect, test } from 'vitest';
import { jsonErrorPosition } from './json-error-position.ts';

test.each([
  ['{"a":1,}', 7],
  ['{"a" 1}', 5],
  ['[1, 2', 5],
  ['["a\\x"]', 1],
  ['["a\nb"]', 1],
  ['{"a": "b', 6],
  ['{"a":"\\u12G4"}', 5],
  ['[01]', 1],
  ['nul', 0],
  ['{"a":{"b":[true,false,null,-1.5e+3,"\\"\\\\\\u00e9"]}} x', 51],
])('%s is wrong at %i', (text, at) => expect(jsonErrorPosition(text)).toBe(at));

test('texts of many megabytes are read', () => {
  const long = `{"a":"${'x'.repeat(10_000_000)}${'\\n'.repeat(1_000_000)}", }`;
  expect(jsonErrorPosition(long)).toBe(long.length - 1);
});
