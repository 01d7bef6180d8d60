import { expect, it } from 'vitest';
import { variablesOf } from '../../rpc/index.ts';
import { copyableDraft } from './copyable-draft.ts';
import { emptyDraft, type RequestDraft } from './request-draft.ts';

const environment = {
  ...{ id: 'lab', name: 'Lab', revision: '1', problem: null },
  variables: [
    { name: 'device', value: 'A', secret: false, stored: false },
    { name: 'api.key', value: '', secret: true, stored: true },
    { name: 'other', value: '', secret: true, stored: true },
  ],
};
const variables = variablesOf({ environments: [environment], activeId: 'lab' } as unknown as Parameters<typeof variablesOf>[0]);
const draft: RequestDraft = { ...emptyDraft, subsystem: 's', target: '{{device}}', path: 'x', body: '{"d": "{{device}}", "k": "{{api.key}}"}' };

it('has the values of variables, and names the secrets that it leaves as they are', () => {
  expect(copyableDraft({ ...draft, token: '{{ api.key }}' }, variables)).toMatchObject({
    draft: { target: 'A', token: '{{api.key}}', bodyAs: 'json', body: '{"d":"A","k":"{{api.key}}"}' },
    secrets: ['api.key'],
  });
  expect(copyableDraft({ ...draft, bodyAs: 'text', body: 'for {{device}}' }, variables)).toMatchObject({ draft: { body: '"for A"' }, secrets: [] });
  expect(copyableDraft({ ...draft, body: '', correlationId: '{{$uuid}}' }, variables)).toMatchObject({
    draft: { body: '', correlationId: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/) as string },
  });
});

it('says what cannot be copied', () => {
  expect(copyableDraft({ ...draft, target: '{{nope}}' }, variables)).toEqual({ problem: expect.stringContaining('nope') as string });
  expect(copyableDraft({ ...draft, body: '{{api.key}}' }, variables)).toEqual({ problem: expect.stringContaining('The body: ') as string });
});
