import { expect, it } from 'vitest';
import { crumbs, isMqttFilter, levelLabel, parentPath } from './topic-paths.ts';

it('leads from the first level to the topic', () => expect(crumbs('/a/b').map(({ path }) => path)).toEqual(['', '/a', '/a/b']));
it('goes up one level', () => {
  expect(parentPath('a/b')).toBe('a');
  expect(parentPath('/a')).toBe('');
  expect(parentPath('a')).toBeNull();
});
it.each([
  ['temp', false],
  ['home/+/temp', true],
  ['#', true],
])('%s is an MQTT filter: %s', (filter, is) => expect(isMqttFilter(filter)).toBe(is));
it('names empty levels', () => expect(levelLabel('')).toBe('(empty)'));
