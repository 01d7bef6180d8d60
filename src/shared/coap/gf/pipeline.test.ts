import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { GfHandler, PipelineTrace } from '../../contract/coap-pipeline.ts';
import type { JsonValue } from '../../rpc/python-json.ts';
import { matchesPattern } from './pipeline-match.ts';
import { runPipeline, type HandlerRun } from './pipeline.ts';

const id = '16fd2706-8baf-433b-82eb-8c7fada847da';
const requestTopic = `gf_int_v1/axuv/request/2D_XX_0_9999/${id}`;
const responseTopic = `gf_int_v1/axuv/response/2D_XX_0_9999/${id}`;
const bytes = (value: JsonValue): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const request = (header: Record<string, JsonValue> = {}): JsonValue => ({
  header: { method: 'GET', path: 'gains', request_id: id, correlation_id: null, ...header },
  body: null,
  timestamp: 1,
});
const response = (code: JsonValue, body: JsonValue = null): JsonValue => ({
  header: { response_code: code, path: 'gains', request_id: id, correlation_id: null },
  body,
  timestamp: '1',
});

type Script = (message: Record<string, JsonValue>) => Omit<HandlerRun, 'console' | 'message'> & { readonly message?: JsonValue };
const none = { kind: 'none' } as const;
const handler = (
  name: string,
  kind: GfHandler['kind'],
  more: Partial<Omit<GfHandler, 'match'>> & { readonly match?: Partial<GfHandler['match']> } = {},
): GfHandler => ({
  ...{ id: name, name, enabled: true, kind, transform: none, propagate: kind === 'request', raiseExceptions: kind === 'response' },
  ...more,
  match: { device: '', subsystem: '', path: '', methods: [], codes: [], ...more.match },
});
const scripted = (name: string, kind: GfHandler['kind'], more: Parameters<typeof handler>[2] = {}): GfHandler =>
  handler(name, kind, { transform: { kind: 'script', source: name }, ...more });

async function run(
  handlers: readonly GfHandler[],
  payload: JsonValue | Uint8Array,
  { awaited = false, topic, scripts = {} }: { readonly awaited?: boolean; readonly topic?: string; readonly scripts?: Readonly<Record<string, Script>> } = {},
): Promise<PipelineTrace> {
  const isRequest = !(payload instanceof Uint8Array) && JSON.stringify(payload).includes('"method"');
  return runPipeline({
    handlers,
    namespace: 'gf_int_v1',
    topic: topic ?? (isRequest ? requestTopic : responseTopic),
    payload: payload instanceof Uint8Array ? payload : bytes(payload),
    awaited,
    identifier: 'me',
    runScript: async (_handler, source, message) => ({ message, console: [], ...scripts[source]?.({ ...message }) }) as unknown as HandlerRun,
  });
}
const returns =
  (value: JsonValue, change: (message: Record<string, JsonValue>) => JsonValue = (message) => message): Script =>
  (message) =>
    ({ kind: 'returned', value, message: change(message) }) as ReturnType<Script>;
const did = ({ steps }: PipelineTrace): string[] =>
  steps.map(({ name, result, next, completes }) => `${name}: ${result}${next ? ` ${next}` : ''}${completes ? ' completes' : ''}`);

