import { describe, expect, it } from 'vitest';
import type { JsonSchema } from '../../../shared/contract/rpc.ts';
import { fieldText, formFields, formValues, readField, readParams, suggestedParams, withField, type FormField } from './params-form.ts';

const schema: JsonSchema = {
  type: 'object',
  properties: {
    target: { type: 'number', minimum: 5, maximum: 30 },
    mode: { type: 'string', enum: ['eco', 'comfort'] },
    on: { type: ['boolean', 'null'] },
    steps: { type: 'array', items: { type: 'integer' } },
    id: { type: ['string', 'integer'] },
    count: { type: 'integer' },
    any: {},
  },
  required: ['target', 'on'],
};

describe('the form of a schema', () => {
  it('has a field for each scalar, and JSON for the rest', () => {
    const fields = formFields(schema);
    expect(fields?.map(({ name, kind, required }) => [name, kind, required])).toEqual([
      ['target', 'number', true],
      ['mode', 'text', false],
      ['on', 'boolean', false],
      ['steps', 'json', false],
      ['id', 'json', false],
      ['count', 'integer', false],
      ['any', 'json', false],
    ]);
    expect(fields?.[0]?.hint).toBe('Seen: 5 to 30');
    expect(fields?.[1]?.suggestions).toEqual(['eco', 'comfort']);
  });

  it.each([
    ['no schema', null],
    ['a number', { type: 'number' }],
    ['a list', { type: 'array' }],
    ['an object or a number', { type: ['object', 'number'], properties: { a: { type: 'string' } } }],
    ['an object without properties', { type: 'object' }],
  ])('is not there for %s', (_what, one) => expect(formFields(one)).toBeNull());

  it('is there where params may be left out', () => expect(formFields({ type: ['object', 'null'], properties: { a: { type: 'string' } } })).toHaveLength(1));
});

describe('params', () => {
  it('nothing stands for null', () => expect(readParams('  ')).toEqual({ value: null }));
  it('says where JSON is broken', () => expect(readParams('{\n  "a": 1,\n}')).toEqual({ problem: 'This is not JSON: unexpected "}" in line 3, column 1.' }));
  it('sends no integer with other digits than were written', () => {
    expect(readParams('{"id": 12345678901234567891, "a": 1}')).toEqual({
      problem: '12345678901234567891 has too many digits to be sent as it stands. Write it as text, in quotes.',
    });
    expect(readParams('[-9007199254740993]')).toHaveProperty('problem');
    // 2^53 and a text stay what they are.
    expect(readParams('[9007199254740992, "12345678901234567891", "\\"12345678901234567891", 0.12345678901234567]')).toHaveProperty('value');
  });
  it('shows objects in a form only', () => {
    expect(formValues('')).toEqual({});
    expect(formValues('{"a": 1}')).toEqual({ a: 1 });
    expect(formValues('[1]')).toBeUndefined();
    expect(formValues('{')).toBeUndefined();
  });
});

describe('a changed field', () => {
  it('keeps the others and its own place', () => {
    expect(JSON.parse(withField('{"a": 1, "b": 2}', 'a', 3))).toEqual({ a: 3, b: 2 });
    expect(withField('{"a": 1, "b": 2}', 'a', 3)).toMatch(/"a"[^]*"b"/);
    expect(JSON.parse(withField('{"a": 1}', 'b', 'x'))).toEqual({ a: 1, b: 'x' });
  });
  it('left out is gone', () => expect(JSON.parse(withField('{"a": 1, "b": 2}', 'a', undefined))).toEqual({ b: 2 }));
  it('starts from nothing', () => expect(JSON.parse(withField('', 'target', 21.5))).toEqual({ target: 21.5 }));
});

describe('what is typed', () => {
  const field = (kind: FormField['kind'], required = true): FormField => ({ name: 'x', kind, required, suggestions: [], hint: undefined });
  it.each([
    ['number', '21.5', 21.5],
    ['number', '-1e3', -1000],
    ['integer', ' 7 ', 7],
    ['text', '7', '7'],
    ['text', '', ''],
    ['json', '[1, "a"]', [1, 'a']],
    ['number', '', undefined],
    ['json', '', undefined],
  ] as const)('%s %j is %j', (kind, text, value) => {
    const read = readField(field(kind), text);
    if (text.trim() === '' && kind === 'json') expect(read).toEqual({ value: undefined });
    else expect(read).toEqual({ value });
  });
  it('an empty optional text is left out', () => expect(readField(field('text', false), '')).toEqual({ value: undefined }));
  it.each([
    ['number', '21,5', 'Write a number, such as 21.5.'],
    ['number', '0x10', 'Write a number, such as 21.5.'],
    ['number', '1e999', 'Write a number, such as 21.5.'],
    ['integer', '2.5', 'Write an integer, such as 21.'],
    ['json', '[1', 'This is not JSON: it ends too early, in line 1, column 3.'],
  ] as const)('%s %j is refused', (kind, text, problem) => expect(readField(field(kind), text)).toEqual({ problem }));
  it('shows values as they can be typed again', () => {
    expect(fieldText(field('text'), 'a')).toBe('a');
    expect(fieldText(field('number'), 1.5)).toBe('1.5');
    expect(fieldText(field('json'), { a: [1] })).toBe('{"a":[1]}');
    expect(fieldText(field('number'), null)).toBe('');
    expect(fieldText(field('text'), undefined)).toBe('');
  });
});

describe('params to start from', () => {
  it('are the newest example', () =>
    expect(JSON.parse(suggestedParams({ examples: [{ params: { target: 20 } }, { params: { target: 5 } }], paramsSchema: schema }))).toEqual({ target: 20 }));
  it('are what must be there', () => expect(JSON.parse(suggestedParams({ examples: [], paramsSchema: schema }))).toEqual({ target: 0 }));
  it('are none where nothing is known', () => expect(suggestedParams({ examples: [], paramsSchema: null })).toBe(''));
});
