import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, expect, it, vi } from 'vitest';
import { encodeBlock } from '../../../../shared/coap/udp/block.ts';
import { decodeCoap } from '../../../../shared/coap/udp/decode.ts';
import { encodeCoap } from '../../../../shared/coap/udp/encode.ts';
import { blockOption, optionValues, uintOption } from '../../../../shared/coap/udp/option-value.ts';
import { formatCode, methodCodes, type CoapOption, type CoapPacket } from '../../../../shared/coap/udp/packet.ts';
import { CoapClient, type CoapRequest } from './coap-client.ts';
import { openCoapServer, type CoapServer, type CoapServerOptions, type ServedCoapRequest } from './coap-server.ts';

const none = new Uint8Array(0);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (data: Uint8Array): string => new TextDecoder().decode(data);
const opened: (() => void)[] = [];
afterEach(() => {
  for (const close of opened.splice(0)) close();
});

async function serve(handle: CoapServerOptions['handle'], more: Partial<CoapServerOptions> = {}): Promise<CoapServer> {
  const server = await openCoapServer({
    port: 0,
    host: '127.0.0.1',
    clock: () => performance.now(),
    random: Math.random,
    transmission: { ackTimeoutMs: 50, ackRandomFactor: 1, maxRetransmit: 2, nstart: 10 },
    maxBodyBytes: 100_000,
    handle,
    ...more,
  });
  opened.push(() => server.close());
  return server;
}
function open(): CoapClient {
  const client = new CoapClient({ clock: () => performance.now(), random: Math.random, randomBytes: (count) => new Uint8Array(randomBytes(count)) });
  opened.push(() => client.close());
  return client;
}
const to = ({ local }: CoapServer, more: Partial<CoapRequest> = {}): CoapRequest => ({
  host: local.address,
  port: local.port,
  type: 'CON',
  code: methodCodes.GET,
  options: [],
  payload: none,
  timeoutMs: 20_000,
  blockSize: 64,
  maxBodyBytes: 1_000_000,
  ...more,
});
const path = (...segments: string[]): CoapOption[] => segments.map((segment) => ({ number: 11, value: bytes(segment) }));
const { signal } = new AbortController();

/** A socket that sends what it likes. */
async function raw({ local }: CoapServer): Promise<{ readonly socket: Socket; send(packet: Partial<CoapPacket>): void; receive(): Promise<CoapPacket> }> {
  const socket = createSocket('udp4');
  socket.connect(local.port, local.address);
  await once(socket, 'connect');
  opened.push(() => socket.close());
  const received: CoapPacket[] = [];
  socket.on('message', (data) => received.push(decodeCoap(data) as CoapPacket));
  return {
    socket,
    send: (packet) => socket.send(encodeCoap({ type: 'CON', code: 1, messageId: 1, token: Uint8Array.of(1), options: [], payload: none, ...packet })),
    async receive() {
      while (received.length === 0) await once(socket, 'message');
      return received.shift() as CoapPacket;
    },
  };
}

it('tells its handler everything of a request, and sends what it answers', async () => {
  let seen: ServedCoapRequest | undefined;
  const server = await serve((request) => {
    seen = request;
    return { code: '2.05', payload: bytes('21'), contentFormat: 0, maxAge: 5, options: [{ number: 65_000, value: bytes('x') }] };
  });
  const options = [
    ...path('sensors', 'größe'),
    { number: 12, value: Uint8Array.of(50) },
    { number: 15, value: bytes('a=1') },
    { number: 17, value: Uint8Array.of(60) },
  ];
  const { packet } = await open().request(to(server, { code: methodCodes.FETCH, options, payload: bytes('{}') }), { signal });
  expect(seen).toMatchObject({ method: 'FETCH', path: ['sensors', 'größe'], query: ['a=1'], contentFormat: 50, accept: 60 });
  expect(text(seen?.payload ?? none)).toBe('{}');
  expect([packet.type, formatCode(packet.code), text(packet.payload), uintOption(packet, 12), uintOption(packet, 14)]).toEqual(['ACK', '2.05', '21', 0, 5]);
});

it('answers 5.00 when the handler fails, and for a code that is none', async () => {
  const server = await serve(({ path: [which] }) => {
    if (which === 'throw') throw new Error('no sensor');
    return { code: '9.99' };
  });
  const client = open();
  const thrown = await client.request(to(server, { options: path('throw') }), { signal });
  expect([formatCode(thrown.packet.code), text(thrown.packet.payload)]).toEqual(['5.00', 'no sensor']);
  expect(formatCode((await client.request(to(server), { signal })).packet.code)).toBe('5.00');
});

