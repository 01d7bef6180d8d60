import { expect, test } from 'vitest';
import { savedRequestSchema } from '../../../shared/contract/collections.ts';
import { assertionDraft, assertionProblems, newAssertions, readValue, toAssertion, type Assertion } from './assertion-draft.ts';

const all: readonly Assertion[] = [
  { kind: 'status', is: 'ok' },
  { kind: 'status', is: 'failed', error: 'METHOD_NOT_FOUND' },
  { kind: 'path', path: '$.a', operator: 'equals', value: { deep: [1, null, 'x'] } },
  { kind: 'path', path: '$.a', operator: 'equals', value: '21' },
  { kind: 'path', path: '$.a', operator: 'not-equals', value: '' },
  { kind: 'path', path: '$.a', operator: 'less', value: 3 },
  { kind: 'path', path: '$.a', operator: 'greater', value: '{{limit}}' },
  { kind: 'path', path: '$.a', operator: 'matches', value: '^v\\d+$' },
  { kind: 'path', path: '$.a', operator: 'not-exists' },
  { kind: 'schema', schema: { type: 'object' } },
  { kind: 'schema', path: '$.a', schema: false },
  { kind: 'time', belowMs: 0.5 },
];

test('every assertion comes back from its draft as it was, and fits the contract', () => {
  for (const assertion of all) expect(toAssertion(assertionDraft(assertion))).toEqual(assertion);
  expect(savedRequestSchema.parse({ kind: 'rpc', name: 'x', topic: 't', method: 'm', assertions: all }).assertions).toEqual(all);
});

test('new assertions are complete as they are added', () => {
  for (const draft of Object.values(newAssertions)) expect([draft.kind, assertionProblems(draft)]).toEqual([draft.kind, {}]);
});

test('a value is JSON, and a word without quotes a text', () => {
  expect(readValue('21.5')).toEqual({ value: 21.5 });
  expect(readValue('"21.5"')).toEqual({ value: '21.5' });
  expect(readValue(' ok ')).toEqual({ value: 'ok' });
  expect(readValue('{{target}}')).toEqual({ value: '{{target}}' });
  expect(readValue('12:30')).toEqual({ value: '12:30' });
  expect(readValue('{"a":')).toHaveProperty('problem');
  expect(readValue('"open')).toHaveProperty('problem');
  expect(readValue('12345678901234567890')).toHaveProperty('problem');
  expect(readValue('')).toHaveProperty('problem');
});

test('what is not complete is said at its place', () => {
  const problems = (value: object): object => assertionProblems({ ...newAssertions.path, ...value });
  expect(problems({ path: '' })).toEqual({ path: 'Enter a path, such as $.target.' });
  expect(problems({ path: 'target' })).toEqual({ path: 'A path begins with $, which is the whole result.' });
  expect(problems({ operator: 'less', value: 'warm' })).toHaveProperty('value');
  expect(problems({ operator: 'matches', value: '(' })).toHaveProperty('value');
  expect(problems({ operator: 'exists', value: '' })).toEqual({});
  expect(assertionProblems({ kind: 'schema', path: 'x', schema: '[]' })).toEqual({
    path: expect.any(String),
    schema: 'A schema is an object, or true or false.',
  });
  expect(assertionProblems({ kind: 'time', belowMs: null })).toHaveProperty('belowMs');
});

test('which error is asked for only where there has to be one', () => {
  expect(toAssertion({ kind: 'status', is: 'ok', error: 'RPC_TIMEOUT' })).toEqual({ kind: 'status', is: 'ok' });
});
