import { describe, expect, it } from 'vitest';
import { customDialect } from '../../../../shared/rpc/custom.ts';
import { customProfileSchema } from '../../../../shared/rpc/custom-profile.ts';
import { utf8 } from '../../../../shared/rpc/dialect.ts';
import {
  draftOfDialect,
  draftOfExample,
  examples,
  fieldValue,
  newDialectId,
  problemOfField,
  readProfile,
  requestFields,
  responseFields,
  wholeMessage,
  withFieldValue,
  type ProfileField,
} from './dialect-draft.ts';

const field = (section: 'request' | 'response', member: string): ProfileField =>
  [...requestFields, ...responseFields].find(({ path }) => path[0] === section && path[1] === member) as ProfileField;

it.each(examples)('$name: the example reads its own message, and builds a call', ({ profile, sample, call }) => {
  const dialect = customDialect(customProfileSchema.parse(profile));
  expect(dialect.parse({ topic: sample.topic, payload: utf8(sample.payload), properties: null })).toMatchObject({ kind: 'request' });
  const built = dialect.buildRequest({
    id: '00000001-0000-4000-8000-000000000000',
    topic: call.topic,
    method: call.method,
    params: JSON.parse(call.params) as never,
    clientId: 'c',
    callerId: 'c',
  });
  expect(built).toHaveProperty('message');
});

describe('a new dialect', () => {
  it('gets an id that can be a file, and is no other', () => {
    expect(newDialectId('Shelly, second generation', [])).toBe('shelly-second-generation');
    expect(newDialectId('Größe!', ['grosse', 'gro-e'])).toBe('gro-e-2');
    expect(newDialectId('方法', [])).toBe('dialect');
    expect(newDialectId('方法', ['Dialect', 'dialect-2'])).toBe('dialect-3');
    expect(newDialectId('COM1', [])).toBe('com1-dialect');
    expect(newDialectId('x'.repeat(300), [])).toHaveLength(56);
  });

  it('is written as JSON', () => {
    const draft = draftOfExample(examples[0] as (typeof examples)[number]);
    expect(draft.id).toBeNull();
    expect(readProfile(draft.profile)).toEqual({ value: examples[0]?.profile });
    expect(readProfile('')).toHaveProperty('problem');
    expect(readProfile('{"request":')).toHaveProperty('problem');
    const dialect = { id: 'a', name: 'A', description: '', profile: customProfileSchema.parse(examples[0]?.profile) };
    expect(draftOfDialect(dialect)).toMatchObject({ id: 'a', name: 'A' });
  });
});

describe('a field', () => {
  it('changes its member alone, where it stands', () => {
    const profile = { request: { topic: '{topic}', id: '/id' }, response: { topic: 'r', more: 1 }, ids: 'number' };
    expect(JSON.stringify(withFieldValue(profile, field('request', 'topic'), 'a/{topic}'))).toBe(
      '{"request":{"topic":"a/{topic}","id":"/id"},"response":{"topic":"r","more":1},"ids":"number"}',
    );
    expect(withFieldValue(profile, field('request', 'id'), ' ')).toMatchObject({ request: { topic: '{topic}' } });
    expect(withFieldValue(profile, field('response', 'result'), wholeMessage)).toMatchObject({ response: { result: '' } });
    expect(withFieldValue(profile, field('request', 'fixed'), '{"/a":1}')).toMatchObject({ request: { fixed: { '/a': 1 } } });
    expect(withFieldValue(profile, field('request', 'fixed'), '{"/a"')).toMatchObject({ request: { fixed: '{"/a"' } });
    expect(withFieldValue(5, field('request', 'id'), '/x')).toEqual({ request: { id: '/x' } });
  });

  it('shows its member', () => {
    const profile = { request: { fixed: { '/a': 1 }, id: 7 }, response: { result: '' } };
    expect(
      [field('request', 'fixed'), field('request', 'id'), field('response', 'result'), field('response', 'error')].map((one) => fieldValue(profile, one)),
    ).toEqual(['{"/a":1}', '7', wholeMessage, '']);
  });

  it('has its own problem', () => {
    const problems = [
      { path: 'request.fixed./x', message: 'no' },
      { path: 'response', message: 'general' },
    ];
    expect([problemOfField(problems, field('request', 'fixed')), problemOfField(problems, field('response', 'id'))]).toEqual(['no', undefined]);
  });
});
