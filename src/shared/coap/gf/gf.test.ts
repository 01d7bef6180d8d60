import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../rpc/python-json.ts';
import { describeHazard } from './describe-hazard.ts';
import { buildGfGeneral, buildGfRequest, buildGfResponse } from './build.ts';
import { exceptionOf, localTimeout } from './exception.ts';
import { hazardOf } from './hazards.ts';
import { readGfMessage, readMethod, timestampMs, type GfMethod, type GfResponseMessage } from './message.ts';
import { gfDeviceFilter, gfObserverFilter, gfRequestTopic, gfResponseTopic, namespaceProblem, parseGfTopic, topicPartProblem } from './topics.ts';
import { findResponseCode, responseClass, responseCodes } from './response-codes.ts';
import { readServedRequest } from './served-request.ts';
import { validateGf } from './validate.ts';

const vectors = `${import.meta.dirname}/../../../../test/fixtures/vectors/gf_mqtt_client`;
const items = (name: string): readonly unknown[] =>
  (JSON.parse(readFileSync(`${vectors}/${name}.json`, 'utf8')) as { readonly items: readonly unknown[] }).items;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const address = { subsystem: 'axuv', target: 'DEVICE', requestId: 'from-topic' };
const requestTopic = { ...address, kind: 'request' } as const;
const responseTopic = { ...address, kind: 'response' } as const;
const id = '16fd2706-8baf-433b-82eb-8c7fada847da';

interface Sent {
  readonly topic: string;
  readonly payload: string;
}

describe('messages', () => {
  it.each(items('exchange') as readonly { readonly name: string; readonly request: Sent; readonly response: Sent }[])(
    'are read and built again byte for byte: $name',
    ({ request, response }) => {
      const topic = parseGfTopic(request.topic);
      if (!topic) throw new Error('no topic');
      expect(gfRequestTopic(topic)).toBe(request.topic);
      expect(gfResponseTopic(topic)).toBe(response.topic);

      const asked = readGfMessage(bytes(request.payload));
      if (asked.kind !== 'request' || asked.method === null) throw new Error(asked.kind);
      const { method, path, source, body, timestamp } = asked;
      const about = { method, path: path as string, source: source as string, body, timestampMs: timestampMs(timestamp) ?? Number.NaN };
      expect(buildGfRequest({ ...about, requestId: topic.requestId })).toBe(request.payload);

      const answered = readGfMessage(bytes(response.payload));
      if (answered.kind !== 'response' || answered.code === null) throw new Error(answered.kind);
      expect(
        buildGfResponse({
          code: answered.code,
          path: answered.path as string,
          requestId: answered.requestId,
          correlationId: answered.correlationId,
          source: answered.source as string,
          body: answered.body,
          timestampMs: timestampMs(answered.timestamp) ?? Number.NaN,
        }),
      ).toBe(response.payload);
    },
  );

  it('carry integers for early peers, and booleans as numbers', () => {
    const about = { path: 'p', requestId: id, source: null, body: true, timestampMs: 5 };
    expect(JSON.parse(buildGfRequest({ ...about, method: 'PUT', methodAs: 'integer' }))).toMatchObject({ body: 1, header: { method: 3 } });
    expect(buildGfGeneral(false, 5)).toBe('{"timestamp":5,"body":0}');
  });

  it('say where a created resource is', () => {
    const text = buildGfResponse({ code: 201, path: 'r', requestId: id, correlationId: null, source: 'D', body: null, timestampMs: 5, location: 'r/0' });
    expect(readGfMessage(bytes(text))).toMatchObject({ kind: 'response', code: 201, others: { location: 'r/0' } });
  });

  it('keep ids and timestamps as they came', () => {
    const header = { method: 'GET', path: 'p', request_id: id.toUpperCase(), correlation_id: 'Not-Hex' };
    expect(readGfMessage(bytes(JSON.stringify({ header, timestamp: 'yesterday' })))).toMatchObject({
      requestId: header.request_id,
      correlationId: 'Not-Hex',
      timestamp: 'yesterday',
    });
  });

  it.each([
    ['get', 'GET'],
    ['Delete', 'DELETE'],
    [1, 'GET'],
    [3, 'PUT'],
    ['1', null],
    [0, null],
    [5, null],
    [1.5, null],
    [true, null],
    ['PATCH', null],
  ] satisfies [JsonValue, GfMethod | null][])('take the method %j for %s', (method, expected) => {
    expect(readMethod(method)).toBe(expected);
  });

  it.each([
    [1745534869619, 1745534869619],
    ['1745534869619', 1745534869619],
    ['yesterday', null],
    ['-5', null],
    ['99999999999999999999', null],
    [9e15, null],
    [null, null],
    [1.5, null],
  ] satisfies [JsonValue, number | null][])('read the timestamp %j as %j ms', (timestamp, ms) => {
    expect(timestampMs(timestamp)).toBe(ms);
  });
});

