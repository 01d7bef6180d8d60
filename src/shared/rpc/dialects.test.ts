import { describe, expect, it } from 'vitest';
import { seeded, type Random } from '../mqtt/packet/packet-samples.ts';
import { customDialect } from './custom.ts';
import { customProfileSchema } from './custom-profile.ts';
import { utf8, type Dialect, type OutgoingMessage, type RpcMessage } from './dialect.ts';
import { dialects } from './dialects.ts';
import { maxPayloadBytes } from './json-payload.ts';
import type { JsonValue } from './python-json.ts';

const custom = customDialect(
  customProfileSchema.parse({ request: { id: '/h/id', method: '/h/op', params: '/b' }, response: { topic: '{topic}/r', id: '/h/id' } }),
);
const all: readonly (readonly [string, Dialect])[] = [...dialects, ['custom', custom]];

const received = ({ topic, payload, properties }: OutgoingMessage): RpcMessage => ({ topic, payload, properties: properties ?? null });

function anyText(random: Random): string {
  const units = Array.from({ length: Math.floor(random() * 12) }, () => String.fromCodePoint(Math.floor(random() ** 4 * 0xd7ff)));
  return units.join('') + (random() < 0.1 ? '😀' : '');
}

function anyJson(random: Random, depth = 0): JsonValue {
  const kind = Math.floor(random() * (depth > 4 ? 5 : 7));
  if (kind === 0) return null;
  if (kind === 1) return random() < 0.5;
  if (kind === 2) return Math.floor((random() - 0.5) * 2 ** 53);
  if (kind === 3) return random() * 10 ** Math.floor(random() * 20);
  if (kind === 4) return anyText(random);
  const parts = Array.from({ length: Math.floor(random() * 5) }, () => anyJson(random, depth + 1));
  return kind === 5 ? parts : Object.fromEntries(parts.map((part) => [anyText(random), part]));
}

describe.each(all)('%s', (name, dialect) => {
  // There the topic of a service has a form of its own, and a method is a method and a path.
  const topic = name === 'gf' ? 'gf_int_v1/a/request/b' : 'a/b';
  const called = (method: string): string => (name === 'gf' ? `PUT ${method}` : method);

  it('gives back any call, result and error: 300 random exchanges', () => {
    const random = seeded(4);
    for (let round = 0; round < 300; round += 1) {
      const params = { value: anyJson(random) };
      const method = called(`m${round}`);
      const built = dialect.buildRequest({ id: `00000000-${round}`, topic, method, params, clientId: 'c', callerId: 'c' });
      if ('problem' in built) throw new Error(built.problem);
      const request = dialect.parse(received(built.message));
      if (request.kind !== 'request') throw new Error(JSON.stringify(request));
      expect(request).toMatchObject({ key: built.key, method });
      expect(request.params).toEqual(params);

      const result = anyJson(random);
      const reply = dialect.buildResult({ ...request, replyTo: built.replyTo }, result);
      if (reply === null) throw new Error('no reply');
      expect(reply.topic).toBe(built.replyTo);
      expect(dialect.parse(received(reply))).toEqual({
        kind: 'response',
        key: built.key,
        outcome: { result, ...(name === 'gf' ? { code: expect.any(Number) as unknown } : {}) },
      });

      const message = anyText(random);
      const failure = dialect.buildError({ ...request, replyTo: built.replyTo }, { name: 'RPC_EXECUTION_ERROR', message });
      const parsed = failure && dialect.parse(received(failure));
      expect(parsed).toMatchObject({ kind: 'response', key: built.key, outcome: { error: { origin: 'remote' } } });
    }
  });

  const hostile: readonly (readonly [string, Uint8Array])[] = [
    ['nothing', new Uint8Array(0)],
    ['no text', Uint8Array.of(0xff, 0xfe, 0)],
    ['no JSON', utf8('{"a":')],
    ['a number', utf8('1e999')],
    ['null', utf8('null')],
    ['a list', utf8('[1,2]')],
    ['an empty object', utf8('{}')],
    [
      'everything of the wrong type',
      utf8('{"jsonrpc":[],"id":{},"type":{},"request_id":[],"method":[],"params":1,"result":{},"error":{"code":[],"message":{}},"h":[]}'),
    ],
    ['null everywhere', utf8('{"jsonrpc":null,"id":null,"type":null,"request_id":null,"method":null,"result":null,"error":null,"h":null}')],
    ['prototypes', utf8('{"__proto__":{"method":"m"},"constructor":1,"type":"rpc_request","h":{"__proto__":1}}')],
    ['lone surrogates', utf8(String.raw`{"type":"rpc_response","request_id":"\ud800","error":"\udfff","id":"\ud800","result":1}`)],
    ['50,000 levels', utf8(`{"id":${'['.repeat(50_000)}${']'.repeat(50_000)}}`)],
    ['a mebibyte and a byte', new Uint8Array(maxPayloadBytes + 1).fill(0x20)],
    ['100,000 members', utf8(`{${Array.from({ length: 60_000 }, (_, index) => `"${index}":1`).join(',')}}`)],
  ];
  const properties: readonly RpcMessage['properties'][] = [
    null,
    { responseTopic: 'r', correlationData: Uint8Array.of(0, 255) },
    {
      correlationData: new Uint8Array(0),
      userProperties: [
        ['error', ''],
        ['type', 'event'],
        ['__stat', '9e9'],
      ],
    },
  ];

  it.each(hostile)('says what it makes of %s', (_what, payload) => {
    for (const more of properties)
      for (const on of ['a/b', 'a/b/r', '', '/', 'x'.repeat(65_535), 'gf_int_v1/a/request/b/c', 'gf_int_v1/a/response/b/c']) {
        const parsed = dialect.parse({ topic: on, payload, properties: more });
        expect(parsed.kind).toMatch(/^(?:request|response|event|invalid|other)$/);
        if (parsed.kind === 'invalid' || parsed.kind === 'other') expect(parsed.reason).not.toBe('');
        if (parsed.kind === 'request') expect(() => dialect.buildResult(parsed, 1)).not.toThrow();
      }
  });

  it('reads 2,000 damaged requests without an exception', () => {
    const random = seeded(44);
    const built = dialect.buildRequest({ id: 'i', topic, method: called('m'), params: { a: [1, 'x'] }, clientId: 'c', callerId: 'c' });
    if ('problem' in built) throw new Error(built.problem);
    for (let round = 0; round < 2000; round += 1) {
      const payload = Uint8Array.from(built.message.payload);
      for (let times = 0; times <= random() * 3; times += 1) payload[Math.floor(random() * payload.length)] = Math.floor(random() * 256);
      const cut = payload.subarray(0, random() < 0.2 ? Math.floor(random() * payload.length) : payload.length);
      expect(() => dialect.parse(received({ ...built.message, payload: cut }))).not.toThrow();
    }
  });
});
