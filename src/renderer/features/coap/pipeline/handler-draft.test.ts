import { expect, it } from 'vitest';
import { changedParts } from './changed-parts.ts';
import { draftOf, draftProblem, exampleHandlers, handlerOf, moved, newHandler, withKind } from './handler-draft.ts';

it('begins as the base classes of gf_mqtt_client do', () => {
  const request = newHandler('request', 'a', []);
  expect(request).toMatchObject({ name: 'Request handler', propagate: true, raiseExceptions: false });
  expect(newHandler('request', 'b', [request]).name).toBe('Request handler 2');
  expect(newHandler('response', 'c', [])).toMatchObject({ propagate: false, raiseExceptions: true });
});

it('keeps the script that was written when the kind changes, and leaves out what the kind does not have', () => {
  const draft = draftOf({ ...newHandler('request', 'a', []), match: { device: 'X', subsystem: '', path: '', methods: ['GET'], codes: [] } });
  const other = withKind(draft, 'response');
  expect(other.script).not.toBe(draft.script);
  expect(withKind({ ...draft, script: 'mine' }, 'response').script).toBe('mine');
  expect(handlerOf(other)).toMatchObject({ raiseExceptions: true, match: { device: 'X', methods: [] }, transform: { kind: 'script', source: other.script } });
  expect(handlerOf({ ...other, handler: { ...other.handler, transform: { kind: 'none' } } }).transform).toEqual({ kind: 'none' });
});

it('says what is missing', () => {
  const draft = draftOf(newHandler('request', 'a', []));
  expect(draftProblem(draft)).toBeUndefined();
  expect(draftProblem({ handler: { ...draft.handler, name: ' ' }, script: ' ' })).toEqual({ name: expect.any(String), script: expect.any(String) });
});

it('moves a handler, and stops at the ends', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((id) => newHandler('request', id, [])) as [
    ReturnType<typeof newHandler>,
    ReturnType<typeof newHandler>,
    ReturnType<typeof newHandler>,
  ];
  const ids = (id: string, by: -1 | 1): string =>
    moved([a, b, c], id, by)
      .map((one) => one.id)
      .join('');
  expect([ids('b', -1), ids('b', 1), ids('a', -1), ids('c', 1), ids('x', 1)]).toEqual(['bac', 'acb', 'abc', 'abc', 'abc']);
});

it('has examples with ids of their own', () => {
  let count = 0;
  expect(new Set(exampleHandlers(() => String((count += 1))).map(({ id }) => id)).size).toBe(4);
});

it('tells which members of a message were changed', () => {
  const message = { header: { path: 'a', response_code: 404 }, body: [1], timestamp: 1 };
  expect(changedParts(message, { header: { path: 'a', response_code: 205, more: true }, body: { sum: 1 } })).toEqual([
    { at: 'header.response_code', from: 404, to: 205 },
    { at: 'header.more', from: undefined, to: true },
    { at: 'body', from: [1], to: { sum: 1 } },
    { at: 'timestamp', from: 1, to: undefined },
  ]);
  expect(changedParts('too large', message)).toEqual([{ at: 'message', from: 'too large', to: message }]);
});
