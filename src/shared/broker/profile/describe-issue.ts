import type { z } from 'zod';
import { nearestWord } from '../../text/nearest-word.ts';
import { shorten } from '../../text/shorten.ts';
import { knownKeys } from './known-keys.ts';

/** What is wrong, in a sentence, and at which key; `null`: at the value itself. */
interface DescribedIssue {
  readonly path: readonly PropertyKey[];
  readonly key: string | null;
  readonly message: string;
}

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping of keys to values',
};

/** One for each thing that is wrong. `content` is what was checked against the schema. */
export function describeIssue(issue: z.core.$ZodIssue, schema: z.core.$ZodType, content: unknown): readonly DescribedIssue[] {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, path, content);
    return issue.keys.map((key) => ({ path, key, message: unknownKey(key, known) }));
  }
  const name = nameOf(path);
  const value = valueAt(content, path);
  if (value === undefined) return [{ path: path.slice(0, -1), key: null, message: `${name} is missing${allowedAfter(issue)}.` }];
  return [{ path, key: null, message: `${name} ${wrong(issue, value)}` }];
}

function unknownKey(key: string, known: readonly string[]): string {
  const near = nearestWord(key, known);
  const rest = near !== undefined ? `Did you mean “${near}”?` : known.length > 0 ? `Known here are: ${known.join(', ')}.` : 'No keys are known here.';
  return `There is no key “${shorten(key, 60)}” here. ${rest}`;
}

function wrong(issue: z.core.$ZodIssue, value: unknown): string {
  const shown = shownValue(value);
  switch (issue.code) {
    case 'invalid_type':
      return `has to be ${kindAt(issue)}, not ${shown}.`;
    case 'invalid_value':
    case 'invalid_union': {
      const allowed = allowedValues(issue);
      if (allowed.length === 0) return `cannot be ${shown}.`;
      const near = typeof value === 'string' ? nearestWord(value, allowed) : undefined;
      return `is ${alternatives(allowed)}, not ${shown}.${near === undefined ? '' : ` Did you mean “${near}”?`}`;
    }
    case 'too_small':
      return `${measureWords(issue.origin, `at least ${issue.minimum}`)}, not ${measured(issue.origin, value, shown)}.`;
    case 'too_big':
      return `${measureWords(issue.origin, `at most ${issue.maximum}`)}, not ${measured(issue.origin, value, shown)}.`;
    default:
      return `(${shown}): ${issue.message}`;
  }
}

function kindAt({ expected, path }: z.core.$ZodIssueInvalidType): string {
  const [last] = path.slice(-1);
  if (last === 'tcpPort' || last === 'webSocketPort') return 'a port number or off';
  return kinds[expected] ?? expected;
}

function measureWords(origin: string, bound: string): string {
  if (origin === 'string') return `has to have ${bound} characters`;
  if (origin === 'array') return `has to have ${bound} entries`;
  return `has to be ${bound}`;
}

function measured(origin: string, value: unknown, shown: string): string {
  return (origin === 'string' && typeof value === 'string') || (origin === 'array' && Array.isArray(value)) ? String(value.length) : shown;
}

function allowedValues(issue: z.core.$ZodIssue): readonly string[] {
  if (issue.code === 'invalid_value') return issue.values.map(String);
  if (issue.code !== 'invalid_union') return [];
  const { options } = issue as { readonly options?: readonly unknown[] };
  if (Array.isArray(options)) return options.map(String);
  return issue.errors.flatMap((errors) => errors.flatMap((error) => (error.code === 'invalid_value' ? error.values.map(String) : [])));
}

function allowedAfter(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return `: it is ${kindAt(issue)}`;
  const allowed = allowedValues(issue);
  return allowed.length === 0 ? '' : `: it is ${alternatives(allowed)}`;
}

function alternatives(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** `listeners[0].tls.caFile`, with the first entry as 1. */
function nameOf(path: readonly PropertyKey[]): string {
  let name = '';
  for (const step of path) name += typeof step === 'number' ? `[${step + 1}]` : `${name === '' ? '' : '.'}${String(step)}`;
  return name === '' ? 'The file' : `“${shorten(name, 100)}”`;
}

function shownValue(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a mapping';
  return shorten(typeof value === 'string' ? `“${value}”` : String(value), 60);
}

function valueAt(content: unknown, path: readonly PropertyKey[]): unknown {
  let value = content;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Readonly<Record<PropertyKey, unknown>>)[step];
  }
  return value;
}
