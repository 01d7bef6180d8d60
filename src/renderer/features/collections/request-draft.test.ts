import { expect, test } from 'vitest';
import { savedRequestSchema, type SavedRequest } from '../../../shared/contract/collections.ts';
import { keyed, moved, requestDraft, requestProblems, sameDraft, toRequest, type CallFields } from './request-draft.ts';

const request: SavedRequest = savedRequestSchema.parse({
  kind: 'rpc',
  name: 'Set',
  topic: 'edge/{{device}}',
  method: 'set_target',
  params: '{"target": {{target}}}',
  dialect: 'jsonrpc',
  replyTo: 'answers/me',
  properties: { userProperties: [['site', '{{site}}']], messageExpirySeconds: 60 },
  assertions: [{ kind: 'status', is: 'ok' }],
  captures: [{ name: 'target', path: '$.target' }],
});

const callDraft = (): CallFields => requestDraft(request) as CallFields;

test('a request comes back from its draft as it was', () => {
  expect(toRequest('Set', requestDraft(request))).toEqual(request);
  expect(savedRequestSchema.parse(toRequest('Other', requestDraft(request)))).toEqual({ ...request, name: 'Other' });
});

test('two drafts of one request are the same, whatever the keys of their rows', () => {
  const draft = callDraft();
  expect(sameDraft(draft, requestDraft(request))).toBe(true);
  expect(sameDraft(draft, { ...draft, topic: 'x' })).toBe(false);
});

test('what keeps it from being saved', () => {
  const draft = callDraft();
  expect(requestProblems(draft)).toEqual({});
  const problems = requestProblems({
    ...draft,
    topic: 'a/#',
    method: '',
    params: '{',
    timeoutMs: null,
    captures: [keyed({ name: 'a', path: '$' }), keyed({ name: 'a', path: 'x' })],
    assertions: [keyed({ kind: 'time', belowMs: null })],
  });
  expect(Object.keys(problems).toSorted()).toEqual(['assertions', 'captures', 'method', 'params', 'timeout', 'topic']);
  expect(problems.assertions).toBe('One assertion is not complete.');
  expect(problems.captures).toBe('2 captures are not complete.');
  expect(toRequest('x', { ...draft, topic: '' })).toBeUndefined();
});

const overUdp: SavedRequest = savedRequestSchema.parse({
  kind: 'coap',
  name: 'Set',
  method: 'PUT',
  uri: 'coap://{{host}}/target?unit={{unit}}',
  contentFormat: 50,
  options: [
    ['If-Match', '0a0b'],
    [65_000, '01'],
  ],
  payload: '{"target": {{target}}}',
  token: '0102',
  blockSize: 64,
  transmission: { ackTimeoutMs: 500, ackRandomFactor: 1, maxRetransmit: 1 },
  assertions: [{ kind: 'code', is: '2.xx' }],
});

test('a request over UDP comes back from its draft as it was', () => {
  expect(toRequest('Set', requestDraft(overUdp))).toEqual(overUdp);
  expect(sameDraft(requestDraft(overUdp), requestDraft(overUdp))).toBe(true);
  expect(sameDraft(requestDraft(overUdp), requestDraft(request))).toBe(false);
});

test('what keeps a request over UDP from being saved', () => {
  const draft = requestDraft(overUdp);
  if (draft.kind !== 'coap') throw new Error();
  expect(requestProblems(draft)).toEqual({});
  expect(requestProblems({ ...draft, coap: { ...draft.coap, uri: 'coaps://h/' } }).coap).toContain('DTLS');
  expect(requestProblems({ ...draft, coap: { ...draft.coap, uri: '' } }).coap).toContain('Give an address');
  expect(requestProblems({ ...draft, assertions: [keyed({ kind: 'code', is: '9.99' })] }).assertions).toBe('One assertion is not complete.');
  expect(toRequest('x', { ...draft, coap: { ...draft.coap, payloadAs: 'hex', payload: 'abc' } })).toBeUndefined();
});

test('a row moves, and stays at the ends', () => {
  expect(moved(['a', 'b', 'c'], 0, 1)).toEqual(['b', 'a', 'c']);
  expect(moved(['a', 'b', 'c'], 2, 1)).toEqual(['a', 'b', 'c']);
  expect(moved(['a'], 0, -1)).toEqual(['a']);
});
