import { expect, test } from 'vitest';
import { splitTarget } from './try-target.ts';

test.each([
  ['', { path: 'gains', query: [] }],
  ['  ', { path: 'gains', query: [] }],
  ['gains/1', { path: 'gains/1', query: [] }],
  ['?unit=C&raw', { path: 'gains', query: ['unit=C', 'raw'] }],
  ['/a?b=c?d&&', { path: '/a', query: ['b=c?d'] }],
])('%j is asked for', (typed, expected) => {
  expect(splitTarget(typed, 'gains')).toEqual(expected);
});
