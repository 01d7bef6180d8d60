import type { Assertion, AssertionResult, Capture } from '../contract/collections.ts';
import { exactDigits } from '../rpc/exact-number.ts';
import { textOf } from '../rpc/json-payload.ts';
import type { JsonValue } from '../rpc/python-json.ts';
import { jsonEqual } from './json-equal.ts';
import { findValues, type Searchable } from './json-path.ts';
import { schemaProblem } from './schema-problem.ts';
import { cut } from './shown-text.ts';

/** An assertion with its variables filled in. */
export type FilledAssertion = Assertion & {
  /** Where the value was nothing but a variable: what its text says as JSON, which counts as well. */
  readonly orValue?: JsonValue | undefined;
};
export type Check = FilledAssertion | ({ readonly kind: 'capture' } & Capture);

/** How a request ended. */
export interface Subject {
  readonly status: 'ok' | 'failed' | 'timed-out';
  /** Of a failure: its name in the catalogue of errors; over CoAP the code, or what went wrong on this side. */
  readonly errorName: string | null;
  /** Of a response over CoAP: `2.05`. */
  readonly code?: string | undefined;
  /** Of a failure, in a sentence. */
  readonly errorText: string;
  /** The result, or the error. */
  readonly body: Searchable;
  readonly elapsedMs: number | null;
}

export interface CheckOutcome {
  /** A capture that found its value has none. */
  readonly assertion: AssertionResult | null;
  readonly captured: { readonly name: string; readonly value: string } | null;
}

/** Looks at one thing. Expressions, paths and schemas are those of the user: run it where it can be stopped. */
export function runCheck(check: Check, subject: Subject): CheckOutcome {
  if (check.kind === 'capture') return capture(check, subject);
  return { assertion: { kind: check.kind, label: cut(labelOf(check)), ...judge(check, subject) }, captured: null };
}

/** What is asserted, in words. */
export function labelOf(check: Check): string {
  switch (check.kind) {
    case 'status':
      return check.error === undefined ? `status is ${check.is}` : `status is ${check.is} with ${check.error}`;
    case 'code':
      return check.is.endsWith('xx') ? `code is one of ${check.is}` : `code is ${check.is}`;
    case 'path': {
      if (check.operator === 'exists' || check.operator === 'not-exists') return `${check.path} ${operatorWords[check.operator]}`;
      return `${check.path} ${operatorWords[check.operator]} ${check.operator === 'matches' ? check.value : JSON.stringify(check.value)}`;
    }
    case 'schema':
      return `${check.path ?? 'the whole'} fits the schema`;
    case 'time':
      return `answered in less than ${check.belowMs} ms`;
    case 'capture':
      return `${check.name} is taken from ${check.path}`;
  }
}

const operatorWords = {
  equals: 'equals',
  'not-equals': 'does not equal',
  matches: 'matches',
  exists: 'exists',
  'not-exists': 'does not exist',
  less: 'is less than',
  greater: 'is greater than',
} as const;

type Judgement = Pick<AssertionResult, 'passed' | 'expected' | 'actual' | 'message'>;

function judge(check: FilledAssertion, subject: Subject): Judgement {
  switch (check.kind) {
    case 'status':
      return judgeStatus(check, subject);
    case 'code':
      return judgeCode(check.is, subject);
    case 'time':
      return judgeTime(check.belowMs, subject.elapsedMs);
    case 'schema':
      return judgeSchema(check, subject);
    case 'path':
      return judgePath(check, subject);
  }
}

function judgeCode(wanted: string, { code, errorText }: Subject): Judgement {
  if (code === undefined) return judged(false, wanted, 'none', errorText === '' ? 'Only responses over CoAP have a code.' : errorText);
  return judged(
    wanted.endsWith('xx') ? code[0] === wanted[0] : code === wanted,
    wanted,
    code,
    errorText === '' ? `The response has the code ${code}.` : errorText,
  );
}

function judgeStatus(check: Assertion & { kind: 'status' }, { status, errorName, errorText }: Subject): Judgement {
  const passed = status === check.is && (check.error === undefined || check.error === errorName);
  const expected = check.error === undefined ? check.is : `${check.is}, ${check.error}`;
  const actual = errorName === null ? status : `${status}, ${errorName}`;
  return judged(passed, expected, actual, status === 'ok' ? 'The call succeeded.' : errorText);
}

function judgeTime(belowMs: number, elapsedMs: number | null): Judgement {
  if (elapsedMs === null) return judged(false, `< ${belowMs} ms`, 'no answer', 'There was no answer to measure.');
  const actual = `${Math.round(elapsedMs * 1000) / 1000} ms`;
  return judged(elapsedMs < belowMs, `< ${belowMs} ms`, actual, `The answer took ${actual}.`);
}

