import { describe, expect, it } from 'vitest';
import { utf8, type BuiltRequest, type ParsedMessage, type RpcCall } from './dialect.ts';
import { mqtt5 } from './mqtt5.ts';
import { rpcError, type RpcErrorName } from './rpc-error.ts';

const call: RpcCall = { id: 'id-1', topic: 'plant/pump', method: 'start', params: { rpm: 100 }, clientId: 'c', callerId: 'c' };
const textOf = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

function build(change: Partial<RpcCall> = {}): BuiltRequest {
  const built = mqtt5.buildRequest({ ...call, ...change });
  if ('problem' in built) throw new Error(built.problem);
  return built;
}

describe('generic MQTT 5 requests', () => {
  it('carry the method in the topic and the parameters alone', () => {
    const { message, key, replyTo } = build();
    expect(message).toMatchObject({ topic: 'plant/pump/start', qos: 1 });
    expect(textOf(message.payload)).toBe('{"rpm":100}');
    expect(message.properties).toEqual({
      contentType: 'application/json',
      payloadIsUtf8: true,
      responseTopic: 'mqtt-workbench/c',
      correlationData: utf8('id-1'),
    });
    expect([key, replyTo]).toEqual(['id-1', 'mqtt-workbench/c']);
  });

  it('may have neither a method nor parameters', () => {
    const { message } = build({ method: '', params: null, replyTo: 'mine' });
    expect(message).toMatchObject({ topic: 'plant/pump', payload: new Uint8Array(0), properties: { responseTopic: 'mine' } });
    expect(message.properties).not.toHaveProperty('contentType');
  });

  it('are read back, and answered', () => {
    const { message, key } = build();
    const request = mqtt5.parse({ ...message, properties: message.properties ?? null });
    if (request.kind !== 'request') throw new Error(request.kind);
    expect(request).toMatchObject({ key, method: 'start', params: { rpm: 100 }, replyTo: 'mqtt-workbench/c' });
    const reply = mqtt5.buildResult(request, 'ok');
    expect(reply).toMatchObject({ topic: 'mqtt-workbench/c', properties: { correlationData: utf8('id-1') } });
    expect(mqtt5.parse({ topic: 'x', payload: reply?.payload ?? utf8(''), properties: reply?.properties ?? null })).toEqual({
      kind: 'response',
      key,
      outcome: { result: 'ok' },
    });
  });

  it.each([
    ['METHOD_NOT_FOUND', 404],
    ['PERMISSION_DENIED', 403],
    ['INVALID_RPC_REQUEST', 400],
    ['RPC_EXECUTION_ERROR', 500],
  ] satisfies [RpcErrorName, number][])('are answered with %s', (name, status) => {
    const { message } = build();
    const request = mqtt5.parse({ ...message, properties: message.properties ?? null });
    if (request.kind !== 'request') throw new Error(request.kind);
    const reply = mqtt5.buildError(request, rpcError(name, 'local', 'why'));
    const answer = mqtt5.parse({ topic: 'x', payload: reply?.payload ?? utf8(''), properties: reply?.properties ?? null });
    expect(answer).toMatchObject({ kind: 'response', outcome: { error: { name, peerCode: String(status) } } });
  });
});

describe('generic MQTT 5 messages', () => {
  const parse = (payload: string | Uint8Array, properties: Parameters<typeof mqtt5.parse>[0]['properties']): ParsedMessage =>
    mqtt5.parse({ topic: 'a/b', payload: typeof payload === 'string' ? utf8(payload) : payload, properties });
  const correlationData = utf8('k');

  it.each([
    ['{}', null, { kind: 'other' }],
    ['{}', {}, { kind: 'other' }],
    ['{}', { responseTopic: 'r' }, { kind: 'request', key: '', method: 'b' }],
    ['plain text', { correlationData }, { outcome: { result: 'plain text' } }],
    ['', { correlationData }, { outcome: { result: null } }],
    ['12345678901234567890', { correlationData }, { kind: 'response' }],
    [Uint8Array.of(0xff), { correlationData }, { kind: 'invalid', name: 'INVALID_UTF8', key: 'k' }],
    ['{"a":1}', { correlationData, userProperties: [['error', 'boom']] }, { outcome: { error: { message: 'boom', data: { a: 1 } } } }],
    ['', { correlationData, userProperties: [['__stat', '500']] }, { outcome: { error: { peerCode: '500' } } }],
    [
      '',
      {
        correlationData,
        userProperties: [
          ['__stat', '404'],
          ['__stMsg', 'gone'],
        ],
      },
      { outcome: { error: { name: 'METHOD_NOT_FOUND', peerText: 'gone' } } },
    ],
    ['1', { correlationData, userProperties: [['__stat', '200']] }, { outcome: { result: 1 } }],
    ['1', { correlationData, userProperties: [['__stat', 'odd']] }, { outcome: { result: 1 } }],
  ] as const)('%s with %j', (payload, properties, expected) => {
    expect(parse(payload, properties as never)).toMatchObject(expected);
  });

  it('answer a request without Correlation Data without it', () => {
    const request = parse('1', { responseTopic: 'r' });
    if (request.kind !== 'request') throw new Error(request.kind);
    expect(mqtt5.buildResult(request, 1)?.properties).not.toHaveProperty('correlationData');
  });
});
