import { describe, expect, it } from 'vitest';
import type { CallDetail } from '../../../shared/contract/rpc.ts';
import { draftOf, emptyDraft, methodOf, offerParams, problemsOf, retarget, toCallInput, type CallDraft } from './call-draft.ts';
import { methodKey } from './rpc-words.ts';

const draft: CallDraft = { ...emptyDraft, topic: 'edge/a', method: 'get', params: '{"a": 1}', paramsFrom: 'typed' };

describe('another method', () => {
  it('keeps what was typed', () => expect(retarget(draft, { method: 'set' })).toMatchObject({ method: 'set', params: '{"a": 1}' }));
  it('takes back what was only offered', () =>
    expect(retarget({ ...draft, paramsFrom: 'offered' }, { method: 'set' })).toMatchObject({ params: '', paramsFrom: 'nothing' }));
  it('is the same one while nothing changed', () => {
    const offered: CallDraft = { ...draft, paramsFrom: 'offered' };
    expect(retarget(offered, { method: 'get' })).toEqual(offered);
  });
});

describe('params to start from', () => {
  const blank: CallDraft = { ...draft, params: '', paramsFrom: 'nothing' };
  it('are offered once', () => {
    const offered = offerParams(blank, methodKey(blank), '1');
    expect(offered).toMatchObject({ params: '1', paramsFrom: 'offered' });
    expect(offerParams(offered, methodKey(blank), '2')).toBe(offered);
  });
  it('never replace what was typed, nor go to another method', () => {
    expect(offerParams(draft, methodKey(draft), '1')).toBe(draft);
    expect(offerParams(blank, 'another', '1')).toBe(blank);
  });
});

describe('a draft', () => {
  it('is sent as it stands', () => {
    expect(toCallInput('broker', { ...draft, auto: false, dialect: 'jsonrpc' })).toMatchObject({ dialect: 'jsonrpc' });
    expect(toCallInput('broker', draft)).toEqual({
      source: 'broker',
      dialect: 'auto',
      topic: 'edge/a',
      method: 'get',
      params: { a: 1 },
      timeoutMs: 30_000,
    });
    expect(toCallInput('broker', { ...draft, params: '', replyTo: 'r', callerId: 'me' })).toMatchObject({ params: null, replyTo: 'r', callerId: 'me' });
  });

  it.each([
    ['topic', { topic: '' }, 'Enter the topic that the service listens on.'],
    ['topic', { topic: 'a/+' }, /\+/],
    ['method', { method: '' }, 'Enter the method to call.'],
    ['params', { params: '{"a":}' }, 'This is not JSON: unexpected "}" in line 1, column 6.'],
    ['timeout', { timeoutMs: null }, /a day/],
    ['timeout', { timeoutMs: 86_400_001 }, /a day/],
    ['timeout', { timeoutMs: 0 }, /a day/],
    ['replyTo', { replyTo: '#' }, /#/],
  ] as const)('says what is wrong with %s', (field, change, words) => {
    const wrong = { ...draft, ...change };
    expect(Object.keys(problemsOf(wrong))).toEqual([field]);
    expect(problemsOf(wrong)[field]).toMatch(words);
    expect(toCallInput('broker', wrong)).toBeUndefined();
  });

  it('names a method once it has a topic and a name', () => {
    expect(methodOf('broker', draft)).toEqual({ source: 'broker', dialect: 'mqttxx2', topic: 'edge/a', method: 'get' });
    expect(methodOf('broker', { ...draft, method: '' })).toBeNull();
    expect(methodOf('broker', { ...draft, method: 'x'.repeat(1001) })).toBeNull();
  });
});

describe('a call put into the builder', () => {
  const call: CallDetail = {
    id: 7,
    source: 'broker',
    dialect: 'mqttxx4',
    topic: 'rpc/r/x',
    method: 'set',
    callerId: 'panel',
    own: false,
    state: 'ok',
    duplicates: 0,
    timeUs: 1,
    elapsedMs: 2,
    responseCode: null,
    correlationId: null,
    errorText: null,
    params: { a: [1] },
    replyTo: 'rpc/r/panel',
    requestId: '1',
    timeoutMs: null,
    replySubscription: null,
    request: null,
    answers: [],
    steps: [],
  };
  it('takes over where it went, not who made it', () => {
    expect(draftOf(call)).toMatchObject({ dialect: 'mqttxx4', topic: 'rpc/r/x', method: 'set', replyTo: '', callerId: '', timeoutMs: 30_000 });
    expect(JSON.parse(draftOf(call).params)).toEqual({ a: [1] });
  });
  it('of our own is repeated as it was', () =>
    expect(draftOf({ ...call, own: true, timeoutMs: 500 })).toMatchObject({ replyTo: 'rpc/r/panel', callerId: 'panel', timeoutMs: 500 }));
});
