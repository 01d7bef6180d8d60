import { expect, it } from 'vitest';
import { variablesOf } from '../../rpc/index.ts';
import { bodyJson, bodyWords, readBody, turnBody, type Body, type BodyForm } from './body-form.ts';

const environment = {
  ...{ id: 'lab', name: 'Lab', revision: '1', problem: null },
  variables: [
    { name: 'n', value: '5', secret: false, stored: false },
    { name: 'word', value: 'hot', secret: false, stored: false },
    { name: 'key', value: '', secret: true, stored: true },
  ],
};
const variables = variablesOf({ environments: [environment], activeId: 'lab' } as unknown as Parameters<typeof variablesOf>[0]);
const as = (bodyAs: BodyForm, body: string): Body => ({ bodyAs, body });

it.each<[BodyForm, string, unknown]>([
  ['json', '', null],
  ['json', ' {"a": [1]} ', { a: [1] }],
  ['json', '{"a": {{n}}, "b": "{{word}}!"}', { a: 5, b: 'hot!' }],
  ['text', '', ''],
  ['text', '21', '21'],
  ['text', 'say "hi"\n\\', 'say "hi"\n\\'],
  ['text', '{{n}}', '5'],
  ['text', '{{$now}}', '0'],
  ['text', '{{"{{"}}x', '{{x'],
  ['number', ' -2.5e3 ', -2500],
  ['number', '{{n}}', 5],
  ['array', '', []],
  ['array', '1, "a", null', [1, 'a', null]],
  ['array', '1\n2,\n\n{"a": 3}', [1, 2, { a: 3 }]],
  ['array', '[[1], [2]]', [[1], [2]]],
  ['array', '{{n}}, {{n}}', [5, 5]],
])('%s %j is %j', (form, text, value) => expect(readBody(as(form, text), variables)).toEqual({ value }));

it.each<[BodyForm, string, string]>([
  ['json', '{', 'not JSON'],
  ['json', '{{nope}}', '“nope” is not known'],
  ['number', '', 'Write a number'],
  ['number', '1.', 'Write a number'],
  ['number', '0x10', 'Write a number'],
  ['number', '[{{n}}]', 'no number'],
  ['number', '{{word}}', 'not JSON'],
  ['array', 'a b', 'not JSON'],
  ['text', '{{nope}}', '“nope” is not known'],
])('%s %j is refused', (form, text, problem) => expect(readBody(as(form, text), variables)).toEqual({ problem: expect.stringContaining(problem) as string }));

it('waits for the variables before it says that one is missing', () => {
  expect(readBody(as('json', '{{nope}}'), null)).toEqual({ value: null });
  expect(readBody(as('json', '"{{nope}}"'))).toEqual({ value: '{{nope}}' });
});

it.each<[BodyForm, string, BodyForm, string]>([
  ['json', '"warm"', 'text', 'warm'],
  ['json', '{"a":1}', 'text', '{"a":1}'],
  ['text', '{"a":1}', 'json', '{"a":1}'],
  ['text', 'warm', 'json', '"warm"'],
  ['text', '21', 'number', '21'],
  ['number', '21', 'array', '[21]'],
  ['array', '1, 2', 'json', '[\n  1,\n  2\n]'],
  ['json', '[1]', 'array', '[1]'],
  ['json', '', 'text', ''],
  ['json', '{', 'text', '{'],
  ['json', '{{n}}', 'number', '{{n}}'],
])('%s %j turns into %s %j', (from, text, to, body) => expect(turnBody(as(from, text), to)).toEqual({ bodyAs: to, body }));

it('says what goes out', () => {
  expect([null, '', 'abc', 21.5, true, [1], { a: 1, b: 2 }].map(bodyWords)).toEqual([
    'Sends null: no body',
    'Sends the empty text ""',
    'Sends a text of 3 characters',
    'Sends the number 21.5',
    'Sends true',
    'Sends an array of 1 item',
    'Sends an object with 2 members',
  ]);
  expect(bodyJson(as('text', 'x'))).toBe('"x"');
});
