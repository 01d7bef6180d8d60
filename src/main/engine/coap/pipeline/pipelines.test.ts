import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { pipelineSchema, type GfPipelineInput, type PipelineStatus, type PipelineTraceDetail } from '../../../../shared/contract/coap-pipeline.ts';
import { connectionProfileSchema } from '../../../../shared/contract/connections.ts';
import { mockDeviceSchema } from '../../../../shared/contract/mock-devices.ts';
import { buildGfRequest, buildGfResponse } from '../../../../shared/coap/gf/build.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import { useNodes } from '../../../../../test/support/rpc-nodes.ts';

const bench = useNodes();
const tag = '2D_XX_0_9999';
const patience = { timeout: 15_000 };
type Handler = NonNullable<GfPipelineInput['handlers']>[number];
const script = (source: string): Handler['transform'] => ({ kind: 'script', source });
const answering = (source: string, more: Partial<Handler> = {}): Handler => ({
  id: 'answer',
  name: 'Answer',
  kind: 'request',
  propagate: true,
  transform: script(source),
  ...more,
});
const onResponse = (source: string, more: Partial<Handler> = {}): Handler => ({
  id: 'mine',
  name: 'Mine',
  kind: 'response',
  propagate: false,
  transform: script(source),
  ...more,
});

async function save(handlers: readonly Handler[], more: Partial<GfPipelineInput> = {}): Promise<void> {
  const input: GfPipelineInput = { id: 'local', source: 'broker', enabled: true, device: tag, handlers: [...handlers], ...more };
  await bench.page.call('coapPipeline.save', pipelineSchema.parse(input));
}
const status = async (wanted: (status: PipelineStatus) => boolean = () => true): Promise<PipelineStatus> => {
  const { statuses } = await bench.first('coapPipeline.statuses', undefined, (view) => view.statuses[0] !== undefined && wanted(view.statuses[0]));
  return statuses[0] as PipelineStatus;
};
const isUp = ({ phase }: PipelineStatus): boolean => phase === 'running';
async function lastTrace(total: number): Promise<PipelineTraceDetail> {
  const { rows } = await bench.first('coapPipeline.traces', { source: 'broker' }, (view) => view.total >= total);
  return bench.page.call('coapPipeline.traceDetail', { source: 'broker', id: rows[0]?.id ?? 0 });
}

/** Somebody who asks the device. */
async function asker(port: number) {
  const peer = await bench.openPeer(port, 'gf_int_v1/+/response/#');
  return {
    peer,
    publish: (requestId: string, path: string, body: JsonValue = null, more: { readonly retain?: boolean; readonly to?: string } = {}) =>
      peer.client.publishAsync(
        `gf_int_v1/axuv/request/${more.to ?? tag}/${requestId}`,
        buildGfRequest({ method: 'GET', path, requestId, source: 'me', body, timestampMs: 1, correlationId: 'cor-1' }),
        { retain: more.retain ?? false, qos: 1 },
      ),
    answers: () =>
      peer.received.map(({ topic, text }) => ({
        topic,
        ...(JSON.parse(text) as { header: Record<string, JsonValue>; body: JsonValue; timestamp: JsonValue }),
      })),
  };
}

/** A device that answers everything with one code. */
async function device(port: number, code: number, body: JsonValue = null) {
  const peer = await bench.openPeer(port, 'gf_int_v1/+/request/OTHER/+');
  peer.client.on('message', (topic, payload) => {
    const { header } = JSON.parse(payload.toString()) as { header: { request_id: string; path: string } };
    const text = buildGfResponse({ code, path: header.path, requestId: header.request_id, correlationId: null, source: 'OTHER', body, timestampMs: 1 });
    peer.client.publish(topic.replace('/request/', '/response/'), text);
  });
}
const ask = (): Promise<{ readonly id: number }> =>
  bench.page.call('rpc.call', { source: 'broker', dialect: 'gf', topic: 'gf_int_v1/axuv/request/OTHER', method: 'GET gains', params: null, timeoutMs: 20_000 });

