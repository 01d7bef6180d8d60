import { expect, test } from 'vitest';
import type { Command } from './command-registry.ts';
import { score, search } from './palette-search.ts';

const command = (title: string, group = 'View', keywords?: string): Command => ({ id: title, title, group, keywords, run: () => undefined });
const start = command('Start local broker', 'Broker');
const stop = command('Stop broker', 'Broker');
const theme = command('Dark theme', 'View', 'colour night appearance');
const settings = command('Go to Settings');
const all = [start, stop, theme, settings];
const found = (query: string, recent: readonly string[] = []): readonly string[] => search(query, all, recent).map(({ title }) => title);

test('whole words come before beginnings, those before parts', () => {
  expect(found('broker')).toEqual(['Start local broker', 'Stop broker']);
  expect(found('st')[0]).toBe('Start local broker');
  expect(found('tings')).toEqual(['Go to Settings']);
});

test('words come in any order, and keywords count', () => {
  expect(found('broker start')).toEqual(['Start local broker']);
  expect(found('night')).toEqual(['Dark theme']);
});

test('letters in order find a command by its initials', () => {
  expect(found('slb')).toEqual(['Start local broker']);
  const scattered = command('Packets of the local broker', 'Broker');
  expect(search('slb', [scattered, start], [])[0]).toBe(start);
  expect(score('zzz', start)).toBe(0);
});

test('signs of regular expressions are plain letters', () => expect(found('(')).toEqual([]));

test('of equals the recently used one is first', () => expect(found('broker', ['Stop broker'])[0]).toBe('Stop broker'));
