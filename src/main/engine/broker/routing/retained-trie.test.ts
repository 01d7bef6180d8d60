import { strictEqual as same } from 'node:assert/strict';
import { describe, expect, it } from 'vitest';
import { compileFilter } from '../../../../shared/mqtt/topic-filter.ts';
import { RandomTopics } from './random-topics.ts';
import type { RetainedCursor } from './retained-cursor.ts';
import { RetainedTrie } from './retained-trie.ts';

interface Kept {
  readonly topic: string;
  readonly weight: number;
  readonly expiresAtMs: number;
}

const kept = (topic: string, expiresAtMs = Infinity): Kept => ({ topic, weight: 10, expiresAtMs });

function trieOf(...topics: readonly string[]): RetainedTrie<Kept> {
  const trie = new RetainedTrie<Kept>();
  for (const topic of topics) trie.set(topic, kept(topic), kept(topic));
  return trie;
}

function all(trie: RetainedTrie<Kept>, filter: string, limit = 1000, nowMs = 0): readonly string[] {
  const out: Kept[] = [];
  let cursor: RetainedCursor<Kept> | null = null;
  do {
    const before = out.length;
    cursor = trie.matchInto(filter, cursor, limit, out, nowMs);
    expect(out.length - before).toBeLessThanOrEqual(limit);
  } while (cursor !== null);
  return out.map(({ topic }) => topic).toSorted();
}

