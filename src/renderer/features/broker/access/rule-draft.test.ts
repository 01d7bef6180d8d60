import { describe, expect, it } from 'vitest';
import type { AccessRule } from '../../../../shared/broker/access/access-rules.ts';
import { accessSettingsSchema, openAccess } from '../../../../shared/contract/broker-access.ts';
import { checkRule, newRule, ruleDraftOf, ruleOf, type RuleDraft } from './rule-draft.ts';

const rules: readonly AccessRule[] = [
  { effect: 'allow', action: 'both', filter: '#' },
  { effect: 'deny', user: 'alice', action: 'publish', filter: 'a/%u/+' },
  { effect: 'deny', user: '', action: 'subscribe', filter: '%c' },
  { effect: 'allow', clientId: 'meter', action: 'both', filter: '$SYS/#' },
  { effect: 'allow', user: 'alice', clientId: 'meter', action: 'both', filter: 'a' },
  { effect: 'allow', user: '', clientId: 'meter', action: 'both', filter: 'a' },
];

describe('the form of a rule', () => {
  it.each(rules)('changes nothing of %j by itself, and is taken by the broker', (rule) => {
    const draft = ruleDraftOf(rule);
    expect(checkRule(draft)).toEqual({});
    expect(ruleOf(draft)).toEqual(rule);
    expect(accessSettingsSchema.parse({ ...openAccess, rules: [ruleOf(draft)] }).rules).toEqual([rule]);
  });

  it('leaves out what its subject has no use for', () => {
    expect(ruleOf({ ...newRule, filter: 'a', user: 'alice', clientId: 'meter' })).toEqual({ effect: 'allow', action: 'both', filter: 'a' });
  });

  it.each([
    [{ filter: '' }, ['filter']],
    [{ filter: 'a/#/b' }, ['filter']],
    [{ filter: 'a+' }, ['filter']],
    [{ filter: '$share/g/a' }, ['filter']],
    [{ subject: 'user' }, ['user']],
    [{ subject: 'user', user: 'x'.repeat(1001) }, ['user']],
    [{ subject: 'client' }, ['clientId']],
    [{ subject: 'both', user: 'a' }, ['clientId']],
    [{ subject: 'nameless' }, []],
  ] as const)('%j has problems at %j', (change, fields) => {
    const draft: RuleDraft = { ...newRule, filter: 'a', ...change };
    expect(Object.keys(checkRule(draft))).toEqual(fields);
  });
});
