import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { utf8, type ParsedMessage } from './dialect.ts';
import { maxPayloadBytes } from './json-payload.ts';
import { mqttxx2 } from './mqttxx2.ts';
import { rpcError } from './rpc-error.ts';

interface Message {
  readonly topic: string;
  readonly qos_published: number;
  readonly payload: string;
}

const vectors = `${import.meta.dirname}/../../../test/fixtures/vectors/mqttxx`;
const read = (file: string): unknown => JSON.parse(readFileSync(`${vectors}/${file}`, 'utf8'));
const exchange = read('v2-exchange.json') as { readonly items: readonly { readonly name: string; readonly request: Message; readonly response: Message }[] };
const incoming = read('v2-incoming.json') as {
  readonly items: readonly { readonly payload_text?: string; readonly payload_hex?: string; readonly effect: string }[];
};
const shapes = read('v3-shapes.json') as { readonly event: { readonly event_type: string; readonly data: unknown } };

const parse = (payload: string | Uint8Array): ParsedMessage =>
  mqttxx2.parse({ topic: 't', payload: typeof payload === 'string' ? utf8(payload) : payload, properties: null });
const textOf = (payload: Uint8Array | undefined): string => new TextDecoder().decode(payload);

describe('the exchanges of a real mqttxx 2.x', () => {
  it.each(exchange.items)('"$name": our caller writes its bytes and understands the answer', ({ request, response }) => {
    const { request_id: id, method, params } = JSON.parse(request.payload) as { request_id: string; method: string; params: null };
    const built = mqttxx2.buildRequest({ id, topic: request.topic, method, params, replyTo: response.topic, clientId: 'c', callerId: 'device_002' });
    if ('problem' in built) throw new Error(built.problem);
    expect(textOf(built.message.payload)).toBe(request.payload);
    expect(built).toMatchObject({ message: { topic: request.topic, qos: request.qos_published }, replyTo: response.topic });
    expect(built.message.properties).toBeUndefined();

    const answer = parse(response.payload);
    expect(answer).toMatchObject({ kind: 'response', key: built.key });
    const { result, error } = JSON.parse(response.payload) as { result?: unknown; error?: string };
    if (answer.kind === 'response' && 'error' in answer.outcome) {
      const { peerText, message } = answer.outcome.error;
      expect(answer.outcome.error.origin).toBe('remote');
      expect(error === '' ? 'The method failed, and the peer gave no reason.' : error).toBe(peerText ?? message);
    } else expect(answer).toMatchObject({ outcome: { result } });
  });

  it.each(exchange.items)('"$name": our responder understands the request and writes the bytes of the answer', ({ request, response }) => {
    const message = parse(request.payload);
    if (message.kind !== 'request') throw new Error(message.kind);
    expect(message).toMatchObject({ replyTo: response.topic, callerId: 'device_002' });
    const { result, error } = JSON.parse(response.payload) as { result?: null; error?: string };
    const name = error?.includes('方法未找到') ? 'METHOD_NOT_FOUND' : error === 'Permission denied' ? 'PERMISSION_DENIED' : 'RPC_EXECUTION_ERROR';
    const reply = error === undefined ? mqttxx2.buildResult(message, result ?? null) : mqttxx2.buildError(message, rpcError(name, 'local', error));
    expect(reply).toMatchObject({ topic: response.topic, qos: response.qos_published });
    // A real caller takes an empty error for success: the one thing of a real peer that is not imitated.
    expect(textOf(reply?.payload)).toBe(error === '' ? response.payload.replace('"error": ""', '"error": "Unknown error"') : response.payload);
  });

  it.each([
    ['unknown method', 'METHOD_NOT_FOUND', 3001],
    ['auth callback says no', 'PERMISSION_DENIED', 4001],
    ['handler raises', 'RPC_EXECUTION_ERROR', 3003],
  ])('"%s" means %s', (name, error, code) => {
    const item = exchange.items.find((item) => item.name === name);
    expect(parse(item?.response.payload ?? '')).toMatchObject({ outcome: { error: { name: error, code, origin: 'remote' } } });
  });
});

describe('what arrives at an mqttxx 2.x node', () => {
  it.each(incoming.items.filter((item) => item.payload_text !== undefined || item.payload_hex !== undefined))(
    '$payload_text$payload_hex is read as real peers do: $effect',
    ({ payload_text, payload_hex, effect }) => {
      const message = parse(payload_text ?? Buffer.from(payload_hex ?? '', 'hex'));
      expect(message.kind === 'invalid').toBe(effect.startsWith('dropped'));
      const code = /\((2\d{3})\)/.exec(effect)?.[1];
      if (message.kind === 'invalid' && code !== undefined) expect(rpcError(message.name, 'local', '').code).toBe(Number(code));
    },
  );

  it('may have a mebibyte, not more', () => {
    const request = '{"type":"rpc_request","request_id":1,"method":"m"}';
    expect(parse(request.padEnd(maxPayloadBytes))).toMatchObject({ kind: 'request' });
    expect(parse(request.padEnd(maxPayloadBytes + 1))).toMatchObject({ kind: 'invalid', name: 'PAYLOAD_TOO_LARGE' });
  });

  it('may leave things out', () => {
    expect(parse('{"type":"rpc_request","request_id":7,"method":"m"}')).toEqual({
      kind: 'request',
      key: '7',
      id: 7,
      method: 'm',
      params: null,
      replyTo: '',
      callerId: '',
    });
    expect(parse('{"type":"rpc_response","request_id":"7"}')).toEqual({ kind: 'response', key: '7', outcome: { result: null } });
    expect(parse('{"type":"rpc_response","request_id":7,"result":1,"error":null}')).toEqual({ kind: 'response', key: '7', outcome: { result: 1 } });
  });

  it('may be an event of 3.x, or nothing of ours', () => {
    expect(parse(JSON.stringify(shapes.event))).toEqual({
      kind: 'event',
      eventType: shapes.event.event_type,
      data: shapes.event.data,
      source: 'sensor_001',
      timestamp: 1673456789.123,
    });
    expect(parse('{"value": 60.2}')).toMatchObject({ kind: 'other' });
  });

  it('takes no method that is no name', () => {
    expect(parse('{"type":"rpc_request","request_id":1,"method":{"a":1}}')).toMatchObject({ kind: 'invalid', name: 'INVALID_RPC_REQUEST' });
    expect(parse('{"type":"rpc_request","request_id":1,"method":null}')).toMatchObject({ kind: 'invalid', name: 'INVALID_RPC_REQUEST' });
  });

  it('echoes an id with all its digits', () => {
    const request = parse('{"type":"rpc_request","request_id":12345678901234567890,"method":"m","reply_to":"r"}');
    if (request.kind !== 'request') throw new Error(request.kind);
    expect(textOf(mqttxx2.buildResult(request, 1)?.payload)).toBe('{"type": "rpc_response", "request_id": 12345678901234567890, "result": 1}');
  });
});