describe('request handlers', () => {
  it('answer each request exactly once, with the fields of the contract', async () => {
    const port = await bench.startBroker();
    await save([
      { id: 'log', name: 'Log', kind: 'request', propagate: true },
      answering('export function handle(message) { console.log(message.header.path); return { gains: [0, 1] }; }'),
      answering('export const handle = () => 2;', { id: 'late', name: 'Late' }),
    ]);
    expect((await status(isUp)).subscriptions).toEqual([{ filter: `gf_int_v1/+/request/${tag}/+`, grantedQos: 1 }]);
    const { publish, answers } = await asker(port);
    const requestId = crypto.randomUUID();
    await publish(requestId, 'gains');
    // Delivered again, and one after it: what would come twice would have come before.
    await publish(requestId, 'gains');
    const next = crypto.randomUUID();
    await publish(next, 'more');
    await expect.poll(() => answers().some(({ header }) => header['request_id'] === next), patience).toBe(true);
    expect(answers().filter(({ header }) => header['request_id'] === requestId)).toEqual([
      {
        topic: `gf_int_v1/axuv/response/${tag}/${requestId}`,
        header: { response_code: 205, path: 'gains', request_id: requestId, correlation_id: 'cor-1', source: tag },
        body: { gains: [0, 1] },
        timestamp: expect.stringMatching(/^\d+$/),
      },
    ]);
    expect(await status(({ answered }) => answered === 2)).toMatchObject({ repeated: 1, unanswered: 0, warnings: [] });
    const trace = await lastTrace(2);
    expect(trace.steps.map(({ name, result, next }) => [name, result, next])).toEqual([
      ['Log', 'ran', 'propagated'],
      ['Answer', 'ran', 'propagated'],
      ['Late', 'ran', 'propagated'],
      ['Default response handler', 'skipped', null],
    ]);
    expect(trace.steps[1]?.console).toEqual(['more']);
    expect(trace).toMatchObject({ outcome: { kind: 'answered', response: { code: 205 } }, message: { topic: expect.stringContaining(next) } });
  });

  it('publish nothing when they raise, and go on with the next request', async () => {
    const port = await bench.startBroker();
    await save([
      answering(
        [
          'export function handle({ header }) {',
          "  if (header.path === 'raise') throw new ResponseException(403, 'not you');",
          "  if (header.path === 'bug') return header.none.at;",
          "  if (header.path === 'loop') for (;;);",
          "  return header.path === 'code' ? { code: 404, body: 'no' } : null;",
          '}',
        ].join('\n'),
      ),
    ]);
    await status(isUp);
    const { publish, answers } = await asker(port);
    for (const [at, one] of ['raise', 'bug', 'loop', 'nothing', 'code'].entries()) {
      await publish(crypto.randomUUID(), one);
      const trace = await lastTrace(at + 1);
      if (one === 'raise') expect(trace.steps[0]?.exception).toMatchObject({ name: 'ForbiddenResponse', detail: 'not you', source: tag });
      if (one === 'bug') expect(trace.loopEnded).toMatchObject({ name: 'TypeError', line: 3 });
      if (one === 'loop') expect(trace.loopEnded).toMatchObject({ name: 'Limit', message: expect.stringContaining('1 s') });
    }
    await expect.poll(() => answers().map(({ header, body }) => [header['response_code'], body]), patience).toEqual([[404, 'no']]);
    expect(await status(({ answered }) => answered === 1)).toMatchObject({ unanswered: 4, loopsEnded: 2 });
    const log = await bench.first('coapPipeline.log', { source: 'broker' });
    expect(log.lines.some(({ text }) => /^TypeError: .*\(line 3\)\. A real client/.test(text))).toBe(true);
  });

  it('pass over what is retained or for another device, and end with their switch', async () => {
    const port = await bench.startBroker();
    await save([answering('export const handle = () => 1;')]);
    await status(isUp);
    const { publish, answers } = await asker(port);
    await publish(crypto.randomUUID(), 'gains', null, { to: 'OTHER' });
    await publish(crypto.randomUUID(), 'gains');
    await expect.poll(() => answers().length, patience).toBe(1);
    // Who subscribes after that gets it as a retained one.
    await publish(crypto.randomUUID(), 'gains', null, { retain: true });
    await expect.poll(() => answers().length, patience).toBe(2);
    await save([answering('export const handle = () => 1;')], { enabled: false });
    expect(await status(({ phase }) => phase === 'off')).toMatchObject({ problem: null, subscriptions: [] });
    await save([answering('export const handle = () => 1;')]);
    expect(await status(({ passedOver }) => passedOver === 1)).toMatchObject({ answered: 2 });
  });

  it('tell who answers as well', async () => {
    await bench.startBroker();
    await bench.page.call('mockDevices.save', mockDeviceSchema.parse({ id: 'mock', name: 'Pump', tag }));
    await save([answering('export const handle = () => 1;')]);
    expect((await status(isUp)).warnings).toEqual([]);
    await bench.page.call('mockDevices.start', { id: 'mock' });
    expect((await status(({ warnings }) => warnings.length > 0)).warnings).toEqual([
      `Mock device “Pump” answers requests to ${tag} as well as “Answer”: callers take whichever response comes first.`,
    ]);
    await save([answering('export const handle = () => 1;', { match: { device: 'X*' } })]);
    await status(({ warnings }) => warnings.length === 0);
  });
});

