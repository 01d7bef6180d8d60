import { expect, it } from 'vitest';
import type { DialectId } from '../../../shared/contract/rpc.ts';
import type { MessageProperties, MessageRecord } from '../../../shared/messages/record.ts';
import { DialectRegistry } from './dialects/index.ts';
import { readDescriptor } from './descriptor.ts';
import { mayBeCall, recognise } from './recognise.ts';

const nothing = { awaited: undefined, spoken: undefined, own: [] };
const dialects = new DialectRegistry();

function message(payload: string | Uint8Array, properties: MessageProperties | null = null, topic = 'a/b'): MessageRecord {
  const bytes = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload;
  return { id: 1, timeUs: 1, topic, payload: bytes, qos: 0, retain: false, dup: false, direction: 'in', publisher: null, properties };
}
const kindOf = (record: MessageRecord, knowledge: { awaited?: DialectId; spoken?: DialectId } = {}): unknown => {
  const topic = { ...nothing, ...knowledge };
  if (!mayBeCall(record, topic)) return 'passed by';
  const found = recognise(record, topic, dialects);
  return found && `${found.dialect} ${found.parsed.kind}`;
};
const id = '5f0c4f3e-2a5f-4f0e-9c5e-1f2b3c4d5e6f';

it.each<DialectId>(['mqttxx2', 'mqttxx4', 'jsonrpc', 'mqtt5'])('knows requests and answers of %s', (dialectId) => {
  const dialect = dialects.get(dialectId);
  const built = dialect.buildRequest({ id, topic: 'edge/x', method: 'get', params: { a: 1 }, clientId: 'me', callerId: 'me' });
  if ('problem' in built) throw new Error(built.problem);
  const request = message(built.message.payload, built.message.properties ?? null, built.message.topic);
  expect(kindOf(request)).toBe(`${dialectId} request`);
  const parsed = dialect.parse(request);
  if (parsed.kind !== 'request') throw new Error('no request');
  for (const answer of [dialect.buildResult(parsed, { b: 2 }), dialect.buildError(parsed, { name: 'RPC_EXECUTION_ERROR', message: 'no' })]) {
    if (!answer) throw new Error('no answer');
    const record = message(answer.payload, answer.properties ?? null, answer.topic);
    expect(kindOf(record)).toBe(`${dialectId} response`);
    expect(kindOf(record, { awaited: dialectId })).toBe(`${dialectId} response`);
  }
});

it('knows requests and answers of gf_mqtt_client by their topics, damaged ones as well, and nothing else there', () => {
  const about = 'axuv/request/DEVICE';
  const on = (topic: string, payload: string): unknown => kindOf(message(payload, null, `gf_int_v1/${topic}`));
  expect(on(`${about}/${id}`, `{"header":{"method":"GET","path":"gains","request_id":"${id}"}}`)).toBe('gf request');
  expect(on(`axuv/response/DEVICE/${id}`, `{"header":{"response_code":205,"request_id":"${id}"}}`)).toBe('gf response');
  expect(on(`${about}/${id}`, '[1]')).toBe('gf invalid');
  expect(on(`${about}/${id}`, '{"body":1}')).toBeNull();
  expect(on('axuv/state', '{"type":"rpc_request"}')).toBeNull();
});

it('passes by what has neither the words of an envelope nor the properties, unread', () => {
  for (const payload of ['', '25.5', 'on', '{"temperature":21.5}', '[{"jsonrpc":"2.0","id":1,"method":"x"}]', '  "rpc_request"', '{"type":"event"}'])
    expect(kindOf(message(payload))).toBe('passed by');
  expect(kindOf(message('{}', { contentType: 'application/json' }))).toBe('passed by');
  expect(kindOf(message(new Uint8Array(3_000_000).fill(0x7b)))).toBe('passed by');
});

it('takes JSON that only speaks of calls for what it is', () => {
  expect(kindOf(message('{"log":"saw \\"rpc_request\\""}'))).toBeNull();
  expect(kindOf(message('{"log":{"kind":"rpc_request"}}'))).toBeNull();
  expect(kindOf(message('{"type":"log","about":["rpc_request"]}'))).toBeNull();
  expect(kindOf(message('{"about":"jsonrpc"}'))).toBeNull();
  expect(kindOf(message('{"type":"rpc_request", broken'))).toBeNull();
});

