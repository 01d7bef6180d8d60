import { randomBytes } from 'node:crypto';
import { afterEach, expect, it, vi } from 'vitest';
import type { CoapObserveEvent, CoapUdpProgress, CoapUdpRequest } from '../../../../shared/contract/coap-udp.ts';
import { coapUdpContract } from '../../../../shared/contract/coap-udp.ts';
import { coapUdpLimits } from '../../../../shared/coap/udp/limits.ts';
import { formatCode } from '../../../../shared/coap/udp/packet.ts';
import { openCoapServer, type CoapServer, type CoapServerOptions } from '../udp/coap-server.ts';
import { openBound } from '../udp/datagrams.ts';
import { isMulticast } from '../../../../shared/coap/udp/multicast-address.ts';
import { createCoapUdp, type CoapUdp } from './udp-service.ts';

const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);
const bytes = (words: string): Uint8Array => new TextEncoder().encode(words);
const never = new AbortController().signal;
const opened: (() => void)[] = [];
afterEach(() => {
  for (const close of opened.splice(0)) close();
});

function open(): CoapUdp {
  const service = createCoapUdp({
    now: () => Date.now(),
    clock: () => performance.now(),
    random: Math.random,
    randomBytes: (count) => new Uint8Array(randomBytes(count)),
  });
  opened.push(() => service.close());
  return service;
}

async function serve(handle: CoapServerOptions['handle']): Promise<CoapServer> {
  const server = await openCoapServer({
    port: 0,
    host: '127.0.0.1',
    clock: () => performance.now(),
    random: Math.random,
    maxBodyBytes: 1_000_000,
    handle,
  });
  opened.push(() => server.close());
  return server;
}

const request = (port: number, path: string, more: Partial<CoapUdpRequest> = {}): CoapUdpRequest => ({
  ...coapUdpContract['coapUdp.request'].input.parse({ uri: `coap://127.0.0.1:${port}${path}`, method: 'GET' }),
  ...more,
});

async function ask(service: CoapUdp, input: CoapUdpRequest, signal = never): Promise<{ readonly states: CoapUdpProgress[]; readonly last: CoapUdpProgress }> {
  const states: CoapUdpProgress[] = [];
  await service.request(input, signal, (state) => states.push(state));
  return { states, last: states.at(-1) as CoapUdpProgress };
}

it('sends a request, tells what becomes of it, logs its messages and knows the server', async () => {
  const server = await serve(({ path, query }) => ({ code: '2.05', payload: bytes(`${path.join('/')}?${query.join('&')}`), contentFormat: 0 }));
  const service = open();
  const { states, last } = await ask(service, request(server.local.port, '/a%20b/c?x=1', { options: [{ number: 17, text: '0' }] }));
  expect(states.map(({ phase }) => phase)).toContain('sent');
  expect(last).toMatchObject({ phase: 'responded', failure: null, messagesSent: 1, messagesReceived: 1, retransmissions: 0 });
  expect(formatCode(last.response?.code ?? 0)).toBe('2.05');
  expect(text(last.response?.payload)).toBe('a b/c?x=1');
  expect(last.response?.from).toBe(`127.0.0.1:${server.local.port}`);
  const log = service.log({ offset: 0, limit: 10, text: '', direction: 'all' });
  expect(log.rows.map(({ direction, type }) => `${direction} ${type}`)).toEqual(['in ACK', 'out CON']);
  expect(log.rows[1]?.options).toContain('Uri-Path: a b');
  expect(service.log({ offset: 0, limit: 10, text: 'content-format', direction: 'all' }).total).toBe(1);
  expect(service.logMessage(log.rows[0]?.id ?? 0)?.payload).toEqual(bytes('a b/c?x=1'));
  expect(service.servers()).toMatchObject([{ uri: `coap://127.0.0.1:${server.local.port}`, resources: [{ path: '/a%20b/c', lastCode: 0x45 }] }]);
  service.clearLog();
  expect(service.log({ offset: 0, limit: 10, text: '', direction: 'all' })).toEqual({ rows: [], total: 0, kept: 0, forgotten: 0 });
});

