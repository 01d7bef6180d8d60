import type { SavedRequest } from '../../../shared/contract/collections.ts';
import type { JsonValue } from '../../../shared/rpc/python-json.ts';
import type { RpcErrorName } from '../../../shared/rpc/rpc-error.ts';
import { readParams } from '../rpc/index.ts';

export type Assertion = SavedRequest['assertions'][number];
type StatusChoice = Extract<Assertion, { kind: 'status' }>['is'];
export type PathOperator = Extract<Assertion, { kind: 'path' }>['operator'];

/** An assertion as it is written: values and schemas as text. */
export type AssertionDraft =
  | { readonly kind: 'status'; readonly is: StatusChoice; readonly error: RpcErrorName | null }
  | { readonly kind: 'code'; readonly is: string }
  | { readonly kind: 'path'; readonly path: string; readonly operator: PathOperator; readonly value: string }
  | { readonly kind: 'schema'; readonly path: string; readonly schema: string }
  | { readonly kind: 'time'; readonly belowMs: number | null };

/** Sentences about the parts of an assertion that keep it from being saved. */
export interface AssertionProblems {
  readonly code?: string;
  readonly path?: string;
  readonly value?: string;
  readonly schema?: string;
  readonly belowMs?: string;
}

export const newAssertions = {
  status: { kind: 'status', is: 'ok', error: null },
  code: { kind: 'code', is: '2.05' },
  path: { kind: 'path', path: '$', operator: 'exists', value: '' },
  schema: { kind: 'schema', path: '', schema: '{\n  "type": "object"\n}' },
  time: { kind: 'time', belowMs: 1000 },
} as const satisfies Readonly<Record<Assertion['kind'], AssertionDraft>>;

export const needsValue = (operator: PathOperator): boolean => operator !== 'exists' && operator !== 'not-exists';

/**
 * What a value stands for: JSON, and what is no JSON a text, so that `ok` needs no quotes. What begins as an object, a list or a text in quotes and
 * does not end as one was meant as JSON. `{{name}}` is a text for the engine, which fills it in.
 */
export function readValue(text: string): { readonly value: JsonValue } | { readonly problem: string } {
  const trimmed = text.trim();
  if (trimmed === '') return { problem: 'Enter the value. An empty text is "".' };
  const json = readParams(trimmed);
  if ('value' in json) return json;
  const meantAsJson = /^["[{]/.test(trimmed) && !trimmed.startsWith('{{');
  // Digits that a double does not keep are a problem of their own; everything else is a text.
  return meantAsJson || /^-?\d+$/.test(trimmed) ? json : { value: trimmed };
}

export const valueText = (value: JsonValue): string => JSON.stringify(value);

const codePattern = /^[245]\.(?:[0-2]\d|3[01]|xx)$/i;

export function assertionProblems(draft: AssertionDraft): AssertionProblems {
  switch (draft.kind) {
    case 'status':
      return {};
    case 'code':
      return codePattern.test(draft.is.trim()) ? {} : { code: 'Enter a code such as 2.05, or a class such as 4.xx.' };
    case 'time':
      return draft.belowMs !== null && draft.belowMs >= 0 && draft.belowMs <= 86_400_000 ? {} : { belowMs: 'Enter a time up to 86,400,000 ms (a day).' };
    case 'schema': {
      const path = draft.path.trim() === '' ? undefined : pathProblem(draft.path);
      const schema = readSchema(draft.schema);
      return { ...(path === undefined ? {} : { path }), ...('problem' in schema ? { schema: schema.problem } : {}) };
    }
    default: {
      const path = pathProblem(draft.path);
      const value = valueProblem(draft.operator, draft.value);
      return { ...(path === undefined ? {} : { path }), ...(value === undefined ? {} : { value }) };
    }
  }
}

/** Only what can be told at a glance; the engine reads the path as a whole (RFC 9535 §2.1). */
export function pathProblem(path: string): string | undefined {
  const trimmed = path.trim();
  if (trimmed === '') return 'Enter a path, such as $.target.';
  if (!trimmed.startsWith('$')) return 'A path begins with $, which is the whole result.';
  return trimmed.length > 2000 ? 'A path has at most 2,000 characters.' : undefined;
}

function valueProblem(operator: PathOperator, text: string): string | undefined {
  if (!needsValue(operator)) return undefined;
  if (operator === 'matches') return expressionProblem(text);
  const read = readValue(text);
  if ('problem' in read) return read.problem;
  if (operator !== 'less' && operator !== 'greater') return undefined;
  const isVariable = typeof read.value === 'string' && read.value.includes('{{');
  return typeof read.value === 'number' || isVariable ? undefined : 'Enter a number: others cannot be compared by size.';
}

function expressionProblem(text: string): string | undefined {
  if (text === '') return 'Enter a regular expression, such as ^v\\d+$.';
  if (text.length > 2000) return 'An expression has at most 2,000 characters.';
  if (text.includes('{{')) return undefined;
  try {
    RegExp(text, 'u');
    return undefined;
  } catch (error) {
    return error instanceof Error ? `${error.message}.` : 'This is no regular expression.';
  }
}

type Schema = Extract<Assertion, { kind: 'schema' }>['schema'];

function readSchema(text: string): { readonly schema: Schema } | { readonly problem: string } {
  if (text.trim() === '') return { problem: 'Enter a JSON Schema, or {} for anything.' };
  const read = readParams(text);
  if ('problem' in read) return read;
  const { value } = read;
  if (typeof value === 'boolean') return { schema: value };
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? { schema: value as Extract<Schema, object> }
    : { problem: 'A schema is an object, or true or false.' };
}

export function assertionDraft(assertion: Assertion): AssertionDraft {
  switch (assertion.kind) {
    case 'status':
      return { kind: 'status', is: assertion.is, error: assertion.error ?? null };
    case 'code':
      return { kind: 'code', is: assertion.is };
    case 'time':
      return { kind: 'time', belowMs: assertion.belowMs };
    case 'schema':
      return { kind: 'schema', path: assertion.path ?? '', schema: JSON.stringify(assertion.schema, null, 2) };
    default: {
      const { kind, path, operator } = assertion;
      const value = !('value' in assertion) ? '' : assertion.operator === 'matches' ? assertion.value : valueText(assertion.value);
      return { kind, path, operator, value };
    }
  }
}

/** What to save; `undefined` while there is a problem. */
export function toAssertion(draft: AssertionDraft): Assertion | undefined {
  if (Object.keys(assertionProblems(draft)).length > 0) return undefined;
  switch (draft.kind) {
    case 'status':
      return { kind: 'status', is: draft.is, ...(draft.error === null || draft.is !== 'failed' ? {} : { error: draft.error }) };
    case 'code':
      return { kind: 'code', is: draft.is.trim().toLowerCase() };
    case 'time':
      return draft.belowMs === null ? undefined : { kind: 'time', belowMs: draft.belowMs };
    case 'schema': {
      const read = readSchema(draft.schema);
      if ('problem' in read) return undefined;
      const path = draft.path.trim();
      return { kind: 'schema', ...(path === '' ? {} : { path }), schema: read.schema };
    }
    default: {
      const { kind, operator } = draft;
      const path = draft.path.trim();
      if (operator === 'exists' || operator === 'not-exists') return { kind, path, operator };
      if (operator === 'matches') return { kind, path, operator, value: draft.value };
      const read = readValue(draft.value);
      return 'problem' in read ? undefined : ({ kind, path, operator, value: read.value } as Assertion);
    }
  }
}
