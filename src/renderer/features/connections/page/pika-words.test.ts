import { expect, test } from 'vitest';
import { pikaAnswer } from './pika-words.ts';

test('tells both readings of the number of a refusal', () => {
  expect(pikaAnswer('bad-credentials')).toBe(
    'A pika device answers 4 to this: by its code “bad user name or password”, though its document calls 4 FAIL_BAD_PROTOCOL.',
  );
  expect(pikaAnswer('refused')).toBeNull();
});
