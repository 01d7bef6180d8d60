import { describe, expect, it } from 'vitest';
import { codecFor, type CodecRule } from './codec-binding.ts';

const rule = (id: string, filter: string | null, more: Partial<CodecRule> = {}): CodecRule => ({
  id,
  source: null,
  filter,
  subscription: false,
  codec: 'json',
  params: {},
  ...more,
});
const here = { source: 'connection:lab' } as const;

describe('the rule that counts', () => {
  it.each<[string, CodecRule[], string, string | null]>([
    ['none', [], 'a', null],
    ['none that fits', [rule('x', 'b')], 'a', null],
    ['a connection as a whole', [rule('x', null, here)], 'a', 'x'],
    ['not that of another', [rule('x', null, { source: 'connection:home' })], 'a', null],
    ['a filter before a connection', [rule('c', null, here), rule('f', '#')], 'a', 'f'],
    ['a name before +', [rule('p', '+/b'), rule('n', 'a/b')], 'a/b', 'n'],
    ['+ before #', [rule('h', 'a/#'), rule('p', 'a/+')], 'a/b', 'p'],
    ['the earlier level first', [rule('late', '+/b'), rule('early', 'a/+')], 'a/b', 'early'],
    ['more levels', [rule('h', '#'), rule('d', 'a/#')], 'a/b/c', 'd'],
    ['the topic itself before what is below it', [rule('h', 'a/#'), rule('t', 'a')], 'a', 't'],
    ['of the same filter, the one of this connection', [rule('all', 'a/#'), rule('here', 'a/#', here)], 'a/b', 'here'],
    ['of the same filter, the one of the subscription', [rule('f', 'a/#', here), rule('s', 'a/#', { ...here, subscription: true })], 'a/b', 's'],
    ['a filter that says more before a subscription that says less', [rule('s', 'a/#', { ...here, subscription: true }), rule('f', 'a/b')], 'a/b', 'f'],
    ['a shared subscription by its filter', [rule('p', '+/b'), rule('s', '$share/g/a/b', { ...here, subscription: true })], 'a/b', 's'],
    ['of equals the first', [rule('1', 'a'), rule('2', 'a')], 'a', '1'],
    ['no wildcard for $SYS', [rule('x', '#')], '$SYS/uptime', null],
  ])('%s', (_what, rules, topic, id) => expect(codecFor(rules, 'connection:lab', topic)?.rule.id ?? null).toBe(id));

  it('is explained', () => {
    const rules = [rule('c', null, here), rule('f', 'a/+', { ...here, subscription: true })];
    expect(codecFor(rules, 'connection:lab', 'a/b')?.why).toBe(
      'the rule for the subscription a/+ of this connection, which says more than the other rule for this topic',
    );
    expect(codecFor([rule('c', null)], 'broker', 'a')?.why).toBe('the rule for everything');
  });
});
