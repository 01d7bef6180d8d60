import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { MqttClient } from 'mqtt';
import { coapBridgeSchema, type CoapBridgeInput, type CoapBridgeLogRow, type CoapBridgeStatus } from '../../../../shared/contract/coap-bridges.ts';
import { connectionProfileSchema } from '../../../../shared/contract/connections.ts';
import { mockDeviceSchema, type MockMethodName } from '../../../../shared/contract/mock-devices.ts';
import { buildGfRequest, buildGfResponse } from '../../../../shared/coap/gf/build.ts';
import { parseLinkFormat } from '../../../../shared/coap/udp/link-format.ts';
import { decodeCoap } from '../../../../shared/coap/udp/decode.ts';
import { encodeCoap } from '../../../../shared/coap/udp/encode.ts';
import { optionValues, uintOption } from '../../../../shared/coap/udp/option-value.ts';
import { formatCode, type CoapMethod, type CoapOption } from '../../../../shared/coap/udp/packet.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import { coapRequest, newCoapClient, requestWith } from '../../../../../test/support/libcoap.ts';
import { useNodes, type MqttPeer } from '../../../../../test/support/rpc-nodes.ts';
import { openCoapServer, type CoapServer, type CoapServerOptions, type ServedCoapRequest } from '../udp/coap-server.ts';

const bench = useNodes();
const tag = 'VALVE_1';
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const servers: CoapServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function startBridge(input: CoapBridgeInput, phase: CoapBridgeStatus['phase'] = 'running'): Promise<CoapBridgeStatus> {
  const bridge = coapBridgeSchema.parse(input);
  await bench.page.call('coapBridges.save', bridge);
  await bench.page.call('coapBridges.start', { id: bridge.id });
  return inPhase(bridge.id, phase);
}
const inPhase = (id: string, phase: CoapBridgeStatus['phase']): Promise<CoapBridgeStatus> => statusWhere(id, (status) => status.phase === phase);
async function statusWhere(id: string, wanted: (status: CoapBridgeStatus) => boolean): Promise<CoapBridgeStatus> {
  const isIt = (status: CoapBridgeStatus): boolean => status.id === id && wanted(status);
  const { statuses } = await bench.first('coapBridges.statuses', undefined, (view) => view.statuses.some(isIt));
  return statuses.find(isIt) as CoapBridgeStatus;
}
const rowsOf = async (id: string): Promise<readonly CoapBridgeLogRow[]> => (await bench.first('coapBridges.log', { id })).rows;

async function serveCoap(handle: CoapServerOptions['handle'], port = 0): Promise<CoapServer> {
  const server = await openCoapServer({ port, host: '127.0.0.1', clock: () => performance.now(), random: Math.random, maxBodyBytes: 100_000, handle });
  servers.push(server);
  return server;
}

interface GfAnswer {
  readonly topic: string;
  readonly header: Record<string, JsonValue>;
  readonly body: JsonValue;
  readonly timestamp: JsonValue;
}
const answersOf = ({ received }: MqttPeer, requestId: string): GfAnswer[] =>
  received.map(({ topic, text }) => ({ topic, ...(JSON.parse(text) as Omit<GfAnswer, 'topic'>) })).filter(({ header }) => header['request_id'] === requestId);

