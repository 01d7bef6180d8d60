import { beforeEach, expect, it } from 'vitest';
import { utf8, type OutgoingMessage, type RpcRequest } from '../../../../shared/rpc/dialect.ts';
import { RequestMemory } from './request-memory.ts';

const uuid = 'bc19a831-c752-4602-be2d-050782839a4f';
const request = (key: string): RpcRequest => ({ kind: 'request', key, id: key, method: 'm', params: null, replyTo: 'r', callerId: '' });
const message = (payload = 'x', dup = false, topic = 't') => ({ topic, payload: utf8(payload), dup });
const answer = (text: string): OutgoingMessage => ({ topic: 'r', payload: utf8(text), qos: 1 });

let now: number;
let memory: RequestMemory;
beforeEach(() => {
  now = 0;
  memory = new RequestMemory(() => now);
});

function first(key: string, payload?: string): void {
  const taken = memory.take(message(payload), request(key));
  expect(taken.kind).toBe('new');
  if (taken.kind === 'new') memory.answered(taken.request, answer(`to ${key}`));
}

it('answers again what is delivered again, for a minute', () => {
  first(uuid);
  now = 500;
  // Delivered for two subscriptions: nothing is to be sent.
  expect(memory.take(message(), request(uuid))).toEqual({ kind: 'repeat', answer: null });
  expect(memory.take(message('x', true), request(uuid))).toEqual({ kind: 'repeat', answer: answer(`to ${uuid}`) });
  now = 1001;
  expect(memory.take(message(), request(uuid))).toEqual({ kind: 'repeat', answer: answer(`to ${uuid}`) });
  now = 60_001;
  expect(memory.take(message(), request(uuid)).kind).toBe('new');
});

it('has nothing to say while the first is running', () => {
  memory.take(message(), request(uuid));
  now = 5000;
  expect(memory.take(message('x', true), request(uuid))).toEqual({ kind: 'repeat', answer: null });
});

it.each([
  ['other bytes', message('y')],
  ['another topic', message('x', false, 'u')],
])('takes %s for another request', (_what, other) => {
  first(uuid);
  expect(memory.take(other, request(uuid)).kind).toBe('new');
});

it('takes a short id, which callers begin to count anew, for another request unless the message is marked', () => {
  first('1');
  expect(memory.take(message(), request('1')).kind).toBe('new');
  first('2');
  expect(memory.take(message('x', true), request('2'))).toEqual({ kind: 'repeat', answer: answer('to 2') });
});

it('runs again what was not answered before the session ended', () => {
  first(uuid);
  memory.take(message(), request('another-request'));
  memory.forgetUnanswered();
  expect(memory.take(message('x', true), request('another-request')).kind).toBe('new');
  expect(memory.take(message('x', true), request(uuid)).kind).toBe('repeat');
});

it('keeps within its bounds, forgetting the oldest', () => {
  for (let n = 0; n < 20_000; n += 1) first(`request-${n}`);
  now = 2000;
  expect(memory.take(message(), request('request-19999')).kind).toBe('repeat');
  expect(memory.take(message(), request('request-0')).kind).toBe('new');
});

it('does not keep large answers, and then answers repeats not at all', () => {
  const taken = memory.take(message(), request(uuid));
  if (taken.kind === 'new') memory.answered(taken.request, answer('x'.repeat(2 * 1024 * 1024)));
  now = 2000;
  expect(memory.take(message(), request(uuid))).toEqual({ kind: 'repeat', answer: null });
});
