import type { GfHandler } from '../../contract/coap-pipeline.ts';
import { isJsonObject, textOf } from '../../rpc/json-payload.ts';
import type { JsonValue } from '../../rpc/python-json.ts';
import { readMethod } from './message.ts';
import { responseClass, type ResponseClass } from './response-codes.ts';
import type { GfTopic } from './topics.ts';

const classNames: Readonly<Record<ResponseClass, string>> = { success: '2.xx', 'client-error': '4.xx', 'server-error': '5.xx' };

/** `*` stands for any characters, none as well. Takes time in proportion to both lengths, whatever the pattern. */
export function matchesPattern(pattern: string, text: string): boolean {
  let [at, from, star, mark] = [0, 0, -1, 0];
  while (at < text.length) {
    if (pattern[from] === '*') {
      star = from;
      mark = at;
      from += 1;
    } else if (from < pattern.length && pattern[from] === text[at]) {
      from += 1;
      at += 1;
    } else if (star >= 0) {
      from = star + 1;
      mark += 1;
      at = mark;
    } else return false;
  }
  while (pattern[from] === '*') from += 1;
  return from === pattern.length;
}

/** Why a handler does not take a message, in a sentence; `null`: it does. `message`: an object whose header is one. */
export function whyNot({ kind, match, enabled }: GfHandler, message: { readonly [key: string]: JsonValue }, topic: GfTopic | null): string | null {
  if (!enabled) return 'Switched off.';
  const { header = {} } = message;
  if (!isJsonObject(header)) return 'The message has no header.';
  const field = kind === 'request' ? 'method' : 'response_code';
  if (!Object.hasOwn(header, field)) return `Takes ${kind}s only: the header has no ${field}.`;
  for (const [what, pattern, found] of [
    ['device', match.device, topic?.target],
    ['subsystem', match.subsystem, topic?.subsystem],
  ] as const) {
    if (pattern === '') continue;
    if (found === undefined) return `The topic names no ${what}.`;
    if (!matchesPattern(pattern, found)) return `The ${what} is ${found}, not ${pattern}.`;
  }
  const { path = null } = header;
  if (match.path !== '' && !(typeof path === 'string' && matchesPattern(trimmed(match.path), trimmed(path))))
    return path === null ? 'The header has no path.' : `The path is ${textOf(path)}, not ${match.path}.`;
  if (kind === 'request') {
    const { method: sent = null } = header;
    const method = readMethod(sent);
    if (match.methods.length > 0 && (method === null || !match.methods.includes(method)))
      return `The method is ${textOf(sent)}, not ${match.methods.join(' or ')}.`;
  } else if (match.codes.length > 0) {
    const { response_code: code = null } = header;
    const kindOfCode = typeof code === 'number' ? responseClass(code) : null;
    if (kindOfCode === null || !match.codes.includes(kindOfCode))
      return `The code is ${textOf(code)}, not ${match.codes.map((name) => classNames[name]).join(' or ')}.`;
  }
  return null;
}

const trimmed = (path: string): string => path.replace(/^\/+|\/+$/g, '');
