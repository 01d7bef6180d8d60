import { expect, test } from 'vitest';
import { shorten } from './shorten.ts';

test('what fits stays, what does not is cut between characters', () => {
  expect(shorten('', 3)).toBe('');
  expect(shorten('abc', 3)).toBe('abc');
  expect(shorten('abcd', 3)).toBe('abc…');
  expect(shorten('ab😀d', 4)).toBe('ab😀…');
  expect(shorten('ab😀d', 3)).toBe('ab…');
});
