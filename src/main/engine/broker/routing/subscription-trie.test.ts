import { strictEqual as same } from 'node:assert/strict';
import { beforeEach, describe, expect, it } from 'vitest';
import { compileFilter } from '../../../../shared/mqtt/topic-filter.ts';
import { RandomTopics } from './random-topics.ts';
import type { SessionMatch, SubscriptionOptions } from './session-match.ts';
import { SubscriptionTrie } from './subscription-trie.ts';

interface Client {
  readonly name: string;
}

const everybody = { isReady: () => true, isConnected: () => true, canQueue: () => true };
const client = (name: string): Client => ({ name });
const options = (wanted: Partial<SubscriptionOptions> = {}): SubscriptionOptions => ({
  qos: 0,
  noLocal: false,
  retainAsPublished: false,
  subscriptionIdentifier: 0,
  ...wanted,
});
const names = (matches: readonly SessionMatch<Client>[]): readonly string[] => matches.map(({ session }) => session.name).toSorted();

describe('SubscriptionTrie', () => {
  let trie: SubscriptionTrie<Client>;
  const [ann, bob] = [client('ann'), client('bob')];
  beforeEach(() => {
    trie = new SubscriptionTrie<Client>(everybody);
  });
  const only = (topic: string): SessionMatch<Client> => {
    const { sessions } = trie.match(topic);
    expect(sessions).toHaveLength(1);
    return sessions[0] as SessionMatch<Client>;
  };

  it.each([
    // §4.7.1.2
    ['sport/tennis/player1/#', ['sport/tennis/player1', 'sport/tennis/player1/ranking', 'sport/tennis/player1/score/wimbledon'], ['sport/tennis']],
    ['sport/#', ['sport', 'sport/'], ['sports', '/sport']],
    ['#', ['a', '/', 'a/b/c', '/a'], ['$SYS', '$SYS/uptime', '$']],
    // §4.7.1.3
    ['sport/tennis/+', ['sport/tennis/player1', 'sport/tennis/'], ['sport/tennis', 'sport/tennis/player1/ranking']],
    ['sport/+', ['sport/', 'sport/a'], ['sport']],
    ['+', ['finance'], ['/finance', 'finance/']],
    ['+/+', ['/finance', 'finance/'], ['finance', '$SYS/uptime']],
    ['/+', ['/finance', '/'], ['finance']],
    ['+/tennis/#', ['sport/tennis', '/tennis/x'], ['$x/tennis']],
    // [MQTT-4.7.2-1]
    ['$SYS/#', ['$SYS', '$SYS/uptime', '$SYS/a/b'], ['SYS/uptime']],
    ['$SYS/monitor/+', ['$SYS/monitor/Clients'], ['$SYS/monitor']],
    ['+/monitor/Clients', ['x/monitor/Clients'], ['$SYS/monitor/Clients']],
    ['a/+/#', ['a/b', 'a/$x', 'a//', 'a/b/c/d'], ['a']],
    // §4.7.3: case, blanks and leading or trailing slashes tell topics apart.
    ['ACCOUNTS', ['ACCOUNTS'], ['Accounts', 'ACCOUNTS ', '/ACCOUNTS', 'ACCOUNTS/']],
    ['//', ['//'], ['/', '///']],
  ])('%s matches %j and not %j', (filter, matching, others) => {
    trie.add(ann, filter, options());
    for (const topic of matching) expect([topic, names(trie.match(topic).sessions)]).toEqual([topic, ['ann']]);
    for (const topic of others) expect([topic, names(trie.match(topic).sessions)]).toEqual([topic, []]);
  });

  it('replaces the options of a filter a session has already [MQTT-3.8.4-3]', () => {
    for (const filter of ['a/+', 'a/b']) {
      expect(trie.add(ann, filter, options({ qos: 2, subscriptionIdentifier: 7 }))).toBe(true);
      expect(only('a/b').qos).toBe(2);
      expect(trie.add(ann, filter, options({ qos: 1, retainAsPublished: true }))).toBe(false);
      expect(only('a/b')).toMatchObject({ qos: 1, retainAsPublished: true, subscriptionIdentifiers: [], filters: [filter] });
      expect(trie.size).toBe(1);
      expect(trie.remove(ann, filter)).toBe(true);
      expect(trie.remove(ann, filter)).toBe(false);
    }
    expect(trie.match('a/b').sessions).toEqual([]);
  });

  it('keeps equal filters of different sessions apart', () => {
    trie.add(ann, 'a', options());
    expect(trie.add(bob, 'a', options())).toBe(true);
    expect(names(trie.match('a').sessions)).toEqual(['ann', 'bob']);
    trie.remove(ann, 'a');
    expect(names(trie.match('a').sessions)).toEqual(['bob']);
  });

  it('makes one copy of overlapping filters: highest QoS [MQTT-3.3.4-2], all identifiers [MQTT-3.3.4-4]', () => {
    trie.add(ann, '#', options({ qos: 0, subscriptionIdentifier: 5 }));
    trie.add(ann, 'a/+', options({ qos: 2, subscriptionIdentifier: 3, retainAsPublished: true }));
    trie.add(ann, 'a/b', options({ qos: 1, subscriptionIdentifier: 3 }));
    trie.add(ann, 'a/b/#', options({ qos: 1 }));
    trie.add(bob, 'a/b', options({ qos: 1 }));
    const { sessions } = trie.match('a/b');
    expect(names(sessions)).toEqual(['ann', 'bob']);
    const match = sessions.find(({ session }) => session === ann) as SessionMatch<Client>;
    expect(match).toMatchObject({ qos: 2, retainAsPublished: true, noLocal: false });
    expect(match.subscriptionIdentifiers.toSorted((a, b) => a - b)).toEqual([3, 3, 5]);
    expect(match.filters.toSorted()).toEqual(['#', 'a/+', 'a/b', 'a/b/#']);
  });

  it('leaves no-local filters out of what a session gets of its own messages [MQTT-3.8.3-3]', () => {
    trie.add(ann, 'a/b', options({ qos: 2, noLocal: true, subscriptionIdentifier: 1 }));
    expect(only('a/b')).toMatchObject({ noLocal: true, own: null });
    trie.add(ann, 'a/+', options({ qos: 1, subscriptionIdentifier: 2 }));
    const match = only('a/b');
    expect(match).toMatchObject({ noLocal: false, qos: 2 });
    expect(match.own).toMatchObject({ session: ann, noLocal: false, qos: 1, subscriptionIdentifiers: [2], filters: ['a/+'] });
    trie.remove(ann, 'a/b');
    expect(only('a/b').own).toBe(only('a/b'));
  });

  it('gives each group of a shared subscription once, whatever else its members subscribed to (§4.8.2)', () => {
    trie.add(ann, '$share/g/a/+', options({ qos: 1 }));
    trie.add(bob, '$share/g/a/+', options({ qos: 2 }));
    trie.add(ann, '$share/h/a/+', options());
    trie.add(ann, '$share/g/a/b', options());
    trie.add(ann, 'a/#', options());
    const { sessions, groups } = trie.match('a/b');
    expect(names(sessions)).toEqual(['ann']);
    expect(groups.map(({ name, filter, size }) => `${name} ${filter} ${size}`).toSorted()).toEqual(['g a/+ 2', 'g a/b 1', 'h a/+ 1']);
    // [MQTT-4.8.2-3]: the QoS granted to the member that is chosen counts.
    const group = trie.group('$share/g/a/+');
    expect([group?.pick()?.qos, group?.pick()?.qos, group?.pick()?.qos]).toEqual([1, 2, 1]);
    expect(trie.size).toBe(5);
    trie.removeAll(ann);
    expect(trie.match('a/b').groups.map(({ name, filter, size }) => [name, filter, size])).toEqual([['g', 'a/+', 1]]);
    trie.remove(bob, '$share/g/a/+');
    expect(trie.match('a/b').groups).toEqual([]);
    expect(trie.group('$share/g/a/+')).toBeUndefined();
  });

  it('does not let a shared filter with a leading wildcard match $ topics [MQTT-4.7.2-1]', () => {
    trie.add(ann, '$share/g/#', options());
    expect(trie.match('$SYS/x').groups).toEqual([]);
    expect(trie.match('x').groups).toHaveLength(1);
  });

  it('gives the new options of a member from the next pick on', () => {
    trie.add(ann, '$share/g/a', options({ qos: 0 }));
    const [group] = trie.match('a').groups;
    expect(trie.add(ann, '$share/g/a', options({ qos: 2 }))).toBe(false);
    expect(group?.pick()?.qos).toBe(2);
  });

  it('lists and counts what a session has', () => {
    trie.add(ann, 'a/+', options({ qos: 1 }));
    trie.add(ann, '$share/g/b', options());
    expect(trie.subscriptionsOf(ann).map(({ filter, shareName }) => [filter, shareName])).toEqual([
      ['a/+', null],
      ['$share/g/b', 'g'],
    ]);
    expect([trie.countOf(ann), trie.countOf(bob), trie.subscriptionsOf(bob)]).toEqual([2, 0, []]);
    expect(trie.subscription(ann, 'a/+')?.qos).toBe(1);
    expect(trie.subscription(ann, 'a')).toBeUndefined();
    expect([trie.removeSome(ann, 1), trie.removeSome(ann, 5), trie.removeAll(ann)]).toEqual([1, 0, 0]);
    expect(trie.size).toBe(0);
  });

  it('counts every change, and only changes', () => {
    const versions = [trie.version];
    const note = (): number => versions.push(trie.version);
    trie.add(ann, 'a', options());
    note();
    trie.add(ann, 'a', options());
    note();
    trie.match('a');
    trie.remove(ann, 'b');
    trie.remove(bob, 'a');
    note();
    trie.remove(ann, 'a');
    note();
    expect(versions.map((version) => version - (versions[0] as number))).toEqual([0, 1, 2, 2, 3]);
  });

  it('takes topics and filters of 65,535 bytes, of one level or of as many as there can be', () => {
    const deep = '/'.repeat(65_535);
    const wide = 'x'.repeat(65_535);
    const pluses = `${'+/'.repeat(32_767)}#`;
    trie.add(ann, deep, options());
    trie.add(ann, pluses, options());
    trie.add(ann, `${'/'.repeat(65_534)}#`, options());
    trie.add(bob, wide, options());
    expect(only(deep).filters).toHaveLength(3);
    expect(names(trie.match(wide).sessions)).toEqual(['bob']);
    expect(names(trie.match('a/'.repeat(32_766)).sessions)).toEqual(['ann']);
    expect(trie.match('a/'.repeat(32_765)).sessions).toEqual([]);
    expect(trie.removeAll(ann)).toBe(3);
    expect(trie.nodes).toBe(1);
    expect(trie.match(deep).sessions).toEqual([]);
  });

  it('does not keep sessions in its cache that are gone', () => {
    const clients = Array.from({ length: 500 }, (_, n) => client(String(n)));
    for (const each of clients) trie.add(each, `a/${each.name}/+`, options());
    for (const { name } of clients) trie.match(`a/${name}/x`);
    expect(trie.cachedTopics).toBe(500);
    trie.match('b');
    for (const each of clients) trie.removeAll(each);
    // The topic nobody subscribed to is still known.
    expect(trie.cachedTopics).toBeLessThan(20);
    expect(trie.cachedTopics).toBeGreaterThan(0);
  });

  it('merges thousands of overlapping filters of one session', () => {
    for (let bits = 0; bits < 4096; bits += 1) {
      const filter = Array.from({ length: 12 }, (_, level) => ((bits >> level) & 1 ? '+' : 'x')).join('/');
      trie.add(ann, filter, options({ subscriptionIdentifier: bits + 1, noLocal: bits % 2 === 0 }));
    }
    const match = only('x/x/x/x/x/x/x/x/x/x/x/x');
    expect(new Set(match.subscriptionIdentifiers).size).toBe(4096);
    expect(match.own?.subscriptionIdentifiers).toHaveLength(2048);
  });

  it('shares one result between topics that only a crowded filter matches', () => {
    for (let n = 0; n < 100; n += 1) trie.add(client(String(n)), 'a/#', options());
    expect(trie.match('a/1')).toBe(trie.match('a/2'));
    trie.add(ann, 'a/#', options());
    expect(trie.match('a/1').sessions).toHaveLength(101);
    trie.add(ann, 'a/#', options({ qos: 2 }));
    expect(trie.match('a/1').sessions.find(({ session }) => session === ann)?.qos).toBe(2);
    trie.remove(ann, 'a/#');
    expect(trie.match('a/1').sessions).toHaveLength(100);
    trie.add(ann, '$share/g/a/#', options());
    expect(trie.match('a/1').groups).toHaveLength(1);
    trie.remove(ann, '$share/g/a/#');
    expect(trie.match('a/1').groups).toHaveLength(0);
  });
});

