import { beforeAll, describe, expect, test } from 'vitest';
import { coapBridgeSchema, type CoapBridgeInput, type CoapBridgeStatus } from '../../src/shared/contract/coap-bridges.ts';
import type { CallDetail } from '../../src/shared/contract/rpc.ts';
import { parseLinkFormat } from '../../src/shared/coap/udp/link-format.ts';
import { findLibcoap, runLibcoapClient, startLibcoapServer } from '../support/libcoap.ts';
import { useNodes } from '../support/rpc-nodes.ts';
import { callWithGf, clientKinds, gfPython, startGfResponder, type GfRequest } from './gf-python.ts';

const bench = useNodes();
const tag = 'COAP_1';
const libcoap = findLibcoap();
let gf: Awaited<ReturnType<typeof gfPython>>;
beforeAll(async () => {
  gf = await gfPython();
});

async function startBridge(input: CoapBridgeInput): Promise<CoapBridgeStatus> {
  const bridge = coapBridgeSchema.parse(input);
  await bench.page.call('coapBridges.save', bridge);
  await bench.page.call('coapBridges.start', { id: bridge.id });
  const runs = ({ id, phase }: CoapBridgeStatus): boolean => id === bridge.id && phase === 'running';
  const { statuses } = await bench.first('coapBridges.statuses', undefined, (view) => view.statuses.some(runs));
  return statuses.find(runs) as CoapBridgeStatus;
}

describe("libcoap's server as a device over MQTT", () => {
  /** Answers with the port of the broker. */
  async function start(program: string): Promise<number> {
    const server = await startLibcoapServer(program);
    bench.cleanups.push(() => server.close());
    const port = await bench.startBroker();
    await startBridge({ id: 'out', name: 'Out', direction: 'to-coap', tag, target: server.url });
    return port;
  }

  test('asked by the workbench', async ({ skip }) => {
    if ('missing' in libcoap) return skip(libcoap.missing);
    await start(libcoap.server);
    const ask = async (method: string, params: string | null = null): Promise<readonly [code: unknown, body: unknown]> => {
      const { id } = await bench.page.call('rpc.call', {
        source: 'broker',
        dialect: 'gf',
        topic: `gf_int_v1/axuv/request/${tag}`,
        method,
        params,
        timeoutMs: 20_000,
      });
      const isOver = (call: CallDetail | null): boolean => call !== null && call.state !== 'pending';
      const call = await bench.first('rpc.detail', { id }, isOver);
      const text = new TextDecoder().decode(call?.answers[0]?.payload);
      const { header, body } = JSON.parse(text) as { readonly header: Readonly<Record<string, unknown>>; readonly body: unknown };
      return [header['response_code'], body];
    };
    expect(await ask('GET /')).toEqual([205, expect.stringContaining('libcoap')]);
    expect(await ask('PUT new', 'first é')).toEqual([201, null]);
    expect(await ask('PUT new', 'second')).toEqual([204, null]);
    expect(await ask('GET new')).toEqual([205, 'second']);
    expect(await ask('DELETE new')).toEqual([202, null]);
    expect((await ask('GET new'))[0]).toBe(404);
    expect((await ask('POST example_data', 'x'))[0]).toBe(405);
    // Responded to a second later, on its own.
    expect(await ask('GET async?1')).toEqual([205, 'done']);
    // In blocks both ways.
    const large = 'x'.repeat(60_000);
    expect((await ask('PUT example_data', large))[0]).toBe(201);
    expect(await ask('GET example_data')).toEqual([205, large]);
    expect(await ask('GET .well-known/core')).toEqual([205, expect.stringContaining('</time>')]);
  });

  test.for(clientKinds)('asked by gf_mqtt_client, %s', async (kind, { skip }) => {
    if ('missing' in libcoap) return skip(libcoap.missing);
    if ('missing' in gf) return skip(gf.missing);
    const port = await start(libcoap.server);
    const ask = (method: string, path: string, more: Partial<GfRequest> = {}): GfRequest => ({ subsystem: 'axuv', method, path, ...more });
    const inTurn = [ask('PUT', 'example_data', { body: 'on' }), ask('GET', '/example_data'), ask('GET', 'nope'), ask('POST', 'example_data', { body: 1 })];
    const many = Array.from({ length: 20 }, () => ask('GET', 'example_data'));
    const outcomes = await callWithGf(gf.python, kind, port, tag, [...inTurn.map((one) => [one]), many]);
    expect(outcomes.slice(0, 4)).toMatchObject([
      { code: 201 },
      { code: 205, body: 'on' },
      { error: 'NotFoundResponse' },
      { error: 'MethodNotAllowedResponse' },
    ]);
    expect(outcomes.slice(4)).toEqual(many.map(({ path, method }) => ({ path, method, code: 205, body: 'on' })));
  });
});

describe.each(clientKinds)("gf_mqtt_client's responder, %s, as a CoAP server", (kind) => {
  test('asked by libcoap', { timeout: 120_000 }, async ({ skip }) => {
    if ('missing' in libcoap) return skip(libcoap.missing);
    if ('missing' in gf) return skip(gf.missing);
    const port = await bench.startBroker();
    bench.cleanups.push(startGfResponder(gf.python, kind, port, tag));
    const isThere = (filter: string): boolean => filter === `gf_int_v1/+/request/${tag}/+`;
    await bench.first('broker.clients', undefined, (clients) => clients.some(({ subscriptions }) => subscriptions.some(({ filter }) => isThere(filter))));
    const { listensOn } = await startBridge({ id: 'in', name: 'In', direction: 'to-mqtt', port: 0, timeoutMs: 3000 });
    const run = (resource: string, ...more: string[]): ReturnType<typeof runLibcoapClient> =>
      runLibcoapClient(libcoap.client, ...more, `${listensOn}/axuv/${tag}/${resource}`);
    for (const method of ['get', 'post', 'put', 'delete']) {
      const { out } = await run('echo', '-m', method, ...(method === 'get' ? [] : ['-t', '50', '-e', '{"a":[1,"é"]}']));
      expect(JSON.parse(out)).toMatchObject({ method: method.toUpperCase(), body: method === 'get' ? null : { a: [1, 'é'] } });
    }
    // What would silence it as a message of its own is a body here.
    for (const [format, text] of [
      ['50', '[1]'],
      ['50', '5'],
      ['0', 'no JSON {'],
      ['42', 'bytes'],
    ] as const)
      await run('echo', '-m', 'put', '-t', format, '-e', text);
    expect((await run('nothing')).said).toContain('4.04');
    expect((await run('code/503')).said).toContain('5.03');
    expect((await run('silent')).said).toContain('5.04');
    expect((await run('echo', '-m', 'fetch', '-e', 'x')).said).toContain('4.05');
    const read = parseLinkFormat((await runLibcoapClient(libcoap.client, `${listensOn}/.well-known/core`)).out.trim());
    expect(read.links.map(({ target }) => target)).toContain(`/axuv/${tag}/echo`);
    expect(JSON.parse((await run('echo')).out)).toMatchObject({ method: 'GET' });
  });
});
