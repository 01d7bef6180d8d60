import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../rpc/python-json.ts';
import {
  buildGfRequest,
  buildGfResponse,
  gfCodes,
  gfDeviceFilter,
  gfRequestTopic,
  gfResponseTopic,
  parseGfRequest,
  parseGfTopic,
  type GfCode,
  type GfMethod,
} from './gf-envelope.ts';

interface Sent {
  readonly topic: string;
  readonly payload: string;
}
interface ResponseText {
  readonly header: {
    readonly response_code: GfCode;
    readonly path: string;
    readonly request_id: string;
    readonly correlation_id: string | null;
    readonly source: string;
  };
  readonly body: JsonValue;
  readonly timestamp: string;
}

const vectors = `${import.meta.dirname}/../../../test/fixtures/vectors/gf_mqtt_client`;
const read = (name: string): unknown => JSON.parse(readFileSync(`${vectors}/${name}.json`, 'utf8'));
const exchange = read('exchange') as { readonly items: readonly { readonly name: string; readonly request: Sent; readonly response: Sent }[] };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const address = { subsystem: 'axuv', target: 'DEVICE', requestId: 'from-topic' };

describe('the gf envelope', () => {
  it.each(exchange.items)('reads and rebuilds the exchange "$name" byte for byte', ({ request, response }) => {
    const topic = parseGfTopic(request.topic);
    if (!topic) throw new Error('no topic');
    expect(topic.kind).toBe('request');
    expect(gfRequestTopic(topic)).toBe(request.topic);
    expect(gfResponseTopic(topic)).toBe(response.topic);

    const parsed = parseGfRequest(bytes(request.payload), topic);
    if ('code' in parsed) throw new Error(parsed.detail);
    const { method, path, source, body, timestamp } = parsed;
    const rebuilt = buildGfRequest({ method, path, requestId: topic.requestId, source: source as string, body, timestampMs: timestamp as number });
    expect(rebuilt).toBe(request.payload);

    const { header, body: answer, timestamp: answeredAt } = JSON.parse(response.payload) as ResponseText;
    expect(
      buildGfResponse({
        code: header.response_code,
        path: header.path,
        requestId: header.request_id,
        correlationId: header.correlation_id,
        source: header.source,
        body: answer,
        timestampMs: Number(answeredAt),
      }),
    ).toBe(response.payload);
  });

  it('builds the topics of the vector', () => {
    const { items } = read('topics') as { readonly items: readonly Record<string, string>[] };
    for (const item of items) {
      const from = { subsystem: item['subsystem'] ?? '', target: item['target'] ?? '', requestId: item['request_id'] ?? '' };
      expect([gfRequestTopic(from), gfResponseTopic(from), gfDeviceFilter(from.target)]).toEqual([
        item['request_topic'],
        item['response_topic'],
        item['device_filter'],
      ]);
    }
  });

  it('knows exactly the codes that peers know', () => {
    const { codes } = read('codes') as { readonly codes: readonly { readonly code: number }[] };
    expect(Object.values(gfCodes)).toEqual(codes.map(({ code }) => code));
  });

  it.each([
    ['get', 'GET'],
    ['Delete', 'DELETE'],
    [1, 'GET'],
    [3, 'PUT'],
  ] satisfies [JsonValue, GfMethod][])('takes the method %j for %s', (method, expected) => {
    expect(parseGfRequest(bytes(JSON.stringify({ header: { method, path: 'p', request_id: 'r' } })), address)).toMatchObject({ method: expected });
  });

  it.each(['PATCH', '1', 0, 5, 1.5, true])('answers 405 to the method %j', (method) => {
    expect(parseGfRequest(bytes(JSON.stringify({ header: { method, path: 'p', request_id: 'r' } })), address)).toMatchObject({ code: 405, requestId: 'r' });
  });

  it.each(['{"header":', '', '[1]', '5', 'null', '{}', '{"header":null}', '{"header":[]}', '{"header":{"method":"GET"}}', '{"header":{"path":"p"}}'])(
    'answers 400 to %j with the id of the topic',
    (text) => {
      expect(parseGfRequest(bytes(text), address)).toMatchObject({ code: 400, requestId: 'from-topic', correlationId: null });
    },
  );

  it('answers 400 to bytes that are not UTF-8', () => {
    expect(parseGfRequest(Uint8Array.of(0xff, 0xfe), address)).toMatchObject({ code: 400 });
  });

  it('keeps ids and timestamps as they came', () => {
    const header = { method: 'GET', path: 'p', request_id: '16FD27068BAF433B82EB8C7FADA847DA', correlation_id: 'Not-Hex' };
    expect(parseGfRequest(bytes(JSON.stringify({ header, timestamp: 'yesterday' })), address)).toMatchObject({
      requestId: header.request_id,
      correlationId: 'Not-Hex',
      timestamp: 'yesterday',
    });
  });

  it.each(['gf_int_v1/a/request/b', 'gf_int_v1/a/request/b/c/d', 'gf_int_v2/a/request/b/c', 'gf_int_v1/a/other/b/c'])(
    'does not take %s for one of its topics',
    (topic) => {
      expect(parseGfTopic(topic)).toBeNull();
    },
  );
});