describe('response handlers', () => {
  it('raise before they run, or transform what the call gives', async () => {
    const port = await bench.startBroker();
    await device(port, 404, 'gone');
    await save([
      onResponse('export function handle(message) { message.body = null; message.header.response_code = 205; return message; }', { raiseExceptions: true }),
    ]);
    const traceOf = async (id: number) =>
      (await bench.first('coapPipeline.ofCall', { callId: id }, ({ trace }) => trace !== null)).trace as PipelineTraceDetail;
    const first = await ask();
    expect((await traceOf(first.id)).outcome).toMatchObject({
      kind: 'raised',
      exception: { name: 'NotFoundResponse', responseCode: 404, path: 'gains', detail: 'gone', source: 'workbench-rpc', target: 'OTHER' },
    });
    await save([onResponse('export function handle(message) { message.body = null; message.header.response_code = 205; return message; }')]);
    const second = await ask();
    const trace = await traceOf(second.id);
    expect(trace).toMatchObject({ outcome: { kind: 'resolved', message: { body: null, header: { response_code: 205 } } }, loopEnded: null });
    expect(trace.steps[0]?.changed).toMatchObject({ from: { body: 'gone', header: { response_code: 404 } }, to: { body: null } });
    // The call itself shows what came.
    expect(await bench.first('rpc.detail', { id: second.id })).toMatchObject({ responseCode: 404 });
    expect(await status()).toMatchObject({ phase: 'off', raised: 1 });
  });

  it('have nothing to do while they are switched off', async () => {
    const port = await bench.startBroker();
    await device(port, 205, 1);
    await save([onResponse('export const handle = (message) => message;')], { enabled: false });
    const { id } = await ask();
    await bench.first('rpc.detail', { id }, (detail) => detail?.state === 'ok');
    expect(await bench.first('coapPipeline.ofCall', { callId: id })).toEqual({ trace: null });
  });
});

