import { expect, test } from 'vitest';
import { environmentsContract, type EnvironmentView } from '../../../shared/contract/environments.ts';
import { draftOfEnvironment, environmentInput, environmentProblems, sameEnvironment, variable } from './environment-draft.ts';

const view: EnvironmentView = {
  id: 'lab',
  name: 'Lab',
  revision: 'r1',
  variables: [
    { name: 'device', value: 'edge/1', secret: false, stored: false },
    { name: 'token', value: '', secret: true, stored: true },
  ],
};

test('saving what was read changes nothing, and no secret is sent', () => {
  const input = environmentInput(draftOfEnvironment(view));
  expect(input).toEqual({
    revision: 'r1',
    environment: {
      id: 'lab',
      name: 'Lab',
      variables: [
        { name: 'device', value: 'edge/1', secret: false },
        { name: 'token', value: null, secret: true },
      ],
    },
  });
  expect(environmentsContract['environments.save'].input.safeParse(input).success).toBe(true);
});

test('a secret keeps its value under another name, until another is typed', () => {
  const draft = draftOfEnvironment(view);
  const [device, token] = draft.variables;
  if (!device || !token) throw new Error('the draft has two variables');
  expect(environmentInput({ ...draft, variables: [{ ...token, name: 'key' }] }).environment.variables).toEqual([
    { name: 'key', value: null, secret: true, was: 'token' },
  ]);
  expect(environmentInput({ ...draft, variables: [{ ...token, name: 'key', value: 'x' }] }).environment.variables).toEqual([
    { name: 'key', value: 'x', secret: true },
  ]);
});

test('a secret that becomes readable has to be entered again', () => {
  const draft = draftOfEnvironment(view);
  const token = draft.variables[1];
  if (!token) throw new Error('the draft has two variables');
  const open = { ...token, secret: false };
  expect(environmentProblems({ ...draft, variables: [open] }, []).variables.get(open.key)).toContain('Enter the value again');
  expect(environmentProblems({ ...draft, variables: [{ ...open, value: '' }] }, []).variables.size).toBe(0);
});

test('names', () => {
  const draft = draftOfEnvironment(view);
  const twins = [variable({ name: 'a' }), variable({ name: 'a' }), variable({ name: '' }), variable({ name: '1' }), variable({ name: 'ok.name-1' })];
  const { name, variables } = environmentProblems({ ...draft, name: 'Site', variables: twins }, ['Site']);
  expect(name).toBe('Another environment has this name.');
  expect(variables.size).toBe(4);
  expect(environmentProblems({ ...draft, name: ' ' }, []).name).toBe('Give the environment a name.');
  expect(sameEnvironment(draft, draftOfEnvironment(view))).toBe(true);
});
