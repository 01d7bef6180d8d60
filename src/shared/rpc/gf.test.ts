import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { responseCodes } from '../coap/gf/response-codes.ts';
import type { RpcRequest } from './dialect.ts';
import { gf } from './gf.ts';
import type { JsonValue } from './python-json.ts';

interface Sent {
  readonly topic: string;
  readonly payload: string;
}
const exchange = JSON.parse(readFileSync(`${import.meta.dirname}/../../../test/fixtures/vectors/gf_mqtt_client/exchange.json`, 'utf8')) as {
  readonly items: readonly { readonly name: string; readonly request: Sent; readonly response: Sent }[];
};
const received = ({ topic, payload }: Sent): Parameters<typeof gf.parse>[0] => ({ topic, payload: new TextEncoder().encode(payload), properties: null });
const requestOf = (sent: Sent): RpcRequest => {
  const parsed = gf.parse(received(sent));
  if (parsed.kind !== 'request') throw new Error(parsed.kind);
  return parsed;
};
const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);
const service = 'gf_int_v1/axuv/request/DEVICE';
const call = { id: 'f4d2ab6e-0000-4000-8000-000000000000', topic: service, params: null, clientId: 'me', callerId: 'me', timeMs: 5 };
const topic = (kind: 'request' | 'response'): string => `gf_int_v1/axuv/${kind}/DEVICE/${call.id}`;

describe('the exchanges of the real client', () => {
  it.each(exchange.items)('are built, paired and answered byte for byte: $name', ({ request: sent, response }) => {
    const request = requestOf(sent);
    const { timestamp } = JSON.parse(sent.payload) as { readonly timestamp: number };
    const built = gf.buildRequest({
      ...call,
      id: request.key,
      topic: request.service ?? '',
      method: request.method,
      params: request.params,
      callerId: request.callerId,
      timeMs: timestamp,
    });
    if ('problem' in built) throw new Error(built.problem);
    expect([built.message.topic, text(built.message.payload), built.replyTo, built.key]).toEqual([sent.topic, sent.payload, response.topic, request.key]);
    expect(request.replyTo).toBe(response.topic);

    const answered = gf.parse(received(response));
    if (answered.kind !== 'response') throw new Error(answered.kind);
    expect(answered.key).toBe(request.key);
    const { header, body, timestamp: at } = JSON.parse(response.payload) as { header: { response_code: number }; body: JsonValue; timestamp: string };
    const again = gf.buildResult(request, body, { responseCode: header.response_code, timeMs: Number(at) });
    expect([again?.topic, text(again?.payload)]).toEqual([response.topic, response.payload]);
  });
});

describe('a request', () => {
  it('names the device, the method with its path, and the caller', () => {
    const header = { method: 'PUT', path: 'gains', request_id: 'r', source: 'panel', correlation_id: 'c' };
    expect(gf.parse(received({ topic: topic('request'), payload: JSON.stringify({ header, body: [1], timestamp: 1 }) }))).toMatchObject({
      kind: 'request',
      key: 'r',
      service,
      method: 'PUT gains',
      params: [1],
      callerId: 'panel',
      replyTo: topic('response'),
    });
  });

  it.each([
    [2, 'POST gains'],
    ['patch', 'patch gains'],
    [null, 'null gains'],
  ])('is shown with the method %j as %s', (method, shown) => {
    expect(requestOf({ topic: topic('request'), payload: JSON.stringify({ header: { method, path: 'gains' } }) }).method).toBe(shown);
  });

  it('has the id of its topic when it names none, and is answered with it and its correlation id', () => {
    const request = requestOf({ topic: topic('request'), payload: '{"header":{"method":"GET","path":"p","correlation_id":"C-1"}}' });
    expect(request.key).toBe(call.id);
    const reply = gf.buildResult(request, 1, { timeMs: 7 });
    expect(JSON.parse(text(reply?.payload))).toEqual({
      header: { response_code: 205, path: 'p', request_id: call.id, correlation_id: 'C-1', source: 'DEVICE' },
      body: 1,
      timestamp: '7',
    });
  });

  it.each([
    ['gains', 'GET'],
    ['GET', 'GET'],
    ['GET ', 'GET'],
    ['PATCH gains', 'GET'],
  ])('cannot be made of the method %j', (method) => {
    expect(gf.buildRequest({ ...call, method })).toMatchObject({ problem: expect.stringContaining('GET gains') as string });
  });

  it.each(['DEVICE', 'gf_int_v1/axuv/DEVICE', 'gf_int_v1/axuv/request/', 'gf_int_v1/a+/request/D', 'gf_int_v1/axuv/request/#'])('cannot go to %j', (to) => {
    expect(gf.buildRequest({ ...call, topic: to, method: 'GET p' })).toHaveProperty('problem');
  });

  it('is answered where the device answers, and nowhere else', () => {
    expect(gf.buildRequest({ ...call, method: 'GET p', replyTo: 'elsewhere' })).toHaveProperty('problem');
    expect(gf.buildRequest({ ...call, method: 'GET p', replyTo: topic('response') })).toMatchObject({ replyTo: topic('response') });
  });

  it('may go to any namespace', () => {
    expect(gf.buildRequest({ ...call, topic: 'a/b/sub/request/D', method: 'get p' })).toMatchObject({
      message: { topic: `a/b/sub/request/D/${call.id}` },
      replyTo: `a/b/sub/response/D/${call.id}`,
    });
  });
});

describe('a response', () => {
  const answer = (header: object, body: JsonValue = null): ReturnType<typeof gf.parse> =>
    gf.parse(received({ topic: topic('response'), payload: JSON.stringify({ header: { request_id: 'r', ...header }, body, timestamp: '1' }) }));

  it.each(responseCodes)('of $code is a $class', ({ code, title, class: kind }) => {
    const parsed = answer({ response_code: code }, 'why');
    if (kind === 'success') expect(parsed).toEqual({ kind: 'response', key: 'r', outcome: { result: 'why', code } });
    else expect(parsed).toMatchObject({ outcome: { error: { origin: 'remote', message: `${code} ${title}: why`, peerCode: code, data: 'why' } } });
  });

  it.each([
    [400, 'INVALID_RPC_REQUEST'],
    [403, 'PERMISSION_DENIED'],
    [404, 'METHOD_NOT_FOUND'],
    [405, 'METHOD_NOT_FOUND'],
    [413, 'PAYLOAD_TOO_LARGE'],
    [500, 'RPC_EXECUTION_ERROR'],
  ])('of %i means %s', (code, name) => {
    expect(answer({ response_code: code })).toMatchObject({ outcome: { error: { name } } });
  });

  it.each([299, '205', true])('of the unknown code %j is one that silences real callers', (code) => {
    expect(answer({ response_code: code })).toMatchObject({
      outcome: { error: { name: 'INVALID_RPC_RESPONSE', peerCode: code, advice: expect.stringContaining('stops receiving') as string } },
    });
  });
});

it.each([
  ['request', '[1]', 'invalid'],
  ['request', '{"header":null}', 'invalid'],
  ['response', 'no JSON', 'invalid'],
  ['request', '{"body":1}', 'other'],
  ['response', '{"header":{"method":"GET","path":"p"}}', 'invalid'],
  ['request', '{"header":{"response_code":205}}', 'invalid'],
] as const)('on a topic for a %s, %s is %s', (kind, payload, read) => {
  expect(gf.parse(received({ topic: topic(kind), payload })).kind).toBe(read);
});

it('leaves other topics alone', () => {
  expect(gf.parse(received({ topic: 'edge/request/x', payload: '{}' })).kind).toBe('other');
});
