import { expect, test } from 'vitest';
import { unknownVariables, usedVariables, variableWords } from './used-variables.ts';

test('the variables of texts', () => {
  expect(usedVariables(['{{a}}/{{ b }}', '{{a}} {{device.topic}} {{list[0].x}}', '{{$uuid}} {{"{{"}} {{c|1}} {{größe}}'])).toEqual([
    'a',
    'b',
    'device.topic',
    'list',
    'größe',
  ]);
  expect(usedVariables(['', '{{}}', '{{ }}', '{{{{', 'no {braces}'])).toEqual([]);
});

test('names with dots, and dots that lead into a value', () => {
  expect(unknownVariables(['a', 'device.topic', 'x.y.z', 'b'], new Set(['a', 'device.topic', 'x']))).toEqual(['b']);
  expect(variableWords(['a', 'b', 'c', 'd', 'e', 'f'])).toBe('{{a}}, {{b}}, {{c}}, {{d}} and 2 more');
});
