import { expect, test } from 'vitest';
import { checkJsonTemplate } from './json-template.ts';

test('JSON with variables in the place of values and within texts is JSON', () => {
  for (const text of ['', '{}', '{{all}}', '{"a": {{a}}, "b": "{{b}}", "c": "x {{c}} y"}', '[{{a}},{{b|1}}]', '{"{{key}}": 1}'])
    expect([text, checkJsonTemplate(text)]).toEqual([text, undefined]);
});

test('what is broken is told at its place, variables or not', () => {
  expect(checkJsonTemplate('{"a": {{a}} "b": 1}')).toContain('column 13');
  expect(checkJsonTemplate('{"a": }')).toContain('This is not JSON');
  expect(checkJsonTemplate('{"a": {{a}')).toContain('This is not JSON');
});