describe('a response', () => {
  it('is returned to the call by the default handler', async () => {
    const trace = await run([], response(205, [0, 1]), { awaited: true });
    expect(did(trace)).toEqual(['Default response handler: ran propagated completes']);
    expect(trace).toMatchObject({ kind: 'response', outcome: { kind: 'resolved', message: { body: [0, 1] } }, loopEnded: null });
  });

  it('raises the exception of its code before the handler runs', async () => {
    let ran = 0;
    const count: Script = () => {
      ran += 1;
      return { kind: 'returned', value: 1 } as ReturnType<Script>;
    };
    const trace = await run([scripted('mine', 'response')], response(404), { awaited: true, scripts: { mine: count } });
    expect(ran).toBe(0);
    expect(trace.outcome).toEqual({
      kind: 'raised',
      exception: { name: 'NotFoundResponse', responseCode: 404, path: 'gains', detail: null, source: 'me', target: '2D_XX_0_9999' },
    });
    // Only what ends without an exception stops the message.
    expect(did(trace)).toEqual(['mine: raised propagated completes', 'Default response handler: raised propagated']);
  });

  it('is what a handler without exceptions makes of it', async () => {
    const softly = scripted('soft', 'response', { raiseExceptions: false });
    const change = (message: Record<string, JsonValue>): JsonValue => ({
      ...message,
      header: { ...(message['header'] as object), response_code: 205 },
      body: 'none',
    });
    const trace = await run([softly], response(404), { awaited: true, scripts: { soft: returns(true, change) } });
    expect(did(trace)).toEqual(['soft: ran stopped completes', 'Default response handler: not-reached']);
    expect(trace.outcome).toMatchObject({ kind: 'resolved', message: { header: { response_code: 205 }, body: 'none' } });
    expect(trace.steps[0]?.changed).toMatchObject({ from: { body: null }, to: { body: 'none' } });
  });

  it('is seen by the handlers after as one before them has changed it', async () => {
    const up = scripted('up', 'response', { propagate: true, raiseExceptions: false });
    const change = (message: Record<string, JsonValue>): JsonValue => ({ ...message, header: { ...(message['header'] as object), response_code: 503 } });
    const trace = await run([up], response(205), { awaited: true, scripts: { up: returns(null, change) } });
    expect(did(trace)).toEqual(['up: ran propagated', 'Default response handler: raised propagated completes']);
    expect(trace.outcome).toMatchObject({ kind: 'raised', exception: { name: 'ServiceUnavailableResponse' } });
  });

  it('lets the call time out where a handler stops it and returns nothing', async () => {
    const trace = await run([scripted('silent', 'response')], response(205), { awaited: true, scripts: { silent: returns(null) } });
    expect(trace.outcome).toEqual({ kind: 'timeout' });
  });

  it('that nobody waits for comes to nothing', async () => {
    expect((await run([], response(205))).outcome).toEqual({ kind: 'unheard' });
    expect(did(await run([], response(404)))).toEqual(['Default response handler: raised propagated']);
  });
});

describe('a request', () => {
  it('is answered by the first value that is returned', async () => {
    const scripts = { log: returns(null), answer: returns([1, 2]), again: returns({ code: 203 }) };
    const trace = await run([scripted('log', 'request'), scripted('answer', 'request'), scripted('again', 'request')], request(), { scripts });
    expect(did(trace)).toEqual(['log: ran propagated', 'answer: ran propagated', 'again: ran propagated', 'Default response handler: skipped']);
    expect(trace.outcome).toEqual({ kind: 'answered', response: { code: 205, body: [1, 2], location: null } });
  });

  it('takes a whole response, and no code that would silence the caller', async () => {
    const answerOf = async (value: JsonValue) =>
      (await run([scripted('a', 'request')], request({ method: 'POST' }), { scripts: { a: returns(value) } })).outcome;
    expect(await answerOf({ code: 404, body: 'no' })).toEqual({ kind: 'answered', response: { code: 404, body: 'no', location: null } });
    expect(await answerOf({ code: 201, location: 'x/1' })).toEqual({ kind: 'answered', response: { code: 201, body: null, location: 'x/1' } });
    expect(await answerOf({ code: 1, more: 2 })).toMatchObject({ response: { code: 201, body: { code: 1, more: 2 } } });
    expect(await answerOf({ code: 299 })).toMatchObject({ response: { code: 500 } });
  });

  it('stops at a handler that does not propagate', async () => {
    const trace = await run([handler('wall', 'request', { propagate: false }), scripted('answer', 'request')], request(), { scripts: { answer: returns(1) } });
    expect(did(trace)).toEqual(['wall: ran stopped', 'answer: not-reached', 'Default response handler: not-reached']);
    expect(trace.outcome).toEqual({ kind: 'unanswered' });
  });

  it('says why a handler does not take it', async () => {
    const cases: readonly (readonly [Partial<GfHandler['match']>, string])[] = [
      [{ device: 'OTHER*' }, 'The device is 2D_XX_0_9999, not OTHER*.'],
      [{ subsystem: 'x' }, 'The subsystem is axuv, not x.'],
      [{ path: 'state/*' }, 'The path is gains, not state/*.'],
      [{ methods: ['PUT', 'POST'] }, 'The method is GET, not PUT or POST.'],
    ];
    const trace = await run(
      [...cases.map(([match], at) => handler(`${at}`, 'request', { match })), handler('off', 'request', { enabled: false }), handler('r', 'response')],
      request(),
    );
    expect(trace.steps.slice(0, -1).map(({ result, why }) => [result, why])).toEqual([
      ...cases.map(([, why]) => ['skipped', why]),
      ['skipped', 'Switched off.'],
      ['skipped', 'Takes responses only: the header has no response_code.'],
    ]);
    const taken = await run(
      [handler('all', 'request', { match: { device: '2D*', subsystem: 'axuv', path: '/ga*/', methods: ['GET'] } })],
      request({ method: 1 }),
    );
    expect(taken.steps[0]?.result).toBe('ran');
  });
});

