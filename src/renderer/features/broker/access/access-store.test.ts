import { describe, expect, it } from 'vitest';
import type { AccessRule } from '../../../../shared/broker/access/access-rules.ts';
import { openAccess, type AccessSettings } from '../../../../shared/contract/broker-access.ts';
import { moveRule, putRule, removeRule, settingsOf } from './access-draft.ts';
import { AccessStore } from './access-store.ts';

const rule = (filter: string, more: Partial<AccessRule> = {}): AccessRule => ({ effect: 'allow', action: 'both', filter, ...more });
const saved = (...filters: readonly string[]): AccessSettings => ({ ...openAccess, rules: filters.map((filter) => rule(filter)) });

function opened(...filters: readonly string[]): {
  readonly store: AccessStore;
  readonly filters: () => readonly string[];
  readonly id: (at: number) => string;
} {
  const store = new AccessStore();
  store.follow(saved(...filters));
  const rules = () => store.state.getState().draft?.rules ?? [];
  return { store, filters: () => rules().map((entry) => entry.rule.filter), id: (at) => rules()[at]?.id ?? '' };
}

describe('the draft of login and rules', () => {
  it('follows what is saved until it has changes of its own', () => {
    const { store, filters } = opened('a');
    store.follow(saved('b'));
    expect([filters(), store.hasUnsaved()]).toEqual([['b'], false]);
    store.edit((draft) => ({ ...draft, otherwise: 'deny' }));
    store.follow(saved('c'));
    expect([filters(), store.hasUnsaved(), store.state.getState().theirs]).toEqual([['b'], true, saved('c')]);
    store.discard();
    expect([filters(), store.hasUnsaved(), store.state.getState().theirs]).toEqual([['c'], false, null]);
  });

  it('is saved when the engine has what was edited, whoever saved it', () => {
    const { store, id } = opened('a', 'b');
    store.edit((draft) => moveRule(draft, id(1), 0));
    expect(store.hasUnsaved()).toBe(true);
    store.follow(saved('b', 'a'));
    expect([store.hasUnsaved(), store.state.getState().theirs]).toEqual([false, null]);
    store.edit((draft) => ({ ...draft, login: 'users' }));
    const { draft } = store.state.getState();
    if (draft) store.saved(settingsOf(draft));
    expect(store.hasUnsaved()).toBe(false);
  });

  it('has no changes when they are taken back, also with rules whose fields come in another order', () => {
    const { store, id } = opened('a', 'b');
    store.edit((draft) => removeRule(draft, id(0)));
    store.edit((draft) => putRule(draft, { id: 'new', rule: { filter: 'a', action: 'both', effect: 'allow' } }, 0));
    expect(store.hasUnsaved()).toBe(false);
  });

  it('moves, adds and changes rules where they belong', () => {
    const { store, filters, id } = opened('a', 'b', 'c');
    const [a, c] = [id(0), id(2)];
    store.edit((draft) => moveRule(draft, a, 2));
    expect(filters()).toEqual(['b', 'c', 'a']);
    for (const to of [-1, 3]) store.edit((draft) => moveRule(draft, a, to));
    store.edit((draft) => moveRule(draft, 'gone', 0));
    expect(filters()).toEqual(['b', 'c', 'a']);
    store.edit((draft) => putRule(draft, { id: c, rule: rule('c2') }));
    store.edit((draft) => putRule(draft, { id: 'd', rule: rule('d') }));
    store.edit((draft) => putRule(draft, { id: 'e', rule: rule('e') }, 0));
    expect(filters()).toEqual(['e', 'b', 'c2', 'a', 'd']);
    expect(id(2)).toBe(c);
  });

  it('lets rules keep their names while others come from elsewhere', () => {
    const { store, id } = opened('a', 'b');
    const before = id(0);
    store.follow(saved('a', 'c'));
    expect(id(0)).toBe(before);
  });
});
