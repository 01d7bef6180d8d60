import { expect, it } from 'vitest';
import { newNode } from './node-draft.ts';
import { answeringMethod, withAnswer } from './serve-answer.ts';

const request = { source: 'broker', topic: 'edge/a', method: 'get', answer: { result: { on: [true, null] } } } as const;

it('answers with the result, or the error, of the call', () => {
  expect(answeringMethod(request, undefined)).toMatchObject({ name: 'get', enabled: true, answer: { kind: 'static', result: { on: [true, null] } } });
  expect(answeringMethod({ ...request, answer: { error: 'x'.repeat(20_000) } }, undefined).answer).toEqual({ kind: 'error', message: 'x'.repeat(10_000) });
});

it('keeps what else is set of a method that is served already', () => {
  const known = { ...answeringMethod(request, undefined), enabled: false, description: 'mine', answer: { kind: 'script', source: 's' } as const };
  const faulty = { ...known, faults: { ...known.faults, delayMs: 5 } };
  expect(answeringMethod(request, faulty)).toMatchObject({ enabled: true, description: 'mine', faults: { delayMs: 5 }, answer: { kind: 'static' } });
});

it('takes the place of the method with its name, and goes back to what was there', () => {
  const node = { ...newNode('n', 'broker', [], 'edge/a'), methods: ['a', 'get', 'z'].map((name) => answeringMethod({ ...request, method: name }, undefined)) };
  const changed = answeringMethod({ ...request, answer: { result: 1 } }, undefined);
  const put = withAnswer(node, 'get', changed);
  expect(put.methods.map(({ name }) => name)).toEqual(['a', 'get', 'z']);
  expect(put.methods[1]).toBe(changed);
  expect(withAnswer(put, 'get', node.methods[1])).toEqual(node);
  const added = withAnswer(node, 'new', { ...changed, name: 'new' });
  expect(added.methods).toHaveLength(4);
  expect(withAnswer(added, 'new', undefined)).toEqual(node);
});
