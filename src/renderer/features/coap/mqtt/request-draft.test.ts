import { expect, it } from 'vitest';
import { emptyDraft, problemsOf, requestText, strictProblems, targetOf, toRequestInput, type RequestDraft } from './request-draft.ts';

const draft: RequestDraft = { ...emptyDraft, subsystem: 'demo', target: 'DEMO_THERMOSTAT', path: 'target', method: 'PUT', body: '21.5' };

it('becomes a call in the dialect gf, with only what differs from the usual', () => {
  expect(toRequestInput('broker', draft)).toEqual({
    ...{ source: 'broker', dialect: 'gf', topic: 'gf_int_v1/demo/request/DEMO_THERMOSTAT', method: 'PUT target', params: 21.5, timeoutMs: 5000, envelope: {} },
  });
  const full = { ...draft, token: 't', correlationId: 'c', callerId: 'me', requestId: 'id', methodAs: 'integer', qos: '1' } as const;
  expect(toRequestInput('broker', full)).toMatchObject({
    callerId: 'me',
    envelope: { token: 't', correlationId: 'c', requestId: 'id', methodAs: 'integer', qos: 1 },
  });
});

it.each([
  ['target', { target: 'a/b' }, 'contains "/"'],
  ['target', { target: '' }, 'Enter the tag'],
  ['subsystem', { subsystem: 'a+b' }, 'contains "+"'],
  ['namespace', { namespace: 'a/#' }, 'contains "#"'],
  ['requestId', { requestId: 'x/y' }, 'contains "/"'],
  ['path', { path: '' }, 'Enter the path'],
  ['path', { path: 'p'.repeat(2000) }, 'at most'],
  ['body', { body: '{' }, 'not JSON'],
  ['timeout', { timeoutMs: 0 }, 'a day'],
] as const)('refuses a wrong %s: %j', (field, change, words) => {
  const wrong = { ...draft, ...change };
  expect(problemsOf(wrong)).toEqual({ [field]: expect.stringContaining(words) as unknown });
  expect(toRequestInput('broker', wrong)).toBeUndefined();
});

it('takes a path with slashes: it is no level of the topic', () => {
  expect(problemsOf({ ...draft, path: 'gains/0/p' })).toEqual({});
});

it('says what the real validator would refuse', () => {
  expect(strictProblems(draft)).toEqual([]);
  expect(strictProblems({ ...draft, methodAs: 'integer' })).toEqual([expect.stringContaining('header.method: ') as unknown]);
  expect(strictProblems({ ...draft, requestId: 'not-a-uuid' })).toEqual([expect.stringContaining('header.request_id: ') as unknown]);
  expect(strictProblems({ ...draft, body: '{' })).toEqual([]);
});

it('shows the text as it goes out', () => {
  expect(requestText({ ...draft, token: 'k' }, 5, 'me', 'id')).toBe(
    '{"timestamp":5,"body":21.5,"header":{"request_id":"id","path":"target","correlation_id":null,"source":"me","token":"k","method":"PUT"}}',
  );
});

it('reads lines of the tree', () => {
  expect(targetOf('gf_int_v1/axuv/request/2D_1', 'GET a b')).toEqual({ namespace: 'gf_int_v1', subsystem: 'axuv', target: '2D_1', method: 'GET', path: 'a b' });
  expect(targetOf('gf_int_v1/axuv/request/2D_1', '7 x')).toBeNull();
  expect(targetOf('elsewhere', 'GET x')).toBeNull();
});
