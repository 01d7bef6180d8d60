import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { connectAsync, type IPublishPacket } from 'mqtt';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { buildGfResponse } from '../../../../shared/coap/gf/build.ts';
import { responseCodes } from '../../../../shared/coap/gf/response-codes.ts';
import { createBrokerService, type BrokerService } from '../../broker/index.ts';
import { readRequestArguments } from './request-arguments.ts';

interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}
interface SentRequest {
  readonly timestamp: number;
  readonly body: unknown;
  readonly header: Readonly<Record<string, unknown>> & { readonly request_id: string; readonly path: string };
}

const program = path.join(import.meta.dirname, '../../../../../tools/workbench.ts');
const folder = mkdtempSync(path.join(os.tmpdir(), 'workbench-request-'));
let broker: BrokerService;
let url: string;
const cleanups: (() => unknown)[] = [];

beforeAll(async () => {
  broker = createBrokerService({
    workerUrl: new URL('../../broker/broker-worker.ts', import.meta.url),
    now: Date.now,
    random: Math.random,
    onMessages: () => undefined,
    onChange: () => undefined,
    demoDevice: { enabled: true },
  });
  const status = await broker.start({ engine: 'workbench', host: '127.0.0.1', tcpPort: 0, webSocketPort: null });
  url = `mqtt://127.0.0.1:${status.listeners[0]?.port ?? 0}`;
  await vi.waitUntil(() => broker.clients().some(({ clientId, subscriptions }) => clientId === 'demo-thermostat' && subscriptions.length === 2), {
    timeout: 20_000,
  });
});
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await broker.close();
});

