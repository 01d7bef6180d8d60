import { expect, it } from 'vitest';
import { escapeBraces, escapeBracesInJson, unescapeBraces } from './escape-braces.ts';
import { fillJsonTemplate, fillTemplate, templateFunctions } from './index.ts';

const functions = templateFunctions({ now: () => 0, random: () => 0, newId: () => 'id', count: () => 1 });

it.each(['{{', '{{name}}', '{{{a}}}', '{{{{', 'a {{ b {{"x"}} c', '{ {', '{{"{{"}}', String.raw`{{\"{{\"}}`, '}}{{'])('%s comes out as it was', (text) => {
  expect(fillTemplate(escapeBraces(text), { name: 'x' }, functions)).toMatchObject({ text });
  const value = { [text]: [text, { inner: `x${text}` }] };
  for (const json of [JSON.stringify(value), JSON.stringify(value, null, 2)]) {
    expect(fillJsonTemplate(escapeBracesInJson(json), { name: 'x' }, functions)).toEqual({ value });
  }
});

it('is undone', () => {
  expect(unescapeBraces(escapeBraces('edge/{{x}}'))).toBe('edge/{{x}}');
  expect(unescapeBraces('edge/{{x}}')).toBe('edge/{{x}}');
});