it('acknowledges first what takes long, and responds on its own', async () => {
  const ready = Promise.withResolvers<void>();
  const server = await serve(async () => {
    await ready.promise;
    return { code: '2.05', payload: bytes('slow') };
  });
  const client = await raw(server);
  client.send({ messageId: 9, token: Uint8Array.of(4, 2) });
  expect(await client.receive()).toMatchObject({ type: 'ACK', code: 0, messageId: 9 });
  ready.resolve();
  const response = await client.receive();
  expect([response.type, text(response.payload), [...response.token]]).toEqual(['CON', 'slow', [4, 2]]);
  client.send({ type: 'ACK', code: 0, messageId: response.messageId, token: none });
});

it('answers a non-confirmable request likewise, and nothing when nothing is to be answered', async () => {
  const server = await serve(({ path: [which] }) => (which === 'silent' ? null : { code: '2.05' }));
  const client = await raw(server);
  client.send({ type: 'NON', messageId: 1, options: path('silent') });
  client.send({ type: 'CON', messageId: 2, options: path('silent') });
  client.send({ type: 'NON', messageId: 3 });
  expect([await client.receive(), await client.receive()].map(({ type, code }) => [type, formatCode(code)])).toEqual([
    ['ACK', '0.00'],
    ['NON', '2.05'],
  ]);
});

it.each([
  ['an unknown critical option', [{ number: 65_001, value: none }], '4.02'],
  ['a critical option of the wrong length', [{ number: 17, value: new Uint8Array(3) }], '4.02'],
  [
    'a critical option twice',
    [
      { number: 17, value: none },
      { number: 17, value: none },
    ],
    '4.02',
  ],
  ['one that protects the message', [{ number: 9, value: none }], '4.02'],
  ['a proxy', [{ number: 35, value: bytes('coap://h') }], '5.05'],
  ['an unknown elective option', [{ number: 65_000, value: none }], '2.05'],
  ['a damaged block option', [{ number: 27, value: Uint8Array.of(7) }], '4.00'],
  ['a block that follows none', [{ number: 27, value: encodeBlock({ number: 3, more: true, size: 16 }) }], '4.08'],
])('meets %s', async (_name, options, code) => {
  const server = await serve(() => ({ code: '2.05' }));
  expect(formatCode((await open().request(to(server, { options }), { signal })).packet.code)).toBe(code);
});

it('does not know other methods, and ignores a non-confirmable request that it does not understand', async () => {
  const server = await serve(() => ({ code: '2.05' }));
  const client = await raw(server);
  client.send({ type: 'NON', messageId: 1, options: [{ number: 65_001, value: none }] });
  client.send({ messageId: 2, code: 31 });
  expect(await client.receive()).toMatchObject({ messageId: 2, code: 0x85 });
});

it('keeps silent about the classes of responses that nobody wants (RFC 7967)', async () => {
  const server = await serve(({ path: [which] }) => ({ code: which === 'bad' ? '4.04' : '2.04' }));
  const client = await raw(server);
  const noSuccess = [{ number: 258, value: Uint8Array.of(2) }];
  client.send({ type: 'NON', messageId: 1, options: noSuccess });
  client.send({ type: 'NON', messageId: 2, options: [...path('bad'), ...noSuccess] });
  expect(formatCode((await client.receive()).code)).toBe('4.04');
});

const body = Uint8Array.from({ length: 5000 }, (_, n) => n % 251);

it.each([16, 256, 1024])('takes and gives large bodies in blocks of %i bytes', async (blockSize) => {
  let stored: Uint8Array = none;
  const server = await serve(({ method, payload }) => {
    if (method === 'GET') return { code: '2.05', payload: stored };
    stored = payload;
    return { code: '2.04', payload };
  });
  const client = open();
  const blockOf = (number: number) => ({ number: 23, value: encodeBlock({ number, more: false, size: blockSize }) });
  const put = await client.request(to(server, { code: methodCodes.PUT, payload: body, blockSize }), { signal });
  expect([formatCode(put.packet.code), put.packet.payload.length]).toEqual(['2.04', body.length]);
  expect(stored).toEqual(body);
  expect((await client.request(to(server), { signal })).packet.payload).toEqual(body);
  const wished = await client.request(to(server, { options: [blockOf(0)] }), { signal });
  expect([wished.packet.payload, uintOption(wished.packet, 28)]).toEqual([body, body.length]);
  const second = await client.request(to(server, { options: [blockOf(1)] }), { signal });
  expect([second.packet.payload, blockOption(second.packet, 23)]).toEqual([
    body.subarray(blockSize, 2 * blockSize),
    { number: 1, more: true, size: blockSize },
  ]);
});

