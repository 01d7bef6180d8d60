import { openAccess } from '../../contract/broker-access.ts';
import { brokerProfileSchema, type BrokerProfile, type ProfileProblem } from '../../contract/broker-profile.ts';
import { checkProfile } from './check-profile.ts';
import { describeIssue } from './describe-issue.ts';
import { readProfileDocument, type ProfileDocument } from './profile-document.ts';

/** `document` is what the profile was read from, to be changed and written again. */
export type ReadProfile =
  /** Each value is right; what they contradict each other in are the problems. */
  | { readonly profile: BrokerProfile; readonly document: ProfileDocument['document']; readonly problems: readonly ProfileProblem[] }
  | { readonly profile: null; readonly problems: readonly ProfileProblem[] };

const mostProblems = 50;

/** Reads the text of a profile; what it leaves out is as usual. Never throws; the problems are in the order of the lines. */
export function readProfile(text: string): ReadProfile {
  const read = readProfileDocument(text);
  if (!('document' in read)) return { profile: null, problems: read.problems };
  const content = completed(read.content);
  const parsed = brokerProfileSchema.safeParse(content);
  if (parsed.success) {
    const problems = checkProfile(parsed.data).map(({ path, message }) => ({ ...read.placeOf(path, null), message }));
    return { profile: parsed.data, document: read.document, problems: inOrder(problems) };
  }
  const problems = parsed.error.issues
    .slice(0, mostProblems)
    .flatMap((issue) => describeIssue(issue, brokerProfileSchema, content))
    .slice(0, mostProblems)
    .map(({ path, key, message }) => ({ ...read.placeOf(path, key), message }));
  return { profile: null, problems: inOrder(problems) };
}

function inOrder(problems: readonly ProfileProblem[]): readonly ProfileProblem[] {
  return problems.toSorted((one, other) => one.line - other.line || one.column - other.column);
}

type Plain = Readonly<Record<string, unknown>>;

const isPlain = (value: unknown): value is Plain => typeof value === 'object' && value !== null && !Array.isArray(value);

/** With what people need not write: ids of listeners, `off` for a port, the rest of the access. */
function completed(content: unknown): unknown {
  if (!isPlain(content)) return content;
  const result: Record<string, unknown> = { ...content };
  for (const key of ['tcpPort', 'webSocketPort']) if (content[key] === 'off' || content[key] === false) result[key] = null;
  if (Array.isArray(content['listeners'])) result['listeners'] = withIds(content['listeners']);
  const access = content['access'] ?? {};
  // Without a password nobody gets in where passwords are asked for, unless somebody says so.
  if (isPlain(access)) result['access'] = { ...openAccess, anonymous: access['login'] !== 'users', ...access };
  if (result['access'] === null) delete result['access'];
  return result;
}

function withIds(listeners: readonly unknown[]): readonly unknown[] {
  const taken = new Set<unknown>(['tcp', 'ws', ...listeners.map((listener) => (isPlain(listener) ? listener['id'] : undefined))]);
  return listeners.map((listener) => {
    if (!isPlain(listener) || listener['id'] !== undefined) return listener;
    const kind = typeof listener['kind'] === 'string' ? listener['kind'].slice(0, 20) : 'listener';
    let number = 1;
    while (taken.has(`${kind}-${number}`)) number += 1;
    const id = `${kind}-${number}`;
    taken.add(id);
    return { ...listener, id };
  });
}
