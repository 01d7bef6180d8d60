import { expect, it } from 'vitest';
import type { EnvironmentsView } from '../../../shared/contract/environments.ts';
import { emptyDraft, problemsOf, textsOf, toCallInput, type CallDraft } from './call-draft.ts';
import { hintText, variableHints, variablesOf } from './variables.ts';

const plain = (name: string, value: string) => ({ name, value, secret: false, stored: false });
const view: EnvironmentsView = {
  environments: [
    {
      id: 'lab',
      name: 'Lab',
      revision: '1',
      variables: [plain('device', 'edge/pump'), plain('speed', '7'), plain('bad', 'a/#'), { name: 'token', value: '', secret: true, stored: true }],
    },
  ],
  broken: [],
  activeId: 'lab',
};
const lab = variablesOf(view);
const none = variablesOf({ ...view, activeId: null });
const draft = (more: Partial<CallDraft>): CallDraft => ({ ...emptyDraft, topic: 'edge/a', method: 'get', ...more });

it('sends params with variables as text, for the engine to fill in', () => {
  const written = draft({ topic: '{{device}}/rpc', params: '{ "speed": {{speed}}, "token": "{{token}}" }' });
  expect(problemsOf(written, lab)).toEqual({});
  expect(toCallInput('broker', written, lab)).toMatchObject({ topic: '{{device}}/rpc', params: written.params, variables: true });
  expect(toCallInput('broker', draft({ topic: '{{device}}' }), lab)).toMatchObject({ params: '', variables: true });
});

it('leaves everything as it was where there are no variables', () => {
  expect(toCallInput('broker', draft({ params: '{"a":1}' }), lab)).toEqual({
    source: 'broker',
    dialect: 'auto',
    topic: 'edge/a',
    method: 'get',
    params: { a: 1 },
    timeoutMs: 30_000,
  });
});

it('repeats a call with braces in it as it was', () => {
  expect(toCallInput('broker', draft({ params: '{"a":"{{x}}"}' }))).toMatchObject({ params: { a: '{{x}}' } });
});

it.each([
  [{ topic: '{{nope}}' }, 'topic', '“nope” is not known'],
  [{ topic: '{{bad}}' }, 'topic', '#'],
  [{ method: '{{nope}}' }, 'method', '“nope” is not known'],
  [{ params: '{ "a": {{nope}} }' }, 'params', '“nope” is not known'],
  [{ params: '{\n"a": {{device}} }' }, 'params', 'In line 2, column 6'],
  [{ replyTo: '{{nope}}' }, 'replyTo', 'not known'],
  [{ callerId: '{{nope}}' }, 'callerId', 'not known'],
] as const)('says what is wrong with %j', (more, field, reason) => {
  expect(problemsOf(draft(more), lab)).toMatchObject({ [field]: expect.stringContaining(reason) as unknown });
  expect(toCallInput('broker', draft(more), lab)).toBeUndefined();
});

it('says that nothing is known without an environment, and leaves it to the engine before it is read', () => {
  expect(problemsOf(draft({ topic: '{{device}}' }), none)).toMatchObject({ topic: expect.stringContaining('not known') as unknown });
  expect(problemsOf(draft({ topic: '{{device}}', params: '{{x}}' }), null)).toEqual({});
});

it('tells the values now, without those of secrets', () => {
  const texts = textsOf(draft({ topic: '{{device}}/{{ token }}', params: '"{{speed}}"' }));
  expect(hintText(variableHints(texts, lab))).toBe('device = edge/pump, speed = 7, token = ••••');
});
