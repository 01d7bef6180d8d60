import type { AccessRule } from '../../../../shared/broker/access/access-rules.ts';
import { validateTopicFilter } from '../../../../shared/mqtt/topic-filter.ts';

/** Whom a rule is about. */
export type RuleSubject = 'everybody' | 'user' | 'nameless' | 'client' | 'both';

/** A rule in its form: what its subject has no use for is kept, in case it changes back. */
export interface RuleDraft {
  readonly effect: AccessRule['effect'];
  readonly subject: RuleSubject;
  readonly user: string;
  readonly clientId: string;
  readonly action: AccessRule['action'];
  readonly filter: string;
}

export type RuleProblems = Readonly<Partial<Record<'user' | 'clientId' | 'filter', string>>>;

export const newRule: RuleDraft = { effect: 'allow', subject: 'everybody', user: '', clientId: '', action: 'both', filter: '' };

export function ruleDraftOf({ effect, user, clientId, action, filter }: AccessRule): RuleDraft {
  const nameless = user === '' && clientId === undefined;
  const subject = nameless
    ? 'nameless'
    : user !== undefined && clientId !== undefined
      ? 'both'
      : user !== undefined
        ? 'user'
        : clientId !== undefined
          ? 'client'
          : 'everybody';
  return { effect, subject, user: user ?? '', clientId: clientId ?? '', action, filter };
}

const hasUser = ({ subject }: RuleDraft): boolean => subject === 'user' || subject === 'both';
const hasClient = ({ subject }: RuleDraft): boolean => subject === 'client' || subject === 'both';

export function checkRule(draft: RuleDraft): RuleProblems {
  const filter = filterProblem(draft.filter);
  return {
    // Beside a client id an empty name is one: clients without a user name.
    ...(draft.subject === 'user' && draft.user === '' ? { user: 'Enter a user name.' } : {}),
    ...(hasUser(draft) && draft.user.length > 1000 ? { user: 'A user name has at most 1,000 characters.' } : {}),
    ...(hasClient(draft) && draft.clientId === '' ? { clientId: 'Enter a client id.' } : {}),
    ...(filter === null ? {} : { filter }),
  };
}

function filterProblem(filter: string): string | null {
  if (filter === '') return 'Enter a topic filter, such as lab/# for all below lab.';
  if (filter.startsWith('$share/')) return 'A rule is about topics, not about a shared subscription: leave $share/NAME/ out.';
  return validateTopicFilter(filter)?.message ?? null;
}

/** Only for a draft without problems. */
export function ruleOf(draft: RuleDraft): AccessRule {
  const { effect, subject, user, clientId, action, filter } = draft;
  return {
    effect,
    ...(subject === 'nameless' ? { user: '' } : hasUser(draft) ? { user } : {}),
    ...(hasClient(draft) ? { clientId } : {}),
    action,
    filter,
  };
}

export const subjectWords: Readonly<Record<RuleSubject, string>> = {
  everybody: 'Everybody',
  user: 'A user',
  nameless: 'Clients without a user name',
  client: 'A client id',
  both: 'A user with a client id',
};

export const actionWords: Readonly<Record<AccessRule['action'], string>> = { both: 'publish, subscribe', publish: 'publish', subscribe: 'subscribe' };