function judgeSchema(check: FilledAssertion & { kind: 'schema' }, { body }: Subject): Judgement {
  const expected = 'fits the schema';
  const found = check.path === undefined ? { values: [body.exact] } : findValues(check.path, body);
  if ('problem' in found) return judged(false, expected, '', found.problem);
  if (found.values.length === 0) return judged(false, expected, 'nothing', `${check.path} finds nothing.`);
  for (const value of found.values) {
    const problem = schemaProblem(check.schema, value);
    if (problem !== null) return judged(false, expected, textOf(value), problem);
  }
  return judged(true, expected, shown(found.values), '');
}

function judgePath(check: FilledAssertion & { kind: 'path' }, { body }: Subject): Judgement {
  const { operator, path } = check;
  const expected = expectedBy(check);
  const found = findValues(path, body);
  if ('problem' in found) return judged(false, expected, '', found.problem);
  const { values } = found;
  const actual = values.length === 0 ? 'nothing' : shown(values);
  if (operator === 'not-exists') return judged(values.length === 0, expected, actual, `${path} finds something.`);
  if (values.length === 0) return judged(false, expected, actual, `${path} finds nothing.`);
  if (operator === 'exists') return judged(true, expected, actual, '');
  const verdict = verdictOf(check);
  if (typeof verdict === 'string') return judged(false, expected, actual, verdict);
  for (const value of values) {
    const problem = verdict(value);
    if (problem !== null)
      return judged(false, expected, values.length === 1 ? actual : textOf(value), `${path}${values.length === 1 ? '' : ' finds a value that'} ${problem}.`);
  }
  return judged(true, expected, actual, '');
}

function expectedBy(check: FilledAssertion & { kind: 'path' }): string {
  if (check.operator === 'exists' || check.operator === 'not-exists') return operatorWords[check.operator];
  return check.operator === 'matches' ? check.value : JSON.stringify(check.value);
}

/** Says of a value what is wrong with it; a text: nothing can be judged. */
function verdictOf(check: FilledAssertion & { kind: 'path' }): string | ((value: JsonValue) => string | null) {
  switch (check.operator) {
    case 'equals':
    case 'not-equals': {
      const { value: wanted, orValue, operator } = check;
      const isSame = (value: JsonValue): boolean => jsonEqual(value, wanted) || (orValue !== undefined && jsonEqual(value, orValue));
      return (value) => (isSame(value) === (operator === 'equals') ? null : operator === 'equals' ? 'is something else' : 'is just that');
    }
    case 'less':
    case 'greater': {
      const limit = numberOf(check.orValue ?? check.value);
      if (limit === null) return `${JSON.stringify(check.value)} is not a number to compare with.`;
      const { operator } = check;
      return (value) => {
        const number = numberOf(value);
        if (number === null) return 'is not a number';
        return (operator === 'less' ? number < limit : number > limit) ? null : `is not ${operator === 'less' ? 'less' : 'greater'}`;
      };
    }
    case 'matches': {
      let expression: RegExp;
      try {
        expression = new RegExp(check.value, 'u');
      } catch (error) {
        return `${(error as Error).message}.`;
      }
      return (value) => (expression.test(textOf(value)) ? null : 'does not match');
    }
    default:
      return () => null;
  }
}

function numberOf(value: JsonValue): number | null {
  if (typeof value === 'number') return value;
  const digits = exactDigits(value);
  return digits === undefined ? null : Number(digits);
}

function capture({ kind, name, path }: Check & { kind: 'capture' }, { body, status }: Subject): CheckOutcome {
  const found = findValues(path, body);
  const fail = (message: string): CheckOutcome => ({
    assertion: { kind, label: cut(`${name} is taken from ${path}`), ...judged(false, 'a value', 'nothing', message) },
    captured: null,
  });
  if ('problem' in found) return fail(found.problem);
  const [value] = found.values;
  if (value === undefined) return fail(`${path} finds nothing${status === 'ok' ? '' : ' in the error'}.`);
  const text = textOf(value);
  if (text.length > maxCaptured) return fail(`${path} finds a value of ${text.length} characters, and no more than ${maxCaptured} are taken.`);
  return { assertion: null, captured: { name, value: text } };
}

const maxCaptured = 65_536;

function judged(passed: boolean, expected: string, actual: string, whyNot: string): Judgement {
  return { passed, expected: cut(expected), actual: cut(actual), message: passed ? '' : cut(whyNot) };
}

/** As JSON, so that `"1"` and `1` differ. */
function shown(values: readonly JsonValue[]): string {
  // A few are enough to see what it is about.
  return values.length === 1 ? JSON.stringify(values[0]) : JSON.stringify(values.slice(0, 20));
}
