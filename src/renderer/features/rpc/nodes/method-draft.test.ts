import { describe, expect, it } from 'vitest';
import type { ServedMethod } from '../../../../shared/contract/rpc-nodes.ts';
import { checkMethod, emptyMethod, methodAnswering, methodDraftOf, methodOf, noFaults, readAnswer, sameMethod, type MethodDraft } from './method-draft.ts';

const draft = (change: Partial<MethodDraft> = {}): MethodDraft => ({ ...emptyMethod, name: 'get', ...change });
const withText = (kind: MethodDraft['kind'], text: string): MethodDraft => draft({ kind, texts: { ...emptyMethod.texts, [kind]: text } });

describe('what is wrong with a method', () => {
  it('names the place of an error in JSON', () => {
    expect(checkMethod(withText('static', '{\n  "a": }'), []).answer).toBe('This is not JSON: unexpected "}" in line 2, column 8.');
  });
  it('takes no integer that would be rounded', () => expect(checkMethod(withText('static', '12345678901234567890'), []).answer).toMatch(/too many digits/));
  it('takes nothing at all for null', () => expect(readAnswer(withText('static', '  '))).toEqual({ answer: { kind: 'static', result: null } }));
  it.each(['error', 'template', 'script'] as const)('asks for a text: %s', (kind) => expect(checkMethod(withText(kind, ' '), []).answer).toBeDefined());
  it('counts texts that are too long', () =>
    expect(checkMethod(withText('script', 'x'.repeat(262_145)), []).answer).toBe('The text has 262,145 characters; at most 262,144 are kept.'));
  it('asks for a name of its own', () => {
    expect(checkMethod(draft({ name: '' }), []).name).toMatch(/Give the method a name/);
    expect(checkMethod(draft(), ['get']).name).toMatch(/already/);
    expect(checkMethod(draft({ name: 'x'.repeat(1001) }), []).name).toMatch(/at most/);
    expect(checkMethod(draft(), ['other'])).toEqual({});
  });
  it.each([
    ['delayMs', -1],
    ['delayMs', null],
    ['lateMs', 3_600_001],
    ['dropRate', 1.1],
    ['errorRate', null],
    ['duplicates', 0],
  ] as const)('judges a fault: %s %s', (field, value) =>
    expect(Object.keys(checkMethod(draft({ faults: { ...noFaults, [field]: value } }), []))).toEqual([field]),
  );
});

describe('drafts', () => {
  const methods: readonly ServedMethod['answer'][] = [
    { kind: 'static', result: { a: [1, null, 'x'] } },
    { kind: 'error', message: 'no' },
    { kind: 'template', text: '{{params}}' },
    { kind: 'script', source: 'export default () => 1' },
  ];
  it.each(methods)('come back as they were saved: %j', (answer) => {
    const method: ServedMethod = { name: 'm', enabled: false, description: 'd', answer, faults: { ...noFaults, dropRate: 0.25 } };
    expect(methodOf(methodDraftOf(method), false)).toEqual(method);
  });
  it('keep the texts of other kinds, which count for nothing', () => {
    const saved = methodDraftOf(methodOf(draft(), true));
    const tried = { ...saved, texts: { ...saved.texts, script: 'something else' } };
    expect(sameMethod(saved, tried)).toBe(true);
    expect(sameMethod(saved, { ...tried, kind: 'script' })).toBe(false);
    expect(sameMethod(saved, { ...saved, faults: { ...saved.faults, delayMs: null } })).toBe(false);
  });
  it('come from recorded calls', () => {
    expect(methodOf(methodAnswering('m', { result: { a: 1 } }), true).answer).toEqual({ kind: 'static', result: { a: 1 } });
    expect(methodOf(methodAnswering('m', { error: 'broken' }), true).answer).toEqual({ kind: 'error', message: 'broken' });
  });
});
