import { expect, it } from 'vitest';
import { isStale, peerTone, peerWords, pingWords } from './peer-words.ts';

it.each([
  [null, null, 'seen only', 'off', false],
  ['online', null, 'online', 'ok', false],
  ['offline', null, 'offline', 'off', false],
  ['online', true, 'connected', 'ok', false],
  [null, true, 'connected', 'ok', false],
  [null, false, 'not connected', 'off', false],
  ['offline', false, 'offline', 'off', false],
  ['online', false, 'says online, not connected', 'warn', true],
  ['offline', true, 'connected, says offline', 'ok', true],
] as const)('a peer with presence %s, connected %s: %s', (presence, connected, words, tone, stale) => {
  const peer = { presence, connected };
  expect([peerWords(peer), peerTone(peer), isStale(peer)]).toEqual([words, tone, stale]);
});

it('tells a ping', () => {
  const silent = { alive: false, answered: 0, asked: 3, minMs: null, medianMs: null, maxMs: null, problem: 'No answer within 3 s.' };
  expect(pingWords(silent)).toBe('No sign of life. No answer within 3 s.');
  expect(pingWords({ ...silent, alive: true, answered: 3, minMs: 1, medianMs: 2, maxMs: 30 })).toBe('Alive: fastest 1.0 ms, median 2.0 ms, slowest 30 ms.');
  expect(pingWords({ ...silent, alive: true, answered: 2, minMs: 1, medianMs: 1, maxMs: 2 })).toContain('2 of 3 answered; ');
});