describe('messages by hand', () => {
  it('go through the handlers without a word to anybody', async () => {
    const topic = `gf_int_v1/axuv/response/${tag}/x`;
    const text = JSON.stringify({ header: { response_code: 404, path: 'gains', request_id: 'x' }, body: null, timestamp: 1 });
    // No handlers: the default one alone.
    expect(await bench.page.call('coapPipeline.try', { source: 'broker', topic, text, awaited: true })).toMatchObject({
      outcome: { kind: 'raised', exception: { name: 'NotFoundResponse' } },
      steps: [{ handlerId: null, result: 'raised' }],
    });
    await save([onResponse('export const handle = (message) => message;')], { enabled: false });
    const trace = await bench.page.call('coapPipeline.try', { source: 'broker', topic, text, awaited: true });
    expect(trace).toMatchObject({ outcome: { kind: 'resolved' }, steps: [{ handlerId: 'mine', completes: true }, { result: 'not-reached' }] });
    expect(await bench.first('coapPipeline.traces', { source: 'broker' })).toEqual({ rows: [], total: 0 });
  });

  it('can be those of recorded requests', async () => {
    const port = await bench.startBroker();
    await device(port, 205, 7);
    const { id } = await ask();
    await bench.first('rpc.detail', { id }, (detail) => detail?.state === 'ok');
    const { messages } = await bench.page.call('coapPipeline.recorded', { source: 'broker' });
    expect(messages).toMatchObject([
      { callId: id, kind: 'response', label: '205 GET gains' },
      { callId: id, kind: 'request', label: 'GET gains' },
    ]);
    const [response] = messages;
    expect(
      await bench.page.call('coapPipeline.try', { source: 'broker', topic: response?.topic ?? '', text: response?.text ?? '', awaited: true }),
    ).toMatchObject({
      outcome: { kind: 'resolved', message: { body: 7 } },
    });
  });
});

it('answers once in the session of a connection, also what that connection itself asks', async () => {
  const port = await bench.startBroker();
  const profile = connectionProfileSchema.parse({
    id: 'lab',
    name: 'Lab',
    uri: `mqtt://127.0.0.1:${port}`,
    clientId: 'lab',
    subscriptions: [{ filter: 'gf_int_v1/#', qos: 1 }],
  });
  await bench.page.call('connections.save', { profile });
  await save([answering('export const handle = ({ header }) => header.path;'), onResponse('export const handle = (message) => message;')], {
    source: 'connection:lab',
  });
  expect((await status(({ phase }) => phase === 'waiting' || phase === 'stopped')).problem?.code ?? 'not-connected').toBe('not-connected');
  await bench.page.call('connections.connect', { id: 'lab' });
  await status(isUp);
  const { publish, answers } = await asker(port);
  await publish(crypto.randomUUID(), 'gains');
  await expect.poll(() => answers().map(({ body }) => body), patience).toEqual(['gains']);
  const own = await bench.page.call('rpc.call', {
    ...{ source: 'connection:lab', dialect: 'gf', topic: `gf_int_v1/axuv/request/${tag}` },
    ...{ method: 'GET own', params: null, timeoutMs: 20_000 },
  });
  const { trace } = await bench.first('coapPipeline.ofCall', { callId: own.id }, (view) => view.trace !== null);
  expect(trace).toMatchObject({ outcome: { kind: 'resolved', message: { body: 'own' } }, steps: [{ result: 'skipped' }, { completes: true }, {}] });
  // What would go round would have come by now.
  await publish(crypto.randomUUID(), 'last');
  await expect.poll(() => answers().map(({ body }) => body), patience).toEqual(['gains', 'own', 'last']);
  expect(await status(({ answered }) => answered === 3)).toMatchObject({ unanswered: 0 });
});

it('keeps pipelines as files, one for each source, and refuses what cannot be used', async () => {
  await save([answering('export const handle = () => 1;')]);
  const { workspaceFolder } = await bench.page.call('host.info', undefined);
  const file = JSON.parse(await readFile(path.join(workspaceFolder, 'coap-pipelines', 'local.json'), 'utf8')) as { pipeline: { device: string } };
  expect(file.pipeline.device).toBe(tag);
  await expect(save([], { id: 'second' })).rejects.toMatchObject({ code: 'invalid-state' });
  await expect(save([], { device: 'a/b' })).rejects.toMatchObject({ code: 'bad-input', message: expect.stringContaining('"/"') });
  await expect(save([answering('1', { id: 'default' })])).rejects.toMatchObject({ code: 'bad-input', message: expect.stringContaining('default') });
  await expect(save([answering('1'), answering('2')])).rejects.toMatchObject({ code: 'bad-input' });
  await bench.page.call('coapPipeline.remove', { source: 'broker' });
  expect(await bench.first('coapPipeline.watch', undefined)).toEqual({ pipelines: [] });
  await expect(bench.page.call('coapPipeline.remove', { source: 'broker' })).rejects.toMatchObject({ code: 'not-found' });
});
