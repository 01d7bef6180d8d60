import { describe, expect, it } from 'vitest';
import { customDialect } from './custom.ts';
import { customProfileSchema } from './custom-profile.ts';
import { utf8, type BuiltRequest, type Dialect, type ParsedMessage, type RpcCall } from './dialect.ts';

const call: RpcCall = {
  id: 'ffffffff-0000-4000-8000-000000000000',
  topic: 'shelly-1',
  method: 'Switch.Set',
  params: { on: true },
  clientId: 'c1',
  callerId: 'me',
};
const dialectOf = (profile: unknown): Dialect => customDialect(customProfileSchema.parse(profile));
const textOf = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);
const parse = (dialect: Dialect, topic: string, payload: unknown): ParsedMessage =>
  dialect.parse({ topic, payload: utf8(typeof payload === 'string' ? payload : JSON.stringify(payload)), properties: null });

function build(dialect: Dialect, change: Partial<RpcCall> = {}): BuiltRequest {
  const built = dialect.buildRequest({ ...call, ...change });
  if ('problem' in built) throw new Error(built.problem);
  return built;
}

/** The RPC of Shelly's second generation, which sends answers to `{src}/rpc`. */
const shelly = dialectOf({
  request: { topic: '{topic}/rpc', id: '/id', method: '/method', params: '/params', fixed: { '/src': '{client}' } },
  response: { topic: '{client}/rpc', id: '/id', result: '/result', error: '/error/message', errorCode: '/error/code' },
  ids: 'number',
});

/** The server-side RPC of ThingsBoard: the id is in the topics, the whole answer is the result. */
const thingsBoard = dialectOf({
  request: { topic: 'v1/devices/{topic}/rpc/request/{id}', method: '/method', params: '/params' },
  response: { topic: 'v1/devices/{topic}/rpc/response/{id}', result: '' },
});

describe('a dialect with its parts inside the payload', () => {
  it('builds, with an id any peer can hold', () => {
    const { message, key, replyTo } = build(shelly);
    expect(message.topic).toBe('shelly-1/rpc');
    expect(textOf(message.payload)).toBe('{"params":{"on":true},"src":"c1","id":2147483647,"method":"Switch.Set"}');
    expect([key, replyTo]).toEqual(['2147483647', 'c1/rpc']);
  });

  it('understands answers, also where the id has become a text', () => {
    expect(parse(shelly, 'c1/rpc', { id: 2_147_483_647, src: 'shelly-1', dst: 'c1', result: { was_on: false } })).toEqual({
      kind: 'response',
      key: '2147483647',
      outcome: { result: { was_on: false } },
    });
    expect(parse(shelly, 'c1/rpc', { id: '2147483647', error: { code: 404, message: 'No handler for Nope' } })).toMatchObject({
      key: '2147483647',
      outcome: { error: { name: 'METHOD_NOT_FOUND', peerCode: 404, peerText: 'No handler for Nope' } },
    });
  });

  it('understands requests, and knows from them where to answer', () => {
    const { message, key } = build(shelly);
    const request = shelly.parse({ ...message, properties: null });
    if (request.kind !== 'request') throw new Error(request.kind);
    expect(request).toMatchObject({ key, method: 'Switch.Set', params: { on: true }, replyTo: 'c1/rpc', callerId: 'c1' });
    expect(textOf(shelly.buildResult(request, 1)?.payload)).toBe('{"result":1,"id":2147483647}');
    expect(textOf(shelly.buildError(request, { name: 'RPC_EXECUTION_ERROR', message: 'x' })?.payload)).toBe('{"error":{"message":"x"},"id":2147483647}');
    expect(shelly.buildResult({ ...request, replyTo: '' }, 1)).toBeNull();
  });

  it.each([
    ['c1/rpc', 'no json', { kind: 'invalid', name: 'INVALID_JSON' }],
    ['c1/rpc', '5', { kind: 'invalid', name: 'MISSING_REQUIRED_FIELD' }],
    ['c1/rpc', { result: 1 }, { kind: 'invalid', name: 'MISSING_REQUIRED_FIELD' }],
    ['c1/rpc', { id: 1 }, { kind: 'response', outcome: { result: null } }],
    ['c1/rpc', { id: 1, method: {} }, { kind: 'invalid', name: 'INVALID_RPC_REQUEST' }],
    ['c1/rpc', { method: 'm' }, { kind: 'invalid', name: 'MISSING_REQUIRED_FIELD' }],
    ['elsewhere', { id: 1, result: 1 }, { kind: 'other' }],
  ])('on %s: %j', (topic, payload, expected) => {
    expect(parse(shelly, topic, payload)).toMatchObject(expected);
  });
});