describe('topics', () => {
  it('are built as in the vector', () => {
    for (const item of items('topics') as readonly Record<string, string>[]) {
      const from = { subsystem: item['subsystem'] ?? '', target: item['target'] ?? '', requestId: item['request_id'] ?? '' };
      expect([gfRequestTopic(from), gfResponseTopic(from), gfDeviceFilter(from.target), gfObserverFilter()]).toEqual([
        item['request_topic'],
        item['response_topic'],
        item['device_filter'],
        item['observer_filter'],
      ]);
    }
  });

  it('may begin with another namespace, of several levels', () => {
    const topic = gfRequestTopic(address, 'plant/one');
    expect(topic).toBe('plant/one/axuv/request/DEVICE/from-topic');
    expect(parseGfTopic(topic, 'plant/one')).toEqual(requestTopic);
    expect(parseGfTopic(topic)).toBeNull();
  });

  it.each(['gf_int_v1/a/request/b', 'gf_int_v1/a/request/b/c/d', 'gf_int_v2/a/request/b/c', 'gf_int_v1/a/other/b/c', 'gf_int_v1'])('are not %s', (topic) => {
    expect(parseGfTopic(topic)).toBeNull();
  });

  it.each(['', 'a/b', 'a+', '#', 'a\u0000'])('have no part %j', (part) => {
    expect(topicPartProblem('The tag', part)).toMatch(/^The tag /);
  });

  it.each(['', 'a//b', '/a', 'a/+', '$SYS/x'])('have no namespace %j', (namespace) => {
    expect(namespaceProblem(namespace)).toMatch(/^The namespace /);
  });

  it('take any other part', () => {
    expect([topicPartProblem('The tag', '2D_XX_0_9999'), topicPartProblem('The tag', 'größe {1}'), namespaceProblem('a/b')]).toEqual([null, null, null]);
  });
});

describe('response codes', () => {
  const { codes } = JSON.parse(readFileSync(`${vectors}/codes.json`, 'utf8')) as {
    readonly codes: readonly { name: string; code: number; exception: string | null }[];
  };

  it('are those that peers know, with their names and exceptions', () => {
    expect(responseCodes.map(({ name, code, exception }) => ({ name, code, exception }))).toEqual(codes);
  });

  it('have a class, listed or not', () => {
    expect([205, 299, 404, 499, 505, 599, 100, 304, 600].map(responseClass)).toEqual([
      'success',
      'success',
      'client-error',
      'client-error',
      'server-error',
      'server-error',
      null,
      null,
      null,
    ]);
    expect(findResponseCode(299)).toBeUndefined();
  });
});

