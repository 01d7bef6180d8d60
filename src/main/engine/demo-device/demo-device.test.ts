import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import nodeUrl from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createWebSocketStream, WebSocketServer } from 'ws';
import { mqttxx2 } from '../../../shared/rpc/mqttxx2.ts';
import { buildGfRequest } from '../../../shared/coap/gf/build.ts';
import type { MessageRecord } from '../../../shared/messages/record.ts';
import { createAedesEngine } from '../broker/aedes/aedes-engine.ts';
import type { BrokerEngine } from '../broker/broker-engine.ts';
import { createDemoDevice, demoClientId, demoRpcTopic, gfDeviceTag, type DemoDevice } from './index.ts';

let engine: BrokerEngine;
let server: net.Server;
let device: DemoDevice;
let seen: MessageRecord[];
let url: string;

beforeEach(async () => {
  seen = [];
  engine = await createAedesEngine({ nowUs: () => Date.now() * 1000 });
  engine.onPublish((record) => seen.push(record));
  server = net.createServer({ noDelay: true }, (socket) => engine.handle(socket, { transport: 'tcp', address: 'x:1' })).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `mqtt://127.0.0.1:${(server.address() as net.AddressInfo).port}`;
  device = createDemoDevice({ now: () => 1_700_000_000_000, random: () => 0.5, onChange: () => undefined, tickMs: 20 });
});
afterEach(async () => {
  await device.stop();
  server.close();
  await engine.close();
});

const until = (check: () => unknown): Promise<void> => vi.waitFor(() => expect(check()).toBeTruthy(), { timeout: 10_000, interval: 10 });
const textOf = (record: MessageRecord | undefined): string => Buffer.from(record?.payload ?? []).toString();
const last = (topic: string): MessageRecord | undefined => seen.findLast((record) => record.topic === topic);

async function startDevice(): Promise<void> {
  device.start(url);
  await untilReachable();
}

/** Connected is not enough: a request that comes before the subscriptions is lost. */
const untilReachable = (): Promise<void> => until(() => device.running && engine.clients()[0]?.subscriptions.length === 2);

async function send(topic: string, payload: string | Uint8Array, retain = false): Promise<void> {
  await engine.publish({ topic, payload: Buffer.from(payload as string), qos: 0, retain });
}

function rpcRequest(id: string, method: string, params: unknown = null): Uint8Array {
  const request = mqttxx2.buildRequest({ id, topic: demoRpcTopic, method, params: params as null, replyTo: 'edge/tester', clientId: '', callerId: 'tester' });
  if ('problem' in request) throw new Error(request.problem);
  return request.message.payload;
}

async function callRpc(requestId: string, method: string, params: unknown = null): Promise<MessageRecord> {
  await send(demoRpcTopic, rpcRequest(requestId, method, params));
  await until(() => seen.some((record) => record.topic === 'edge/tester' && textOf(record).includes(requestId)));
  return seen.findLast((record) => record.topic === 'edge/tester' && textOf(record).includes(requestId)) as MessageRecord;
}

async function callGf(requestId: string, payload: string | Uint8Array): Promise<{ header: Record<string, unknown>; body: unknown; timestamp: unknown }> {
  const topic = `gf_int_v1/lab/response/${gfDeviceTag}/${requestId}`;
  await send(`gf_int_v1/lab/request/${gfDeviceTag}/${requestId}`, payload);
  await until(() => last(topic));
  expect(last(topic)).toMatchObject({ qos: 0, retain: false, publisher: demoClientId });
  return JSON.parse(textOf(last(topic))) as { header: Record<string, unknown>; body: unknown; timestamp: unknown };
}

const gfRequest = (method: 'GET' | 'PUT' | 'DELETE', path: string, body: number | string | null = null): string =>
  buildGfRequest({ method, path, requestId: 'r1', source: 'tester', body, timestampMs: 1 });