it('sends 64 KiB in blocks and tells how far it has come', async () => {
  let got = 0;
  const server = await serve(({ payload }) => {
    got = payload.length;
    return { code: '2.04' };
  });
  const { states, last } = await ask(open(), request(server.local.port, '/file', { method: 'PUT', payload: new Uint8Array(65_536).fill(7), blockSize: 1024 }));
  expect(got).toBe(65_536);
  expect(formatCode(last.response?.code ?? 0)).toBe('2.04');
  const steps = states.flatMap(({ upload }) => (upload ? [upload.bytes] : []));
  expect(new Set(steps).size).toBe(64);
  expect(steps).toEqual(steps.toSorted((one, other) => one - other));
  expect(last.upload).toEqual({ bytes: 65_536, totalBytes: 65_536 });
});

it('tells retransmissions, gives up with advice, and can be cancelled', async () => {
  const silent = await openBound(0, '127.0.0.1', { received: () => undefined, failed: () => undefined });
  opened.push(() => silent.close());
  const service = open();
  const transmission = { ackTimeoutMs: 10, ackRandomFactor: 1, maxRetransmit: 2 };
  const { states, last } = await ask(service, request(silent.local.port, '/', { transmission }));
  expect(last).toMatchObject({ phase: 'failed', retransmissions: 2, messagesSent: 3, failure: { kind: 'no-acknowledgement' } });
  expect(last.failure?.advice).not.toBe('');
  expect(states.some(({ retransmission }) => retransmission?.number === 1 && retransmission.of === 2)).toBe(true);

  const abort = new AbortController();
  const cancelled = ask(service, request(silent.local.port, '/'), abort.signal);
  await vi.waitFor(() => expect(service.log({ offset: 0, limit: 9, text: '', direction: 'all' }).total).toBe(4));
  abort.abort();
  expect((await cancelled).last.failure?.kind).toBe('cancelled');
});

