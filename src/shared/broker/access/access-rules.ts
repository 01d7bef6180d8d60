import { covers, filterLevels, matchesLevels, normalLevels, overlap, type FilterLevel } from './filter-sets.ts';

type AccessEffect = 'allow' | 'deny';
type AccessAction = 'publish' | 'subscribe';

/** Who may do what; the first rule that matches decides. */
export interface AccessRule {
  readonly effect: AccessEffect;
  /** Absent: everybody; empty: clients without a user name. */
  readonly user?: string | undefined;
  /** Absent: every client. */
  readonly clientId?: string | undefined;
  readonly action: AccessAction | 'both';
  /** With `%u` for the user name and `%c` for the client id, also as a part of a level. */
  readonly filter: string;
}

/** Each is compared where nothing is remembered of a topic. */
export const mostRules = 1000;

export interface AccessRules {
  readonly rules: readonly AccessRule[];
  /** What no rule matches. */
  readonly otherwise: AccessEffect;
}

/** A client as the rules know it. */
export interface Principal {
  readonly username: string | null;
  readonly clientId: string;
}

export interface AccessVerdict {
  readonly allowed: boolean;
  /** Which rule decided, from 0; `null`: none matched. */
  readonly rule: number | null;
}

/** What the rules say to one client. */
export interface ClientAccess {
  publish(topic: string): AccessVerdict;
  /**
   * A subscription is allowed where one rule allows all of it and no rule before that forbids a part of it: it is then certain that every topic
   * it matches may be received. What several rules allow together is not put together.
   */
  subscribe(filter: string): AccessVerdict;
  /** Whether a message of this topic may be given to it: the rules may have changed since it subscribed. */
  receive(topic: string): AccessVerdict;
}

interface PreparedRule {
  readonly rule: number;
  readonly allows: boolean;
  readonly levels: readonly FilterLevel[];
}

export function accessOf({ rules, otherwise }: AccessRules, principal: Principal): ClientAccess {
  const publishing: PreparedRule[] = [];
  const subscribing: PreparedRule[] = [];
  for (const [at, rule] of rules.entries()) {
    const levels = concerns(rule, principal) ? fillIn(rule, principal) : null;
    if (levels === null) continue;
    const prepared = { rule: at, allows: rule.effect === 'allow', levels };
    if (rule.action !== 'subscribe') publishing.push(prepared);
    if (rule.action !== 'publish') subscribing.push(prepared);
  }
  const last: AccessVerdict = { allowed: otherwise === 'allow', rule: null };
  const first = (prepared: readonly PreparedRule[], topic: string): AccessVerdict => {
    const parts = topic.split('/');
    const found = prepared.find(({ levels }) => matchesLevels(levels, parts));
    return found === undefined ? last : { allowed: found.allows, rule: found.rule };
  };
  return {
    publish: (topic) => first(publishing, topic),
    receive: (topic) => first(subscribing, topic),
    subscribe: (filter) => {
      const wanted = filterLevels(filter);
      const found = subscribing.find(({ allows, levels }) => (allows ? covers(levels, wanted) : overlap(levels, wanted)));
      return found === undefined ? last : { allowed: found.allows, rule: found.rule };
    },
  };
}

function concerns({ user, clientId }: AccessRule, principal: Principal): boolean {
  return (user === undefined || user === (principal.username ?? '')) && (clientId === undefined || clientId === principal.clientId);
}

/**
 * The levels for this client; `null`: the rule says nothing to it. What is filled in is text, never a wildcard. A name that would reach into other
 * levels, or to the topics of the broker itself, is allowed nothing by it; a rule that forbids takes it as it stands.
 */
function fillIn({ effect, filter }: AccessRule, { username, clientId }: Principal): readonly FilterLevel[] | null {
  if (filter.includes('%u') && (username === null || username === '')) return null;
  const values: Readonly<Record<string, string>> = { '%u': username ?? '', '%c': clientId };
  const levels: FilterLevel[] = [];
  for (const level of filter.split('/')) {
    if (level === '+' || level === '#') {
      levels.push(level);
      continue;
    }
    const used = level.match(/%[uc]/g) ?? [];
    const text = level.replaceAll(/%[uc]/g, (name) => values[name] as string);
    if (effect === 'allow') {
      if (used.some((name) => /[+#/]/.test(values[name] as string))) return null;
      if (levels.length === 0 && text.startsWith('$') && !level.startsWith('$')) return null;
      levels.push({ text });
    } else levels.push(...text.split('/').map((part) => ({ text: part })));
  }
  return normalLevels(levels);
}
