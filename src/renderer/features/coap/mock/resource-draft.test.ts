import { expect, it } from 'vitest';
import { mockDeviceSchema, type MockResource } from '../../../../shared/contract/mock-devices.ts';
import { checkResource, draftToTry, freePath, newResource, resourceDraftOf, resourceOf } from './resource-draft.ts';

const device = mockDeviceSchema.parse({
  ...{ id: 'd', name: 'D', tag: 'T' },
  resources: [
    {
      path: '/all',
      state: { a: [1] },
      methods: [
        { method: 'GET', answer: { kind: 'state' }, faults: { delayMs: 5, unlistedRate: 0.5, errorCode: 503 } },
        { method: 'POST', answer: { kind: 'static', code: 201, body: [null], location: 'all/1' } },
        { method: 'PUT', answer: { kind: 'template', code: 204, text: '{{body}}' } },
        { method: 'iPATCH', answer: { kind: 'script', source: 'export default () => 1' } },
      ],
    },
  ],
});
const [all] = device.resources as [MockResource];

it('saves what it was made from', () => {
  expect(resourceOf(resourceDraftOf(all))).toEqual(all);
  const made = newResource('sensors/temp');
  expect(resourceOf(resourceDraftOf(made)).methods.map(({ method }) => method)).toEqual(['GET', 'POST', 'PUT', 'DELETE']);
  expect(mockDeviceSchema.parse({ ...device, resources: [made] }).resources[0]).toMatchObject({ path: 'sensors/temp' });
});

it('says what is wrong, at its field', () => {
  const draft = resourceDraftOf(all);
  expect(checkResource(draft, ['other'])).toBeNull();
  expect(checkResource({ ...draft, path: ' ' }, [])?.path).toContain('path');
  expect(checkResource(draft, ['all/'])?.path).toContain('already');
  expect(checkResource({ ...draft, path: 'ä'.repeat(128) }, [])?.path).toContain('255 bytes');
  expect(checkResource({ ...draft, state: '{' }, [])?.state).toBeDefined();
  const get = { ...draft.methods.GET, kind: 'static' as const, code: 600 };
  expect(checkResource({ ...draft, methods: { ...draft.methods, GET: get } }, [])?.methods.GET?.code).toContain('200 to 599');
  // What is off is not looked at.
  expect(checkResource({ ...draft, methods: { ...draft.methods, GET: { ...get, on: false } } }, [])).toBeNull();
});

it('finds a path that is free', () => {
  expect(freePath(device, 'new')).toBe('new');
  expect(freePath(device, 'all')).toBe('all-2');
});

it('takes a listed code for an unlisted one only while it is not used', () => {
  const draft = resourceDraftOf(all);
  const withCode = (unlistedCode: number | null, unlistedRate: number | null) =>
    checkResource({ ...draft, methods: { ...draft.methods, GET: { ...draft.methods.GET, unlistedCode, unlistedRate } } }, [])?.methods.GET;
  expect(withCode(404, 0.5)?.unlistedCode).toBe('404 is listed (Not Found): take another one, such as 299.');
  expect(withCode(404, 0)).toBeUndefined();
  expect(withCode(null, 0)?.unlistedCode).toContain('200 to 599');
  expect(withCode(299, 2)?.unlistedRate).toBe('Enter 0 to 100 %.');
});

it('tries a method whatever is wrong with others', () => {
  const draft = resourceDraftOf(all);
  const broken = { ...draft, methods: { ...draft.methods, PUT: { ...draft.methods.PUT, texts: { ...draft.methods.PUT.texts, template: ' ' } } } };
  const problems = checkResource(broken, []);
  expect(draftToTry(broken, problems, 'PUT')).toEqual({ problem: expect.stringContaining('Write JSON') });
  const tried = draftToTry(broken, problems, 'GET');
  expect('methods' in tried && tried.methods.map(({ method }) => method)).toEqual(['GET', 'POST', 'iPATCH']);
  expect(draftToTry({ ...draft, state: '{' }, checkResource({ ...draft, state: '{' }, []), 'GET')).toHaveProperty('problem');
});
