import { describe, expect, it } from 'vitest';
import { fillTemplate, templateProblem, templateReader } from './topic-template.ts';

describe('topic templates', () => {
  it.each([
    ['{topic}/rpc', { topic: 'lab/a' }, 'lab/a/rpc'],
    ['v1/{client}/request/{id}', { client: 'c', id: '7' }, 'v1/c/request/7'],
    ['fixed', {}, 'fixed'],
    ['a.b+c/{method}', { method: 'm$&' }, 'a.b+c/m$&'],
  ])('%s goes both ways', (template, values, topic) => {
    expect(templateProblem(template)).toBeNull();
    expect(fillTemplate(template, values)).toBe(topic);
    expect(templateReader(template)(topic)).toEqual(values);
  });

  it('matches whole levels and whole topics only', () => {
    expect(templateReader('a/{id}')('a/b/c')).toBeUndefined();
    expect(templateReader('a/{id}')('xa/b')).toBeUndefined();
    expect(templateReader('a.b/{id}')('axb/c')).toBeUndefined();
    expect(templateReader('{topic}/x/{id}')('a/x/b/x/c')).toEqual({ topic: 'a/x/b', id: 'c' });
  });

  it('knows when a value is missing', () => {
    expect(fillTemplate('{caller}/rpc', { id: '1' })).toBeUndefined();
    expect(fillTemplate('{caller}/rpc', { caller: '' })).toBe('/rpc');
  });

  it.each([
    ['{nope}/x', '{nope} means nothing'],
    ['{id}/{id}', 'twice'],
    ['a}b', 'brace'],
    ['{a', 'brace'],
    ['a/{id}-{method}', 'more than one placeholder in one level'],
    ['{topic}{id}', 'more than one placeholder in one level'],
  ])('%s is refused', (template, words) => {
    expect(templateProblem(template)).toContain(words);
  });

  it('takes no longer for topics made to be hard', () => {
    const began = performance.now();
    expect(templateReader('{topic}/rpc/{id}/end')('/rpc/a'.repeat(10_000))).toBeUndefined();
    expect(performance.now() - began).toBeLessThan(1000);
  });
});
