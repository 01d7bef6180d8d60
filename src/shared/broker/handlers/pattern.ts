import { validateTopicFilter } from '../../mqtt/topic-filter.ts';

/** What stands for one level and is handed to the script under its name. */
const capture = /^\{([A-Za-z][A-Za-z0-9_]*)\}$/;
/** The id of the client that publishes or subscribes. */
const clientCapture = 'client';

/** A level of a pattern: text that has to be there, `+` for any (`name`: it is handed over; `client`: it has to be the client id), `#` for all that follow and their parent. */
type PatternLevel = { readonly text: string } | { readonly name: string | null } | '#';

export interface TopicPattern {
  readonly levels: readonly PatternLevel[];
  /** Where the client id has to stand. */
  readonly clientAt: readonly number[];
}

/** Why this is no pattern; `null`: it is one. Patterns of `connect` and `disconnect` are about client ids, all others about topics. */
export function patternProblem(on: 'publish' | 'subscribe' | 'connect' | 'disconnect', pattern: string): string | null {
  if (on === 'connect' || on === 'disconnect') return null;
  if (pattern === '') return 'Give a topic, for example lab/{device}/temperature, or # for all.';
  if (pattern.startsWith('$share/')) return 'A pattern is about topics: leave out $share/NAME/.';
  const names = new Set<string>();
  const filter: string[] = [];
  for (const level of pattern.split('/')) {
    const name = capture.exec(level)?.[1];
    if (name === undefined && /[{}]/.test(level)) return `“${level}”: braces stand around a name and fill their level, as in lab/{device}/temperature.`;
    if (name !== undefined && name !== clientCapture) {
      if (names.has(name)) return `{${name}} stands in it twice.`;
      names.add(name);
    }
    filter.push(name === undefined ? level : '+');
  }
  const problem = validateTopicFilter(filter.join('/'));
  return problem === null ? null : problem.message;
}

/** Of a pattern without a problem. */
export function parsePattern(pattern: string): TopicPattern {
  const levels = pattern.split('/').map((level): PatternLevel => {
    if (level === '#') return level;
    const name = capture.exec(level)?.[1];
    return name !== undefined ? { name } : level === '+' ? { name: null } : { text: level };
  });
  return { levels, clientAt: levels.flatMap((level, at) => (typeof level === 'object' && 'name' in level && level.name === clientCapture ? [at] : [])) };
}

/** Whether the levels where `{client}` stands are this client. */
export function fitsClient({ clientAt }: TopicPattern, topic: readonly string[], clientId: string | null): boolean {
  return clientAt.every((at) => topic[at] === clientId);
}

/** The levels that are handed over, of a topic that matches. */
export function capturesOf({ levels }: TopicPattern, topic: readonly string[]): Readonly<Record<string, string>> {
  const captures: Record<string, string> = {};
  for (const [at, level] of levels.entries()) {
    if (typeof level === 'object' && 'name' in level && level.name !== null) captures[level.name] = topic[at] ?? '';
  }
  return captures;
}

/** As a filter of MQTT. */
export function patternFilter({ levels }: TopicPattern): string {
  return levels.map((level) => (level === '#' ? '#' : 'text' in level ? level.text : '+')).join('/');
}

/** The topic that it stands for alone, with the client id filled in; `null`: it stands for several. */
export function onlyTopic({ levels }: TopicPattern, clientId: string): string | null {
  const topic: string[] = [];
  for (const level of levels) {
    if (level === '#') return null;
    if ('text' in level) topic.push(level.text);
    else if (level.name === clientCapture) topic.push(clientId);
    else return null;
  }
  return topic.join('/');
}

/** Whether a client id is one that a pattern with `*` means; an empty pattern means all. */
export function matchesClientId(pattern: string, clientId: string): boolean {
  if (pattern === '' || pattern === '*') return true;
  const parts = pattern.split('*');
  const first = parts[0] as string;
  const last = parts.at(-1) as string;
  if (parts.length === 1) return clientId === pattern;
  if (clientId.length < first.length + last.length || !clientId.startsWith(first) || !clientId.endsWith(last)) return false;
  let at = first.length;
  const end = clientId.length - last.length;
  for (const part of parts.slice(1, -1)) {
    const found = clientId.indexOf(part, at);
    if (found === -1 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}
