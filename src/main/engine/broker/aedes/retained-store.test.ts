import { describe, expect, it } from 'vitest';
import { RetainedStore } from './retained-store.ts';

function storeOf(...topics: readonly string[]): RetainedStore<{ readonly topic: string }> {
  const store = new RetainedStore<{ readonly topic: string }>();
  for (const topic of topics) store.set(topic, { topic });
  return store;
}

describe('RetainedStore', () => {
  const store = storeOf('a', 'a/b', 'a/b/c', 'a/x/c', '/a', 'a/', '$SYS/x', 'b');
  const match = (filter: string): readonly string[] => [...store.match(filter)].map(({ topic }) => topic).toSorted();

  it.each([
    ['a/b', ['a/b']],
    ['nope', []],
    ['a/b/c/d', []],
    ['+', ['a', 'b']],
    ['a/+', ['a/', 'a/b']],
    ['+/+/c', ['a/b/c', 'a/x/c']],
    ['a/#', ['a', 'a/', 'a/b', 'a/b/c', 'a/x/c']],
    ['#', ['/a', 'a', 'a/', 'a/b', 'a/b/c', 'a/x/c', 'b']],
    ['+/x', []],
    ['$SYS/#', ['$SYS/x']],
    ['/+', ['/a']],
  ])('finds for %s: %j', (filter, expected) => {
    expect(match(filter)).toEqual(expected);
  });

  it('lists a topic with everything below it', () => {
    expect([...store.topicsUnder('a')].toSorted()).toEqual(['a', 'a/', 'a/b', 'a/b/c', 'a/x/c']);
    expect([...store.topicsUnder('a/x')]).toEqual(['a/x/c']);
    expect([...store.topicsUnder('')]).toHaveLength(store.size);
    expect([...store.topicsUnder('zz/y')]).toEqual([]);
  });

  it('forgets what is deleted, with the levels nobody else needs', () => {
    const small = storeOf('a/b/c', 'a/b');
    small.delete('a/b/c/d');
    small.delete('a/b/c');
    small.delete('a/b/c');
    expect(small.size).toBe(1);
    expect([...small.topicsUnder('')]).toEqual(['a/b']);
    small.delete('a/b');
    expect([...small.match('#')]).toEqual([]);
  });

  it('replaces the value of a topic', () => {
    const small = storeOf('a', 'a');
    expect(small.size).toBe(1);
  });

  it('finds one topic among 100,000 without looking at the others', () => {
    const large = new RetainedStore<{ readonly topic: string }>();
    for (let n = 0; n < 100_000; n += 1) large.set(`site/${n % 100}/device/${n}`, { topic: String(n) });
    const before = performance.now();
    for (let n = 0; n < 1000; n += 1) expect([...large.match(`site/${n % 100}/device/${n}`)]).toHaveLength(1);
    expect(performance.now() - before).toBeLessThan(500);
  });
});
