import { describe, expect, it } from 'vitest';
import type { Assertion } from '../contract/collections.ts';
import { readJsonText } from '../rpc/json-payload.ts';
import type { JsonValue } from '../rpc/python-json.ts';
import { runCheck, type Check, type Subject } from './check.ts';
import { searchable } from './json-path.ts';

function read(json: string): JsonValue {
  const value = readJsonText(json);
  if (!('value' in value)) throw new Error(value.reason);
  return value.value;
}
const ok = (json: string, elapsedMs = 12.3456): Subject => ({ status: 'ok', errorName: null, errorText: '', body: searchable(read(json)), elapsedMs });
const failedWith = (errorName: string): Subject => ({
  status: errorName === 'RPC_TIMEOUT' ? 'timed-out' : 'failed',
  errorName,
  errorText: 'The peer does not have this method.',
  body: searchable({ name: errorName, code: 3001, data: { hint: 'melt' } }),
  elapsedMs: errorName === 'RPC_TIMEOUT' ? null : 3,
});
const status = '{"target": 21.5, "mode": "eco", "list": [1, 2, 30], "none": null, "serial": 12345678901234567890, "a b": {"c": true}}';
const path = (expression: string, operator: string, value?: JsonValue): Check => ({ kind: 'path', path: expression, operator, value }) as Check;
const judge = (check: Check, subject: Subject) => {
  const { assertion } = runCheck(check, subject);
  if (!assertion) throw new Error('no assertion');
  return assertion;
};

describe('the status', () => {
  const cases: [Assertion & { kind: 'status' }, Subject, boolean, string][] = [
    [{ kind: 'status', is: 'ok' }, ok('1'), true, 'ok'],
    [{ kind: 'status', is: 'ok' }, failedWith('METHOD_NOT_FOUND'), false, 'failed, METHOD_NOT_FOUND'],
    [{ kind: 'status', is: 'failed' }, failedWith('METHOD_NOT_FOUND'), true, 'failed, METHOD_NOT_FOUND'],
    [{ kind: 'status', is: 'failed', error: 'METHOD_NOT_FOUND' }, failedWith('METHOD_NOT_FOUND'), true, 'failed, METHOD_NOT_FOUND'],
    [{ kind: 'status', is: 'failed', error: 'PERMISSION_DENIED' }, failedWith('METHOD_NOT_FOUND'), false, 'failed, METHOD_NOT_FOUND'],
    [{ kind: 'status', is: 'failed' }, failedWith('RPC_TIMEOUT'), false, 'timed-out, RPC_TIMEOUT'],
    [{ kind: 'status', is: 'timed-out' }, failedWith('RPC_TIMEOUT'), true, 'timed-out, RPC_TIMEOUT'],
    [{ kind: 'status', is: 'failed' }, ok('1'), false, 'ok'],
  ];
  it.each(cases)('%#', (check, subject, passed, actual) => {
    const result = judge(check, subject);
    expect(result).toMatchObject({ passed, actual });
    expect(result.message === '').toBe(passed);
  });
});

describe('a path', () => {
  it.each([
    ['$.target', 'equals', 21.5, true, '21.5'],
    ['$.target', 'equals', '21.5', false, '21.5'],
    ['$.target', 'not-equals', 21.5, false, '21.5'],
    ['$.mode', 'not-equals', 'off', true, '"eco"'],
    ['$.none', 'equals', null, true, 'null'],
    ['$.none', 'exists', undefined, true, 'null'],
    ['$.missing', 'exists', undefined, false, 'nothing'],
    ['$.missing', 'not-exists', undefined, true, 'nothing'],
    ['$.mode', 'not-exists', undefined, false, '"eco"'],
    ['$.missing', 'not-equals', 1, false, 'nothing'],
    ['$.list', 'equals', [1, 2, 30], true, '[1,2,30]'],
    ['$["a b"]', 'equals', { c: true }, true, '{"c":true}'],
    ['$.list[*]', 'less', 31, true, '[1,2,30]'],
    ['$.list[*]', 'less', 30, false, '30'],
    ['$.list[?@ > 1]', 'greater', 1, true, '[2,30]'],
    ['$.mode', 'greater', 1, false, '"eco"'],
    ['$.target', 'less', 'x', false, '21.5'],
    ['$.mode', 'matches', '^e.o$', true, '"eco"'],
    ['$.mode', 'matches', '(', false, '"eco"'],
    ['$.target', 'matches', '^21', true, '21.5'],
    ['$.serial', 'equals', 12345678901234567000, true, '12345678901234567890'],
    ['$.serial', 'greater', 1e19, true, '12345678901234567890'],
    ['$[', 'exists', undefined, false, ''],
    ['$.list[?length(@)]', 'exists', undefined, false, ''],
  ] as [string, string, JsonValue | undefined, boolean, string][])('%s %s %j: %s', (expression, operator, value, passed, actual) => {
    const result = judge(path(expression, operator, value), ok(status));
    expect(result).toMatchObject({ passed, actual });
    expect(result.message === '', result.message).toBe(passed);
    if (!passed) expect(result.message).toMatch(/\.$/);
  });

  it('takes what was only a variable as text and as what it says', () => {
    const check = (value: string): Check => ({ kind: 'path', path: '$.target', operator: 'equals', value, orValue: Number(value) });
    expect(judge(check('21.5'), ok(status)).passed).toBe(true);
    expect(judge(check('21.5'), ok('{"target": "21.5"}')).passed).toBe(true);
    expect(judge(check('22'), ok(status)).passed).toBe(false);
    expect(
      judge({ kind: 'path', path: '$.serial', operator: 'equals', value: '12345678901234567890', orValue: read('12345678901234567890') }, ok(status)).passed,
    ).toBe(true);
    expect(
      judge({ kind: 'path', path: '$.serial', operator: 'equals', value: '12345678901234567891', orValue: read('12345678901234567891') }, ok(status)).passed,
    ).toBe(false);
  });

  it('looks into the error of a failed call', () => {
    expect(judge(path('$.data.hint', 'equals', 'melt'), failedWith('METHOD_NOT_FOUND')).passed).toBe(true);
  });

  it('is bounded in what it finds, and shows little of a lot', () => {
    const many = ok(JSON.stringify(Array.from({ length: 20_000 }, (_, n) => n)));
    expect(judge(path('$[*]', 'exists'), many).message).toBe('$[*] finds more than 10000 values.');
    expect(judge(path('$', 'equals', 1), many).actual).toHaveLength(2000);
    const deep = ok(`${'['.repeat(500)}1${']'.repeat(500)}`);
    expect(judge(path('$..[?@ == 1]', 'exists'), deep).passed).toBe(true);
  });
});

