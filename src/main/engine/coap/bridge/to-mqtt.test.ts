import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { MqttClient } from 'mqtt';
import { coapBridgeSchema, type CoapBridgeInput } from '../../../../shared/contract/coap-bridges.ts';
import { connectionProfileSchema } from '../../../../shared/contract/connections.ts';
import { mockDeviceSchema, type MockMethodName } from '../../../../shared/contract/mock-devices.ts';
import { buildGfResponse } from '../../../../shared/coap/gf/build.ts';
import { parseLinkFormat } from '../../../../shared/coap/udp/link-format.ts';
import { decodeCoap } from '../../../../shared/coap/udp/decode.ts';
import { encodeCoap } from '../../../../shared/coap/udp/encode.ts';
import { optionValues, uintOption } from '../../../../shared/coap/udp/option-value.ts';
import { formatCode, type CoapMethod, type CoapOption } from '../../../../shared/coap/udp/packet.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import { bridgedTag, useBridges } from '../../../../../test/support/coap-bridges.ts';
import { coapRequest, newCoapClient, requestWith } from '../../../../../test/support/libcoap.ts';

const { bench, startBridge, inPhase, statusWhere, rowsOf, serveCoap, gfCaller } = useBridges();
const tag = bridgedTag;
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

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