describe('SubscriptionTrie beside a naive model', () => {
  interface Held {
    readonly options: SubscriptionOptions;
    readonly matches: (topic: string) => boolean;
  }

  function expected(model: ReadonlyMap<Client, ReadonlyMap<string, Held>>, topic: string): string {
    const lines: string[] = [];
    const groups = new Map<string, string[]>();
    for (const [session, held] of model) {
      const hits = [...held].filter(([, { matches }]) => matches(topic));
      for (const [filter] of hits) if (filter.startsWith('$share/')) groups.set(filter, [...(groups.get(filter) ?? []), session.name]);
      const own = hits.filter(([filter]) => !filter.startsWith('$share/'));
      if (own.length === 0) continue;
      const describeHits = (list: typeof own): string =>
        [
          Math.max(...list.map(([, { options }]) => options.qos)),
          list.some(([, { options }]) => options.retainAsPublished),
          list.flatMap(([, { options }]) => (options.subscriptionIdentifier === 0 ? [] : [options.subscriptionIdentifier])).toSorted((a, b) => a - b),
          list.map(([filter]) => filter).toSorted(),
        ].join(' ');
      const audible = own.filter(([, { options }]) => !options.noLocal);
      lines.push(`${session.name} ${describeHits(own)} own ${audible.length === 0 ? 'none' : describeHits(audible)}`);
    }
    for (const [filter, members] of groups) lines.push(`${filter} ${members.toSorted().join(' ')}`);
    return lines.toSorted().join('\n');
  }

  function described(match: SessionMatch<Client>): string {
    return [match.qos, match.retainAsPublished, match.subscriptionIdentifiers.toSorted((a, b) => a - b), match.filters.toSorted()].join(' ');
  }

  const sessionLines = (sessions: readonly SessionMatch<Client>[]): readonly string[] =>
    sessions.map((match) => `${match.session.name} ${described(match)} own ${match.own === null ? 'none' : described(match.own)}`);

  it.each([
    [1, 200],
    [2, 6],
    [3, 0],
  ])('gives what the model gives over 12,000 operations (seed %d, %d topics in the cache)', (seed, maxTopics) => {
    const random = new RandomTopics(seed);
    const trie = new SubscriptionTrie<Client>(everybody, { maxTopics, maxWeight: 1_000_000 });
    const clients = Array.from({ length: 12 }, (_, n) => client(`c${n}`));
    const model = new Map<Client, Map<string, Held>>();
    const kept: (readonly [sessions: readonly SessionMatch<Client>[], lines: string])[] = [];
    const topics = Array.from({ length: 60 }, () => random.topic());

    const subscribe = (): void => {
      const session = random.pick(clients);
      const plain = random.chance(40) ? random.pick(topics) : random.filter();
      const filter = random.chance(25) ? `$share/${random.pick(['g', 'h'])}/${plain}` : plain;
      const wanted = options({
        qos: random.pick([0, 1, 2] as const),
        noLocal: random.chance(30),
        retainAsPublished: random.chance(30),
        subscriptionIdentifier: random.chance(50) ? random.integer(9) : 0,
      });
      const held = model.get(session) ?? new Map<string, Held>();
      model.set(session, held);
      same(trie.add(session, filter, wanted), !held.has(filter));
      held.set(filter, { options: wanted, matches: compileFilter(filter) });
    };
    const unsubscribe = (): void => {
      const session = random.pick(clients);
      const held = model.get(session);
      const filter = held && held.size > 0 && random.chance(90) ? random.pick([...held.keys()]) : random.filter();
      same(trie.remove(session, filter), held?.delete(filter) ?? false);
    };
    const leave = (): void => {
      const session = random.pick(clients);
      expect(trie.removeAll(session)).toBe(model.get(session)?.size ?? 0);
      model.delete(session);
    };
    const check = (): void => {
      const topic = random.chance(80) ? random.pick(topics) : random.topic();
      const { sessions, groups } = random.chance(80) ? trie.match(topic) : trie.matchUncached(topic);
      const groupLines = groups.map(
        ({ name, filter, members }) =>
          `$share/${name}/${filter} ${members
            .map(({ match }) => match.session.name)
            .toSorted()
            .join(' ')}`,
      );
      same([...sessionLines(sessions), ...groupLines].toSorted().join('\n'), expected(model, topic));
      if (random.chance(2)) kept.push([sessions, sessionLines(sessions).join('\n')]);
    };

    for (let step = 0; step < 12_000; step += 1) {
      const what = random.integer(100);
      if (what < 28) subscribe();
      else if (what < 50) unsubscribe();
      else if (what < 52) leave();
      else check();
    }
    let size = 0;
    for (const [session, held] of model) {
      size += held.size;
      expect(
        trie
          .subscriptionsOf(session)
          .map(({ filter }) => filter)
          .toSorted(),
      ).toEqual([...held.keys()].toSorted());
    }
    expect(trie.size).toBe(size);
    expect(trie.cachedTopics).toBeLessThanOrEqual(maxTopics);
    // Results that were given out stay as they were.
    for (const [sessions, lines] of kept) expect(sessionLines(sessions).join('\n')).toBe(lines);
    for (const session of clients) trie.removeAll(session);
    expect([trie.size, trie.nodes]).toEqual([0, 0]);
    for (const topic of topics) expect(trie.match(topic)).toMatchObject({ sessions: [], groups: [] });
  });
});
