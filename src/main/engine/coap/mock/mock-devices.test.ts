import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mockDeviceSchema, type MockDeviceInput, type MockDeviceStatus, type MockMethodName } from '../../../../shared/contract/mock-devices.ts';
import { buildGfRequest } from '../../../../shared/coap/gf/build.ts';
import { formatCode, methodCodes, type CoapOption } from '../../../../shared/coap/udp/packet.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import { useNodes, type MqttPeer } from '../../../../../test/support/rpc-nodes.ts';
import { CoapClient, type CoapResponse } from '../udp/coap-client.ts';

const bench = useNodes();
const tag = '2D_XX_0_9999';
const everything: readonly MockMethodName[] = ['GET', 'POST', 'PUT', 'DELETE', 'FETCH', 'PATCH', 'iPATCH'];
type InputState = NonNullable<NonNullable<MockDeviceInput['resources']>[number]['state']> | null;
const stateful = (path: string, state: InputState = null) => ({
  path,
  state,
  methods: everything.map((method) => ({ method, answer: { kind: 'state' as const } })),
});
const one = (
  path: string,
  method: MockMethodName,
  answer: NonNullable<NonNullable<MockDeviceInput['resources']>[number]['methods']>[number]['answer'],
  faults = {},
) => ({
  path,
  methods: [{ method, answer, faults }],
});

async function run(
  more: Partial<MockDeviceInput> = {},
  started = ({ mqtt, udp }: MockDeviceStatus) => (mqtt?.phase ?? 'running') === 'running' && (udp?.phase ?? 'running') === 'running',
) {
  const device = mockDeviceSchema.parse({ id: 'mock', name: 'Mock', tag, resources: [stateful('gains', [0, 1])], ...more });
  await bench.page.call('mockDevices.save', device);
  await bench.page.call('mockDevices.start', { id: device.id });
  const view = await bench.first('mockDevices.statuses', undefined, ({ statuses }) => statuses.some((status) => status.id === device.id && started(status)));
  return view.statuses.find(({ id }) => id === device.id) as MockDeviceStatus;
}
const statusOf = async (): Promise<MockDeviceStatus> => (await bench.first('mockDevices.statuses', undefined)).statuses[0] as MockDeviceStatus;
const logOf = async (): Promise<string[]> => (await bench.first('mockDevices.log', { id: 'mock' })).lines.map(({ method, text }) => `${method} ${text}`);
const stateOf = async () => (await bench.first('mockDevices.state', { id: 'mock' })).resources.map(({ path, state }) => [path, state]);

interface GfAnswer {
  readonly topic: string;
  readonly header: Record<string, JsonValue>;
  readonly body: JsonValue;
  readonly timestamp: JsonValue;
}
const answersOf = ({ received }: MqttPeer): GfAnswer[] => received.map(({ topic, text }) => ({ topic, ...(JSON.parse(text) as Omit<GfAnswer, 'topic'>) }));

/** A caller of the device, over the broker. */
async function caller(port: number) {
  const peer = await bench.openPeer(port, 'gf_int_v1/+/response/#');
  const ask = async (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body: JsonValue = null): Promise<[number, JsonValue, ...JsonValue[]]> => {
    const requestId = crypto.randomUUID();
    const request = buildGfRequest({ method, path, requestId, source: 'me', body, timestampMs: 1, correlationId: null });
    await peer.client.publishAsync(`gf_int_v1/axuv/request/${tag}/${requestId}`, request);
    await expect.poll(() => answersOf(peer).some(({ header }) => header['request_id'] === requestId), { timeout: 10_000 }).toBe(true);
    const { header, body: answered } = answersOf(peer).find((answer) => answer.header['request_id'] === requestId) as GfAnswer;
    return [header['response_code'] as number, answered, ...(header['location'] === undefined ? [] : [header['location']])];
  };
  return { peer, ask };
}

