import { strictEqual as same } from 'node:assert/strict';
import { describe, expect, it } from 'vitest';
import { compileFilter } from '../../../../shared/mqtt/topic-filter.ts';
import { MatchCache } from './match-cache.ts';
import { RandomTopics } from './random-topics.ts';

interface Answer {
  readonly id: number;
  readonly weight: number;
}

const answer = (id: number, weight = 8): Answer => ({ id, weight });
const cacheOf = (...topics: readonly string[]): MatchCache<Answer> => {
  const cache = new MatchCache<Answer>({ maxTopics: 1000, maxWeight: 1_000_000 });
  for (const [id, topic] of topics.entries()) cache.set(topic, answer(id));
  return cache;
};
const change = (cache: MatchCache<Answer>, filter: string): void => {
  const wildcard = filter.search(/[+#]/);
  if (wildcard < 0) cache.topicChanged(filter);
  else cache.wildcardChanged(filter, wildcard);
};

describe('MatchCache', () => {
  const topics = ['a', 'a/b', 'a/b/c', 'a/b/c/d/e', 'a/x', 'b', '/', '/a', '$SYS/a'];

  // What each kind of change must forget, and that it spares what lies elsewhere.
  it.each([
    ['a/b', ['a/b']],
    ['a/b/#', ['a/b', 'a/b/c', 'a/b/c/d/e']],
    ['a/b/+', ['a/b', 'a/b/c', 'a/b/c/d/e']],
    ['a/b/c/d/e/#', ['a/b/c/d/e']],
    ['a/+', ['a', 'a/b', 'a/b/c', 'a/b/c/d/e', 'a/x']],
    ['/#', ['/', '/a']],
    ['zzz/#', []],
    ['zzz', []],
    ['+/b', topics],
  ])('forgets for %s only %j', (filter, forgotten) => {
    const cache = cacheOf(...topics);
    change(cache, filter);
    expect(topics.filter((topic) => cache.get(topic) === undefined)).toEqual(forgotten);
    cache.set('a/b', answer(77));
    expect(cache.get('a/b')?.id).toBe(77);
  });

  it('minds prefixes however long they are', () => {
    const long = 'x'.repeat(300);
    const cache = cacheOf(`${long}/b`, `a/${long}/b`, `a/b/${long}`, 'a/c');
    change(cache, `a/${long}/+`);
    expect([cache.get(`a/${long}/b`), cache.get('a/c')]).toEqual([undefined, undefined]);
    expect(cache.get(`${long}/b`)).toBeDefined();
    change(cache, `${long}/+`);
    expect(cache.get(`${long}/b`)).toBeUndefined();
  });

  it('holds neither more topics nor more weight than it may, and keeps what is used', () => {
    const cache = new MatchCache<Answer>({ maxTopics: 100, maxWeight: 1_000_000 });
    for (let id = 0; id < 10_000; id += 1) {
      cache.set(`t/${id}`, answer(id));
      cache.set('used', cache.get('used') ?? answer(-1));
      same(cache.topics <= 100, true);
    }
    expect(cache.get('used')?.id).toBe(-1);
    expect(cache.get('t/9999')?.id).toBe(9999);
    expect(cache.get('t/1')).toBeUndefined();
  });

  it('holds a result once, however often it is used', () => {
    const cache = new MatchCache<Answer>({ maxTopics: 20, maxWeight: 1_000_000 });
    for (let id = 0; id < 15; id += 1) cache.set(String(id), answer(id));
    const { topics, weight } = cache;
    for (let id = 6; id < 10; id += 1) cache.get(String(id));
    expect([cache.topics, cache.weight]).toEqual([topics, weight]);
  });

  it('drops what is no longer valid, and nothing else, when purged', () => {
    const cache = cacheOf('a/b', 'a/c', 'b/c');
    change(cache, 'a/+');
    expect(cache.topics).toBe(3);
    cache.purge();
    expect([cache.topics, cache.get('b/c')?.id]).toEqual([1, 2]);
    change(cache, '#');
    cache.purge();
    expect([cache.topics, cache.weight]).toEqual([0, 0]);
  });

  it('counts long topics and large results', () => {
    const cache = new MatchCache<Answer>({ maxTopics: 1000, maxWeight: 100_000 });
    for (let id = 0; id < 200; id += 1) {
      cache.set(`${id}${'x'.repeat(5000)}`, answer(id, 5000));
      expect(cache.weight).toBeLessThanOrEqual(100_000);
    }
    expect(cache.topics).toBeGreaterThan(4);
    cache.set('too large for half of it', answer(0, 60_000));
    expect(cache.get('too large for half of it')).toBeUndefined();
  });

  it('spares what is used from a flood of subscriptions elsewhere', () => {
    const cache = new MatchCache<Answer>({ maxTopics: 1000, maxWeight: 1_000_000 });
    let hits = 0;
    for (let n = 0; n < 20_000; n += 1) {
      change(cache, n % 2 === 0 ? `devices/new${n}/#` : `devices/new${n}/cmd`);
      const topic = `devices/${n % 100}/telemetry`;
      if (cache.get(topic)) hits += 1;
      else cache.set(topic, answer(n));
    }
    expect(hits).toBeGreaterThan(19_000);
  });

  it.each([1, 2, 3])('never gives a result that a change has made wrong, over 30,000 operations (seed %d)', (seed) => {
    const random = new RandomTopics(seed);
    const cache = new MatchCache<Answer>({ maxTopics: 60, maxWeight: 30_000 });
    const topics = Array.from({ length: 80 }, () => random.topic());
    const right = new Map<string, number>();
    let hits = 0;
    for (let step = 0; step < 30_000; step += 1) {
      if (random.chance(1)) cache.purge();
      else if (random.chance(10)) {
        const filter = random.chance(40) ? random.pick(topics) : random.filter();
        change(cache, filter);
        const matches = compileFilter(filter);
        for (const topic of topics) if (matches(topic)) right.delete(topic);
      } else {
        const topic = random.pick(topics);
        const found = cache.get(topic);
        if (found) {
          hits += 1;
          same(found.id, right.get(topic));
        } else {
          cache.set(topic, answer(step, random.integer(500)));
          right.set(topic, step);
        }
      }
    }
    expect(hits).toBeGreaterThan(1000);
    for (const topic of topics) cache.topicChanged(topic);
    expect([cache.topics, cache.weight]).toEqual([0, 0]);
  });
});
