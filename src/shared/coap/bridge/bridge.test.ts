import { describe, expect, it } from 'vitest';
import { coapBridgeSchema, type ToCoapBridge, type ToMqttBridge } from '../../contract/coap-bridges.ts';
import { responseCodes } from '../gf/response-codes.ts';
import { formatCode, parseCode } from '../udp/packet.ts';
import { parseCoapUri, type CoapUri } from '../udp/uri.ts';
import { bodyOfError, bodyOfPayload, payloadOfBody, type CarriedPayload } from './body.ts';
import { coapCodeOf, coapCodeOfFailure, gfCodeOf, gfCodeOfFailure } from './codes.ts';
import { nextHopLimit } from './hops.ts';
import { circleOf } from './loops.ts';
import { coapLocationOf, coapTargetOf, gfTargetOf, locationOf } from './paths.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const byte = (text: string): number => parseCode(text) ?? -1;
const uri = (text: string): CoapUri => (parseCoapUri(text) as { readonly uri: CoapUri }).uri;

describe('codes', () => {
  const toGf = (text: string, hasBody = false): unknown => Object.values(gfCodeOf(byte(text), hasBody));
  const toCoap = (code: number, hasBody = false): unknown => {
    const carried = coapCodeOf(code, hasBody);
    return [formatCode(carried.code), carried.exact];
  };

  it('are the same on both sides for all that gf_mqtt_client lists', () => {
    expect(responseCodes).toHaveLength(21);
    for (const { code } of responseCodes) {
      const text = `${Math.floor(code / 100)}.${String(code % 100).padStart(2, '0')}`;
      expect([code, ...(toGf(text) as [])]).toEqual([code, code, true]);
      expect(toCoap(code)).toEqual([text, true]);
    }
  });

  it('become ones that callers know, for every byte there is', () => {
    const known = new Set(responseCodes.map(({ code }) => code));
    for (let code = 0; code < 256; code += 1) for (const hasBody of [true, false]) expect(known).toContain(gfCodeOf(code, hasBody).code);
    for (const text of ['4.08', '4.09', '4.22', '4.29', '4.31']) expect(toGf(text)).toEqual([400, false]);
    for (const text of ['5.06', '5.31']) expect(toGf(text)).toEqual([500, false]);
    expect(toGf('5.08')).toEqual([502, false]);
    for (const text of ['2.00', '2.06', '2.31'])
      expect([toGf(text), toGf(text, true)]).toEqual([
        [204, false],
        [205, false],
      ]);
    for (const text of ['0.00', '0.01', '1.05', '3.00', '6.00', '7.01']) expect(toGf(text)).toEqual([502, false]);
  });

  it('become registered ones of CoAP, which have no meaning for the blocks of the transfer', () => {
    expect([409, 422, 429, 508].map((code) => toCoap(code))).toEqual([
      ['4.09', true],
      ['4.22', true],
      ['4.29', true],
      ['5.08', true],
    ]);
    expect([231, 299, 200].map((code) => toCoap(code))).toEqual([
      ['2.04', false],
      ['2.04', false],
      ['2.04', false],
    ]);
    expect(toCoap(299, true)).toEqual(['2.05', false]);
    expect([toCoap(203), toCoap(203, true)]).toEqual([
      ['2.03', true],
      ['2.05', false],
    ]);
    expect([408, 499].map((code) => toCoap(code))).toEqual([
      ['4.00', false],
      ['4.00', false],
    ]);
    expect([599, 507].map((code) => toCoap(code))).toEqual([
      ['5.00', false],
      ['5.00', false],
    ]);
    for (const code of [0, -1, 100, 300, 600, 205.5, Number.NaN]) expect(['5.02', '2.05', '2.04']).toContain((toCoap(code) as string[])[0]);
    expect(toCoap(300)).toEqual(['5.02', false]);
  });

  it('say what kept a request from being answered', () => {
    expect(gfCodeOfFailure).toEqual({ 'no-acknowledgement': 504, 'no-response': 504, reset: 502, unreachable: 502, 'bad-response': 502, 'too-large': 502 });
    const texts = (['RPC_TIMEOUT', 'PEER_UNREACHABLE', 'NOT_CONNECTED', 'CONNECTION_LOST', 'TOO_MANY_PENDING_CALLS', 'INVALID_RPC_RESPONSE'] as const).map(
      (name) => formatCode(coapCodeOfFailure(name)),
    );
    expect(texts).toEqual(['5.04', '5.02', '5.03', '5.03', '5.03', '5.02']);
  });
});