const vectors = (file: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../../../test/fixtures/vectors/gf_mqtt_client/${file}`, import.meta.url), 'utf8'));

describe('over MQTT', () => {
  it('keeps states, creates and deletes', async () => {
    const port = await bench.startBroker();
    expect((await run()).mqtt).toMatchObject({ clientId: tag, problem: null, subscriptions: [{ filter: `gf_int_v1/+/request/${tag}/+`, grantedQos: 1 }] });
    const { ask } = await caller(port);
    expect(await ask('GET', '/gains')).toEqual([205, [0, 1]]);
    expect(await ask('PUT', 'gains', { a: [true] })).toEqual([204, null]);
    expect(await ask('GET', 'gains')).toEqual([205, { a: [true] }]);
    expect(await ask('POST', 'gains', 7)).toEqual([201, null, 'gains/1']);
    expect(await stateOf()).toEqual([
      ['gains', { a: [true] }],
      ['gains/1', 7],
    ]);
    expect(await ask('DELETE', 'gains/1')).toEqual([202, null]);
    expect(await ask('GET', 'gains/1')).toEqual([404, 'There is no resource "gains/1".']);
    await bench.page.call('mockDevices.setState', { id: 'mock', path: 'gains', state: 'by hand' });
    expect(await ask('GET', 'gains')).toEqual([205, 'by hand']);
    await bench.page.call('mockDevices.reset', { id: 'mock' });
    expect(await ask('GET', 'gains')).toEqual([205, [0, 1]]);
    expect(await statusOf()).toMatchObject({
      byCode: [{ code: 201 }, { code: 202 }, { code: 204 }, { code: 205, count: 4 }, { code: 404, count: 1 }],
      running: 0,
    });
    expect((await logOf()).some((line) => /^GET gains 205 Content to me \(\d+ ms\)$/.test(line))).toBe(true);
  });

  it('answers every request of the vectors exactly once, with the fields of the contract', async () => {
    const port = await bench.startBroker();
    await run({ resources: [stateful('gains'), stateful('resources'), stateful('resources/1'), stateful('state')] });
    const { items: exchanges } = vectors('exchange.json') as { items: readonly { readonly request: { readonly topic: string; readonly payload: string } }[] };
    const { items: checked } = vectors('validation.json') as {
      items: readonly { readonly input?: Record<string, JsonValue>; readonly header?: Record<string, JsonValue> }[];
    };
    const base = { method: 'GET', path: 'gains', request_id: crypto.randomUUID(), correlation_id: null };
    const requests = [
      ...exchanges.map(({ request }) => ({ topic: request.topic.replace(/\/request\/[^/]+\//, `/request/${tag}/`), payload: request.payload })),
      ...checked.map(({ input, header }) => ({
        topic: `gf_int_v1/axuv/request/${tag}/${crypto.randomUUID()}`,
        payload: JSON.stringify(input ?? { header: { ...base, ...header }, body: null, timestamp: 1 }),
      })),
    ];
    expect(requests.length).toBeGreaterThan(20);
    const { peer, ask } = await caller(port);
    for (const { topic, payload } of requests) await peer.client.publishAsync(topic, payload, { qos: 1 });
    const topics = requests.map(({ topic }) => topic.replace('/request/', '/response/'));
    await expect.poll(() => new Set(answersOf(peer).map(({ topic }) => topic)).size, { timeout: 15_000 }).toBe(new Set(topics).size);
    // What comes twice would have come before this one.
    await ask('GET', 'gains');
    const answers = answersOf(peer).slice(0, -1);
    expect(answers.map(({ topic }) => topic).toSorted()).toEqual([...new Set(topics)].toSorted());
    for (const { header, timestamp } of answers) {
      expect(Object.keys(header)).toEqual(expect.arrayContaining(['response_code', 'path', 'request_id', 'correlation_id', 'source']));
      expect(header['source']).toBe(tag);
      expect(typeof timestamp).toBe('string');
      expect([201, 202, 204, 205, 400, 404, 405]).toContain(header['response_code']);
    }
    for (const [at, { payload }] of requests.entries()) {
      const sent = (JSON.parse(payload) as { readonly header?: Record<string, JsonValue> }).header;
      const answer = answers.find(({ topic }) => topic === topics[at]);
      if (sent?.['method'] !== undefined && sent['request_id'] !== undefined) expect(answer?.header['correlation_id']).toEqual(sent['correlation_id'] ?? null);
    }
  });

  it('answers what would silence a real device with 400, and a body over the limit with 413', async () => {
    const port = await bench.startBroker();
    await run({ maxBodyBytes: 20 });
    const { peer, ask } = await caller(port);
    const { items } = vectors('hazards.json') as {
      items: readonly { readonly payload_text?: string; readonly payload_hex?: string; readonly side?: string }[];
    };
    const bad = items.filter(({ payload_text: text, payload_hex: hex }) => hex !== undefined || (text !== undefined && !text.includes('"method"')));
    expect(bad.length).toBeGreaterThan(4);
    for (const { payload_text: text, payload_hex: hex } of bad) {
      const id = crypto.randomUUID();
      await peer.client.publishAsync(`gf_int_v1/axuv/request/${tag}/${id}`, hex === undefined ? (text ?? '') : Buffer.from(hex, 'hex'), { qos: 1 });
      await expect.poll(() => answersOf(peer).find(({ header }) => header['request_id'] === id)?.header['response_code'], { timeout: 10_000 }).toBe(400);
    }
    expect(await ask('PUT', 'gains', 'x'.repeat(18))).toEqual([204, null]);
    expect((await ask('PUT', 'gains', 'x'.repeat(19)))[0]).toBe(413);
    const id = crypto.randomUUID();
    await peer.client.publishAsync(`gf_int_v1/axuv/request/${tag}/${id}`, Buffer.alloc(1_100_000, 0x20), { qos: 1 });
    await expect.poll(() => answersOf(peer).find(({ header }) => header['request_id'] === id)?.header['response_code'], { timeout: 10_000 }).toBe(413);
  });

  it('carries out a request that is delivered again only once, and leaves others alone', async () => {
    const port = await bench.startBroker();
    await run({ subsystems: ['axuv', 'other'] });
    const { peer, ask } = await caller(port);
    const requestId = crypto.randomUUID();
    const topic = `gf_int_v1/axuv/request/${tag}/${requestId}`;
    const request = buildGfRequest({ method: 'POST', path: 'gains', requestId, source: null, body: 1, timestampMs: 1 });
    await peer.client.publishAsync(topic, request, { qos: 1 });
    await peer.client.publishAsync(topic, request, { qos: 1 });
    await peer.client.publishAsync(topic.replace('axuv', 'third'), request, { qos: 1 });
    expect(await ask('GET', 'gains')).toEqual([205, [0, 1]]);
    expect((await stateOf()).map(([path]) => path)).toEqual(['gains', 'gains/1']);
    expect(peer.received.filter((message) => message.topic.endsWith(requestId))).toHaveLength(1);
    expect(await statusOf()).toMatchObject({ repeated: 1, passedOver: { retained: 0, otherSubsystem: 1 } });
  });

  it('answers with templates and scripts, and with 500 where they fail', async () => {
    const port = await bench.startBroker();
    const script = `let n = 0;
export default (body, request) => {
  n += 1;
  if (body === 'fail') throw new Error('no luck');
  if (body === 'state') return { code: 204, state: [request.state, n] };
  if (body === 'create') return { code: 201, location: 'x/1', body: 'made' };
  return { code: 'not a code', path: request.path, method: request.method, via: request.via, who: request.callerId };
};`;
    await run({
      resources: [
        one('script', 'POST', { kind: 'script', source: script }),
        one('template', 'PUT', { kind: 'template', code: 204, text: '{"was": {{state}}, "is": {{body}}, "at": "{{path}}"}' }),
        one('broken', 'GET', { kind: 'template', code: 205, text: '{{nope}}' }),
        one('static', 'POST', { kind: 'static', code: 201, body: [1], location: 'static/9' }),
      ],
    });
    const { ask } = await caller(port);
    expect(await ask('POST', '/script')).toEqual([201, { code: 'not a code', path: 'script', method: 'POST', via: 'mqtt', who: 'me' }]);
    expect(await ask('POST', 'script', 'fail')).toEqual([500, 'no luck']);
    expect(await ask('POST', 'script', 'state')).toEqual([204, null]);
    expect(await ask('POST', 'script', 'create')).toEqual([201, 'made', 'x/1']);
    expect((await stateOf()).find(([path]) => path === 'script')).toEqual(['script', [null, 3]]);
    expect(await ask('PUT', 'template', { a: 1 })).toEqual([204, { was: null, is: { a: 1 }, at: 'template' }]);
    expect((await ask('GET', 'broken'))[0]).toBe(500);
    expect(await ask('POST', 'static')).toEqual([201, [1], 'static/9']);
    expect((await logOf()).some((line) => line.includes('no luck (line 4)'))).toBe(true);
  });

  it('goes wrong on purpose', async () => {
    const port = await bench.startBroker();
    const answer = { kind: 'static', code: 205, body: 1 } as const;
    await run({
      resources: [
        one('error', 'GET', answer, { errorRate: 1, errorCode: 503, errorText: 'busy' }),
        one('twice', 'GET', answer, { duplicateRate: 1, duplicates: 2 }),
        one('unlisted', 'GET', answer, { unlistedRate: 1 }),
        one('silent', 'GET', answer, { dropRate: 1 }),
        one('late', 'GET', answer, { delayMs: 60_000 }),
        one('fine', 'GET', answer),
      ],
    });
    const { peer, ask } = await caller(port);
    expect(await ask('GET', 'error')).toEqual([503, 'busy']);
    expect(await ask('GET', 'unlisted')).toEqual([299, 1]);
    expect(await ask('GET', 'twice')).toEqual([205, 1]);
    for (const path of ['silent', 'late']) {
      const requestId = crypto.randomUUID();
      await peer.client.publishAsync(
        `gf_int_v1/axuv/request/${tag}/${requestId}`,
        buildGfRequest({ method: 'GET', path, requestId, source: null, body: null, timestampMs: 1 }),
      );
    }
    expect(await ask('GET', 'fine')).toEqual([205, 1]);
    expect(peer.received).toHaveLength(6);
    expect(await statusOf()).toMatchObject({ dropped: 1, running: 1 });
    await bench.page.call('mockDevices.stop', { id: 'mock' });
    expect(await statusOf()).toMatchObject({ running: 0, mqtt: { phase: 'stopped' } });
  });
});

describe('over UDP', () => {
  async function client(status: MockDeviceStatus) {
    const coap = new CoapClient({ clock: () => performance.now(), random: Math.random, randomBytes: (count) => new Uint8Array(randomBytes(count)) });
    bench.cleanups.push(() => coap.close());
    const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
    const path = (where: string, number = 11): CoapOption[] => where.split('/').map((segment) => ({ number, value: new TextEncoder().encode(segment) }));
    const request = (method: MockMethodName, where: string, body = '', options: readonly CoapOption[] = []) => ({
      ...{
        host: status.udp?.address ?? '',
        port: status.udp?.port ?? 0,
        type: 'CON' as const,
        code: methodCodes[method],
        timeoutMs: 20_000,
        blockSize: 64,
        maxBodyBytes: 1_000_000,
      },
      options: [...path(where), ...options].toSorted((a, b) => a.number - b.number),
      payload: new TextEncoder().encode(body),
    });
    const shown = ({ packet }: CoapResponse): [string, string] => [formatCode(packet.code), text(packet.payload)];
    const ask = async (...what: Parameters<typeof request>) => shown(await coap.request(request(...what), { signal: new AbortController().signal }));
    return { coap, ask, request, shown, text, path };
  }
  const json: CoapOption = { number: 12, value: Uint8Array.of(50) };
  const udp = { host: '127.0.0.1', port: 0 };

  it('serves the same tree: states, methods, discovery, limits', async () => {
    const status = await run({
      source: null,
      udp,
      maxBodyBytes: 200,
      resources: [stateful('sensors/temp', { c: 21, unit: 'C' }), { path: 'led', resourceType: 'light' }],
    });
    expect(status).toMatchObject({ mqtt: null, warnings: [] });
    const { ask, coap, request, text } = await client(status);
    expect(await ask('GET', 'sensors/temp')).toEqual(['2.05', '{"c":21,"unit":"C"}']);
    expect(await ask('FETCH', 'sensors/temp', '["c"]', [json])).toEqual(['2.05', '{"c":21}']);
    expect(await ask('iPATCH', 'sensors/temp', '{"c":22,"unit":null}', [json])).toEqual(['2.04', '']);
    expect(await ask('GET', 'sensors/temp')).toEqual(['2.05', '{"c":22}']);
    expect(await ask('PUT', 'sensors/temp', 'plain', [{ number: 12, value: new Uint8Array(0) }])).toEqual(['2.04', '']);
    expect(await ask('GET', 'sensors/temp')).toEqual(['2.05', 'plain']);
    expect(await ask('GET', 'sensors/temp', '', [{ number: 17, value: Uint8Array.of(50) }])).toEqual(['2.05', '"plain"']);
    expect((await ask('GET', 'sensors/temp', '', [{ number: 17, value: Uint8Array.of(60) }]))[0]).toBe('4.06');
    expect((await ask('PUT', 'sensors/temp', '{', [json]))[0]).toBe('4.00');
    expect((await ask('PUT', 'sensors/temp', 'x', [{ number: 12, value: Uint8Array.of(42) }]))[0]).toBe('4.15');
    expect((await ask('PUT', 'sensors/temp', 'x'.repeat(201)))[0]).toBe('4.13');
    expect(await ask('GET', 'nope')).toEqual(['4.04', 'There is no resource "nope".']);
    expect((await ask('GET', 'led'))[0]).toBe('4.05');
    expect(await ask('GET', '.well-known/core')).toEqual(['2.05', '</sensors/temp>;obs,</led>;rt="light"']);
    expect((await ask('GET', '.well-known/core', '', [{ number: 15, value: new TextEncoder().encode('rt=light') }]))[1]).toBe('</led>;rt="light"');
    const { packet } = await coap.request(request('POST', 'sensors/temp', '1'), { signal: new AbortController().signal });
    expect([formatCode(packet.code), packet.options.filter(({ number }) => number === 8).map(({ value }) => text(value))]).toEqual([
      '2.01',
      ['sensors', 'temp', '1'],
    ]);
    expect((await ask('DELETE', 'sensors/temp/1'))[0]).toBe('2.02');
    expect((await ask('GET', 'sensors/temp/1'))[0]).toBe('4.04');
  });

  it('tells observers what changed, whichever way it came', async () => {
    const port = await bench.startBroker();
    const { coap, request, shown } = await client(await run({ udp, resources: [stateful('temp', 1)] }));
    const { ask } = await caller(port);
    const told: [string, string][] = [];
    let ended = false;
    await coap.observe(request('GET', 'temp'), {
      signal: new AbortController().signal,
      onNotification: (response) => void told.push(shown(response)),
      onEnd: () => void (ended = true),
    });
    const newest = () => told.at(-1);
    expect(await ask('PUT', 'temp', 2)).toEqual([204, null]);
    await expect.poll(newest, { timeout: 10_000 }).toEqual(['2.05', '2']);
    await bench.page.call('mockDevices.setState', { id: 'mock', path: 'temp', state: 3 });
    await expect.poll(newest, { timeout: 10_000 }).toEqual(['2.05', '3']);
    expect((await statusOf()).udp?.observers).toBe(1);
    expect(await ask('DELETE', 'temp')).toEqual([202, null]);
    await expect.poll(() => ended, { timeout: 10_000 }).toBe(true);
    expect((await statusOf()).udp?.observers).toBe(0);
  });

  it('says what keeps a port from being opened, and takes another one', async () => {
    const first = await run({ source: null, udp });
    const taken = first.udp?.port ?? 0;
    const second = await run({ id: 'second', source: null, udp: { ...udp, port: taken } }, (status) => status.udp?.phase === 'failed');
    expect(second.udp?.problem).toMatchObject({ code: 'port-in-use', message: `The UDP port 127.0.0.1:${taken} is in use.` });
    expect(await run({ id: 'second', source: null, udp })).toMatchObject({ udp: { phase: 'running', problem: null } });
    const bad = await run({ id: 'second', source: null, udp: { host: '203.0.113.1', port: 0 } }, (status) => status.udp?.phase === 'failed');
    expect(bad.udp?.problem?.message).toBe('"203.0.113.1" is no address of this machine.');
    expect(bad.warnings[0]).toContain('from the network');
  });
});

it('makes a device from what a real one answered, which answers the same', async () => {
  const port = await bench.startBroker();
  await run({ resources: [stateful('gains', [0, 1]), one('state', 'GET', { kind: 'static', code: 203, body: 'ON' })] });
  const { ask } = await caller(port);
  await ask('GET', 'gains');
  await ask('PUT', '/gains', [5]);
  await ask('GET', 'gains');
  await ask('POST', 'gains', 1);
  await ask('GET', 'state');
  await ask('GET', 'nope');
  const topic = `gf_int_v1/axuv/request/${tag}`;
  await expect.poll(async () => (await bench.page.call('mockDevices.fromTraffic', { source: 'broker', topic })).used, { timeout: 10_000 }).toBe(6);
  const { device, leftOut } = await bench.page.call('mockDevices.fromTraffic', { source: 'broker', topic });
  expect(leftOut).toBe(0);
  expect(device).toMatchObject({
    tag,
    subsystems: ['axuv'],
    source: 'broker',
    resources: [{ path: 'gains', state: [5] }, { path: 'nope' }, { path: 'state' }],
  });
  await bench.page.call('mockDevices.remove', { id: 'mock' });
  await run({ ...device, id: 'copy' });
  expect(await ask('GET', 'gains')).toEqual([205, [5]]);
  expect(await ask('POST', 'gains', 1)).toEqual([201, null, 'gains/1']);
  expect(await ask('GET', 'state')).toEqual([203, 'ON']);
  expect((await ask('GET', 'nope'))[0]).toBe(404);
  await expect(bench.page.call('mockDevices.fromTraffic', { source: 'broker', topic: 'gf_int_v1/axuv/request/NOBODY' })).rejects.toMatchObject({
    code: 'not-found',
  });
});

it('takes what is saved at once, waits for its source, and refuses what cannot be', async () => {
  const status = await run({}, ({ mqtt }) => mqtt?.phase === 'waiting');
  expect(status.mqtt?.problem?.code).toBe('broker-not-running');
  const port = await bench.startBroker();
  await bench.first('mockDevices.statuses', undefined, ({ statuses }) => statuses[0]?.mqtt?.phase === 'running');
  const { ask } = await caller(port);
  await ask('PUT', 'gains', 9);
  await run({ resources: [stateful('gains', [0, 1]), one('more', 'GET', { kind: 'static', code: 205, body: 1 })] });
  expect(await ask('GET', 'gains')).toEqual([205, 9]);
  expect(await ask('GET', 'more')).toEqual([205, 1]);
  const save = (more: Partial<MockDeviceInput>) => bench.page.call('mockDevices.save', mockDeviceSchema.parse({ id: 'bad', name: 'Bad', tag, ...more }));
  await expect(save({ tag: 'a/b' })).rejects.toMatchObject({ code: 'bad-input', message: expect.stringContaining('"/"') });
  await expect(save({ subsystems: ['+'] })).rejects.toMatchObject({ code: 'bad-input' });
  await expect(save({ resources: [{ path: '/a' }, { path: 'a/' }] })).rejects.toMatchObject({ message: 'There are two resources "/a".' });
  await expect(save({ resources: [{ path: 'x'.repeat(256) }] })).rejects.toMatchObject({ code: 'bad-input' });
  await expect(bench.page.call('mockDevices.setState', { id: 'mock', path: 'nope', state: 1 })).rejects.toMatchObject({ code: 'not-found' });
  await save({ id: 'twin' });
  expect((await bench.first('mockDevices.statuses', undefined)).statuses[0]?.warnings[0]).toContain('"Bad" has the same tag');
});
