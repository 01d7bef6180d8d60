import type { BridgeRule } from '../../contract/topic-bridges.ts';
import { compileFilter, validateTopicFilter } from '../../mqtt/topic-filter.ts';
import { validateUtf8Text } from '../../mqtt/utf8-text.ts';

export type BridgeSide = 'local' | 'remote';
type Words = Pick<BridgeRule, 'direction' | 'filter' | 'localPrefix' | 'remotePrefix'>;

type RuleField = 'filter' | 'localPrefix' | 'remotePrefix';
export interface RuleProblem {
  readonly field: RuleField;
  readonly message: string;
}

const prefixOf = (rule: Words, side: BridgeSide): string => (side === 'local' ? rule.localPrefix : rule.remotePrefix);

/** What is subscribed to on a side. */
export const subscriptionOf = (rule: Words, side: BridgeSide): string => `${prefixOf(rule, side)}${rule.filter}`;

/** Whether messages of this side are carried to the other one. */
export const carriesFrom = ({ direction }: Words, side: BridgeSide): boolean => direction === 'both' || direction === (side === 'local' ? 'out' : 'in');

/** What is wrong with a rule; `null`: nothing. */
export function ruleProblem(rule: Words): RuleProblem | null {
  for (const field of ['localPrefix', 'remotePrefix'] as const) {
    const prefix = rule[field];
    if (/[+#]/.test(prefix)) return { field, message: 'A prefix holds no wildcard: messages get it as it is. Write wildcards into the filter.' };
    const text = prefix === '' ? null : validateUtf8Text(prefix, 'The prefix');
    if (text) return { field, message: text.message };
  }
  if (rule.filter === '') {
    const empty = (['localPrefix', 'remotePrefix'] as const).find((field) => rule[field] === '');
    return empty ? { field: 'filter', message: 'Enter a filter, such as #. Without one both prefixes have to be whole topics.' } : null;
  }
  if (rule.filter.startsWith('$share/'))
    return { field: 'filter', message: 'A bridge subscribes for itself: a shared subscription would get only some of the messages.' };
  for (const side of ['local', 'remote'] as const) {
    const problem = validateTopicFilter(subscriptionOf(rule, side));
    if (!problem) continue;
    // "lab" before "#" is one level, "lab#".
    const prefix = prefixOf(rule, side);
    const advice = prefix !== '' && !prefix.endsWith('/') && /^[+#]/.test(rule.filter) ? ` End the prefix with "/".` : ` ${problem.advice ?? ''}`;
    const field = validateTopicFilter(rule.filter) ? 'filter' : side === 'local' ? 'localPrefix' : 'remotePrefix';
    return { field, message: `${problem.message}${advice}`.trim() };
  }
  return null;
}

interface Carried {
  /** The place of its rule. */
  readonly rule: number;
  /** On the other side. */
  readonly topic: string;
}

/** Finds where a message of one side goes: by the first rule that matches. Rules must have no problem. */
export function compileRules(rules: readonly Words[], from: BridgeSide): (topic: string) => Carried | null {
  const to = from === 'local' ? 'remote' : 'local';
  const compiled = rules.flatMap((rule, at) =>
    carriesFrom(rule, from) ? [{ at, matches: compileFilter(subscriptionOf(rule, from)), cut: prefixOf(rule, from).length, prefix: prefixOf(rule, to) }] : [],
  );
  return (topic) => {
    for (const { at, matches, cut, prefix } of compiled) if (matches(topic)) return { rule: at, topic: `${prefix}${topic.slice(cut)}` };
    return null;
  };
}

/** Whether one topic could match both filters. */
function overlap(one: string, other: string): boolean {
  const [a, b] = [one.split('/'), other.split('/')];
  for (let level = 0; ; level += 1) {
    const [left, right] = [a[level], b[level]];
    if (left === '#' || right === '#') return !(level === 0 && (left ?? '').startsWith('$') !== (right ?? '').startsWith('$'));
    if (left === undefined || right === undefined) return left === right || (left === undefined ? b[level] === '#' : a[level] === '#');
    if (left !== '+' && right !== '+' && left !== right) return false;
  }
}

/** What a person should know of rules that are each right, in sentences. */
export function ruleWarnings(rules: readonly Words[]): readonly string[] {
  const warnings: string[] = [];
  for (const side of ['local', 'remote'] as const) {
    const filters = rules.flatMap((rule, at) => (carriesFrom(rule, side) ? [{ at, filter: subscriptionOf(rule, side) }] : []));
    filters.forEach(({ at, filter }, index) => {
      const earlier = filters.slice(0, index).find((one) => overlap(one.filter, filter));
      if (earlier && warnings.length < 20)
        warnings.push(
          `Rules ${earlier.at + 1} and ${at + 1} both match some topics of the ${side} broker: such a message is carried once, by rule ${earlier.at + 1}.`,
        );
    });
  }
  return warnings;
}