it('shows damaged calls: nearly whole ones everywhere, all on the topic of a service', () => {
  expect(kindOf(message('{"type":"rpc_request","method":"x"}'))).toBe('mqttxx2 invalid');
  expect(kindOf(message(`{"type":"rpc_request","pad":"${'x'.repeat(1_100_000)}"}`))).toBe('mqttxx2 invalid');
  expect(kindOf(message('{"type":"rpc_request", broken'), { spoken: 'mqttxx2' })).toBe('mqttxx2 invalid');
  expect(kindOf(message('hello'), { spoken: 'mqttxx2' })).toBe('mqttxx2 invalid');
  expect(kindOf(message(new Uint8Array([0xff, 0xfe])), { spoken: 'jsonrpc' })).toBe('jsonrpc invalid');
  expect(kindOf(message('{"no":"type"}'), { spoken: 'mqttxx2' })).toBeNull();
});

it('takes the answer of a peer that leaves the version out, where one is awaited', () => {
  expect(kindOf(message('{"id":7,"result":true}'), { awaited: 'jsonrpc' })).toBe('jsonrpc response');
  expect(kindOf(message('{"id":7,"result":true}'))).toBe('passed by');
});

it('tells mqttxx 4.x from other requests with properties by its topic or its user property', () => {
  const correlationData = new Uint8Array([1]);
  expect(kindOf(message('{"method":"x"}', { responseTopic: 'r', correlationData }))).toBe('mqtt5 request');
  expect(kindOf(message('{"method":"x"}', { responseTopic: 'r', correlationData, userProperties: [['caller_id', 'me']] }))).toBe('mqttxx4 request');
  expect(kindOf(message('{"method":"x"}', { responseTopic: 'r', correlationData }, 'rpc/r/me'))).toBe('mqttxx4 request');
  expect(kindOf(message('{"result":1}', { correlationData }, 'rpc/r/me'))).toBe('mqttxx4 response');
  expect(kindOf(message('{"result":1}', { correlationData }))).toBe('mqtt5 response');
  expect(kindOf(message('not json', { responseTopic: 'r', correlationData }, 'rpc/r/me'))).toBe('mqtt5 request');
});

it('takes any message on an awaited Response Topic for the answer where there is no Correlation Data', () => {
  expect(kindOf(message('21.5'), { awaited: 'mqtt5' })).toBe('mqtt5 response');
});

it('reads where a device says that it takes calls', () => {
  const retained = (payload: string): MessageRecord => ({ ...message(payload), retain: true });
  expect(readDescriptor(retained('{"model":"TH-1","rpc_topic":"edge/x"}'))).toEqual({ dialect: 'mqttxx2', topic: 'edge/x', methods: [] });
  expect(readDescriptor(retained('{"rpc_topic":"edge/x","rpc_dialect":"jsonrpc","rpc_methods":["a"]}'))).toEqual({
    dialect: 'jsonrpc',
    topic: 'edge/x',
    methods: [{ name: 'a', description: '', params: null, result: null }],
  });
  expect(readDescriptor(message('{"rpc_topic":"edge/x"}'))).toBeNull();
  for (const payload of ['{"rpc_topic":"a/#"}', '{"rpc_topic":7}', '{"rpc_topic":"x","rpc_dialect":"none"}', '["rpc_topic"]', '{"rpc_topic"'])
    expect(readDescriptor(retained(payload))).toBeNull();
});

it('looks at 100,000 messages that are no calls in well under a second', () => {
  const telemetry = message(
    JSON.stringify({ ts: 1_700_000_000_000, seq: 12, temperature: 21.53, humidity: 44.1, target: 21, heater: false, note: 'x'.repeat(200) }),
  );
  const started = performance.now();
  for (let n = 0; n < 100_000; n += 1) if (mayBeCall(telemetry, nothing)) throw new Error('taken for a call');
  expect(performance.now() - started).toBeLessThan(1000);
});
