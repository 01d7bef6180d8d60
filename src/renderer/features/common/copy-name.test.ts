import { expect, it } from 'vitest';
import { copyName } from './copy-name.ts';

it('names copies so that they can be told apart', () => {
  expect(copyName('Lab', ['Lab'])).toBe('Lab copy');
  expect(copyName('Lab', ['Lab', 'Lab copy', 'Lab copy 2'])).toBe('Lab copy 3');
});
