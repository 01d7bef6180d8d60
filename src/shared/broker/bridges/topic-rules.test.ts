import { describe, expect, test } from 'vitest';
import { compileRules, ruleProblem, ruleWarnings, subscriptionOf } from './topic-rules.ts';

type Rule = Parameters<typeof ruleProblem>[0];
const rule = (filter: string, more: Partial<Rule> = {}): Rule => ({ direction: 'both', filter, localPrefix: '', remotePrefix: '', ...more });

describe('rules', () => {
  test('take prefixes off and put them on as they are', () => {
    const rules = [
      rule('t/+', { direction: 'out', localPrefix: 'lab/', remotePrefix: 'site' }),
      rule('#', { direction: 'in', remotePrefix: 'from/', localPrefix: '' }),
      rule('', { direction: 'both', localPrefix: 'a', remotePrefix: 'b' }),
    ];
    const [out, into] = [compileRules(rules, 'local'), compileRules(rules, 'remote')];
    expect(out('lab/t/1')).toEqual({ rule: 0, topic: 'sitet/1' });
    expect(out('lab/t/1/2')).toBeNull();
    expect(out('t/1')).toBeNull();
    expect(into('from/x/y')).toEqual({ rule: 1, topic: 'x/y' });
    expect(into('sitet/1')).toBeNull();
    expect([out('a'), into('b')]).toEqual([
      { rule: 2, topic: 'b' },
      { rule: 2, topic: 'a' },
    ]);
    expect(rules.map((one) => subscriptionOf(one, 'remote'))).toEqual(['sitet/+', 'from/#', 'b']);
  });

  test('the first that matches counts, and # leaves topics with $ alone', () => {
    const out = compileRules([rule('a/#'), rule('#')], 'local');
    expect([out('a/b')?.rule, out('b')?.rule, out('$SYS/x')]).toEqual([0, 1, null]);
  });

  test.each<[string, Rule, string, RegExp]>([
    ['a filter that is none', rule('a/#/b'), 'filter', /"#" may only stand alone/],
    ['no filter and one prefix', rule('', { localPrefix: 'a' }), 'filter', /both prefixes/],
    ['nothing at all', rule(''), 'filter', /Enter a filter/],
    ['a wildcard in a prefix', rule('a', { remotePrefix: '+/' }), 'remotePrefix', /no wildcard/],
    ['a prefix that runs into a wildcard', rule('#', { localPrefix: 'lab' }), 'localPrefix', /End the prefix with "\/"/],
    ['a shared subscription', rule('$share/g/a'), 'filter', /shared subscription/],
    ['a character that topics cannot have', rule('a\0b'), 'filter', /./],
  ])('%s is said at its field', (_name, wrong, field, message) => {
    expect(ruleProblem(wrong)).toMatchObject({ field, message: expect.stringMatching(message) as string });
  });

  test('that overlap are told once', () => {
    expect(ruleWarnings([rule('a/#'), rule('b/#')])).toEqual([]);
    expect(ruleWarnings([rule('a/+/c', { direction: 'out' }), rule('a/b/#', { direction: 'in' })])).toEqual([]);
    expect(ruleWarnings([rule('a/+/c', { direction: 'out' }), rule('a/b/#', { direction: 'out' })])).toEqual([
      'Rules 1 and 2 both match some topics of the local broker: such a message is carried once, by rule 1.',
    ]);
    expect(ruleWarnings([rule('a'), rule('a/#')])).toHaveLength(2);
    expect(ruleWarnings([rule('#'), rule('$SYS/#')])).toEqual([]);
  });
});