it('hands out the blocks of one representation, though the resource changes, and tells by the ETag that it is known', async () => {
  let n = 0;
  const server = await serve(() => {
    n += 1;
    return { code: '2.05', payload: body.map((byte) => byte ^ n) };
  });
  const client = open();
  const { packet } = await client.request(to(server), { signal });
  expect(packet.payload).toEqual(body.map((byte) => byte ^ 1));
  expect(n).toBe(1);
  n = 0;
  const tag = optionValues(packet, 4)[0] ?? none;
  const again = await client.request(to(server, { options: [{ number: 4, value: tag }] }), { signal });
  expect([formatCode(again.packet.code), again.packet.payload.length]).toEqual(['2.03', 0]);
});

it.each([undefined, 64])('refuses what is too large, in blocks of %j', async (blockSize) => {
  const handle = vi.fn(() => ({ code: '2.04' }));
  const server = await serve(handle, { maxBodyBytes: 500 });
  const payload = body.subarray(0, 600);
  const { packet } = await open().request(to(server, { code: methodCodes.PUT, payload, blockSize: blockSize ?? 1024 }), { signal });
  expect([formatCode(packet.code), uintOption(packet, 60), handle.mock.calls.length]).toEqual(['4.13', 500, 0]);
});

it('tells observers of changes until they reject one, in blocks where need be', async () => {
  let state = 'a'.repeat(2000);
  const server = await serve(({ path: [which] }) =>
    state === '' ? { code: '4.04' } : { code: '2.05', payload: bytes(`${which} ${state}`), observable: which === 'seen' },
  );
  const client = open();
  const told = vi.fn();
  const seen: string[] = [];
  const ended = Promise.withResolvers<void>();
  const hooks = {
    signal,
    onNotification: (response: { readonly packet: CoapPacket }) => told(seen.push(text(response.packet.payload))),
    onEnd: () => ended.resolve(),
  };
  const { observation } = await client.observe(to(server, { options: path('seen') }), hooks);
  expect([observation !== null, server.observers()]).toEqual([true, 1]);
  expect((await client.observe(to(server, { options: path('other') }), hooks)).observation).toBeNull();
  for (const next of ['b'.repeat(3000), 'short']) {
    state = next;
    server.changed(['seen']);
    server.changed(['other']);
    await vi.waitFor(() => expect(seen.at(-1)).toBe(`seen ${next}`), 10_000);
  }
  state = '';
  server.changed(['seen']);
  await ended.promise;
  await vi.waitFor(() => expect(server.observers()).toBe(0), 10_000);
});

it.each(['deregister', 'reset', 'forget'] as const)('forgets an observer that ends it by "%s"', async (style) => {
  const server = await serve(() => ({ code: '2.05', observable: true }));
  const { observation } = await open().observe(to(server), { signal, onNotification: () => undefined, onEnd: () => undefined });
  expect(server.observers()).toBe(1);
  await observation?.cancel(style);
  if (style === 'deregister') expect(server.observers()).toBe(0);
  server.changed([]);
  await vi.waitFor(() => expect(server.observers()).toBe(0), 10_000);
});

it('forgets an observer that does not answer any more', async () => {
  const server = await serve(() => ({ code: '2.05', observable: true }));
  const client = await raw(server);
  client.send({ options: [{ number: 6, value: none }] });
  await client.receive();
  server.changed([]);
  await vi.waitFor(() => expect(server.observers()).toBe(0), 10_000);
});

it('survives datagrams of all kinds', async () => {
  const failures = vi.fn();
  const server = await serve(() => ({ code: '2.05', payload: bytes('fine') }), { onFailure: failures });
  const { socket } = await raw(server);
  let seed = 3;
  const random = (): number => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648);
  for (let n = 0; n < 500; n += 1) {
    const data = Uint8Array.from({ length: random() % 40 }, () => random() % 256);
    if (data.length > 0 && n % 2 === 0) data[0] = 0x40 | ((data[0] as number) & 0x3f);
    socket.send(data);
  }
  expect(text((await open().request(to(server), { signal })).packet.payload)).toBe('fine');
  expect(failures).not.toHaveBeenCalled();
});

it('rejects a port that cannot be had', async () => {
  const server = await serve(() => null);
  await expect(serve(() => null, { port: server.local.port })).rejects.toThrow('EADDRINUSE');
});
