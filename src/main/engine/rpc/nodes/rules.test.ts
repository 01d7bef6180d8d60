import { describe, expect, it } from 'vitest';
import type { RpcRule } from '../../../../shared/contract/rpc-nodes.ts';
import { matchesPattern } from '../name-pattern.ts';
import { decide, type RunRuleScript } from './rules.ts';

describe('a pattern', () => {
  it.each([
    ['', 'anything', true],
    ['*', '', true],
    ['get_*', 'get_status', true],
    ['get_*', 'set_get_', false],
    ['*_status', 'get_status', true],
    ['a*b*c', 'a--b--b--c', true],
    ['a*b*c', 'a--c', false],
    ['a*b', 'ab', true],
    ['ab*ba', 'aba', false],
    ['*ab*b', 'ab', false],
    ['**', 'x', true],
    ['edge/*/rpc', 'edge/a/b/rpc', true],
    ['Get', 'get', false],
    ['a.c', 'abc', false],
    ['*x', 'a*x', true],
    ['exact', 'exactly', false],
  ])('%s and %s: %s', (pattern, text, matches) => {
    expect(matchesPattern(pattern, text)).toBe(matches);
  });

  it('of many stars costs no exponential time', () => {
    expect(matchesPattern(`${'a*'.repeat(500)}b`, 'a'.repeat(1000))).toBe(false);
    // A peer may name a method as it likes.
    const began = performance.now();
    expect(matchesPattern(`*${'a'.repeat(998)}b*`, 'a'.repeat(1_000_000))).toBe(false);
    expect(matchesPattern(`*b${'a'.repeat(997)}*`, 'a'.repeat(1_000_000))).toBe(false);
    expect(performance.now() - began).toBeLessThan(1000);
  });
});

describe('rules', () => {
  const rule = (id: string, effect: RpcRule['effect'], more: Partial<RpcRule> = {}): RpcRule => ({
    id,
    enabled: true,
    caller: '',
    method: '',
    topic: '',
    effect,
    script: '',
    ...more,
  });
  const call = { callerId: 'cloud', method: 'reboot', topic: 'edge/a', params: null };
  const noScripts: RunRuleScript = () => Promise.reject(new Error('no script was to run'));

  it('allow everything where none matches', () => {
    expect(decide([], call, noScripts)).toEqual({ allowed: true, ruleId: null, reason: 'No rule matches, so it is allowed.' });
    expect(decide([rule('a', 'deny', { method: 'get_*' })], call, noScripts)).toMatchObject({ allowed: true, ruleId: null });
  });

  it('decide by the first that matches caller, method and topic', () => {
    const rules = [
      rule('off', 'deny', { enabled: false }),
      rule('other', 'deny', { caller: 'app*' }),
      rule('topic', 'deny', { topic: 'edge/b' }),
      rule('yes', 'allow', { caller: 'cl*', method: 're*', topic: 'edge/*' }),
      rule('no', 'deny'),
    ];
    expect(decide(rules, call, noScripts)).toEqual({ allowed: true, ruleId: 'yes', reason: 'Rule 4 allows it.' });
    expect(decide(rules, { ...call, method: 'get' }, noScripts)).toEqual({ allowed: false, ruleId: 'no', reason: 'Rule 5 denies it.' });
  });

  it('by a script allow only what it answers with true', async () => {
    const scripted = [rule('s', 'script', { script: '…' })];
    expect(await decide(scripted, call, async () => true)).toMatchObject({ allowed: true, ruleId: 's' });
    for (const said of [false, 1, 'true', null, undefined, {}]) {
      expect(await decide(scripted, call, async () => said)).toMatchObject({ allowed: false, ruleId: 's' });
    }
    const throwing = await decide(scripted, call, () => Promise.reject(new Error('took too long')));
    expect(throwing).toEqual({ allowed: false, ruleId: 's', reason: 'The script of rule 1 failed, which denies: took too long' });
  });
});
