import { expect, it } from 'vitest';
import { draftOfSaved, savedOfDraft, savedProblems, type SavedGfRequest } from './saved-request.ts';

const saved: SavedGfRequest = {
  ...{ topic: 'gf_int_v1/demo/request/{{device}}', method: 'PUT target', params: '{"t": {{t}}}', timeoutMs: 5000, callerId: 'me' },
  envelope: { token: '{{key}}', qos: 1, responses: 'standing', hopLimit: 3 },
};

it('goes into the fields of the builder and comes back as it was', () => {
  const draft = draftOfSaved(saved);
  expect(draft).toMatchObject({ subsystem: 'demo', target: '{{device}}', method: 'PUT', path: 'target', token: '{{key}}', qos: '1', responses: 'standing' });
  expect(draft && savedOfDraft(draft, saved)).toEqual(saved);
  expect(draft && savedOfDraft({ ...draft, token: '', target: 'B' }, saved)).toMatchObject({
    topic: 'gf_int_v1/demo/request/B',
    envelope: { qos: 1, responses: 'standing', hopLimit: 3 },
  });
});

it('is half written for a while', () => {
  const draft = draftOfSaved({ ...saved, topic: '', method: '' });
  expect(draft).toMatchObject({ namespace: 'gf_int_v1', subsystem: '', target: '', method: 'GET', path: '' });
  const next = draft && savedOfDraft({ ...draft, target: 'A' }, saved);
  expect(next).toMatchObject({ topic: 'gf_int_v1//request/A', method: 'GET ' });
  expect(next && draftOfSaved(next)).toMatchObject({ target: 'A', subsystem: '' });
});

it('leaves to the general form what it has no fields for', () => {
  expect(draftOfSaved({ ...saved, topic: 'edge/a' })).toBeNull();
  expect(draftOfSaved({ ...saved, method: '{{method}} x' })).toBeNull();
});

it('says what cannot be sent', () => {
  expect(savedProblems(saved)).toEqual({});
  expect(savedProblems({ ...saved, topic: 'gf_int_v1//request/A', method: 'GET ' })).toEqual({
    topic: 'Enter the subsystem.',
    method: 'Enter the path of the resource.',
  });
  expect(savedProblems({ ...saved, topic: 'gf_int_v1/a+/request/A' }).topic).toContain('contains "+"');
});