describe('what the device publishes', () => {
  it('fills a tree of topics, some of them retained', async () => {
    await startDevice();
    await until(() => seen.filter(({ topic }) => topic === 'demo/thermostat/telemetry').length >= 3);
    expect([...new Set(seen.map(({ topic }) => topic))].toSorted()).toEqual(
      [
        'availability',
        'frame',
        'heater/energy',
        'heater/power',
        'heater/state',
        'info',
        'log',
        'sensors/humidity',
        'sensors/temperature',
        'state',
        'telemetry',
      ].map((name) => `demo/thermostat/${name}`),
    );
    expect(engine.retained('demo').toSorted()).toEqual(['availability', 'heater/state', 'info', 'state'].map((name) => `demo/thermostat/${name}`));
    expect(JSON.parse(textOf(last('demo/thermostat/telemetry')))).toMatchObject({ temperature: expect.any(Number), target: 21.5, heater: true });
    expect(last('demo/thermostat/frame')?.payload).toHaveLength(20);
    expect(engine.clients()[0]).toMatchObject({ clientId: demoClientId, version: '3.1.1', keepAliveSeconds: 30, cleanStart: true });
  });

  it('goes offline with a word, or by its will when it is cut off, and comes back', async () => {
    await startDevice();
    await engine.disconnectClient(demoClientId);
    await until(() => textOf(last('demo/thermostat/availability')) === 'offline');
    await until(() => device.running && textOf(last('demo/thermostat/availability')) === 'online');
    await device.stop();
    expect(device.running).toBe(false);
    expect(textOf(last('demo/thermostat/availability'))).toBe('offline');
    expect(last('demo/thermostat/availability')?.retain).toBe(true);
    await device.stop();
  });

  it('stops although the broker is gone', async () => {
    await startDevice();
    server.close();
    await engine.close();
    await device.stop();
    expect(device.running).toBe(false);
  });
});

describe('mqttxx calls', () => {
  it('answers with the exact bytes of a real peer, QoS 1, not retained', async () => {
    await startDevice();
    const reply = await callRpc('id-1', 'set_target', { target: 18.5 });
    expect(reply).toMatchObject({ qos: 1, retain: false, publisher: demoClientId });
    expect(textOf(reply)).toBe('{"type": "rpc_response", "request_id": "id-1", "result": {"target": 18.5}}');
    await until(() => textOf(last('demo/thermostat/state')).includes('18.5'));
  });

  it.each([
    ['set_target', { target: 31 }, String.raw`target 31 \u00b0C is out of range (5 to 30 \u00b0C)`],
    ['set_target', { target: 'warm' }, String.raw`set_target needs a number: {\"target\": 21.5}`],
    ['calibrate', null, 'calibration failed: reference sensor not found'],
    ['nope', null, String.raw`\u65b9\u6cd5\u672a\u627e\u5230: nope`],
    ['constructor', null, String.raw`\u65b9\u6cd5\u672a\u627e\u5230: constructor`],
  ])('answers %s(%j) with the error text', async (method, params, text) => {
    await startDevice();
    expect(textOf(await callRpc('id-2', method, params))).toBe(`{"type": "rpc_response", "request_id": "id-2", "error": "${text}"}`);
  });

  it('reports its status', async () => {
    await startDevice();
    const { result } = JSON.parse(textOf(await callRpc('id-3', 'get_status'))) as { result: Record<string, unknown> };
    expect(Object.keys(result)).toEqual(['temperature', 'humidity', 'target', 'heater', 'uptime_seconds']);
  });

  it('answers other calls while the slow one runs', async () => {
    await startDevice();
    const began = performance.now();
    const slow = callRpc('slow', 'run_self_test');
    await callRpc('quick', 'get_status');
    expect(performance.now() - began).toBeLessThan(2500);
    expect(textOf(await slow)).toContain('"passed": true');
    expect(performance.now() - began).toBeGreaterThan(2900);
  });

  it('reboots: answers, goes offline and comes back', async () => {
    await startDevice();
    expect(textOf(await callRpc('id-4', 'reboot'))).toContain('"rebooting": true');
    await until(() => !device.running && textOf(last('demo/thermostat/availability')) === 'offline');
    await untilReachable();
    await callRpc('id-5', 'get_status');
  });
});

