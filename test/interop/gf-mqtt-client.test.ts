import path from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { pipelineSchema } from '../../src/shared/contract/coap-pipeline.ts';
import type { CallDetail } from '../../src/shared/contract/rpc.ts';
import { responseCodes } from '../../src/shared/coap/gf/response-codes.ts';
import type { Dialect } from '../../src/shared/rpc/dialect.ts';
import { dialects } from '../../src/shared/rpc/dialects.ts';
import { execute, projectFolder } from '../../tools/project.ts';
import { rpcNode, useNodes } from '../support/rpc-nodes.ts';
import { openResponder } from '../support/rpc-peer.ts';
import { callWithGf, clientKinds, gfPython, startGfResponder, type GfRequest } from './gf-python.ts';

const bench = useNodes();
const gf = dialects.get('gf') as Dialect;
const tag = '2D_XX_0_9999';
const device = `gf_int_v1/axuv/request/${tag}`;
const methods = ['GET', 'POST', 'PUT', 'DELETE'] as const;
const sensible = { x: [1, 'é', null], deep: { yes: true } };
let found: Awaited<ReturnType<typeof gfPython>>;
beforeAll(async () => {
  found = await gfPython();
});

const ask = (method: string, path: string, more: Partial<GfRequest> = {}): GfRequest => ({ subsystem: 'axuv', method, path, ...more });

