import { describe, expect, it } from 'vitest';
import { callLabel, emptyPlan, planProblems, readPeers, toBatchInput, withPeers } from './batch-plan.ts';
import { emptyDraft } from './call-draft.ts';

const draft = { ...emptyDraft, topic: 'edge/a', method: 'get' };

describe('a list of peers', () => {
  it('has each topic once, without empty lines and spaces around', () => {
    expect(readPeers(' a/1 \r\n\n a/2\na/1\n')).toEqual({ topics: ['a/1', 'a/2'], problem: null, duplicates: 1 });
    expect(readPeers('')).toEqual({ topics: [], problem: null, duplicates: 0 });
  });

  it('names the line that is no topic', () => {
    expect(readPeers('a/1\n\na/#')).toMatchObject({ problem: expect.stringMatching(/^Line 3: /) as unknown });
  });

  it('takes ten thousand, and no more', () => {
    const lines = (count: number): string => Array.from({ length: count }, (_, n) => `a/${n}`).join('\n');
    expect(readPeers(lines(10_000)).problem).toBeNull();
    expect(readPeers(lines(10_001)).problem).toContain('too many');
  });

  it('grows and shrinks by what is chosen', () => {
    expect(withPeers('a\nb', ['b', 'c'], true)).toBe('a\nb\nc');
    expect(withPeers('a\nb\nc', ['b', 'x'], false)).toBe('a\nc');
  });
});

describe('a plan', () => {
  it('is checked field by field', () => {
    expect(planProblems('repeat', emptyPlan)).toEqual({});
    expect(Object.keys(planProblems('repeat', { ...emptyPlan, times: 0, inFlight: 101, delayMs: -1 }))).toEqual(['times', 'inFlight', 'delay']);
    expect(planProblems('repeat', { ...emptyPlan, times: 1.5 })).toHaveProperty('times');
    expect(planProblems('fan-out', emptyPlan)).toHaveProperty('peers');
    expect(planProblems('once', { ...emptyPlan, times: null })).toEqual({});
  });

  it('becomes what is sent', () => {
    expect(toBatchInput('broker', draft, 'repeat', { ...emptyPlan, times: 50, inFlight: 5 })).toMatchObject({
      call: { topic: 'edge/a', method: 'get', params: null },
      plan: { kind: 'repeat', times: 50 },
      inFlight: 5,
      delayMs: 0,
      stopOnFailure: false,
    });
    expect(toBatchInput('broker', { ...draft, topic: '' }, 'fan-out', { ...emptyPlan, peers: 'p/1\np/2' })).toMatchObject({
      plan: { kind: 'fan-out', topics: ['p/1', 'p/2'] },
    });
    expect(toBatchInput('broker', { ...draft, params: '{' }, 'repeat', emptyPlan)).toBeUndefined();
    expect(toBatchInput('broker', draft, 'repeat', { ...emptyPlan, times: null })).toBeUndefined();
  });

  it('says on the button what will be done', () => {
    expect(callLabel('once', emptyPlan)).toBe('Call');
    expect(callLabel('repeat', { ...emptyPlan, times: 1000 })).toBe('Call 1,000 times');
    expect(callLabel('fan-out', { ...emptyPlan, peers: 'a' })).toBe('Call 1 peer');
    expect(callLabel('fan-out', emptyPlan)).toBe('Call');
  });
});