describe('gf requests', () => {
  it('gets and changes resources', async () => {
    await startDevice();
    const state = await callGf('a', gfRequest('GET', 'state'));
    expect(state).toMatchObject({
      header: { response_code: 205, path: 'state', request_id: 'r1', correlation_id: null, source: gfDeviceTag },
      timestamp: '1700000000000',
    });
    expect(state.body).toMatchObject({ target: 21.5 });
    expect(await callGf('b', gfRequest('PUT', 'target', 19))).toMatchObject({ header: { response_code: 204 }, body: null });
    expect(await callGf('c', gfRequest('GET', '/target'))).toMatchObject({ header: { response_code: 205, path: '/target' }, body: 19 });
  });

  it.each([
    ['an unknown path', gfRequest('GET', 'nowhere'), 404],
    ['a path of the prototype', gfRequest('GET', 'constructor'), 404],
    ['a method the resource does not have', gfRequest('PUT', 'state', 1), 405],
    ['an unknown method', gfRequest('GET', 'state').replace('"GET"', '"PATCH"'), 405],
    ['a missing path', gfRequest('GET', ''), 400],
    ['a value out of range', gfRequest('PUT', 'target', 99), 400],
    ['a value of the wrong type', gfRequest('PUT', 'target', 'warm'), 400],
    ['no JSON', '{"header":', 400],
    ['a request that is too large', `"${'x'.repeat(65_536)}"`, 413],
  ])('answers %s', async (_name, payload, code) => {
    await startDevice();
    const { header } = await callGf('bad', payload);
    expect(header['response_code']).toBe(code);
    expect(Object.keys(header)).toEqual(['response_code', 'path', 'request_id', 'correlation_id', 'source']);
  });
});

describe('the address of the broker', () => {
  const hasIpv6 = Object.values(os.networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === '::1'));

  it.each([
    ['mqtt', '127.0.0.1'],
    ['mqtt', '::1'],
    ['ws', '127.0.0.1'],
    ['ws', '::1'],
  ] as const)('is read without url.parse, of which Node warns in the terminal: %s at %s', async (scheme, host) => {
    if (host === '::1' && !hasIpv6) return;
    const parse = vi.spyOn(nodeUrl, 'parse');
    const info = { transport: scheme === 'ws' ? 'ws' : 'tcp', address: 'x:1' } as const;
    const listener = scheme === 'ws' ? http.createServer() : net.createServer((socket) => engine.handle(socket, info));
    if (scheme === 'ws')
      new WebSocketServer({ server: listener as http.Server }).on('connection', (socket) => engine.handle(createWebSocketStream(socket), info));
    await once(listener.listen(0, host), 'listening');
    const { port } = listener.address() as net.AddressInfo;
    device.start(`${scheme}://${host === '::1' ? '[::1]' : host}:${port}`);
    await until(() => device.running && last('demo/thermostat/telemetry'));
    expect(parse).not.toHaveBeenCalled();
    await device.stop();
    listener.close();
    parse.mockRestore();
  });
});

describe('messages that silence real devices', () => {
  const read = (file: string): { readonly items: readonly { readonly payload_text?: string; readonly payload_hex?: string }[] } =>
    JSON.parse(readFileSync(`${import.meta.dirname}/../../../../test/fixtures/vectors/${file}`, 'utf8')) as ReturnType<typeof read>;
  const payloads = [...read('gf_mqtt_client/hazards.json').items, ...read('mqttxx/v2-incoming.json').items]
    .filter((item) => item.payload_text !== undefined || item.payload_hex !== undefined)
    .map((item) => (item.payload_text === undefined ? Buffer.from(item.payload_hex ?? '', 'hex') : Buffer.from(item.payload_text)));

  it('do not silence this one', async () => {
    await startDevice();
    const deep = Buffer.from(`{"type":"rpc_request","method":"get_status","reply_to":"x","request_id":${'['.repeat(50_000)}${']'.repeat(50_000)}}`);
    for (const payload of [...payloads, deep, Buffer.from('{"type":"rpc_request","request_id":1,"method":"get_status","reply_to":"a/#"}')]) {
      await send(demoRpcTopic, payload);
      await send(`gf_int_v1/lab/request/${gfDeviceTag}/odd`, payload);
    }
    await callRpc('alive', 'get_status');
    expect((await callGf('alive', gfRequest('GET', 'target'))).header['response_code']).toBe(205);
  });

  it('does not answer requests from the past', async () => {
    await send(demoRpcTopic, rpcRequest('old', 'reboot'), true);
    await startDevice();
    await callRpc('new', 'get_status');
    expect(seen.filter(({ topic }) => topic === 'edge/tester').map(textOf)).toEqual([expect.stringContaining('"new"')]);
  });
});
