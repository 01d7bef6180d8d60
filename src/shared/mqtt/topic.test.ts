import { describe, expect, test } from 'vitest';
import { matchesFilter, validateTopicFilter } from './topic-filter.ts';
import { validateTopicName } from './topic-name.ts';
import { utf8Length } from './utf8-text.ts';

describe('topic names', () => {
  test.each(['a', '/', 'a//b', '$SYS/x', 'a b', 'é/😀'])('%s is valid', (topic) => expect(validateTopicName(topic)).toBeNull());
  test.each([
    ['', 'empty'],
    ['a/+', 'wildcard "+" at position 3'],
    ['#', 'wildcard "#"'],
    ['a\0b', 'U+0000 at position 2'],
    ['a\ud800', 'surrogate'],
    ['é'.repeat(32_768), '65536 bytes'],
  ])('%j is refused', (topic, words) => expect(validateTopicName(topic)?.message).toContain(words));
  test('the largest topic is valid', () => expect(validateTopicName('a'.repeat(65_535))).toBeNull());
});

describe('topic filters', () => {
  test.each(['#', '+', 'a/#', '+/b/+', '/+', '$share/g/a/#', '$SYS/#'])('%s is valid', (filter) => expect(validateTopicFilter(filter)).toBeNull());
  test.each(['', 'a#', '#/a', 'a/#/b', 'a+', '+a/b', '$share/g', '$share//a', '$share/+/a', '$share/g/'])('%j is refused', (filter) =>
    expect(validateTopicFilter(filter)).not.toBeNull(),
  );
  test.each([
    ['sport/#', 'sport', true],
    ['sport/#', 'sport/a/b', true],
    ['sport/+', 'sport', false],
    ['sport/+', 'sport/', true],
    ['+/+', '/finance', true],
    ['/+', '/finance', true],
    ['+', '/finance', false],
    ['#', '$SYS/x', false],
    ['+/x', '$SYS/x', false],
    ['$SYS/#', '$SYS/x', true],
    ['a/b', 'a/b', true],
    ['a/b', 'a/b/c', false],
    ['$share/g/a/+', 'a/b', true],
  ])('%s against %s: %s', (filter, topic, matches) => expect(matchesFilter(filter, topic)).toBe(matches));
});

test('counts UTF-8 bytes', () => expect(['a', 'é', '€', '😀'].map(utf8Length)).toEqual([1, 2, 3, 4]));