it('refuses what cannot be sent before anything is sent', async () => {
  const service = open();
  const send = (input: Partial<CoapUdpRequest>): Promise<unknown> => ask(service, request(1, '/', input));
  await expect(send({ uri: 'http://a/b' })).rejects.toMatchObject({ code: 'invalid-uri' });
  await expect(send({ uri: 'coap://224.0.1.187/' })).rejects.toMatchObject({ code: 'bad-input', message: expect.stringContaining('multicast') });
  await expect(send({ uri: 'coap://[ff02::fd]/' })).rejects.toMatchObject({ code: 'bad-input' });
  await expect(send({ options: [{ number: 12, text: 'json' }] })).rejects.toMatchObject({ message: expect.stringContaining('Content-Format') });
  await expect(service.observe('a', request(1, '/', { method: 'PUT' }), never, () => undefined)).rejects.toMatchObject({ code: 'bad-input' });
  expect(service.log({ offset: 0, limit: 9, text: '', direction: 'all' }).total).toBe(0);
  expect(['224.0.0.1', '239.255.255.255', 'ff0e::1', '::ffff:224.0.1.187', '223.1.1.1', 'fe80::1%lo', 'a.example'].map(isMulticast)).toEqual([
    true,
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
});

it('has a limit of requests at once', async () => {
  const silent = await openBound(0, '127.0.0.1', { received: () => undefined, failed: () => undefined });
  opened.push(() => silent.close());
  const service = open();
  const abort = new AbortController();
  const under = Array.from({ length: coapUdpLimits.requests }, () => ask(service, request(silent.local.port, '/'), abort.signal));
  await expect(ask(service, request(silent.local.port, '/'))).rejects.toMatchObject({ code: 'too-many-requests' });
  abort.abort();
  await Promise.all(under);
  await expect(ask(service, request(silent.local.port, '/', { type: 'NON', timeoutMs: 5 }))).resolves.toMatchObject({
    last: { failure: { kind: 'no-response' } },
  });
});

async function observed(): Promise<{
  readonly service: CoapUdp;
  readonly server: CoapServer;
  readonly events: CoapObserveEvent[];
  readonly over: Promise<void>;
  readonly abort: AbortController;
}> {
  let count = 0;
  const server = await serve(() => ({ code: '2.05', payload: bytes(String((count += 1))), observable: true }));
  const service = open();
  const events: CoapObserveEvent[] = [];
  const abort = new AbortController();
  const over = service.observe('one', request(server.local.port, '/temp'), abort.signal, (event) => events.push(event));
  await vi.waitFor(() => expect(events[0]).toMatchObject({ kind: 'registered', observed: true }));
  server.changed(['temp']);
  await vi.waitFor(() => expect(events[1]?.kind).toBe('notification'));
  return { service, server, events, over, abort };
}

it('observes, and asks the server to end it', async () => {
  const { service, server, events, over } = await observed();
  service.endObservation('one', 'deregister');
  await over;
  expect(events.slice(2)).toEqual([
    { kind: 'ending', style: 'deregister' },
    { kind: 'ended', by: 'deregister', failure: null },
  ]);
  expect(server.observers()).toBe(0);
  expect(() => service.endObservation('one', 'forget')).toThrow('has ended');
});

it('ends an observation by rejecting the next notification', async () => {
  const { service, server, events, over } = await observed();
  service.endObservation('one', 'reset');
  expect(server.observers()).toBe(1);
  server.changed(['temp']);
  await over;
  expect(events.at(-1)).toEqual({ kind: 'ended', by: 'reset', failure: null });
  await vi.waitFor(() => expect(server.observers()).toBe(0));
});

it('ends an observation without a word', async () => {
  const { service, server, events, over } = await observed();
  service.endObservation('one', 'forget');
  await over;
  expect(events.at(-1)).toEqual({ kind: 'ended', by: 'forget', failure: null });
  expect(server.observers()).toBe(1);
});

it('deregisters when the reader has gone', async () => {
  const { server, over, abort } = await observed();
  abort.abort();
  await over;
  expect(server.observers()).toBe(0);
});

it('says that a resource is not observed', async () => {
  const server = await serve(() => ({ code: '4.04' }));
  const events: CoapObserveEvent[] = [];
  await open().observe('one', request(server.local.port, '/none'), never, (event) => events.push(event));
  expect(events).toMatchObject([
    { kind: 'registered', observed: false },
    { kind: 'ended', by: 'server' },
  ]);
});

it('discovers resources', async () => {
  let core = '</temp>;rt="temperature";obs,</led>;if="actuator",<coap://elsewhere/x>,<http://a/b>';
  const server = await serve(({ path }) =>
    path[0] === '.well-known' ? { code: '2.05', payload: bytes(core), contentFormat: 40 } : { code: '2.05', payload: bytes('1') },
  );
  const service = open();
  const uri = `coap://127.0.0.1:${server.local.port}`;
  await ask(service, request(server.local.port, '/hidden'));
  expect(await service.discover(`${uri}/temp`, 5000, never)).toMatchObject({ links: 4, problem: null, failure: null });
  expect(service.servers()).toMatchObject([{ uri, leftOut: 0, resources: [{ path: '/hidden' }, { path: '/led' }, { path: '/temp' }] }]);
  core = '</temp>;obs,</led';
  expect(await service.discover(uri, 5000, never)).toMatchObject({ links: 1, problem: expect.stringContaining('position') });
  service.forgetServer(uri);
  expect(service.servers()).toEqual([]);
  server.close();
  expect(await service.discover(uri, 5000, never)).toMatchObject({ links: 0, failure: { kind: 'unreachable' } });
});

it('keeps the last 5,000 messages and counts the others', async () => {
  const server = await serve(() => ({ code: '2.04' }));
  const service = open();
  const block = { method: 'PUT' as const, payload: new Uint8Array(16 * 2600), blockSize: 16 as const };
  await ask(service, request(server.local.port, '/', block));
  expect(service.log({ offset: 4990, limit: 50, text: '', direction: 'all' })).toMatchObject({ kept: 5000, forgotten: 200, rows: { length: 10 } });
});
