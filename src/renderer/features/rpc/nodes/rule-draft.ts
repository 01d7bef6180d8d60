import type { RpcRule } from '../../../../shared/contract/rpc-nodes.ts';

/** A rule as it is being written. */
export interface RuleDraft {
  readonly id: string;
  readonly caller: string;
  readonly method: string;
  readonly topic: string;
  readonly effect: RpcRule['effect'];
  readonly script: string;
  /** Not in the list yet. */
  readonly isNew: boolean;
}

export type RuleProblems = Partial<Record<'caller' | 'method' | 'topic' | 'script', string>>;

const maxPatternLength = 1000;

const firstScript = `// true allows the call, false denies it, and so does an error.
/** @type {Rule} */
export default (request) => {
  return request.callerId !== 'intruder';
};
`;

export const newRule = (id: string): RuleDraft => ({ id, caller: '', method: '', topic: '', effect: 'deny', script: firstScript, isNew: true });

export function ruleDraftOf(rule: RpcRule): RuleDraft {
  const { id, caller, method, topic, effect, script } = rule;
  return { id, caller, method, topic, effect, script: script === '' ? firstScript : script, isNew: false };
}

export function checkRule(draft: RuleDraft): RuleProblems {
  const problems: RuleProblems = {};
  for (const field of ['caller', 'method', 'topic'] as const) {
    if (draft[field].length > maxPatternLength) problems[field] = `Use at most ${maxPatternLength} characters.`;
  }
  if (draft.effect === 'script' && draft.script.trim() === '') problems.script = 'Write a script with a default export that answers true or false.';
  return problems;
}

export function ruleOf({ id, caller, method, topic, effect, script }: RuleDraft, enabled: boolean): RpcRule {
  return { id, enabled, caller, method, topic, effect, script: effect === 'script' ? script : '' };
}

const effects: Readonly<Record<RpcRule['effect'], { readonly label: string; readonly tone: 'ok' | 'bad' | 'info' }>> = {
  allow: { label: 'Allow', tone: 'ok' },
  deny: { label: 'Deny', tone: 'bad' },
  script: { label: 'Script', tone: 'info' },
};

export const effectWords = (effect: RpcRule['effect']): { readonly label: string; readonly tone: 'ok' | 'bad' | 'info' } => effects[effect];

/** What a rule is about: `every call`, or the parts that have to fit. */
export function ruleParts({
  caller,
  method,
  topic,
}: Pick<RpcRule, 'caller' | 'method' | 'topic'>): readonly { readonly what: string; readonly pattern: string }[] {
  const all = [
    { what: 'caller', pattern: caller },
    { what: 'method', pattern: method },
    { what: 'topic', pattern: topic },
  ];
  return all.filter(({ pattern }) => pattern !== '');
}

/** The list with one entry moved to another place; places outside are the ends. */
export function moved<T>(list: readonly T[], from: number, to: number): readonly T[] {
  const target = Math.min(list.length - 1, Math.max(0, to));
  const entry = list[from];
  if (entry === undefined || target === from) return list;
  return list.toSpliced(from, 1).toSpliced(target, 0, entry);
}
