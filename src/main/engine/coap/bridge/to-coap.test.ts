import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { coapBridgeSchema, type CoapBridgeInput } from '../../../../shared/contract/coap-bridges.ts';
import { uintOption } from '../../../../shared/coap/udp/option-value.ts';
import { bridgedTag, useBridges } from '../../../../../test/support/coap-bridges.ts';
import type { ServedCoapRequest } from '../udp/coap-server.ts';

const { bench, startBridge, inPhase, statusWhere, rowsOf, serveCoap, servers, gfCaller } = useBridges();
const tag = bridgedTag;
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

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
