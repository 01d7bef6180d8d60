import { describe, expect, it } from 'vitest';
import { callStates } from '../../../shared/contract/rpc.ts';
import { allStates, bucketWords, formatMs, formatTimeout, messageName, methodKey, stateWords } from './rpc-words.ts';

it.each([
  [0.04, '< 0.1 ms'],
  [0.06, '0.1 ms'],
  [3.21, '3.2 ms'],
  [9.96, '10 ms'],
  [420.4, '420 ms'],
  [999.6, '1.00 s'],
  [3250, '3.25 s'],
  [125_000, '2:05'],
])('%d ms is %s', (ms, text) => expect(formatMs(ms)).toBe(text));

it.each([
  [30_000, '30 s'],
  [1500, '1.5 s'],
  [20, '20 ms'],
])('a time-out of %d ms is %s', (ms, text) => expect(formatTimeout(ms)).toBe(text));

describe('steps of the histogram', () => {
  it.each([
    [0, 'below 1 ms'],
    [1, '1 to 2 ms'],
    [4, '8 to 16 ms'],
    [10, '512 ms to 1 s'],
    [11, '1 to 2 s'],
    [12, '2 to 4.1 s'],
    [15, 'from 16 s'],
  ])('%d of 16 is %s', (at, text) => expect(bucketWords(at, 16)).toBe(text));
});

it('explains every state of the contract in a sentence', () => {
  expect(allStates.toSorted()).toEqual(callStates.toSorted());
  for (const state of callStates) expect(stateWords(state).meaning).toMatch(/^[A-Z].*\.$/);
});

it('numbers answers from the second on', () => {
  expect([0, 1, 2].map((at) => messageName(at, true))).toEqual(['Request', 'Answer', 'Answer 2']);
  expect([0, 1].map((at) => messageName(at, false))).toEqual(['Answer', 'Answer 2']);
});

it('tells a method from a service whose topic looks like one', () => {
  expect(methodKey({ dialect: 'mqttxx2', topic: 'a', method: 'b' })).not.toBe(methodKey({ dialect: 'mqttxx2', topic: 'a b', method: '' }));
});