/** As a live client was seen to take them (`hazards.json`, `exchange.json`). */
describe('the captured behaviour', () => {
  const vectors = (file: string): unknown =>
    (JSON.parse(readFileSync(new URL(`../../../../test/fixtures/vectors/gf_mqtt_client/${file}`, import.meta.url), 'utf8')) as { items: unknown }).items;
  type Hazard = Partial<Record<'payload_text' | 'payload_hex' | 'payload' | 'effect' | 'side', string>>;
  const hazards = vectors('hazards.json') as readonly Hazard[];
  /** As the handler of the README does: reads id and path. */
  const readme: Script = (message) => {
    const { request_id: requestId, path } = message['header'] as Record<string, JsonValue>;
    if (requestId === undefined || path === undefined)
      return { kind: 'failed', error: { name: 'KeyError', message: "'request_id'", line: 1 } } as unknown as ReturnType<Script>;
    return { kind: 'returned', value: 1 } as ReturnType<Script>;
  };

  it.each(hazards.filter(({ payload_text: text, payload_hex: hex }) => text !== undefined || hex !== undefined))(
    '$payload_text$payload_hex: $effect',
    async (hazard) => {
      const payload = hazard.payload_hex === undefined ? Buffer.from(hazard.payload_text ?? '') : Buffer.from(hazard.payload_hex, 'hex');
      const trace = await run([scripted('readme', 'request')], payload, { topic: requestTopic, scripts: { readme } });
      expect(trace.loopEnded !== null).toBe(hazard.effect?.startsWith('loop_dead'));
      if (hazard.effect === 'ignored') expect(trace.outcome.kind).toBe('ignored');
      if (hazard.effect?.startsWith('handled normally')) expect(trace.outcome).toMatchObject({ kind: 'answered' });
    },
  );

  it('a handler that raises a ResponseException publishes nothing, and the next one runs', async () => {
    const scripts: Record<string, Script> = {
      raises: () => ({ kind: 'raised', code: 403, detail: 'no' }) as unknown as ReturnType<Script>,
      log: returns(null),
    };
    const trace = await run([scripted('raises', 'request', { propagate: false }), scripted('log', 'request')], request(), { scripts });
    expect(did(trace)).toEqual(['raises: raised propagated', 'log: ran propagated', 'Default response handler: skipped']);
    expect(trace).toMatchObject({ outcome: { kind: 'unanswered' }, loopEnded: null });
    expect(trace.steps[0]?.exception).toMatchObject({ name: 'ForbiddenResponse', detail: 'no' });
  });

  it('a handler that raises anything else ends the loop', async () => {
    const error = { name: 'KeyError', message: "'gain'", line: 3 };
    const trace = await run([scripted('bad', 'request'), scripted('log', 'request')], request(), {
      scripts: { bad: () => ({ kind: 'failed', error }) as unknown as ReturnType<Script>, log: returns(1) },
    });
    expect(did(trace)).toEqual(['bad: failed', 'log: not-reached', 'Default response handler: not-reached']);
    expect(trace).toMatchObject({ outcome: { kind: 'unanswered' }, loopEnded: error });
  });

  it('an unlisted code ends the loop of the caller, and the call in a time-out', async () => {
    const trace = await run([], response(299), { awaited: true });
    expect(trace).toMatchObject({ outcome: { kind: 'timeout' }, loopEnded: { name: 'ValueError', message: '299 is not a valid ResponseCode' } });
  });

  // The four below were seen by handing such messages to the loop of the real client, 0.2.0.
  it('a code that is a text ends the loop as well, and one of null completes the call with what is no response', async () => {
    expect(await run([], response('205'), { awaited: true })).toMatchObject({
      outcome: { kind: 'timeout' },
      loopEnded: { name: 'ValueError', message: "'205' is not a valid ResponseCode" },
    });
    expect((await run([], response(null), { awaited: true })).outcome).toEqual({ kind: 'bad-result', message: 'ValueError: None is not a valid ResponseCode' });
  });

  it('what a later handler changes, the caller sees as well', async () => {
    const change = (message: Record<string, JsonValue>): JsonValue => ({ ...message, body: 'B' });
    const handlers = ['a', 'b'].map((name) => scripted(name, 'response', { propagate: true }));
    const trace = await run(handlers, response(205), { awaited: true, scripts: { a: returns(1), b: returns(null, change) } });
    expect(trace.outcome).toMatchObject({ kind: 'resolved', message: { body: 'B' } });
  });

  it('an error after the call was completed ends the loop, and leaves the result', async () => {
    const error = { name: 'KeyError', message: "'k'", line: 1 };
    const handlers = ['a', 'b'].map((name) => scripted(name, 'response', { propagate: true }));
    const scripts: Record<string, Script> = { a: returns(1), b: () => ({ kind: 'failed', error }) as unknown as ReturnType<Script> };
    expect(await run(handlers, response(205), { awaited: true, scripts })).toMatchObject({ outcome: { kind: 'resolved' }, loopEnded: error });
  });

  it('after an exception the next handlers run, whatever propagate says', async () => {
    const handlers = [scripted('a', 'response'), scripted('b', 'response', { raiseExceptions: false })];
    const trace = await run(handlers, response(404), { awaited: true, scripts: { b: returns(1) } });
    expect(did(trace)).toEqual(['a: raised propagated completes', 'b: ran stopped', 'Default response handler: not-reached']);
    expect(trace.outcome).toMatchObject({ kind: 'raised', exception: { name: 'NotFoundResponse' } });
  });

  it('a client that asks itself is given its own request', async () => {
    const trace = await run([scripted('demo', 'request')], request(), { awaited: true, scripts: { demo: returns({ x: 1 }) } });
    expect(trace.outcome).toEqual({ kind: 'bad-result', message: 'ValueError: None is not a valid ResponseCode' });
  });

  it.each(vectors('exchange.json') as readonly { readonly name: string; readonly response: { readonly topic: string; readonly payload: string } }[])(
    'the response of “$name”',
    async ({ response: { topic, payload } }) => {
      const { header } = JSON.parse(payload) as { header: { response_code: number } };
      const trace = await run([], Buffer.from(payload), { awaited: true, topic });
      const wanted = header.response_code === 299 ? 'timeout' : header.response_code < 400 ? 'resolved' : 'raised';
      expect(trace.outcome.kind).toBe(wanted);
    },
  );
});

it('finds what a pattern means in a time that is no trap', () => {
  expect([matchesPattern('*', ''), matchesPattern('a*c', 'abbc'), matchesPattern('a*c', 'abcd'), matchesPattern('', 'a'), matchesPattern('a', '')]).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
  expect(matchesPattern(`${'*a'.repeat(400)}b`, 'a'.repeat(1000))).toBe(false);
});
