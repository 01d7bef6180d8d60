import { describe, expect, it } from 'vitest';
import { accessOf, type AccessRule, type AccessRules } from './access-rules.ts';

const allow = (filter: string, more: Partial<AccessRule> = {}): AccessRule => ({ effect: 'allow', action: 'both', filter, ...more });
const deny = (filter: string, more: Partial<AccessRule> = {}): AccessRule => ({ ...allow(filter, more), effect: 'deny' });
const closed = (...rules: AccessRule[]): AccessRules => ({ rules, otherwise: 'deny' });
const alice = { username: 'alice', clientId: 'c1' };

describe('rules', () => {
  it('are tried in order, the first that matches decides', () => {
    const access = accessOf(closed(deny('a/secret'), allow('a/#'), deny('a/x')), alice);
    expect(access.publish('a/secret')).toEqual({ allowed: false, rule: 0 });
    expect(access.publish('a/x')).toEqual({ allowed: true, rule: 1 });
    expect(access.publish('b')).toEqual({ allowed: false, rule: null });
    expect(accessOf({ rules: [], otherwise: 'allow' }, alice).publish('b')).toEqual({ allowed: true, rule: null });
  });

  it('are for a user, for those without a name, for a client id, for publishing or subscribing', () => {
    const rules = closed(
      allow('u', { user: 'alice' }),
      allow('nobody', { user: '' }),
      allow('c', { clientId: 'c1' }),
      allow('p', { action: 'publish' }),
      allow('s', { action: 'subscribe' }),
    );
    const can = (access: ReturnType<typeof accessOf>): string[] => ['u', 'nobody', 'c', 'p', 's'].filter((topic) => access.publish(topic).allowed);
    expect(can(accessOf(rules, alice))).toEqual(['u', 'c', 'p']);
    expect(can(accessOf(rules, { username: null, clientId: 'c2' }))).toEqual(['nobody', 'p']);
    expect(accessOf(rules, alice).subscribe('s').allowed).toBe(true);
    expect(accessOf(rules, alice).subscribe('p').allowed).toBe(false);
  });
});

describe('a subscription', () => {
  it.each([
    ['a/#', true],
    ['a/+/x', true],
    ['$share/g/a/b', true],
    ['#', false],
    ['+/b', false],
    ['+', false],
  ])('to %s is allowed only where one rule allows all of it: %s', (filter, allowed) => {
    expect(accessOf(closed(allow('a/#')), alice).subscribe(filter).allowed).toBe(allowed);
  });

  it('is refused when a part of it is forbidden before', () => {
    const access = accessOf(closed(deny('a/secret/#'), allow('a/#')), alice);
    expect(access.subscribe('a/#')).toEqual({ allowed: false, rule: 0 });
    expect(access.subscribe('a/+/x')).toEqual({ allowed: false, rule: 0 });
    expect(access.subscribe('a/b')).toEqual({ allowed: true, rule: 1 });
    expect(access.receive('a/secret')).toEqual({ allowed: false, rule: 0 });
  });

  it('never lets through what the rules forbid, whatever they are', () => {
    const filters = ['a', 'b', 'a/b', '+', '#', 'a/#', 'a/+', '+/b', '+/#', '$s', '$s/#'];
    const topics = ['a', 'b', 'c', 'a/b', 'a/a', 'b/b', 'b/a', 'a/b/c', 'c/c/c', '$s', '$s/a'];
    const effects = ['allow', 'deny'] as const;
    const all = filters.flatMap((filter) => effects.map((effect): AccessRule => ({ effect, action: 'both', filter })));
    for (const first of all)
      for (const second of all)
        for (const otherwise of effects) {
          const access = accessOf({ rules: [first, second], otherwise }, alice);
          for (const filter of filters) {
            if (!access.subscribe(filter).allowed) continue;
            const matching = accessOf(closed(allow(filter)), alice);
            const leaked = topics.filter((topic) => matching.receive(topic).allowed && !access.receive(topic).allowed);
            expect(leaked, `${first.effect} ${first.filter}, ${second.effect} ${second.filter}, ${otherwise}: ${filter}`).toEqual([]);
          }
        }
  });
});

describe('%u and %c', () => {
  it('stand for the user name and the client id, also within a level', () => {
    const access = accessOf(closed(allow('home/%u/dev-%c/#')), alice);
    expect(access.publish('home/alice/dev-c1/x').allowed).toBe(true);
    expect(access.publish('home/bob/dev-c1/x').allowed).toBe(false);
    expect(access.subscribe('home/alice/dev-c1/#').allowed).toBe(true);
    expect(access.subscribe('home/+/dev-c1/#').allowed).toBe(false);
  });

  it.each(['+', '#', 'a/b', '+/+', 'alice/#', ''])('allow nothing to a user named %j', (username) => {
    const access = accessOf(closed(allow('home/%u'), allow('%u/#')), { username, clientId: 'x' });
    for (const topic of ['home', 'home/a', 'home/a/b', 'a', 'a/b', 'a/b/c', 'alice/x', 'home/alice/x'])
      expect(access.publish(topic).allowed, topic).toBe(false);
    for (const filter of ['#', 'home/+', 'home/#', 'home/a/b', '+/+']) expect(access.subscribe(filter).allowed, filter).toBe(false);
  });

  it('never reach the topics of the broker itself', () => {
    const rules = closed(allow('%c/#'));
    expect(accessOf(rules, { username: null, clientId: '$SYS' }).subscribe('$SYS/#').allowed).toBe(false);
    expect(accessOf(rules, { username: null, clientId: '' }).publish('x').allowed).toBe(false);
  });

  it('forbid what they stand for as it is written', () => {
    const access = accessOf({ rules: [deny('home/%u/secret')], otherwise: 'allow' }, { username: 'a/b', clientId: 'x' });
    expect(access.publish('home/a/b/secret').allowed).toBe(false);
    expect(access.publish('home/a/secret').allowed).toBe(true);
  });

  it('say nothing where there is no user name', () => {
    const access = accessOf({ rules: [deny('home/%u')], otherwise: 'allow' }, { username: null, clientId: 'x' });
    expect(access.publish('home/')).toEqual({ allowed: true, rule: null });
  });
});