describe('the strict validator', () => {
  interface Item {
    readonly name: string;
    readonly input?: JsonValue;
    readonly header?: { readonly [name: string]: JsonValue };
    readonly timestamp?: JsonValue;
    readonly body?: JsonValue;
    readonly accept: boolean;
    readonly normalized?: JsonValue;
    readonly normalized_header?: { readonly [name: string]: JsonValue };
    readonly normalized_timestamp?: JsonValue;
    readonly normalized_body?: JsonValue;
    readonly error_contains?: string;
  }
  /** What an item does not say is as in a valid message. */
  const messageOf = (item: Item): JsonValue =>
    item.input ?? {
      ...(item.name === 'timestamp missing' ? {} : { timestamp: item.timestamp ?? 1745534869619 }),
      body: item.body ?? null,
      ...(item.header ? { header: { path: 'gains', request_id: id, ...item.header } } : {}),
    };

  it.each(items('validation') as readonly Item[])('judges as the real one: $name', (item) => {
    const verdict = validateGf(messageOf(item));
    expect('normalized' in verdict).toBe(item.accept);
    if (!('normalized' in verdict)) {
      expect(verdict.problems.every(({ message }) => message !== '')).toBe(true);
      return;
    }
    const { normalized } = verdict;
    // Order counts: it is that of the wire.
    if (item.normalized !== undefined) expect(JSON.stringify(normalized)).toBe(JSON.stringify(item.normalized));
    if (item.normalized_header) expect(normalized['header']).toMatchObject(item.normalized_header);
    if (item.normalized_timestamp !== undefined) expect(normalized['timestamp']).toBe(item.normalized_timestamp);
    if (item.normalized_body !== undefined) expect(normalized['body']).toBe(item.normalized_body);
  });

  it('leaves out what it does not know, and the response code of a request', () => {
    const header = { method: 'GET', response_code: 205, path: 'p', request_id: id, location: 'x' };
    expect(validateGf({ header, timestamp: 1 })).toMatchObject({
      kind: 'request',
      normalized: { header: { request_id: id, path: 'p', correlation_id: null, source: null, token: null, method: 'GET' } },
    });
    expect(JSON.stringify(validateGf({ header, timestamp: 1 }))).not.toMatch(/location|response_code/);
  });

  it.each([
    [[], ''],
    ['text', ''],
    [{ header: null, timestamp: 1 }, 'header'],
    [{ header: 5, timestamp: 1 }, 'header'],
    [{ header: ['method'], timestamp: 1 }, 'header'],
    [{ header: 'a method', timestamp: 1 }, 'header'],
    [{ header: { method: 'GET', request_id: id }, timestamp: 1 }, 'header.path'],
    [{ header: { method: 'GET', request_id: 5, path: 'p' }, timestamp: 1 }, 'header.request_id'],
    [{ header: { method: 'GET', request_id: id, path: 'p', source: 5 }, timestamp: 1 }, 'header.source'],
    [{ header: { method: null, request_id: id, path: 'p' }, timestamp: 1 }, 'header.method'],
    [{ header: { response_code: 'OK', request_id: id, path: 'p' }, timestamp: 1 }, 'header.response_code'],
    [{ header: { response_code: 205.5, request_id: id, path: 'p' }, timestamp: 1 }, 'header.response_code'],
    [{ timestamp: null }, 'timestamp'],
    [{ header: { method: 'GET', request_id: id.slice(1), path: 'p' }, timestamp: 1 }, 'header.request_id'],
  ] satisfies [JsonValue, string][])('refuses %j at "%s"', (message, at) => {
    const verdict = validateGf(message);
    expect('problems' in verdict ? verdict.problems.map((problem) => problem.at) : verdict).toEqual([at]);
  });

  it.each([[{ header: ['x'], timestamp: 1 }], [{ header: 'x', timestamp: 1 }], [{ header: {}, timestamp: true }]] satisfies [JsonValue][])(
    'takes %j for a general message, as Python does',
    (message) => {
      expect(validateGf(message)).toMatchObject({ kind: 'general' });
    },
  );
});

describe('a response as an exception', () => {
  const response = (header: object, body: JsonValue = null): GfResponseMessage => {
    const read = readGfMessage(bytes(JSON.stringify({ header: { path: 'gains', request_id: id, ...header }, body, timestamp: '5' })));
    if (read.kind !== 'response') throw new Error(read.kind);
    return read;
  };

  it.each(responseCodes)('is $exception for $code', ({ code, exception }) => {
    const seen = exceptionOf(response({ response_code: code }, 'why'), responseTopic, 'me');
    expect(seen).toEqual(exception === null ? null : { name: exception, responseCode: code, path: 'gains', detail: 'why', source: 'me', target: 'DEVICE' });
  });

  it('has its detail from the body, then the location, then the error message', () => {
    const detail = (header: object, body: JsonValue): string | null =>
      exceptionOf(response({ response_code: 404, ...header }, body), null, null)?.detail ?? null;
    expect(detail({ location: 'l', error_message: 'e' }, { reason: 1 })).toBe('{"reason":1}');
    for (const nothing of [null, '', 0, false, [], {}] satisfies JsonValue[]) {
      expect(detail({ location: 'l', error_message: 'e' }, nothing)).toBe('l');
      expect(detail({ location: nothing, error_message: 'e' }, nothing)).toBe('e');
      expect(detail({}, nothing)).toBeNull();
    }
  });

  it.each([299, '205', 100, true])('is the base class for the code %j', (code) => {
    expect(exceptionOf(response({ response_code: code }), null, null)).toMatchObject({ name: 'ResponseException', detail: `Unknown response code: ${code}` });
  });

  it('is the time-out of the caller when nothing came', () => {
    expect(localTimeout({ path: 'gains', caller: 'me', target: 'DEVICE', elapsedMs: 5000.4 })).toEqual({
      name: 'GatewayTimeoutResponse',
      responseCode: 504,
      path: 'gains',
      detail: 'Request timed out after 5.000 seconds',
      source: 'me',
      target: 'DEVICE',
    });
  });
});