type GfMethod = 'GET' | 'POST' | 'PUT' | 'DELETE';
/** A caller over MQTT. */
async function gfCaller(port: number) {
  const peer = await bench.openPeer(port, 'gf_int_v1/+/response/#');
  const send = async (method: GfMethod, resource: string, body: JsonValue = null, more: { requestId?: string; hopLimit?: number } = {}): Promise<string> => {
    const { requestId = crypto.randomUUID() } = more;
    const text = buildGfRequest({ method, path: resource, source: 'me', body, timestampMs: 1, correlationId: 'c1', ...more, requestId });
    await peer.client.publishAsync(`gf_int_v1/axuv/request/${tag}/${requestId}`, text, { qos: 1 });
    return requestId;
  };
  const answered = async (requestId: string): Promise<GfAnswer> => {
    await expect.poll(() => answersOf(peer, requestId).length, { timeout: 15_000 }).toBe(1);
    return answersOf(peer, requestId)[0] as GfAnswer;
  };
  const ask = async (...request: Parameters<typeof send>): Promise<readonly [code: JsonValue | undefined, body: JsonValue]> => {
    const { header, body } = await answered(await send(...request));
    return [header['response_code'], body];
  };
  return { peer, send, answered, ask };
}

describe('a CoAP server as a device over MQTT', () => {
  const toCoap = (target: string, more: Partial<Extract<CoapBridgeInput, { direction: 'to-coap' }>> = {}): CoapBridgeInput => ({
    ...{ id: 'out', name: 'Out', direction: 'to-coap', tag, target, timeoutMs: 20_000 },
    ...more,
  });

  it('carries every method, path, query and body, and brings codes, bodies and locations back', async () => {
    const seen: ServedCoapRequest[] = [];
    let stored = '{"open":false}';
    const { local } = await serveCoap((request) => {
      seen.push(request);
      switch (request.method) {
        case 'GET':
          return { code: '2.05', payload: utf8(stored), contentFormat: 50 };
        case 'PUT':
          stored = textOf(request.payload);
          return { code: '2.04' };
        case 'POST':
          return { code: '2.01', options: ['base', 'items', '7'].map((part) => ({ number: 8, value: utf8(part) })) };
        default:
          return { code: '2.02' };
      }
    });
    const port = await bench.startBroker();
    expect(await startBridge(toCoap(`coap://127.0.0.1:${local.port}/base`))).toMatchObject({
      listensOn: `gf_int_v1/+/request/${tag}/+`,
      problem: null,
      warnings: [],
    });
    const { ask, send, answered } = await gfCaller(port);
    expect(await ask('GET', '/valve?unit=bar')).toEqual([205, { open: false }]);
    expect(await ask('PUT', 'valve', { open: true })).toEqual([204, null]);
    expect(await ask('GET', 'valve')).toEqual([205, { open: true }]);
    expect(await ask('PUT', 'valve', 'shut')).toEqual([204, null]);
    const created = await answered(await send('POST', 'items', [1]));
    expect(created).toMatchObject({
      header: { response_code: 201, path: 'items', correlation_id: 'c1', source: tag, location: 'items/7' },
      timestamp: expect.stringMatching(/^\d+$/),
    });
    expect(await ask('DELETE', 'items/7')).toEqual([202, null]);
    expect(seen.map(({ method, path: segments, query }) => [method, segments.join('/'), query])).toEqual([
      ['GET', 'base/valve', ['unit=bar']],
      ['PUT', 'base/valve', []],
      ['GET', 'base/valve', []],
      ['PUT', 'base/valve', []],
      ['POST', 'base/items', []],
      ['DELETE', 'base/items/7', []],
    ]);
    expect(seen.map(({ contentFormat }) => contentFormat)).toEqual([undefined, 50, undefined, 0, 50, undefined]);
    expect(seen.map(({ options }) => uintOption({ options }, 16))).toEqual(Array.from({ length: 6 }, () => 16));
    expect(await statusWhere('out', ({ carried }) => carried === 6)).toMatchObject({
      running: 0,
      refused: 0,
      unanswered: 0,
      byCode: [{ code: 201 }, { code: 202 }, { code: 204, count: 2 }, { code: 205, count: 2 }],
    });
    const [row] = await rowsOf('out');
    expect(row).toMatchObject({
      from: 'me',
      request: 'GET /valve?unit=bar',
      carriedAs: `GET coap://127.0.0.1:${local.port}/base/valve?unit=bar`,
      answered: '205 Content',
      received: '2.05 Content',
      note: '',
    });
    expect(row?.otherMs).toBeGreaterThan(0);
  });

  it('answers with codes that callers know, and says which one it was', async () => {
    const replies: Record<string, readonly [code: string, payload: string, contentFormat?: number]> = {
      busy: ['4.29', 'later'],
      quiet: ['4.22', ''],
      cbor: ['2.05', 'A\u0001', 60],
      broken: ['2.05', '{', 50],
      missing: ['4.04', '404'],
    };
    const { local } = await serveCoap(({ path: [name = ''] }) => {
      const [code, text, contentFormat] = replies[name] ?? ['5.00', ''];
      return { code, payload: utf8(text), ...(contentFormat === undefined ? {} : { contentFormat }) };
    });
    const port = await bench.startBroker();
    await startBridge(toCoap(`coap://127.0.0.1:${local.port}`));
    const { ask, send, answered } = await gfCaller(port);
    expect(await answered(await send('GET', 'busy'))).toMatchObject({ header: { response_code: 400, error_message: '4.29 Too Many Requests' }, body: 'later' });
    expect(await answered(await send('GET', 'quiet'))).toMatchObject({
      header: { response_code: 400, error_message: '4.22 Unprocessable Entity' },
      body: null,
    });
    expect(await ask('GET', 'cbor')).toEqual([205, { content_format: 60, base64: 'QQE=' }]);
    expect(await ask('GET', 'broken')).toEqual([205, { content_format: 50, base64: 'ew==' }]);
    expect(await ask('GET', 'missing')).toEqual([404, '404']);
    const notes = (await rowsOf('out')).map(({ note }) => note);
    expect(notes).toEqual([
      'gf_mqtt_client has no 4.29 Too Many Requests: answered as 400 Bad Request.',
      'gf_mqtt_client has no 4.22 Unprocessable Entity: answered as 400 Bad Request.',
      '',
      expect.stringContaining('no JSON'),
      '',
    ]);
  });

  it('answers each request once: one that is delivered again as before, one that cannot be carried at once', async () => {
    let asked = 0;
    const { local } = await serveCoap(() => {
      asked += 1;
      return { code: '2.05', payload: utf8(String(asked)), contentFormat: 50 };
    });
    const port = await bench.startBroker();
    await startBridge(toCoap(`coap://127.0.0.1:${local.port}`, { maxBodyBytes: 100 }));
    const { peer, ask, send, answered } = await gfCaller(port);
    const requestId = crypto.randomUUID();
    await send('GET', 'a', null, { requestId });
    await answered(requestId);
    await send('GET', 'a', null, { requestId });
    await statusWhere('out', ({ repeated }) => repeated === 1);
    expect(await ask('PUT', 'a', 'x'.repeat(200))).toEqual([413, 'The body has 202 bytes, and 100 are carried.']);
    expect((await ask('GET', 'x'.repeat(300)))[0]).toBe(400);
    expect((await ask('GET', 'a', null, { hopLimit: 1 }))[0]).toBe(502);
    const unreadable = crypto.randomUUID();
    await peer.client.publishAsync(`gf_int_v1/axuv/request/${tag}/${unreadable}`, '[1]', { qos: 1 });
    expect((await answered(unreadable)).header).toMatchObject({ response_code: 400, path: '', correlation_id: null });
    await peer.client.publishAsync(`gf_int_v1/axuv/request/${tag}/kept`, 'x', { qos: 1, retain: true });
    expect(await statusWhere('out', ({ refused }) => refused >= 4)).toMatchObject({ carried: 1 });
    expect(asked).toBe(1);
  });

  it('answers 504 for a silent server, 502 for none, 503 above its limit, and what comes late does no harm', async () => {
    const waiting: (() => void)[] = [];
    const { local } = await serveCoap(({ path: [name] }) =>
      name === 'never' ? new Promise((resolve) => waiting.push(() => resolve({ code: '2.05' }))) : { code: '2.05' },
    );
    const port = await bench.startBroker();
    const patient = { timeoutMs: 60_000, maxInFlight: 2, nstart: 10 };
    await startBridge(toCoap(`coap://127.0.0.1:${local.port}`, patient));
    const { ask, send, answered } = await gfCaller(port);
    const slow = [await send('GET', 'never'), await send('GET', 'never')];
    await statusWhere('out', ({ running }) => running === 2);
    expect(await ask('GET', 'now')).toEqual([503, 'Too many requests at once: 2 are under way.']);
    await expect.poll(() => waiting.length, { timeout: 15_000 }).toBe(2);
    for (const wake of waiting.splice(0)) wake();
    for (const id of slow) expect(await answered(id)).toMatchObject({ header: { response_code: 205 } });
    // A limit takes effect with the next request.
    await bench.page.call('coapBridges.save', coapBridgeSchema.parse(toCoap(`coap://127.0.0.1:${local.port}`, { ...patient, timeoutMs: 300 })));
    expect((await ask('GET', 'never'))[0]).toBe(504);
    for (const wake of waiting) wake();
    await bench.page.call('coapBridges.save', coapBridgeSchema.parse(toCoap(`coap://127.0.0.1:${local.port}`, patient)));
    expect((await ask('GET', 'now'))[0]).toBe(205);
    servers.pop()?.close();
    const [code, body] = await ask('GET', 'now');
    expect([code, body]).toEqual([502, expect.stringContaining('Nothing listens')]);
    await serveCoap(() => ({ code: '2.05' }), local.port);
    expect((await ask('GET', 'now'))[0]).toBe(205);
    expect(await statusWhere('out', () => true)).toMatchObject({ carried: 4, unanswered: 2, refused: 1, running: 0 });
  });

  it('waits for its source, and goes on when it is back; a stop ends what is under way', async () => {
    const { local } = await serveCoap(({ path: [name] }) => (name === 'never' ? new Promise(() => undefined) : { code: '2.05', payload: utf8('1') }));
    expect(await startBridge(toCoap(`coap://127.0.0.1:${local.port}`), 'waiting')).toMatchObject({ problem: { code: 'broker-not-running' } });
    await bench.startBroker();
    await inPhase('out', 'running');
    await bench.page.call('broker.stop', undefined);
    await inPhase('out', 'waiting');
    const port = await bench.startBroker();
    await inPhase('out', 'running');
    const { ask, send } = await gfCaller(port);
    expect(await ask('GET', 'a')).toEqual([205, 1]);
    await send('GET', 'never');
    await statusWhere('out', ({ running }) => running === 1);
    await bench.page.call('coapBridges.stop', { id: 'out' });
    expect(await inPhase('out', 'stopped')).toMatchObject({ running: 0, listensOn: null });
  });

  it('starts by itself when its source comes up', async () => {
    await bench.page.call('coapBridges.save', coapBridgeSchema.parse(toCoap('coap://127.0.0.1', { autoStart: true })));
    await bench.page.call('coapBridges.save', coapBridgeSchema.parse({ id: 'in', name: 'In', direction: 'to-mqtt', port: 0, autoStart: true }));
    expect((await bench.first('coapBridges.statuses', undefined)).statuses.map(({ phase }) => phase)).toEqual(['stopped', 'stopped']);
    await bench.startBroker();
    await inPhase('out', 'running');
    await inPhase('in', 'running');
  });

  it('is kept as a file, and refuses what cannot be used', async () => {
    await bench.page.call('coapBridges.save', coapBridgeSchema.parse(toCoap('coap://127.0.0.1')));
    const { workspaceFolder } = await bench.page.call('host.info', undefined);
    const file = path.join(workspaceFolder, 'coap-bridges', 'out.json');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ bridge: { id: 'out', direction: 'to-coap', tag, target: 'coap://127.0.0.1' } });
    for (const more of [{ tag: 'a/b' }, { target: 'http://x' }, { target: 'coap://224.0.1.187/' }, { namespace: 'a/#' }, { subsystems: ['+'] }])
      await expect(bench.page.call('coapBridges.save', coapBridgeSchema.parse(toCoap('coap://127.0.0.1', more)))).rejects.toMatchObject({ code: 'bad-input' });
    await bench.page.call('coapBridges.remove', { id: 'out' });
    expect(existsSync(file)).toBe(false);
    await expect(bench.page.call('coapBridges.start', { id: 'out' })).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('devices over MQTT as a CoAP server', () => {
  const toMqtt = (more: Partial<Extract<CoapBridgeInput, { direction: 'to-mqtt' }>> = {}): CoapBridgeInput => ({
    ...{ id: 'in', name: 'In', direction: 'to-mqtt', port: 0, timeoutMs: 20_000 },
    ...more,
  });

  /** A device that keeps what is put. */
  async function startDevice(): Promise<void> {
    const all = (['GET', 'PUT', 'POST', 'DELETE'] as const satisfies readonly MockMethodName[]).map((method) => ({
      method,
      answer: { kind: 'state' as const },
    }));
    const fixed = (name: string, code: number, faults = {}) => ({
      path: name,
      methods: [{ method: 'GET' as const, answer: { kind: 'static' as const, code, body: name }, faults }],
    });
    const resources = [
      { path: 'gains', state: [0, 1], methods: all },
      fixed('slow', 205, { delayMs: 1200 }),
      fixed('silent', 205, { dropRate: 1 }),
      fixed('odd', 299),
      fixed('conflict', 409),
    ];
    await bench.page.call('mockDevices.save', mockDeviceSchema.parse({ id: 'device', name: 'Device', tag, resources }));
    await bench.page.call('mockDevices.start', { id: 'device' });
    await bench.first('mockDevices.statuses', undefined, ({ statuses }) => statuses.some(({ mqtt }) => mqtt?.phase === 'running'));
  }
  const asking =
    (base: string) =>
    async (method: CoapMethod, resource: string, text: string | Uint8Array = '', ...options: CoapOption[]) => {
      const client = newCoapClient();
      try {
        const payload = typeof text === 'string' ? utf8(text) : text;
        const { packet } = await requestWith(client, coapRequest(`${base}/${resource}`, method, { payload, options }));
        return { packet, said: [formatCode(packet.code), textOf(packet.payload)] };
      } finally {
        client.close();
      }
    };
  const json: CoapOption = { number: 12, value: Uint8Array.of(50) };

  it('carries every method there is, and brings codes, bodies and locations back', async () => {
    await bench.startBroker();
    await startDevice();
    const { listensOn } = await startBridge(toMqtt());
    const ask = asking(`${listensOn}/axuv/${tag}`);
    expect((await ask('GET', 'gains')).said).toEqual(['2.05', '[0,1]']);
    expect((await ask('PUT', 'gains', '{"a":1}', json)).said).toEqual(['2.04', '']);
    const got = await ask('GET', 'gains');
    expect([got.said, uintOption(got.packet, 12)]).toEqual([['2.05', '{"a":1}'], 50]);
    expect((await ask('PUT', 'gains', Uint8Array.of(1, 0xff), { number: 12, value: Uint8Array.of(42) })).said[0]).toBe('2.04');
    const bytes = await ask('GET', 'gains');
    expect([[...bytes.packet.payload], uintOption(bytes.packet, 12)]).toEqual([[1, 0xff], 42]);
    const created = await ask('POST', 'gains', '5', json);
    expect([created.said[0], optionValues(created.packet, 8).map(textOf)]).toEqual(['2.01', ['axuv', tag, 'gains', '1']]);
    expect((await ask('DELETE', 'gains/1')).said[0]).toBe('2.02');
    expect((await ask('GET', 'gains/1')).said).toEqual(['4.04', 'There is no resource "gains/1".']);
    expect((await ask('GET', 'conflict')).said).toEqual(['4.09', 'conflict']);
    expect((await ask('GET', 'odd')).said[0]).toBe('2.05');
    for (const method of ['FETCH', 'PATCH', 'iPATCH'] as const) expect((await ask(method, 'gains')).said[0]).toBe('4.05');
    expect((await ask('PUT', 'gains', '{', json)).said[0]).toBe('4.00');
    expect((await ask('GET', 'gains', '', { number: 1, value: Uint8Array.of(1) })).said[0]).toBe('4.02');
    expect((await ask('GET', 'gains', '', { number: 17, value: Uint8Array.of(50) })).said[0]).toBe('4.06');
    expect((await ask('GET', 'gains', '', { number: 16, value: Uint8Array.of(1) })).said[0]).toBe('5.08');
    expect((await ask('PUT', 'gains', 'true', json)).said[0]).toBe('2.04');
    expect([(await ask('GET', 'gains')).said[1], (await rowsOf('in')).find(({ note }) => note.includes('not true'))?.answered]).toEqual(['1', '2.04 Changed']);
    const status = await statusWhere('in', ({ running }) => running === 0);
    expect(status).toMatchObject({ phase: 'running', unanswered: 0, refused: 6 });
    const row = (await rowsOf('in'))[0];
    expect(row).toMatchObject({
      request: `GET /axuv/${tag}/gains`,
      carriedAs: `GET gains → gf_int_v1/axuv/request/${tag}`,
      answered: '2.05 Content',
      received: '205 Content',
    });
  });

  it('acknowledges first when the device is slow, and answers 5.04 when it says nothing, 5.02 when there is none', async () => {
    await bench.startBroker();
    await startDevice();
    const { listensOn } = await startBridge(toMqtt({ timeoutMs: 60_000, device: { subsystem: 'axuv', tag } }));
    const ask = asking(String(listensOn));
    const slow = await ask('GET', 'slow');
    expect([slow.said, slow.packet.type]).toEqual([['2.05', 'slow'], 'CON']);
    const saved = toMqtt({ timeoutMs: 300, device: { subsystem: 'axuv', tag } });
    await bench.page.call('coapBridges.save', coapBridgeSchema.parse(saved));
    expect((await ask('GET', 'silent')).said[0]).toBe('5.04');
    await bench.page.call('coapBridges.save', coapBridgeSchema.parse({ ...saved, timeoutMs: 60_000 }));
    await bench.page.call('mockDevices.stop', { id: 'device' });
    expect((await ask('GET', 'gains')).said[0]).toBe('5.02');
    expect(await statusWhere('in', ({ unanswered }) => unanswered === 2)).toMatchObject({ carried: 1 });
  });

  it('carries a message that comes twice once, and sends the same response', async () => {
    await bench.startBroker();
    await startDevice();
    const { listensOn } = await startBridge(toMqtt());
    const socket = createSocket('udp4');
    bench.cleanups.push(() => socket.close());
    const options = ['axuv', tag, 'gains'].map((part) => ({ number: 11, value: utf8(part) }));
    const bytes = encodeCoap({ type: 'CON', code: 2, messageId: 77, token: Uint8Array.of(1), options, payload: utf8('1') });
    const send = async (): Promise<unknown> => {
      socket.send(bytes, Number(new URL(String(listensOn).replace('coap', 'http')).port), '127.0.0.1');
      const [answer] = (await once(socket, 'message')) as [Buffer];
      return decodeCoap(new Uint8Array(answer));
    };
    const first = await send();
    expect(first).toMatchObject({ type: 'ACK', messageId: 77, code: 0x41 });
    expect(await send()).toEqual(first);
    expect(await statusWhere('in', ({ carried }) => carried > 0)).toMatchObject({ carried: 1 });
  });

  it('lists what was seen of devices', async () => {
    const port = await bench.startBroker();
    await startDevice();
    const { ask: askGf } = await gfCaller(port);
    await askGf('GET', 'gains');
    await askGf('PUT', '/gains', 1);
    await askGf('GET', 'nope');
    const { listensOn } = await startBridge(toMqtt());
    const ask = asking(String(listensOn));
    const list = async (query = ''): Promise<unknown> => parseLinkFormat((await ask('GET', `.well-known/core${query}`)).said[1] ?? '');
    await expect.poll(() => list(), { timeout: 10_000 }).toEqual({ links: [{ target: `/axuv/${tag}/gains`, attributes: [['title', 'GET PUT']] }] });
    expect(await list('?href=/other*')).toEqual({ links: [] });
    expect((await ask('GET', 'axuv')).said[0]).toBe('4.04');
  });

  it('answers 5.03 while its source is not connected, and goes on by itself', async () => {
    const { listensOn } = await startBridge(toMqtt(), 'waiting');
    const ask = asking(`${listensOn}/axuv/${tag}`);
    const away = await ask('GET', 'gains');
    expect([away.said[0], uintOption(away.packet, 14)]).toEqual(['5.03', 1]);
    await bench.startBroker();
    await startDevice();
    await inPhase('in', 'running');
    expect((await ask('GET', 'gains')).said[0]).toBe('2.05');
  });

  it('says that its port is taken, and offers a free one', async () => {
    await bench.startBroker();
    const { local } = await serveCoap(() => null);
    const failed = await startBridge(toMqtt({ port: local.port }), 'failed');
    const withOffer = await statusWhere('in', ({ freePort }) => freePort !== null);
    expect([failed.problem?.code, withOffer.problem?.advice]).toEqual(['port-in-use', expect.stringContaining(`Use port ${withOffer.freePort}`)]);
    await bench.page.call('coapBridges.save', coapBridgeSchema.parse(toMqtt({ port: withOffer.freePort ?? 0 })));
    expect(await inPhase('in', 'running')).toMatchObject({ listensOn: `coap://127.0.0.1:${withOffer.freePort}` });
  });

  it('sends live devices nothing but requests that they can take', async () => {
    const port = await bench.startBroker();
    const device: { client: MqttClient; received: readonly { readonly topic: string; readonly text: string }[] } = await bench.openPeer(
      port,
      `gf_int_v1/+/request/${tag}/+`,
    );
    device.client.on('message', (topic, payload) => {
      const { header } = JSON.parse(payload.toString()) as { readonly header: Record<string, JsonValue> };
      const { request_id: requestId = null, path: resource = '' } = header;
      const text = buildGfResponse({ code: 205, path: JSON.stringify(resource), requestId, correlationId: null, source: tag, body: 1, timestampMs: 1 });
      device.client.publish(topic.replace('/request/', '/response/'), text);
    });
    const { listensOn } = await startBridge(toMqtt({ methodAs: 'integer' }));
    const ask = asking(`${listensOn}/axuv/${tag}`);
    for (const [text, ...options] of [[''], ['text'], [Uint8Array.of(0xff)], ['[]', json]] as const)
      expect((await ask('PUT', 'x', text, ...options)).said[0]).toBe('2.05');
    expect(device.received.map(({ text }) => JSON.parse(text) as unknown)).toMatchObject([
      { body: null, header: { method: 3, path: 'x', request_id: expect.stringMatching(/^[0-9a-f-]{36}$/), hop_limit: 16 } },
      { body: 'text' },
      { body: { content_format: null, base64: '/w==' } },
      { body: [] },
    ]);
  });
});

describe('over a connection', () => {
  it('carries both ways, also by its shared session, and waits while it is not connected', async () => {
    const port = await bench.startBroker();
    const profile = connectionProfileSchema.parse({ id: 'lab', name: 'Lab', uri: `mqtt://127.0.0.1:${port}`, clientId: 'lab-client' });
    await bench.page.call('connections.save', { profile });
    await bench.page.call('connections.connect', { id: 'lab' });
    const { local } = await serveCoap(({ path: [name] }) => ({ code: '2.05', payload: utf8(`this is ${name}`), contentFormat: 0 }));
    const source = 'connection:lab';
    const target = `coap://127.0.0.1:${local.port}`;
    await startBridge({ id: 'out', name: 'Out', direction: 'to-coap', tag, target, source, timeoutMs: 20_000 });
    const { listensOn } = await startBridge({ id: 'in', name: 'In', direction: 'to-mqtt', port: 0, source, timeoutMs: 20_000 });
    const client = newCoapClient();
    bench.cleanups.push(() => client.close());
    const ask = async (): Promise<readonly string[]> => {
      const { packet } = await requestWith(client, coapRequest(`${listensOn}/axuv/${tag}/valve`, 'GET'));
      return [formatCode(packet.code), textOf(packet.payload)];
    };
    expect(await ask()).toEqual(['2.05', 'this is valve']);
    await bench.page.call('connections.disconnect', { id: 'lab' });
    await inPhase('in', 'waiting');
    await inPhase('out', 'waiting');
    expect((await ask())[0]).toBe('5.03');
    await bench.page.call('connections.connect', { id: 'lab' });
    await inPhase('in', 'running');
    await inPhase('out', 'running');
    expect(await ask()).toEqual(['2.05', 'this is valve']);
  });
});

describe('two bridges', () => {
  it('in a circle are refused before they start, and stopped when it comes about later', async () => {
    await bench.startBroker();
    const device = { subsystem: 'axuv', tag };
    const { listensOn } = await startBridge({ id: 'in', name: 'In', direction: 'to-mqtt', port: 0, device });
    const out = coapBridgeSchema.parse({ id: 'out', name: 'Out', direction: 'to-coap', tag, target: String(listensOn) });
    await bench.page.call('coapBridges.save', out);
    await expect(bench.page.call('coapBridges.start', { id: 'out' })).rejects.toMatchObject({
      code: 'invalid-state',
      message: expect.stringContaining('in a circle'),
    });
    await bench.page.call('coapBridges.save', { ...out, tag: 'OTHER' } as typeof out);
    await bench.page.call('coapBridges.start', { id: 'out' });
    await inPhase('out', 'running');
    await bench.page.call('coapBridges.save', out);
    expect(await inPhase('out', 'failed')).toMatchObject({ problem: { message: expect.stringContaining('in a circle') } });
    await bench.page.call('coapBridges.stop', { id: 'in' });
    await bench.page.call('coapBridges.start', { id: 'out' });
    await inPhase('out', 'running');
    await expect(bench.page.call('coapBridges.start', { id: 'in' })).resolves.toBeUndefined();
  });

  it('that carry a request in a circle all the same end it after 16 bridges', async () => {
    const port = await bench.startBroker();
    const { listensOn } = await startBridge({ id: 'in', name: 'In', direction: 'to-mqtt', port: 0, timeoutMs: 20_000 });
    await startBridge({ id: 'out', name: 'Out', direction: 'to-coap', tag, target: String(listensOn), timeoutMs: 20_000, nstart: 100 });
    expect((await statusWhere('out', () => true)).warnings).toEqual([expect.stringContaining('refused after 16 bridges')]);
    const { ask } = await gfCaller(port);
    const around = Array.from({ length: 20 }, () => `axuv/${tag}`).join('/');
    const [code] = await ask('GET', `${around}/x`);
    expect(code).toBe(502);
    const rows = [...(await rowsOf('in')), ...(await rowsOf('out'))];
    expect(rows.some(({ note }) => note.includes('too many bridges'))).toBe(true);
  });
});
