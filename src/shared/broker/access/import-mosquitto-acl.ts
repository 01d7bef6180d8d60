import { validateTopicFilter } from '../../mqtt/topic-filter.ts';
import type { AccessRule } from './access-rules.ts';
import type { ImportedRules, ImportFinding } from './import-findings.ts';

interface Entry {
  readonly user: string | undefined;
  readonly isPattern: boolean;
  readonly access: string;
  readonly filter: string;
}

/**
 * The rules of a mosquitto ACL file (mosquitto.conf(5), acl_file), which forbids what it does not allow. mosquitto asks the `deny` lines of a user first, then
 * the others, then the patterns in the same way: so they stand here. Lines before the first `user` are for clients without a user name.
 */
export function readMosquittoAcl(text: string): ImportedRules {
  const findings: ImportFinding[] = [];
  const entries: Entry[] = [];
  /** `null`: a user whose name is missing. */
  let user: string | null = '';
  for (const [at, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const say = (message: string): void => void findings.push({ line: at + 1, message });
    const [word, rest] = splitOnce(line);
    if (word === 'user') {
      if (rest === '') say('“user” without a name.');
      user = rest === '' ? null : rest;
    } else if (word === 'topic' && user === null) say('It belongs to the “user” without a name.');
    else if (word === 'topic' || word === 'pattern') {
      const [access, filter] = readAccess(rest);
      const problem = problemOf(word, filter);
      if (problem === null) entries.push({ user: word === 'pattern' ? undefined : (user ?? ''), isPattern: word === 'pattern', access, filter });
      else say(problem);
    } else say(`“${word}” is no line of an ACL file: they begin with “user”, “topic” or “pattern”.`);
  }
  const inOrder = [false, true].flatMap((isPattern) => {
    const these = entries.filter((entry) => entry.isPattern === isPattern);
    return [...these.filter(({ access }) => access === 'deny'), ...these.filter(({ access }) => access !== 'deny')];
  });
  return { rules: inOrder.map(toRule), findings };
}

function splitOnce(text: string): readonly [string, string] {
  const at = text.search(/\s/);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at).trim()];
}

/** A topic may hold spaces, and may itself begin with one of the words only when another one stands before it. */
function readAccess(text: string): readonly [access: string, filter: string] {
  const [word, rest] = splitOnce(text);
  return ['read', 'write', 'readwrite', 'deny'].includes(word) && rest !== '' ? [word, rest] : ['readwrite', text];
}

function problemOf(word: string, filter: string): string | null {
  if (filter === '') return `“${word}” without a topic.`;
  if (word === 'topic' && /%[uc]/.test(filter)) return `“${filter}” means the characters %u or %c themselves, which a rule here cannot.`;
  if (filter.startsWith('$share/')) return 'A rule is about topics, not about a shared subscription.';
  return validateTopicFilter(filter)?.message ?? null;
}

function toRule({ user, access, filter }: Entry): AccessRule {
  const action = access === 'read' ? 'subscribe' : access === 'write' ? 'publish' : 'both';
  return { effect: access === 'deny' ? 'deny' : 'allow', ...(user === undefined ? {} : { user }), action, filter };
}