describe('bodies', () => {
  it('are texts and JSON by their Content-Format, and what they can be read as without one', () => {
    expect(bodyOfPayload(utf8(''), 50)).toEqual({ body: null });
    expect(bodyOfPayload(utf8('12'), 0)).toEqual({ body: '12' });
    expect(bodyOfPayload(utf8('{"a":[1]}'), 50)).toEqual({ body: { a: [1] } });
    expect(bodyOfPayload(utf8('[{"n":"x"}]'), 110)).toEqual({ body: [{ n: 'x' }] });
    expect(bodyOfPayload(utf8('</a>'), 40)).toEqual({ body: '</a>' });
    expect(bodyOfPayload(utf8('12'), undefined)).toEqual({ body: 12 });
    expect(bodyOfPayload(utf8('on'), undefined)).toEqual({ body: 'on' });
    expect(bodyOfError(utf8('404'), undefined)).toBe('404');
  });

  it('that are neither go through as their bytes', () => {
    const every = Uint8Array.from({ length: 20_000 }, (_, at) => at & 255);
    for (const [payload, format] of [
      [every, 42],
      // {1: 1}, and a byte string.
      [Uint8Array.of(0xa1, 1, 1), 60],
      [Uint8Array.of(0x41, 7), 60],
      [Uint8Array.of(0xff, 0xfe), undefined],
    ] as const) {
      const { body, problem } = bodyOfPayload(payload, format);
      expect(problem).toBeUndefined();
      expect(body).toMatchObject({ content_format: format ?? null, base64: Buffer.from(payload).toString('base64') });
      expect(payloadOfBody(body)).toEqual({ payload, ...(format === undefined ? {} : { contentFormat: format }) });
    }
  });

  it('in CBOR are JSON where that can say all of it', () => {
    const value = { a: [1, -2.5, true, null], 'b ä': { c: 'd' } };
    const bytes = payloadOfBody(value, 60);
    expect(bytes).toMatchObject({ contentFormat: 60 });
    const payload = (bytes as CarriedPayload).payload;
    expect(bodyOfPayload(payload, 60)).toEqual({ body: value });
    const large = payloadOfBody(bodyOfPayload(utf8('12345678901234567890'), 50).body, 60) as CarriedPayload;
    expect([...large.payload.subarray(0, 1)]).toEqual([0x1b]);
    expect(payloadOfBody(bodyOfPayload(large.payload, 60).body)).toMatchObject({ payload: utf8('12345678901234567890') });
    expect(bodyOfPayload(Uint8Array.of(0xf9, 0x3c, 0), 60)).toEqual({ body: 1 });
    expect(bodyOfPayload(Uint8Array.of(0xa1), 60)).toMatchObject({ body: { content_format: 60 }, problem: expect.stringContaining('no CBOR') });
  });

  it('that are not what they say are told, and keep their bytes', () => {
    expect(bodyOfPayload(utf8('{"a":'), 50)).toMatchObject({ body: { content_format: 50, base64: 'eyJhIjo=' }, problem: expect.stringContaining('no JSON') });
    expect(bodyOfPayload(Uint8Array.of(0xff), 0)).toMatchObject({ problem: expect.stringContaining('no text') });
  });

  it('keep the digits of numbers that no double holds', () => {
    const digits = '{"id":12345678901234567890}';
    const content = payloadOfBody(bodyOfPayload(utf8(digits), 50).body);
    expect(content).toMatchObject({ contentFormat: 50, payload: utf8(digits) });
  });

  it('are what the asking side accepts, or nothing', () => {
    expect(payloadOfBody(null)).toBeNull();
    expect(payloadOfBody('on')).toEqual({ payload: utf8('on'), contentFormat: 0 });
    expect(payloadOfBody('on', 50)).toEqual({ payload: utf8('"on"'), contentFormat: 50 });
    expect(payloadOfBody([1], 0)).toEqual({ payload: utf8('[1]'), contentFormat: 0 });
    expect(payloadOfBody([1], 42)).toBe('not-acceptable');
    expect(payloadOfBody({ content_format: 42, base64: 'AAE=' }, 50)).toBe('not-acceptable');
    // Only exactly these members, with what they mean, are bytes.
    for (const body of [
      { content_format: 42, base64: '???' },
      { content_format: -1, base64: 'AAE=' },
      { content_format: 42, base64: 'AAE=', more: 1 },
      { base64: 'AAE=' },
    ])
      expect(payloadOfBody(body)).toMatchObject({ contentFormat: 50 });
  });
});