describe('messages that silence a peer', () => {
  interface Hazard {
    readonly payload_text?: string;
    readonly payload_hex?: string;
    readonly effect: string;
  }
  const captured = (items('hazards') as readonly Hazard[]).filter(({ payload_text: text, payload_hex: hex }) => text !== undefined || hex !== undefined);

  it.each(captured)('are known: $payload_text$payload_hex', ({ payload_text: text, payload_hex: hex, effect }) => {
    const payload = hex === undefined ? bytes(text ?? '') : new Uint8Array(Buffer.from(hex, 'hex'));
    const hazard = hazardOf(requestTopic, payload);
    if (!effect.startsWith('loop_dead')) expect(hazard).toBeNull();
    else expect(hazard).toMatchObject({ silences: 'device', when: effect === 'loop_dead' ? 'always' : 'handler-reads-field' });
  });

  it.each([299, '205', true, 200, 1e9])('are responses with the code %j', (code) => {
    expect(hazardOf(responseTopic, bytes(JSON.stringify({ header: { response_code: code, request_id: id } })))).toMatchObject({
      silences: 'caller',
      when: 'always',
    });
  });

  it.each(['[]', 'null', '"x"', '{"header":[]}'])('are %s on both topics', (text) => {
    expect([hazardOf(requestTopic, bytes(text)), hazardOf(responseTopic, bytes(text))]).toMatchObject([{ silences: 'device' }, { silences: 'caller' }]);
  });

  it.each([
    '{}',
    '{"header":{}}',
    'no JSON',
    '{"body":1,"timestamp":1}',
    `{"header":{"response_code":205,"request_id":"${id}"}}`,
    '{"header":{"response_code":null}}',
    `{"header":{"method":"x","request_id":"","path":""}}`,
  ])('are not %s', (text) => {
    expect([hazardOf(requestTopic, bytes(text)), hazardOf(responseTopic, bytes(text))]).toEqual([null, null]);
  });

  it('are told in words, with the one who is silenced', () => {
    const told = (topic: string, text: string): string | undefined => describeHazard(topic, bytes(text))?.message;
    expect(told(gfRequestTopic(address), '[1]')).toContain('the device "DEVICE" stops receiving for good');
    expect(told(gfRequestTopic(address), '{"header":{"method":"GET"}}')).toContain(
      'has no request_id and no path. With gf_mqtt_client, the device "DEVICE" stops receiving for good if',
    );
    expect(told(gfResponseTopic(address), '{"header":{"response_code":299}}')).toContain('whoever waits for the response of "DEVICE"');
    expect([told('other/topic', '[1]'), told(gfRequestTopic(address), '{}'), told(gfRequestTopic(address), '')]).toEqual([undefined, undefined, undefined]);
  });

  it('are none of what we build', () => {
    for (const { code } of responseCodes) {
      const text = buildGfResponse({ code, path: 'p', requestId: id, correlationId: null, source: 'D', body: null, timestampMs: 5 });
      expect(hazardOf(responseTopic, bytes(text))).toBeNull();
    }
    expect(hazardOf(requestTopic, bytes(buildGfRequest({ method: 'GET', path: 'p', requestId: id, source: null, body: null, timestampMs: 5 })))).toBeNull();
  });
});

describe('a request that is served', () => {
  it.each([
    '{"header":',
    '',
    '[1]',
    '5',
    'null',
    '{}',
    '{"header":null}',
    '{"header":[]}',
    '{"header":{"path":"p"}}',
    '{"header":{"response_code":205}}',
    '[['.repeat(600),
  ])('is refused with 400 and the id of the topic: %j', (text) => {
    expect(readServedRequest(bytes(text), address)).toMatchObject({ code: 400, requestId: 'from-topic', correlationId: null });
  });

  it('is refused with 400 when its bytes are not UTF-8', () => {
    expect(readServedRequest(Uint8Array.of(0xff, 0xfe), address)).toMatchObject({ code: 400 });
  });

  it('is refused with 400 without a path, with its own ids', () => {
    const header = { method: 'GET', request_id: 'r', correlation_id: 'c' };
    expect(readServedRequest(bytes(JSON.stringify({ header })), address)).toMatchObject({ code: 400, requestId: 'r', correlationId: 'c' });
  });

  it.each(['PATCH', '1', 0, 5, 1.5, true])('is refused with 405 when its method is %j', (method) => {
    expect(readServedRequest(bytes(JSON.stringify({ header: { method, path: 'p', request_id: 'r' } })), address)).toMatchObject({ code: 405, requestId: 'r' });
  });

  it('is taken as early and late peers write it', () => {
    for (const method of ['put', 'PUT', 3]) {
      expect(readServedRequest(bytes(JSON.stringify({ header: { method, path: 'p' }, body: [1] })), address)).toMatchObject({
        method: 'PUT',
        path: 'p',
        body: [1],
        requestId: 'from-topic',
        correlationId: null,
      });
    }
  });
});