describe('a schema', () => {
  const schema = (definition: JsonValue, at?: string): Check => ({ kind: 'schema', schema: definition, ...(at === undefined ? {} : { path: at }) }) as Check;
  it.each([
    [{ type: 'object', required: ['target'], properties: { target: { type: 'number', maximum: 30 } } }, undefined, true, ''],
    [{ properties: { target: { maximum: 20 } } }, undefined, false, 'At /target: '],
    [{ type: 'string' }, '$.list[*]', false, 'Instance type'],
    [{ type: 'integer' }, '$.list[*]', true, ''],
    [{ type: 'integer' }, '$.missing', false, '$.missing finds nothing.'],
    [{ type: 'number' }, '$.serial', true, ''],
    [{ $ref: 'https://example.org/schema.json' }, undefined, false, 'The schema cannot be used: Unresolved $ref'],
    [{ $ref: '#/$defs/t', $defs: { t: { type: 'object' } } }, undefined, true, ''],
    [{ $ref: '#' }, undefined, false, 'leads into itself'],
    [{ pattern: '(' }, '$.mode', false, 'The schema cannot be used: Invalid regular expression'],
    [false, undefined, false, 'False boolean schema.'],
    [true, undefined, true, ''],
    [{ prefixItems: [{ type: 'integer' }], items: false }, '$.list', false, ''],
  ] as [JsonValue, string | undefined, boolean, string][])('%j at %s: %s', (definition, at, passed, message) => {
    const result = judge(schema(definition, at), ok(status));
    expect(result.message).toContain(message);
    expect(result.passed, result.message).toBe(passed);
  });
});

it('the time is that from request to answer', () => {
  expect(judge({ kind: 'time', belowMs: 13 }, ok('1'))).toMatchObject({ passed: true, actual: '12.346 ms' });
  expect(judge({ kind: 'time', belowMs: 12 }, ok('1'))).toMatchObject({ passed: false, message: 'The answer took 12.346 ms.' });
  expect(judge({ kind: 'time', belowMs: 12 }, failedWith('RPC_TIMEOUT'))).toMatchObject({ passed: false, actual: 'no answer' });
});

describe('a capture', () => {
  const take = (expression: string, subject = ok(status)) => runCheck({ kind: 'capture', name: 'v', path: expression }, subject);
  it('takes the first value: texts as they are, numbers with all their digits', () => {
    expect(take('$.mode')).toEqual({ assertion: null, captured: { name: 'v', value: 'eco' } });
    expect(take('$.serial').captured?.value).toBe('12345678901234567890');
    expect(take('$.list[?@ > 1]').captured?.value).toBe('2');
    expect(take('$["a b"]').captured?.value).toBe('{"c":true}');
  });
  it('that finds nothing is a failure', () => {
    expect(take('$.missing')).toMatchObject({
      captured: null,
      assertion: { kind: 'capture', passed: false, label: 'v is taken from $.missing', message: '$.missing finds nothing.' },
    });
    expect(take('$', ok(JSON.stringify('x'.repeat(70_000)))).assertion?.message).toContain('70000 characters');
  });
});
