import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PacketDecoder } from '../mqtt/packet/decoder.ts';
import { encodePacket } from '../mqtt/packet/encoder.ts';
import { utf8, type RpcMessage } from './dialect.ts';
import { mqttxx4 } from './mqttxx4.ts';
import { rpcError } from './rpc-error.ts';

interface Item {
  readonly topic: string;
  readonly qos_published: number;
  readonly properties: {
    readonly 'response-topic'?: string;
    readonly 'correlation-data'?: string;
    readonly 'user-properties'?: Readonly<Record<string, string>>;
  };
  readonly payload: string;
}

const file = `${import.meta.dirname}/../../../test/fixtures/vectors/mqttxx/v4-exchange.json`;
const { packets, items } = JSON.parse(readFileSync(file, 'utf8')) as { readonly packets: readonly { readonly hex: string }[]; readonly items: readonly Item[] };

function messageOf({ topic, payload, properties }: Item): RpcMessage {
  const responseTopic = properties['response-topic'];
  const data = properties['correlation-data'];
  return {
    topic,
    payload: utf8(payload),
    properties: {
      responseTopic,
      correlationData: data === undefined ? undefined : utf8(data),
      userProperties: Object.entries(properties['user-properties'] ?? {}),
    },
  };
}

const textOf = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);
const calls = items
  .filter(({ payload }) => payload.includes('"method"'))
  .map((request) => {
    const response = items.find((item) => item !== request && item.properties['correlation-data'] === request.properties['correlation-data']);
    return { name: (JSON.parse(request.payload) as { method: string }).method, request, response: response as Item };
  });

describe('the exchanges of a real mqttxx 4.x', () => {
  it('are three', () => expect(calls.map(({ name }) => name)).toEqual(['get_status', 'nope', '__ping__']));

  it.each(calls)('"$name": our caller writes its bytes and properties, and understands the answer', ({ request, response }) => {
    const { method, params } = JSON.parse(request.payload) as { method: string; params: null };
    const id = request.properties['correlation-data'] ?? '';
    const built = mqttxx4.buildRequest({ id, topic: request.topic, method, params, clientId: 'client_456', callerId: 'client_456' });
    if ('problem' in built) throw new Error(built.problem);
    const { message, key, replyTo } = built;
    expect(textOf(message.payload)).toBe(request.payload);
    expect(message).toMatchObject({ topic: request.topic, qos: request.qos_published });
    expect({ ...message.properties }).toEqual(messageOf(request).properties);
    expect(replyTo).toBe(response.topic);
    const { result, error } = JSON.parse(response.payload) as { result?: unknown; error?: string };
    const outcome = error === undefined ? { result } : { error: { name: 'METHOD_NOT_FOUND', origin: 'remote', peerText: error } };
    expect(mqttxx4.parse(messageOf(response))).toMatchObject({ kind: 'response', key, outcome });
  });

  it.each(calls)('"$name": our responder understands the request and writes the answer', ({ request, response }) => {
    const message = mqttxx4.parse(messageOf(request));
    if (message.kind !== 'request') throw new Error(message.kind);
    expect(message).toMatchObject({ callerId: 'client_456', replyTo: 'rpc/r/client_456' });
    const { result, error } = JSON.parse(response.payload) as { result?: null; error?: string };
    const reply = error === undefined ? mqttxx4.buildResult(message, result ?? null) : mqttxx4.buildError(message, rpcError('METHOD_NOT_FOUND', 'local', ''));
    expect(textOf(reply?.payload)).toBe(response.payload);
    expect(reply).toMatchObject({ topic: response.topic, qos: response.qos_published });
    expect({ responseTopic: undefined, userProperties: [], ...reply?.properties }).toEqual(messageOf(response).properties);
  });

  it('has the whole request packet byte for byte', () => {
    const hex = packets[0]?.hex ?? '';
    const decoder = new PacketDecoder({ role: 'server', level: 5, maximumPacketSize: 65_536 });
    decoder.push(Buffer.from(hex, 'hex'));
    const packet = decoder.next();
    if (packet?.type !== 'publish') throw new Error('no PUBLISH');
    const id = 'ed3a1c34-d1a2-4032-9928-3bedd186d700';
    const client = { clientId: 'client_456', callerId: 'client_456' };
    const built = mqttxx4.buildRequest({ id, topic: 'rpc/r/client_123', method: 'get_status', params: { id: 123 }, ...client });
    if ('problem' in built) throw new Error(built.problem);
    const { topic, payload, properties } = built.message;
    expect(properties).toBeDefined();
    const { responseTopic, correlationData, userProperties } = properties as Required<NonNullable<typeof properties>>;
    const again = encodePacket({ ...packet, topic, payload, properties: { responseTopic, correlationData, userProperties } }, 5);
    expect(Buffer.from(again).toString('hex')).toBe(hex);
  });

  it('sends events with their data alone', () => {
    const events = items.filter(({ properties }) => properties['user-properties']?.['type'] === 'event');
    expect(events.map((event) => mqttxx4.parse(messageOf(event)))).toEqual([
      { kind: 'event', eventType: 'temperature.changed', data: { value: 25.5, unit: 'C' }, source: 'sensor_001', timestamp: 1795217161.1832826 },
      { kind: 'event', eventType: '', data: { value: 60.2 }, source: '', timestamp: null },
    ]);
  });
});

describe('what else arrives at an mqttxx 4.x node', () => {
  const correlationData = utf8('x');
  it.each([
    ['{"method":"m"}', null, { kind: 'other' }],
    ['{"type": "rpc_request", "request_id": "1", "method": "m"}', {}, { kind: 'other' }],
    ['{"method":"m"}', { responseTopic: 'r' }, { kind: 'invalid', name: 'MISSING_REQUIRED_FIELD' }],
    ['{"method":"m"}', { correlationData }, { kind: 'request', replyTo: '', callerId: '', params: null }],
    ['{"method":5}', { responseTopic: 'r', correlationData }, { kind: 'request', method: '5' }],
    ['{"method":[]}', { responseTopic: 'r', correlationData }, { kind: 'invalid', name: 'INVALID_RPC_REQUEST' }],
    ['{"error":""}', { correlationData }, { kind: 'response', outcome: { error: { name: 'RPC_EXECUTION_ERROR' } } }],
    ['{"result":null,"error":null}', { correlationData }, { kind: 'response', outcome: { result: null } }],
    ['{}', { correlationData }, { kind: 'invalid', name: 'MISSING_REQUIRED_FIELD', key: 'x' }],
    ['5', { correlationData }, { kind: 'invalid', name: 'INVALID_MESSAGE_TYPE', key: 'x' }],
    ['no json', { correlationData }, { kind: 'invalid', name: 'INVALID_JSON', key: 'x' }],
  ])('%s with %j', (payload, properties, expected) => {
    expect(mqttxx4.parse({ topic: 't', payload: utf8(payload), properties })).toMatchObject(expected);
  });

  it('is answered with the very bytes of its correlation', () => {
    const odd = Uint8Array.of(0, 255, 128, 10);
    const request = mqttxx4.parse({ topic: 't', payload: utf8('{"method":"m"}'), properties: { responseTopic: 'r', correlationData: odd } });
    if (request.kind !== 'request') throw new Error(request.kind);
    const reply = mqttxx4.buildResult(request, 1);
    expect(reply?.properties?.correlationData).toEqual(odd);
    expect(mqttxx4.parse({ topic: 'r', payload: reply?.payload ?? odd, properties: { correlationData: odd } })).toMatchObject({ key: request.key });
  });
});
