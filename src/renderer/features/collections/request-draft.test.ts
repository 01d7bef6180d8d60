import { expect, test } from 'vitest';
import { savedRequestSchema, type SavedRequest } from '../../../shared/contract/collections.ts';
import { keyed, moved, requestDraft, requestProblems, sameDraft, toRequest } from './request-draft.ts';

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

test('a request comes back from its draft as it was', () => {
  expect(toRequest('Set', requestDraft(request))).toEqual(request);
  expect(savedRequestSchema.parse(toRequest('Other', requestDraft(request)))).toEqual({ ...request, name: 'Other' });
});

test('two drafts of one request are the same, whatever the keys of their rows', () => {
  const draft = requestDraft(request);
  expect(sameDraft(draft, requestDraft(request))).toBe(true);
  expect(sameDraft(draft, { ...draft, topic: 'x' })).toBe(false);
});

test('what keeps it from being saved', () => {
  const draft = requestDraft(request);
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

test('a row moves, and stays at the ends', () => {
  expect(moved(['a', 'b', 'c'], 0, 1)).toEqual(['b', 'a', 'c']);
  expect(moved(['a', 'b', 'c'], 2, 1)).toEqual(['a', 'b', 'c']);
  expect(moved(['a'], 0, -1)).toEqual(['a']);
});
