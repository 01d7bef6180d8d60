import { matchesFilter } from '../mqtt/topic-filter.ts';
import type { CodecParams } from './codec.ts';

/** Which codec to use for some messages. */
export interface CodecRule {
  readonly id: string;
  /** `null`: messages of every source. */
  readonly source: string | null;
  /** `null`: all topics of the source. */
  readonly filter: string | null;
  /** The filter is one of the connection's subscriptions: shown and removed with it. */
  readonly subscription: boolean;
  readonly codec: string;
  readonly params: CodecParams;
}

export interface ChosenRule {
  readonly rule: CodecRule;
  /** A sentence: which rule it is, and why it counts more than others. */
  readonly why: string;
}

/**
 * The rule for a topic, or `null`: the codec is found out. The more specific counts: a rule with a filter before one for a whole connection, a
 * filter that says more before one that says less (level by level: a name, then `+`, then `#`), of the same filter the rule of this source
 * before the one for every source, and the one of a subscription before others. Of equals, the first.
 */
export function codecFor(rules: readonly CodecRule[], source: string, topic: string): ChosenRule | null {
  const fitting = rules.filter((rule) => (rule.source === null || rule.source === source) && (rule.filter === null || matchesFilter(rule.filter, topic)));
  const [first, ...others] = fitting.toSorted(compareRules);
  if (!first) return null;
  const over =
    others.length === 0 ? '' : `, which says more than ${others.length === 1 ? 'the other rule' : `the ${others.length} other rules`} for this topic`;
  return { rule: first, why: `${describeRule(first)}${over}` };
}

/** "the rule for plant/+/raw of this connection". */
function describeRule({ source, filter, subscription }: CodecRule): string {
  if (filter === null)
    return source === null ? 'the rule for everything' : source === 'broker' ? 'the rule for the local broker' : 'the rule for this connection';
  const where = source === null ? '' : source === 'broker' ? ' on the local broker' : ' of this connection';
  return `the rule for ${subscription ? 'the subscription ' : ''}${filter}${where}`;
}

function compareRules(a: CodecRule, b: CodecRule): number {
  return compareFilters(a.filter, b.filter) || Number(b.source !== null) - Number(a.source !== null) || Number(b.subscription) - Number(a.subscription);
}

/** Below 0: `a` says more. Both fit the same topic. */
function compareFilters(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  const [left, right] = [levelsOf(a), levelsOf(b)];
  for (let level = 0; level < Math.max(left.length, right.length); level += 1) {
    const difference = rank(left[level]) - rank(right[level]);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** What a shared subscription is named does not matter to what it takes. */
const levelsOf = (filter: string): readonly string[] => (filter.startsWith('$share/') ? filter.split('/').slice(2) : filter.split('/'));

/** `sport` fits `sport/#` as well, and says more. */
const rank = (level: string | undefined): number => (level === undefined ? 1.5 : level === '#' ? 2 : level === '+' ? 1 : 0);