describe('a dialect with the id in its topics', () => {
  it('goes both ways', () => {
    const { message, key, replyTo } = build(thingsBoard);
    expect(message.topic).toBe(`v1/devices/shelly-1/rpc/request/${call.id}`);
    expect(replyTo).toBe(`v1/devices/shelly-1/rpc/response/${call.id}`);
    const request = thingsBoard.parse({ ...message, properties: null });
    if (request.kind !== 'request') throw new Error(request.kind);
    expect(request.replyTo).toBe(replyTo);
    const reply = thingsBoard.buildResult(request, [1]);
    expect(textOf(reply?.payload)).toBe('[1]');
    expect(thingsBoard.parse({ topic: replyTo, payload: reply?.payload ?? utf8(''), properties: null })).toEqual({
      kind: 'response',
      key,
      outcome: { result: [1] },
    });
  });

  it('tells which call an unreadable answer was for', () => {
    expect(parse(thingsBoard, 'v1/devices/a/rpc/response/7', '{')).toMatchObject({ kind: 'invalid', key: '7' });
  });
});

it('tells answers from requests where only the topic has the method', () => {
  const dialect = dialectOf({ request: { topic: '{topic}/do/{method}', id: '/id', params: '' }, response: { topic: '{topic}/do/{method}/done', id: '/id' } });
  const { message, replyTo } = build(dialect);
  expect(textOf(message.payload)).toBe(`{"on":true,"id":"${call.id}"}`);
  expect(dialect.parse({ ...message, properties: null })).toMatchObject({ kind: 'request', method: 'Switch.Set', params: { on: true, id: call.id }, replyTo });
  expect(parse(dialect, replyTo, { id: call.id, result: 1 })).toMatchObject({ kind: 'response', key: call.id });
});

it('has members of its own at any depth, and cannot reach a prototype', () => {
  const dialect = dialectOf({
    request: { id: '/h/id', method: '/h/op', params: '/b', fixed: { '/h/v': 1, '/__proto__/x': 'to {topic}', '/h/keep': '{odd}' } },
    response: { topic: 'r', id: '/h/id' },
  });
  const text = textOf(build(dialect).message.payload);
  expect(text).toBe(`{"b":{"on":true},"h":{"v":1,"keep":"{odd}","id":"${call.id}","op":"Switch.Set"},"__proto__":{"x":"to shelly-1"}}`);
});

it.each([
  [5, {}, 'have to be an object'],
  [{}, { replyTo: 'elsewhere' }, 'answers come to topics of the form'],
])('says why it cannot carry %j with %j', (params, change, problem) => {
  const dialect = dialectOf({ request: { id: '/id', method: '/m', params: '' }, response: { topic: 'r', id: '/id' } });
  expect(dialect.buildRequest({ ...call, params, ...change })).toEqual({ problem: expect.stringContaining(problem) });
});

describe('a profile', () => {
  const response = { topic: 'r', id: '/id' };
  it.each([
    [{ request: { id: '/id' }, response }, 'the method is neither'],
    [{ request: { method: '/m' }, response }, 'the id is neither'],
    [{ request: { id: '/id', method: '/m' }, response: { topic: 'r' } }, 'the id is neither'],
    [{ request: { id: 'id', method: '/m' }, response }, 'JSON pointer'],
    [{ request: { id: '/id', method: '/m', topic: '{nope}' }, response }, '{nope} means nothing'],
    [{ request: { id: '/id', method: '/m', fixed: { x: 1 } }, response }, 'JSON pointer'],
    [{ request: { id: '/id', method: '/m' }, response, more: 1 }, 'more'],
    [5, 'object'],
  ])('%j is refused', (profile, words) => {
    const { error } = customProfileSchema.safeParse(profile);
    expect(JSON.stringify(error?.issues)).toContain(words);
  });
});