function start(args: readonly string[], input = ''): { readonly child: ChildProcess; readonly ended: Promise<Run> } {
  const child = spawn(process.execPath, [program, 'request', ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  cleanups.push(() => child.kill('SIGKILL'));
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  child.stdin.end(input);
  return { child, ended: once(child, 'close').then(([code]) => ({ code: code as number | null, out, err })) };
}
const run = (args: readonly string[], input?: string): Promise<Run> => start(args, input).ended;
const demo = (...more: string[]): Promise<Run> => run([url, 'DEMO_THERMOSTAT', 'demo', ...more]);

/** A device; what it was asked, as it came. */
async function device(filter: string, answer: (request: SentRequest) => string | null): Promise<{ packet: IPublishPacket; request: SentRequest }[]> {
  const client = await connectAsync(url, { protocolVersion: 4 });
  cleanups.push(() => client.endAsync(true));
  const seen: { packet: IPublishPacket; request: SentRequest }[] = [];
  client.on('message', (topic, payload, packet) => {
    const request = JSON.parse(payload.toString()) as SentRequest;
    seen.push({ packet, request });
    const response = answer(request);
    if (response !== null) client.publish(topic.replace('/request/', '/response/'), response);
  });
  await client.subscribeAsync(filter, { qos: 2 });
  return seen;
}

const respond = ({ header }: SentRequest, code: number, body: unknown = null, more: object = {}): string =>
  buildGfResponse({
    code,
    path: header.path,
    requestId: header.request_id,
    correlationId: header['correlation_id'] as string,
    source: 'X1',
    body: body as never,
    timestampMs: 1,
    ...more,
  });

describe('mqtt-workbench request', () => {
  it('prints the body, and its exit code tells the class', async () => {
    const { code, out, err } = await demo('state');
    expect([code, err]).toEqual([0, '']);
    expect(JSON.parse(out)).toHaveProperty('target');
    expect(await demo('nope')).toEqual({ code: 4, out: '', err: '404 Not Found: There is no resource "nope". [NotFoundResponse]\n' });
    expect(await demo('state', '--method', 'DELETE')).toEqual({
      code: 4,
      out: '',
      err: '405 Method Not Allowed: "state" does not support DELETE. [MethodNotAllowedResponse]\n',
    });
  });

  it('sends a body, as it stands, from a file or the standard input', async () => {
    const target = async (): Promise<string> => (await demo('target')).out;
    expect(await demo('target', '--method', 'put', '--body', '21.5')).toEqual({ code: 0, out: 'null\n', err: '' });
    expect(await target()).toBe('21.5\n');
    const file = path.join(folder, 'body.json');
    writeFileSync(file, '22');
    expect((await demo('target', '--method', 'PUT', '--body', `@${file}`)).code).toBe(0);
    expect(await target()).toBe('22\n');
    expect((await run([url, 'DEMO_THERMOSTAT', 'demo', 'target', '--method', 'PUT', '--body', '-'], '23')).code).toBe(0);
    expect(await target()).toBe('23\n');
  });

  it('says everything that a device may ask for', async () => {
    const seen = await device('lab/gf/+/request/X1/+', (request) => respond(request, 201, { id: 7 }, { location: 'items/7' }));
    const args = ['--method', 'POST', '--body', '{"a": [1, "é"]}', '--token', 'open sesame', '--correlation-id', 'batch-1', '--source', 'me'];
    const { code, out } = await run([url, 'X1', 'axuv', 'a/b', ...args, '--integer-methods', '--namespace', 'lab/gf', '--qos', '2', '--json']);
    expect(code).toBe(0);
    const [{ packet, request } = { packet: null, request: null }] = seen;
    const id = request?.header.request_id;
    expect(packet).toMatchObject({ qos: 2, retain: false, topic: `lab/gf/axuv/request/X1/${id}` });
    expect(request).toEqual({
      timestamp: expect.any(Number),
      body: { a: [1, 'é'] },
      header: { request_id: id, path: 'a/b', correlation_id: 'batch-1', source: 'me', token: 'open sesame', method: 2 },
    });
    expect(JSON.parse(out)).toEqual({
      ok: true,
      code: 201,
      title: 'Created',
      body: { id: 7 },
      response: { path: 'a/b', correlationId: 'batch-1', source: 'X1', timestamp: '1', others: { location: 'items/7' } },
      method: 'POST',
      path: 'a/b',
      requestId: id,
      correlationId: 'batch-1',
      source: 'me',
      requestTopic: `lab/gf/axuv/request/X1/${id}`,
      responseTopic: `lab/gf/axuv/response/X1/${id}`,
      elapsedMs: expect.any(Number),
      notes: [],
    });
  });

  it('sends what gf_mqtt_client does when nothing else is asked for', async () => {
    const seen = await device('gf_int_v1/+/request/X1/+', (request) => respond(request, 205, 'ok'));
    expect(await run([url, 'X1', 's', 'p', '--client-id', 'caller'])).toEqual({ code: 0, out: '"ok"\n', err: '' });
    expect(seen.map(({ packet, request }) => [packet.qos, request.body, Object.entries(request.header)])).toEqual([
      [
        0,
        null,
        [
          ['request_id', expect.stringMatching(/^[0-9a-f-]{36}$/)],
          ['path', 'p'],
          ['correlation_id', null],
          ['source', 'caller'],
          ['token', null],
          ['method', 'GET'],
        ],
      ],
    ]);
  });

  it('knows every code, with the exception a caller would catch', { timeout: 120_000 }, async () => {
    await device('gf_int_v1/+/request/X1/+', (request) => respond(request, Number(request.header.path), 'why'));
    const results = [];
    // A process each: four at a time.
    for (let n = 0; n < responseCodes.length; n += 4) {
      results.push(...(await Promise.all(responseCodes.slice(n, n + 4).map(({ code }) => run([url, 'X1', 's', String(code), '--json', '--timeout', '60'])))));
    }
    expect(results.map(({ code, out }) => [code, JSON.parse(out)])).toEqual(
      responseCodes.map(({ code, title, exception }) => [
        code < 300 ? 0 : Math.floor(code / 100),
        expect.objectContaining({ ok: code < 300, code, title, ...(exception !== null && { exception, detail: 'why' }) }),
      ]),
    );
  });

  it('tells the end of its patience from an answer', async () => {
    await device('gf_int_v1/+/request/X1/+', ({ header }) => (header.path === 'late' ? null : '[]'));
    const late = await run([url, 'X1', 's', 'late', '--timeout', '0.3']);
    expect(late).toMatchObject({ code: 7, out: '' });
    expect(late.err).toContain('No answer within 0.3 s. [RPC_TIMEOUT 3002, local]\n');
    const asJson = await run([url, 'X1', 's', 'late', '--timeout', '0.3', '--json']);
    expect(JSON.parse(asJson.out)).toMatchObject({
      ok: false,
      error: { name: 'RPC_TIMEOUT', origin: 'local' },
      exception: 'GatewayTimeoutResponse',
      detail: expect.stringMatching(/^Request timed out after 0\.3\d\d seconds$/),
    });
  });

  it('takes neither what cannot be read, nor a code nobody knows', async () => {
    await device('gf_int_v1/+/request/X1/+', (request) => (request.header.path === 'odd' ? respond(request, 299) : '[\u001b[31m'));
    const odd = await run([url, 'X1', 's', 'odd', '--json']);
    expect(odd.code).toBe(6);
    expect(JSON.parse(odd.out)).toMatchObject({ ok: false, code: 299, title: null, error: { name: 'INVALID_RPC_RESPONSE', origin: 'remote' } });
    const broken = await run([url, 'X1', 's', 'broken']);
    expect(broken).toMatchObject({ code: 6, out: '' });
    expect(broken.err).toContain('The answer cannot be read: not JSON. [INVALID_RPC_RESPONSE');
  });

  it('says when there is no broker, or nobody to ask', async () => {
    const away = await run(['mqtt://127.0.0.1:1', 'X1', 's', 'p']);
    expect(away).toMatchObject({ code: 6, out: '' });
    expect(away.err).toContain('CONNECTION_FAILED');
    expect((await run([url, 'NOBODY', 's', 'p', '--qos', '1'])).err).toContain('PEER_UNREACHABLE');
  });

  it('ends in order at Ctrl+C', async () => {
    const seen = await device('gf_int_v1/+/request/X1/+', () => null);
    const { child, ended } = start([url, 'X1', 's', 'p', '--timeout', '60', '--client-id', 'to-be-cancelled']);
    await vi.waitUntil(() => seen.length > 0, { timeout: 20_000 });
    child.kill('SIGINT');
    expect(await ended).toEqual({ code: 130, out: '', err: 'Cancelled.\n' });
    expect(broker.clients().map(({ clientId }) => clientId)).not.toContain('to-be-cancelled');
  });

  it.each([
    [[], 'A request needs four things'],
    [['mqtt://h', 'd', 's'], 'A request needs four things'],
    [['mqtt://h', 'd', 's', 'p', 'x'], '"x" is one argument too many'],
    [['http://h', 'd', 's', 'p'], 'mqtt'],
    [['mqtt://h', 'a/b', 's', 'p'], 'The device contains "/"'],
    [['mqtt://h', 'd', '+', 'p'], 'The subsystem contains "+"'],
    [['mqtt://h', '#', 's', 'p'], 'The device contains "#"'],
    [['mqtt://h', '', 's', 'p'], 'The device is empty'],
    [['mqtt://h', 'd', 's', ''], 'The path is empty'],
    [['mqtt://h', 'd', 's', 'p', '--namespace', 'a/+'], 'The namespace contains "+"'],
    [['mqtt://h', 'd', 's', 'p', '--namespace', '$SYS'], 'begins with "$"'],
    [['mqtt://h', 'd', 's', 'p', '--method', 'PATCH'], '--method is one of GET, POST, PUT, DELETE'],
    [['mqtt://h', 'd', 's', 'p', '--method', '1'], '--method is one of'],
    [['mqtt://h', 'd', 's', 'p', '--body', '{'], '--body: '],
    [['mqtt://h', 'd', 's', 'p', '--body', '@/no/such/file'], 'cannot be read (ENOENT)'],
    [['mqtt://h', 'd', 's', 'p', '--qos', '3'], '--qos is one of'],
    [['mqtt://h', 'd', 's', 'p', '--timeout', 'soon'], '--timeout needs seconds'],
    [['mqtt://h', 'd', 's', 'p', '--mqtt', '6'], '--mqtt is 3.1'],
    [['mqtt://h', 'd', 's', 'p', '--colour'], "Unknown option '--colour'"],
  ])('refuses %j with exit code 2', async (args, problem) => {
    const { code, out, err } = await run(args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(problem);
  });

  it('refuses names that no topic can hold', async () => {
    const around = { env: {}, readStandardInput: () => Promise.resolve(''), newId: () => 'id', now: () => 0 };
    await expect(readRequestArguments(['mqtt://h', 'd'.repeat(65_520), 's', 'p'], around)).rejects.toThrow('The request makes no usable topic.');
  });

  it('lists its arguments', async () => {
    expect((await run(['--help'])).out).toContain('Usage: mqtt-workbench request ADDRESS DEVICE SUBSYSTEM PATH');
  });
});