describe.each(clientKinds)('gf_mqtt_client, %s', (kind) => {
  /** The real responder, in place of a device. Answers with the port of the broker. */
  async function startDevice(python: string): Promise<number> {
    const port = await bench.startBroker();
    bench.cleanups.push(startGfResponder(python, kind, port, tag));
    await bench.first('broker.clients', undefined, (clients) =>
      clients.some(({ subscriptions }) => subscriptions.some(({ filter }) => filter === `gf_int_v1/+/request/${tag}/+`)),
    );
    return port;
  }

  test('answers our command', { timeout: 120_000 }, async ({ skip }) => {
    if ('missing' in found) return skip(found.missing);
    const port = await startDevice(found.python);
    const request = async (resource: string, ...more: string[]): Promise<readonly [code: number, told: unknown]> => {
      const command = [path.join(projectFolder, 'tools/workbench.ts'), 'request', `mqtt://127.0.0.1:${port}`, tag, 'axuv', resource];
      const { code, stdout } = await execute(process.execPath, [...command, '--json', '--timeout', '20', ...more]);
      return [code, JSON.parse(stdout)];
    };
    for (const method of methods) {
      const given = ['--method', method, '--body', JSON.stringify(sensible), '--token', 't', '--correlation-id', 'batch é', '--source', 'me'];
      const said = { method, token: 't', correlation_id: 'batch é', source: 'me', body: sensible };
      expect(await request('echo', ...given)).toMatchObject([0, { code: 205, body: said, response: { correlationId: 'batch é', path: 'echo' } }]);
    }
    expect(await request('echo')).toMatchObject([0, { body: { token: null, correlation_id: null, body: null } }]);
    // Its handlers take them, though its own callers send them no more.
    expect(await request('echo', '--method', 'PUT', '--integer-methods')).toMatchObject([0, { body: { method: 3 } }]);
    expect(await request('nothing')).toMatchObject([4, { code: 404, exception: 'NotFoundResponse', detail: 'no nothing' }]);
    expect(await request('code/503')).toMatchObject([5, { code: 503, exception: 'ServiceUnavailableResponse', detail: 'because 503' }]);
    expect(await request('silent', '--timeout', '1')).toMatchObject([7, { exception: 'GatewayTimeoutResponse' }]);
  });

  test('answers calls of the workbench, a hundred at once', async ({ skip }) => {
    if ('missing' in found) return skip(found.missing);
    await startDevice(found.python);
    const call = async (method: string, params: unknown = null): Promise<CallDetail | null> => {
      const { id } = await bench.page.call('rpc.call', {
        source: 'broker',
        dialect: 'gf',
        topic: device,
        method,
        params: params as null,
        timeoutMs: 30_000,
        callerId: 'page',
      });
      return bench.first('rpc.detail', { id }, (detail) => detail?.state !== 'pending');
    };
    const numbers = Array.from({ length: 100 }, (_, n) => n);
    const calls = await Promise.all(numbers.map((n) => call(`${methods[n % 4]} echo`, n)));
    expect(calls).toMatchObject(
      numbers.map((n) => ({
        state: 'ok',
        result: { method: methods[n % 4], token: null, correlation_id: null, source: 'page', body: n },
      })),
    );
  });

  test('catches from our responder what each code stands for', async ({ skip }) => {
    if ('missing' in found) return skip(found.missing);
    const port = await bench.startBroker();
    const responder = await openResponder(port, `${device}/+`, gf, (request) =>
      gf.buildResult(request, `because ${request.method}`, { responseCode: Number(request.method.slice(-3)), timeMs: Date.now() }),
    );
    bench.cleanups.push(() => responder.close());
    const outcomes = await callWithGf(found.python, kind, port, tag, [responseCodes.map(({ code }) => ask('GET', `code/${code}`))]);
    expect(outcomes).toEqual(
      responseCodes.map(({ code, exception }) => ({
        path: `code/${code}`,
        method: 'GET',
        code,
        ...(exception === null ? { body: `because GET code/${code}` } : { error: exception, detail: `because GET code/${code}` }),
      })),
    );
  });

  test('calls an RPC node', async ({ skip }) => {
    if ('missing' in found) return skip(found.missing);
    const port = await bench.startBroker();
    await bench.run(
      rpcNode({
        dialect: 'gf',
        topic: device,
        methods: [
          ...methods.map((method) => ({ name: `${method} echo`, answer: { kind: 'template' as const, text: '{{params}}' } })),
          { name: 'GET boom', answer: { kind: 'error', message: 'disk failure' } },
          { name: 'GET script', answer: { kind: 'script', source: 'export default async (params) => { await sleep(5); return { was: params }; }' } },
          { name: 'GET slow', answer: { kind: 'static', result: 1 }, faults: { lateRate: 1, lateMs: 60_000 } },
          { name: 'DELETE all', answer: { kind: 'static', result: 'deleted' } },
        ],
        rules: [{ id: 'no-delete', caller: 'gf-*', method: 'DELETE all', effect: 'deny' }],
      }),
    );
    const alone = [
      ...methods.map((method) => ask(method, 'echo', { body: { x: [1, 'é', null] } })),
      ask('GET', 'boom'),
      ask('GET', 'nope'),
      ask('DELETE', 'all'),
      ask('GET', 'script', { body: 7 }),
      ask('GET', 'slow', { timeout: 1 }),
    ];
    const hundred = Array.from({ length: 100 }, (_, n) => ask(methods[n % 4] as string, 'echo', { body: n }));
    const outcomes = await callWithGf(found.python, kind, port, tag, [...alone.map((request) => [request]), hundred]);
    const body = { x: [1, 'é', null] };
    const failed = (name: string, code: number, detail: unknown): object => ({ error: `${name}Response`, code, detail });
    expect(outcomes.slice(0, alone.length)).toMatchObject([
      { method: 'GET', code: 205, body },
      { method: 'POST', code: 201, body },
      { method: 'PUT', code: 204, body },
      { method: 'DELETE', code: 202, body },
      failed('InternalServerError', 500, 'disk failure'),
      failed('NotFound', 404, 'Method not found'),
      failed('Forbidden', 403, 'Permission denied'),
      { code: 205, body: { was: 7 } },
      failed('GatewayTimeout', 504, expect.stringContaining('timed out')),
    ]);
    expect(outcomes.slice(alone.length)).toMatchObject(hundred.map(({ method, body: n }) => ({ method, body: n })));
    await vi.waitFor(async () => expect(await bench.statusOf()).toMatchObject({ unknownMethods: 1, denied: 1, unreadable: 0 }), { timeout: 10_000 });
  });

  test('is answered by handlers, and catches what they return', async ({ skip }) => {
    if ('missing' in found) return skip(found.missing);
    const port = await bench.startBroker();
    const source = [
      'export function handle({ header, body }) {',
      "  if (header.path === 'echo') return { was: body, method: header.method };",
      "  if (header.path === 'silent') throw new ResponseException(403, 'nobody hears it');",
      "  return { code: Number(header.path.slice(-3)), body: 'because' };",
      '}',
    ].join('\n');
    const handlers = [
      { id: 'log', name: 'Log', kind: 'request' as const, propagate: true },
      { id: 'answer', name: 'Answer', kind: 'request' as const, propagate: true, transform: { kind: 'script' as const, source } },
    ];
    await bench.page.call('coapPipeline.save', pipelineSchema.parse({ id: 'local', source: 'broker', enabled: true, device: tag, handlers }));
    await bench.first('coapPipeline.statuses', undefined, ({ statuses }) => statuses[0]?.phase === 'running');
    const coded = responseCodes.map(({ code }) => ask('GET', `code/${code}`));
    const echoes = Array.from({ length: 50 }, (_, n) => ask(methods[n % 4] as string, 'echo', { body: n }));
    const outcomes = await callWithGf(found.python, kind, port, tag, [coded, echoes, [ask('GET', 'silent', { timeout: 1 })]]);
    expect(outcomes.slice(0, coded.length)).toMatchObject(
      responseCodes.map(({ code, exception }) => (exception === null ? { code, body: 'because' } : { code, error: exception, detail: 'because' })),
    );
    expect(outcomes.slice(coded.length, -1)).toMatchObject(echoes.map(({ method, body }) => ({ body: { was: body, method } })));
    expect(outcomes.at(-1)).toMatchObject({ error: 'GatewayTimeoutResponse', code: 504 });
  });

  test('calls the demo device', async ({ skip }) => {
    if ('missing' in found) return skip(found.missing);
    const port = await bench.startBroker();
    await bench.page.call('broker.setDemoDevice', { enabled: true });
    await bench.first('broker.clients', undefined, (clients) =>
      clients.some(({ clientId, subscriptions }) => clientId === 'demo-thermostat' && subscriptions.length === 2),
    );
    const outcomes = await callWithGf(found.python, kind, port, 'DEMO_THERMOSTAT', [
      [ask('PUT', 'target', { body: 21.5 })],
      [ask('GET', 'target'), ask('GET', 'nope'), ask('PUT', 'target', { body: 'warm' }), ask('DELETE', 'state')],
    ]);
    expect(outcomes).toMatchObject([
      { code: 204, body: null },
      { code: 205, body: 21.5 },
      { code: 404, error: 'NotFoundResponse' },
      { code: 400, error: 'BadRequestResponse' },
      { code: 405, error: 'MethodNotAllowedResponse' },
    ]);
  });
});