describe('paths', () => {
  it('go below the address, with their query', () => {
    const base = uri('coap://h/base/?zone=1');
    expect(coapTargetOf('/a/b', base)).toEqual({ path: ['base', 'a', 'b'], query: ['zone=1'] });
    expect(coapTargetOf('/', base)).toEqual({ path: ['base'], query: ['zone=1'] });
    expect(coapTargetOf('a?x=1&y', uri('coap://h'))).toEqual({ path: ['a'], query: ['x=1', 'y'] });
    expect(coapTargetOf('ä'.repeat(128), base)).toMatchObject({ problem: expect.stringContaining('255 bytes') });
    expect(coapTargetOf('a/'.repeat(100), base)).toMatchObject({ problem: expect.stringContaining('64') });
  });

  it('of what was created come back without the address', () => {
    const base = uri('coap://h/base');
    expect(locationOf(['base', 'items', '7'], [], base)).toBe('items/7');
    expect(locationOf(['other'], ['v=2'], base)).toBe('other?v=2');
    expect(locationOf([], [], base)).toBeUndefined();
  });

  it('name subsystem and device, or belong to one device', () => {
    expect(gfTargetOf(['axuv', 'T1', 'a', 'b'], ['x=1'], null)).toEqual({ subsystem: 'axuv', tag: 'T1', path: 'a/b?x=1' });
    expect(gfTargetOf(['axuv', 'T1'], [], null)).toEqual({ subsystem: 'axuv', tag: 'T1', path: '/' });
    expect(gfTargetOf(['a'], [], { subsystem: 's', tag: 'T' })).toEqual({ subsystem: 's', tag: 'T', path: 'a' });
    expect(gfTargetOf(['axuv'], [], null)).toMatchObject({ code: '4.04' });
    expect(gfTargetOf(['a+', 'T'], [], null)).toMatchObject({ code: '4.00' });
    expect(gfTargetOf(['a', 'T/x', 'p'], [], null)).toMatchObject({ code: '4.00' });
    expect(gfTargetOf(['a', '', 'p'], [], null)).toMatchObject({ code: '4.00' });
    expect(gfTargetOf(['a', 'T', 'p/q'], [], null)).toMatchObject({ code: '4.00' });
    expect(gfTargetOf(['a', 'T', 'x'.repeat(2000)], [], null)).toMatchObject({ code: '4.00' });
    const target = { subsystem: 'axuv', tag: 'T1', path: 'items' };
    expect(coapLocationOf('/items/1?x', target, false)).toEqual({ path: ['axuv', 'T1', 'items', '1'], query: ['x'] });
    expect(coapLocationOf('items/1', target, true)).toEqual({ path: ['items', '1'], query: [] });
  });
});

it('counts hops down from 16, and takes no 0', () => {
  expect([undefined, null, 16, 2, 255].map((hop) => nextHopLimit(hop))).toEqual([16, 16, 15, 1, 254]);
  expect(nextHopLimit(1)).toBe('exceeded');
  for (const bad of [0, -1, 256, 1.5, '5', {}]) expect(nextHopLimit(bad)).toBe('invalid');
});

describe('circles', () => {
  const out = (target: string, more = {}): ToCoapBridge =>
    coapBridgeSchema.parse({ id: 'a', name: 'A', direction: 'to-coap', tag: 'T', target, ...more }) as ToCoapBridge;
  const back = (more = {}): ToMqttBridge => coapBridgeSchema.parse({ id: 'b', name: 'B', direction: 'to-mqtt', ...more }) as ToMqttBridge;
  const isHere = (host: string): boolean => host === '127.0.0.1' || host === '192.0.2.1';
  const circle = (one: ToCoapBridge, other: ToMqttBridge, port = 5683): string => circleOf(one, other, port, isHere);

  it('are seen where a request would come back to the same device', () => {
    const device = { subsystem: 's', tag: 'T' };
    expect(circle(out('coap://127.0.0.1'), back({ device }))).toBe('always');
    expect(circle(out('coap://localhost'), back({ device }))).toBe('always');
    expect(circle(out('coap://127.0.0.1/s/T'), back())).toBe('always');
    expect(circle(out('coap://192.0.2.1/s/T/deep'), back({ host: '0.0.0.0' }))).toBe('always');
    expect(circle(out('coap://127.0.0.1'), back())).toBe('sometimes');
    expect(circle(out('coap://127.0.0.1/s'), back())).toBe('sometimes');
  });

  it('are none with another device, subsystem, port, address, source or namespace', () => {
    const device = { subsystem: 's', tag: 'T' };
    expect(circle(out('coap://127.0.0.1'), back({ device: { subsystem: 's', tag: 'U' } }))).toBe('never');
    expect(circle(out('coap://127.0.0.1', { subsystems: ['r'] }), back({ device }))).toBe('never');
    expect(circle(out('coap://127.0.0.1'), back({ device }), 5684)).toBe('never');
    expect(circle(out('coap://192.0.2.9'), back({ device, host: '0.0.0.0' }))).toBe('never');
    expect(circle(out('coap://127.0.0.1'), back({ device, source: 'connection:x' }))).toBe('never');
    expect(circle(out('coap://127.0.0.1'), back({ device, namespace: 'n' }))).toBe('never');
  });
});
