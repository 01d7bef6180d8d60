import { expect, it } from 'vitest';
import { compileFilter } from '../../mqtt/topic-filter.ts';
import { covers, filterLevels, matchesLevels, overlap } from './filter-sets.ts';

const names = ['a', 'b', '', '$s'];

function paths(alphabet: readonly string[], longest: number): string[] {
  let last: string[][] = [[]];
  const all: string[][] = [];
  for (let length = 1; length <= longest; length += 1) {
    last = last.flatMap((path) => alphabet.map((level) => [...path, level]));
    all.push(...last);
  }
  return all.map((path) => path.join('/')).filter((path) => path !== '');
}

// One level more than the longest filter, so that there is always a topic that only "#" reaches, and a name no filter has.
const topics = paths([...names, 'c'], 4);
const filters = paths([...names, '+', '#'], 3).filter((filter) => !/#\//.test(filter));
const matched = new Map(
  filters.map((filter) => {
    const matches = compileFilter(filter);
    return [filter, new Set(topics.filter((topic) => matches(topic)))];
  }),
);

it('matches topics as a subscription does', () => {
  for (const filter of filters) {
    const levels = filterLevels(filter);
    const found = topics.filter((topic) => matchesLevels(levels, topic.split('/')));
    expect(new Set(found), filter).toEqual(matched.get(filter));
  }
});

it('knows of any two filters whether one covers the other and whether they overlap, as trying all topics tells', () => {
  const wrong: string[] = [];
  for (const outer of filters) {
    const outerTopics = matched.get(outer) ?? new Set<string>();
    for (const inner of filters) {
      const innerTopics = matched.get(inner) ?? new Set<string>();
      if (covers(filterLevels(outer), filterLevels(inner)) !== [...innerTopics].every((topic) => outerTopics.has(topic)))
        wrong.push(`${outer} covers ${inner}`);
      if (overlap(filterLevels(outer), filterLevels(inner)) !== [...innerTopics].some((topic) => outerTopics.has(topic)))
        wrong.push(`${outer} overlaps ${inner}`);
    }
  }
  expect(filters.length).toBeGreaterThan(150);
  expect(wrong).toEqual([]);
});

it.each([
  ['a/#', '$share/group/a/b', true],
  ['a/#', '$share/a/b', false],
  ['#', '$share/group/#', true],
  ['#', '$share/group/$SYS/#', false],
])('takes no notice of the name of a shared subscription: %s covers %s is %s', (outer, inner, expected) => {
  expect(covers(filterLevels(outer), filterLevels(inner))).toBe(expected);
});
