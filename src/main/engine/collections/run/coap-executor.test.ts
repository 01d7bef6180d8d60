import { randomBytes } from 'node:crypto';
import { afterEach, expect, it } from 'vitest';
import { savedRequestSchema, type SavedCoapRequest, type SavedRequestInput } from '../../../../shared/contract/collections.ts';
import { runCheck, type Check } from '../../../../shared/collections/check.ts';
import { fillChecks, type FillSource } from '../../../../shared/collections/fill-request.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { createCoapUdp } from '../../coap/index.ts';
import { openCoapServer, type CoapServer } from '../../coap/udp/coap-server.ts';
import type { CheckSubject } from '../checks/check-thread.ts';
import { createCoapExecutor } from './coap-executor.ts';

const opened: (() => void)[] = [];
afterEach(() => {
  for (const close of opened.splice(0)) close();
});
const bytes = (words: string): Uint8Array => new TextEncoder().encode(words);

async function serve(): Promise<CoapServer> {
  const server = await openCoapServer({
    port: 0,
    host: '127.0.0.1',
    clock: () => performance.now(),
    random: Math.random,
    maxBodyBytes: 1_000_000,
    handle({ path: [which], method, query, payload, contentFormat }) {
      switch (which) {
        case 'echo':
          return {
            code: '2.05',
            payload: bytes(JSON.stringify({ method, query, contentFormat: contentFormat ?? null, payload: [...payload] })),
            contentFormat: 50,
          };
        case 'text':
          return { code: '2.05', payload: bytes('warm'), contentFormat: 0 };
        case 'raw':
          return { code: '2.05', payload: Uint8Array.of(0xff, 0x00), contentFormat: 42 };
        case 'silent':
          return null;
        default:
          return { code: '4.04', payload: bytes('nothing here') };
      }
    },
  });
  opened.push(() => server.close());
  return server;
}

const request = (more: Partial<SavedRequestInput>): SavedCoapRequest =>
  savedRequestSchema.parse({ kind: 'coap', name: 'Ask', uri: 'coap://127.0.0.1:{{port}}/echo', ...more }) as SavedCoapRequest;

function open(): ReturnType<typeof createCoapExecutor> {
  const coap = createCoapUdp({
    now: () => Date.now(),
    clock: () => performance.now(),
    random: Math.random,
    randomBytes: (count) => new Uint8Array(randomBytes(count)),
  });
  opened.push(() => coap.close());
  return createCoapExecutor(coap);
}

async function ask(saved: SavedCoapRequest, source: FillSource): Promise<CheckSubject> {
  const started = open().start(saved, source);
  if ('problem' in started) throw new Error(started.problem.message);
  expect(started.coapId).toBe(1);
  return started.ended;
}
const sourceOf = ({ local }: CoapServer, more = {}): FillSource => ({ scope: { port: String(local.port), ...more }, functions: {} });
const checked = (saved: SavedCoapRequest, subject: CheckSubject, source: FillSource): readonly string[] =>
  (fillChecks(saved, source) as readonly Check[]).map((check) => {
    const { assertion } = runCheck(check, { ...subject, body: { exact: subject.body, plain: subject.body } });
    return `${assertion?.label}: ${assertion?.passed ? 'passed' : `${assertion?.actual}. ${assertion?.message}`}`;
  });

it('fills in address, options and payload, and gives the payload to look into', async () => {
  const source = sourceOf(await serve(), { unit: 'C', hex: 'ff' });
  const saved = request({
    method: 'POST',
    uri: 'coap://127.0.0.1:{{port}}/echo?unit={{unit}}',
    contentFormat: 42,
    options: [['Accept', '50']],
    payload: '0a {{hex}}',
    payloadAs: 'hex',
  });
  expect(await ask(saved, source)).toMatchObject({
    status: 'ok',
    code: '2.05',
    errorName: null,
    body: { method: 'POST', query: ['unit=C'], contentFormat: 42, payload: [10, 255] },
  });
});

it.each([
  ['text', 'ok', '2.05', 'warm'],
  ['raw', 'ok', '2.05', 'ff00'],
  ['none', 'failed', '4.04', 'nothing here'],
])('tells text, bytes and errors apart: %s', async (path, status, code, body) => {
  const source = sourceOf(await serve());
  expect(await ask(request({ uri: `coap://127.0.0.1:{{port}}/${path}` }), source)).toMatchObject({ status, code, body });
});

it('asserts code, class, status and time', async () => {
  const source = sourceOf(await serve());
  const saved = request({
    uri: 'coap://127.0.0.1:{{port}}/none',
    assertions: [
      { kind: 'code', is: '4.04' },
      { kind: 'code', is: '4.xx' },
      { kind: 'code', is: '2.05' },
      { kind: 'time', belowMs: 20_000 },
      { kind: 'path', path: '$', operator: 'matches', value: '^nothing' },
    ],
  });
  const subject = await ask(saved, source);
  const why = '4.04. The server answered 4.04 Not Found. The server said: nothing here';
  expect(checked({ ...saved, assertions: saved.assertions.slice(0, 4) }, subject, source)).toEqual([
    'code is 4.04: passed',
    'code is one of 4.xx: passed',
    `code is 2.05: ${why}`,
    'answered in less than 20000 ms: passed',
  ]);
  // Without an assertion of code or status it has to succeed.
  expect(checked({ ...saved, assertions: [] }, subject, source)).toEqual([
    `status is ok: failed, 4.04. The server answered 4.04 Not Found. The server said: nothing here`,
  ]);
});

it('times out, and has no code then', async () => {
  const source = sourceOf(await serve());
  const saved = request({ type: 'NON', uri: 'coap://127.0.0.1:{{port}}/silent', timeoutMs: 100, assertions: [{ kind: 'code', is: '5.xx' }] });
  const subject = await ask(saved, source);
  expect(subject).toMatchObject({ status: 'timed-out', errorName: 'no-response', elapsedMs: null, body: { kind: 'no-response' } });
  expect(checked(saved, subject, source)[0]).toMatch(/^code is one of 5\.xx: none\. No response came/);
});

it.each([
  [{ uri: 'coap://{{nope}}/' }, 'The address: “nope” is not known.'],
  [{ uri: 'coaps://127.0.0.1/' }, 'coaps:// is CoAP over DTLS, which the workbench does not speak.'],
  [{ payload: 'xyz', payloadAs: 'hex' as const }, 'The payload is not in hexadecimal digits, two for each byte.'],
  [{ options: [['Accept', 'json']] as [string, string][] }, 'Option Accept: Accept needs an integer from 0.'],
])('says what is wrong with %j before anything is sent', async (more, message) => {
  const started = open().start(request(more), { scope: { port: '5683' }, functions: {} });
  expect(started).toMatchObject({ problem: { message } });
});

it('refuses multicast before anything is sent', () => {
  expect(() => open().start(request({ uri: 'coap://224.0.1.187/' }), { scope: {}, functions: {} })).toThrow(CodedError);
});

it('is given up when the run is cancelled', async () => {
  const source = sourceOf(await serve());
  const started = open().start(request({ uri: 'coap://127.0.0.1:{{port}}/silent' }), source);
  if ('problem' in started) throw new Error(started.problem.message);
  started.cancel();
  expect(await started.ended).toMatchObject({ status: 'failed', errorName: 'cancelled' });
});
