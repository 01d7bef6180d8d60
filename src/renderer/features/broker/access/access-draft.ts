import type { AccessRule } from '../../../../shared/broker/access/access-rules.ts';
import type { AccessSettings } from '../../../../shared/contract/broker-access.ts';
import { newId } from '../../common/index.ts';

/** A rule with a name of its own, by which it is known while it moves. */
export interface DraftRule {
  readonly id: string;
  readonly rule: AccessRule;
}

/** Login and rules while they are edited. */
export interface AccessDraft extends Omit<AccessSettings, 'rules'> {
  readonly rules: readonly DraftRule[];
}

export function draftOf({ login, anonymous, otherwise, rules }: AccessSettings, before: readonly DraftRule[] = []): AccessDraft {
  // What is the same in the same place stays the same, so that the list does not lose its place.
  const same = (rule: AccessRule, at: number): string | undefined => (sameRule(before[at]?.rule, rule) ? before[at]?.id : undefined);
  return { login, anonymous, otherwise, rules: rules.map((rule, at) => ({ id: same(rule, at) ?? newId(), rule })) };
}

export function settingsOf({ login, anonymous, otherwise, rules }: AccessDraft): AccessSettings {
  return { login, anonymous, rules: rules.map(({ rule }) => rule), otherwise };
}

/** Whether both say the same, whatever the order of their fields. */
export function sameSettings(one: AccessSettings, other: AccessSettings): boolean {
  return (
    one.login === other.login &&
    one.anonymous === other.anonymous &&
    one.otherwise === other.otherwise &&
    one.rules.length === other.rules.length &&
    one.rules.every((rule, at) => sameRule(rule, other.rules[at]))
  );
}

function sameRule(one: AccessRule | undefined, other: AccessRule | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return (['effect', 'user', 'clientId', 'action', 'filter'] as const).every((key) => one[key] === other[key]);
}

/** To a place in the list, which is that of the rule there; the same draft when nothing moves. */
export function moveRule(draft: AccessDraft, id: string, to: number): AccessDraft {
  const from = draft.rules.findIndex((one) => one.id === id);
  const rule = draft.rules[from];
  if (rule === undefined || to < 0 || to >= draft.rules.length || to === from) return draft;
  return { ...draft, rules: draft.rules.toSpliced(from, 1).toSpliced(to, 0, rule) };
}

export function removeRule(draft: AccessDraft, id: string): AccessDraft {
  return { ...draft, rules: draft.rules.filter((one) => one.id !== id) };
}

/** In the place of the rule with this id, or as a new one. */
export function putRule(draft: AccessDraft, entry: DraftRule, at = draft.rules.length): AccessDraft {
  const known = draft.rules.some(({ id }) => id === entry.id);
  const rules = known ? draft.rules.map((one) => (one.id === entry.id ? entry : one)) : draft.rules.toSpliced(at, 0, entry);
  return { ...draft, rules };
}
