import { expect, test } from 'vitest';
import { templateFunctions } from '../template/index.ts';
import { fillProfile, needsVariables, parseTemplateUri } from './fill-profile.ts';
import { newProfile } from './new-profile.ts';

const functions = templateFunctions({ now: () => 0, random: () => 0, newId: () => 'id', count: () => 1 });
const will = {
  ...{ payload: '{{not here}}', payloadAs: 'text' as const, qos: 0 as const, retain: false, delaySeconds: 0, messageExpirySeconds: null, contentType: '' },
  ...{ responseTopic: '', correlationData: '', payloadIsUtf8: false, userProperties: [] },
};

test('address, client id, user name, password and topic of the will are filled in', () => {
  const profile = newProfile('a', { uri: 'mqtt://{{Host}}:{{port}}', clientId: '{{$uuid}}', username: '{{user}}', will: { ...will, topic: '{{site}}/gone' } });
  const scope = { Host: 'Broker.example', port: 1884, user: 'ada', site: 'hall', pw: 'a{{b' };
  expect(fillProfile({ profile, password: '{{pw}}' }, { scope, functions })).toMatchObject({
    profile: { uri: 'mqtt://Broker.example:1884', clientId: 'id', username: 'ada', will: { topic: 'hall/gone', payload: '{{not here}}' } },
    password: 'a{{b',
  });
});

test('a variable that is missing is named with its field', () => {
  const filled = fillProfile({ profile: newProfile('a', { uri: 'mqtt://{{host}}' }), password: undefined }, { scope: {}, functions });
  expect(filled).toMatchObject({ problem: { message: expect.stringMatching(/^The address: .*host/) as string } });
});

test('two braces alone are no variable', () => {
  const profile = newProfile('a', { uri: 'mqtt://h' });
  expect(needsVariables({ profile, password: 'a{{b' })).toBe(false);
  expect(needsVariables({ profile, password: '{{b}}' })).toBe(true);
});

test.each([
  ['mqtt://{{host}}:{{port}}', true],
  ['{{scheme}}://h/', true],
  ['{{address}}', true],
  ['ws://{{host}}/{{path}}', true],
  ['mqtt://{{host}}/path', false],
  ['http://{{host}}', false],
])('%s as an address: %s', (uri, ok) => {
  expect(parseTemplateUri(uri).ok).toBe(ok);
});