describe('RetainedTrie', () => {
  const trie = trieOf('a', 'a/b', 'a/b/c', 'a/x/c', '/a', 'a/', '$SYS/x', 'b', '温度/𝒳');

  it.each([
    ['a/b', ['a/b']],
    ['nope', []],
    ['a/b/c/d', []],
    ['+', ['a', 'b']],
    ['a/+', ['a/', 'a/b']],
    ['+/+/c', ['a/b/c', 'a/x/c']],
    // §4.7.1.2: the parent level as well.
    ['a/#', ['a', 'a/', 'a/b', 'a/b/c', 'a/x/c']],
    ['a/b/c/#', ['a/b/c']],
    // [MQTT-4.7.2-1]
    ['#', ['/a', 'a', 'a/', 'a/b', 'a/b/c', 'a/x/c', 'b', '温度/𝒳']],
    ['+/x', []],
    ['$SYS/#', ['$SYS/x']],
    ['$SYS/+', ['$SYS/x']],
    ['/+', ['/a']],
    ['温度/+', ['温度/𝒳']],
    ['+/#', ['/a', 'a', 'a/', 'a/b', 'a/b/c', 'a/x/c', 'b', '温度/𝒳']],
  ])('finds for %s: %j, in slices of any size', (filter, expected) => {
    for (const limit of [1, 2, 1000]) expect(all(trie, filter, limit)).toEqual(expected);
  });

  it('hides a $ topic from wildcards when it is the only one as well [MQTT-4.7.2-1]', () => {
    const system = trieOf('$SYS/x');
    for (const filter of ['#', '+/x', '+/#', '/#']) expect([filter, all(system, filter)]).toEqual([filter, []]);
    expect(all(system, '$SYS/+')).toEqual(['$SYS/x']);
  });

  it('replaces and deletes, and says what was there', () => {
    const small = new RetainedTrie<string>();
    const terms = { weight: 5, expiresAtMs: Infinity };
    expect(small.set('a/b', 'one', terms)).toBeUndefined();
    expect(small.set('a/b', 'two', terms)).toBe('one');
    expect([small.size, small.get('a/b', 0), small.get('a', 0)]).toEqual([1, 'two', undefined]);
    expect([small.delete('a'), small.delete('a/b'), small.delete('a/b')]).toEqual([undefined, 'two', undefined]);
    expect([small.size, small.bytes]).toEqual([0, 0]);
  });

  it('lists a topic with everything below it', () => {
    expect(trie.topicsUnder('a').toSorted()).toEqual(['a', 'a/', 'a/b', 'a/b/c', 'a/x/c']);
    expect(trie.topicsUnder('a/x')).toEqual(['a/x/c']);
    expect(trie.topicsUnder('')).toHaveLength(trie.size);
    expect(trie.topicsUnder('zz/y')).toEqual([]);
  });

  it('accounts for values, topics and levels', () => {
    const small = trieOf('a/b');
    const one = small.bytes;
    small.set('a/b', kept('a/b'), { weight: 1010, expiresAtMs: Infinity });
    expect(small.bytes).toBe(one + 1000);
    small.set(`a/${'x/'.repeat(1000)}`, kept('deep'), kept('deep'));
    expect(small.bytes).toBeGreaterThan(one + 100_000);
  });

  it('does not give what has expired (§4.3.2.3.3), and sweeps it in slices, the soonest first', () => {
    const small = new RetainedTrie<Kept>();
    for (const [at, topic] of ['c', 'a', 'b', 'd'].entries()) small.set(topic, kept(topic), kept(topic, [300, 100, 200, Infinity][at]));
    expect(small.nextExpiryMs).toBe(100);
    expect(small.get('a', 99)?.topic).toBe('a');
    expect(small.get('a', 100)).toBeUndefined();
    expect([all(small, '#', 10, 200), all(small, 'b', 10, 200)]).toEqual([['c', 'd'], []]);
    const out: Kept[] = [];
    expect(small.sweep(250, 1, out)).toBe(false);
    expect(small.sweep(250, 1, out)).toBe(true);
    expect(out.map(({ topic }) => topic)).toEqual(['a', 'b']);
    expect([small.size, small.nextExpiryMs]).toEqual([2, 300]);
    small.set('c', kept('c'), kept('c'));
    expect([small.nextExpiryMs, small.sweep(1e9, 10, out), small.size]).toEqual([Infinity, true, 2]);
  });

  it('goes on after everything was deleted and set again, without giving a topic twice', () => {
    const topics = Array.from({ length: 50 }, (_, n) => `a/${n}`);
    const busy = trieOf(...topics);
    const out: Kept[] = [];
    let cursor = busy.matchInto('a/+', null, 20, out, 0);
    for (const topic of topics) busy.delete(topic);
    for (const topic of topics) busy.set(topic, kept(topic), kept(topic));
    while (cursor !== null) cursor = busy.matchInto('a/+', cursor, 20, out, 0);
    expect(new Set(out.map(({ topic }) => topic)).size).toBe(out.length);
    expect(all(busy, 'a/+')).toHaveLength(50);
  });

  it('looks at a bounded number of topics in one slice, whether they match or not', () => {
    const large = trieOf(...Array.from({ length: 20_000 }, (_, n) => `site/${n}/x`), 'site/7/y');
    const out: Kept[] = [];
    let slices = 0;
    let cursor: RetainedCursor<Kept> | null = null;
    do {
      cursor = large.matchInto('site/+/y', cursor, 100, out, 0);
      slices += 1;
    } while (cursor !== null);
    expect(out.map(({ topic }) => topic)).toEqual(['site/7/y']);
    expect(slices).toBeGreaterThan(10);
  });

  it('takes topics of 65,535 bytes, of one level or of as many as there can be', () => {
    const deep = '/'.repeat(65_535);
    const wide = 'x'.repeat(65_535);
    const large = trieOf(deep, wide);
    for (const filter of ['#', '/#', '+/#', `${'+/'.repeat(32_767)}#`]) expect(all(large, filter)).toContain(deep);
    expect(all(large, '+')).toEqual([wide]);
    expect(large.topicsUnder('')).toHaveLength(2);
    large.delete(deep);
    large.delete(wide);
    expect(large.bytes).toBe(0);
  });

  it.each([1, 2, 3, 4])('gives what a naive model gives while it changes, over 15,000 operations (seed %d)', (seed) => {
    const random = new RandomTopics(seed);
    const busy = new RetainedTrie<Kept>();
    const model = new Map<string, Kept>();
    interface Walk {
      readonly filter: string;
      readonly matches: (topic: string) => boolean;
      readonly before: ReadonlyMap<string, Kept>;
      readonly touched: Set<string>;
      readonly given: Set<string>;
      cursor: RetainedCursor<Kept> | null;
    }
    let walks: Walk[] = [];
    let nowMs = 0;
    let finished = 0;
    const touch = (topic: string): void => {
      for (const { touched } of walks) touched.add(topic);
    };
    const step = (walk: Walk): boolean => {
      const out: Kept[] = [];
      walk.cursor = busy.matchInto(walk.filter, walk.cursor, 1 + random.integer(5), out, nowMs);
      for (const value of out) {
        same(walk.given.has(value.topic), false);
        same(walk.matches(value.topic), true);
        same(model.get(value.topic), value);
        same(value.expiresAtMs > nowMs, true);
        walk.given.add(value.topic);
      }
      if (walk.cursor !== null) return true;
      // What was there all along is given, whatever happened around it.
      for (const [topic, { expiresAtMs }] of walk.before)
        if (walk.matches(topic) && !walk.touched.has(topic) && expiresAtMs > nowMs) same(walk.given.has(topic), true);
      finished += 1;
      return false;
    };
    for (let turn = 0; turn < 15_000; turn += 1) {
      const what = random.integer(100);
      if (what < 40) {
        const topic = random.topic();
        const value = kept(topic, random.chance(30) ? nowMs + 1 + random.integer(300) : Infinity);
        same(busy.set(topic, value, value), model.get(topic));
        model.set(topic, value);
        touch(topic);
      } else if (what < 62) {
        const topic = model.size > 0 && random.chance(90) ? random.pick([...model.keys()]) : random.topic();
        same(busy.delete(topic), model.get(topic));
        model.delete(topic);
        touch(topic);
      } else if (what < 66) {
        const filter = random.filter();
        const walk = { filter, matches: compileFilter(filter), before: new Map(model), touched: new Set<string>(), given: new Set<string>(), cursor: null };
        if (step(walk)) walks.push(walk);
      } else if (what < 85) walks = walks.filter((walk) => !random.chance(30) || step(walk));
      else if (what < 90) nowMs += random.integer(30);
      else if (what < 93) {
        const out: Kept[] = [];
        const isDone = busy.sweep(nowMs, 1 + random.integer(4), out);
        for (const { topic, expiresAtMs } of out) {
          expect(expiresAtMs).toBeLessThanOrEqual(nowMs);
          expect(model.delete(topic)).toBe(true);
          touch(topic);
        }
        if (isDone) for (const { expiresAtMs } of model.values()) same(expiresAtMs > nowMs, true);
      } else {
        const topic = random.topic();
        const value = model.get(topic);
        same(busy.get(topic, nowMs), value && value.expiresAtMs > nowMs ? value : undefined);
        same(busy.nextExpiryMs, Math.min(Infinity, ...Array.from(model.values(), ({ expiresAtMs }) => expiresAtMs)));
        same(
          busy.topicsUnder(topic).toSorted().join('\n'),
          [...model.keys()]
            .filter((other) => other === topic || other.startsWith(`${topic}/`))
            .toSorted()
            .join('\n'),
        );
      }
      same(busy.size, model.size);
    }
    while (walks.length > 0) walks = walks.filter(step);
    expect(finished).toBeGreaterThan(300);
    for (const topic of model.keys()) busy.delete(topic);
    expect([busy.size, busy.bytes, all(busy, '#')]).toEqual([0, 0, []]);
  });
});
