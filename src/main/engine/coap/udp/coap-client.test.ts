import { randomBytes } from 'node:crypto';
import { afterEach, expect, it } from 'vitest';
import { encodeBlock } from '../../../../shared/coap/udp/block.ts';
import { blockOption, encodeUint, uintOption } from '../../../../shared/coap/udp/option-value.ts';
import { formatCode, parseCode, type CoapOption, type CoapPacket } from '../../../../shared/coap/udp/packet.ts';
import { CoapClient, type CoapRequest, type CoapResponse } from './coap-client.ts';
import { CoapFailure } from './coap-failure.ts';
import { openBound, type Peer } from './datagrams.ts';
import { MessageLayer } from './message-layer.ts';

const none = new Uint8Array(0);
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytes = (words: string): Uint8Array => new TextEncoder().encode(words);
const opened: (() => void)[] = [];
afterEach(() => {
  for (const close of opened.splice(0)) close();
});

interface Server {
  readonly port: number;
  readonly layer: MessageLayer;
  readonly requests: CoapPacket[];
}
type Respond = (
  request: CoapPacket,
  server: Server & { readonly from: Peer },
) => { readonly code?: string; readonly options?: readonly CoapOption[]; readonly payload?: Uint8Array } | null;

/** Answers on the acknowledgement; what it answers nothing to it leaves to the test. */
async function serve(respond: Respond): Promise<Server> {
  const datagrams = await openBound(0, '127.0.0.1', { received: (data, from) => layer.receive(data, from), failed: () => undefined });
  const layer = new MessageLayer({
    send: (data, to) => datagrams.send(data, to),
    clock: () => performance.now(),
    random: Math.random,
    transmission: { ackTimeoutMs: 200, ackRandomFactor: 1, maxRetransmit: 4, nstart: 10 },
    onResponse: () => false,
    onRequest: (packet, from) => {
      server.requests.push(packet);
      const response = respond(packet, { ...server, from });
      if (!response) return;
      const { code = '2.05', options = [], payload = none } = response;
      const about = { code: parseCode(code) ?? 0, token: packet.token, options, payload };
      if (packet.type === 'CON') layer.acknowledge(from, packet.messageId, about);
      else layer.send(from, { type: 'NON', ...about });
    },
  });
  const server: Server = { port: datagrams.local.port, layer, requests: [] };
  opened.push(() => {
    layer.close();
    datagrams.close();
  });
  return server;
}

function open(): CoapClient {
  const client = new CoapClient({
    clock: () => performance.now(),
    random: Math.random,
    randomBytes: (count) => new Uint8Array(randomBytes(count)),
    transmission: { ackTimeoutMs: 100, ackRandomFactor: 1, maxRetransmit: 2, nstart: 4 },
  });
  opened.push(() => client.close());
  return client;
}
const to = ({ port }: { readonly port: number }, more: Partial<CoapRequest> = {}): CoapRequest => ({
  host: '127.0.0.1',
  port,
  type: 'CON',
  code: 1,
  options: [],
  payload: none,
  timeoutMs: 20_000,
  blockSize: 64,
  maxBodyBytes: 100_000,
  ...more,
});
const { signal } = new AbortController();
const failureOf = async (response: Promise<unknown>): Promise<string> =>
  response.then(
    () => 'none',
    (error: unknown) => (error instanceof CoapFailure && error.advice.endsWith('.') ? error.kind : String(error)),
  );

it.each(['CON', 'NON'] as const)('sends a %s request and gets the response', async (type) => {
  const server = await serve(({ payload }) => ({ code: '2.04', payload }));
  const { packet, elapsedMs } = await open().request(to(server, { type, code: 3, token: Uint8Array.of(1, 2, 3), payload: bytes('on') }), { signal });
  expect([formatCode(packet.code), text(packet.payload), [...packet.token], elapsedMs >= 0]).toEqual(['2.04', 'on', [1, 2, 3], true]);
  expect(server.requests.map((request) => request.type)).toEqual([type]);
});

it('waits for a separate response after an empty acknowledgement, and acknowledges it', async () => {
  const acknowledged = Promise.withResolvers<void>();
  const server = await serve((request, { layer, from }) => {
    layer.acknowledge(from, request.messageId);
    setTimeout(
      () => layer.send(from, { type: 'CON', code: 0x45, token: request.token, options: [], payload: bytes('late') }, { acknowledged: acknowledged.resolve }),
      50,
    );
    return null;
  });
  expect(text((await open().request(to(server), { signal })).packet.payload)).toBe('late');
  await acknowledged.promise;
  expect(server.requests).toHaveLength(1);
});

it('says why there is no response', async () => {
  const silent = await serve(() => null);
  const acknowledging = await serve((request, { layer, from }) => {
    layer.acknowledge(from, request.messageId);
    return null;
  });
  const rejecting = await serve((request, { layer, from }) => {
    layer.reject(from, request.messageId);
    return null;
  });
  const critical = await serve(() => ({ options: [{ number: 65_001, value: none }] }));
  const client = open();
  expect(
    await Promise.all([
      failureOf(client.request(to(silent), { signal })),
      failureOf(client.request(to(silent, { type: 'NON', timeoutMs: 50 }), { signal })),
      failureOf(client.request(to(acknowledging, { timeoutMs: 200 }), { signal })),
      failureOf(client.request(to(rejecting), { signal })),
      failureOf(client.request(to(critical), { signal })),
      failureOf(client.request(to(silent, { host: 'no-such-host.invalid' }), { signal })),
      failureOf(client.request(to(silent), { signal: AbortSignal.abort() })),
      failureOf(client.request(to(silent, { token: new Uint8Array(9) }), { signal })),
    ]),
  ).toEqual(['no-acknowledgement', 'no-response', 'no-response', 'reset', 'bad-response', 'unreachable', 'cancelled', 'too-large']);
});

it('goes on when the first transmission is lost', async () => {
  let lost = 0;
  const server = await serve(() => ({ payload: bytes('here') }));
  const receive = server.layer.receive.bind(server.layer);
  server.layer.receive = (data, from) => {
    lost += 1;
    if (lost > 1) receive(data, from);
  };
  expect(text((await open().request(to(server), { signal })).packet.payload)).toBe('here');
});

/** A resource of blocks: takes and gives them in the size it wants. */
function blockServer(body: Uint8Array, wanted = 64): { readonly respond: Respond; readonly received: () => Uint8Array } {
  let received: Uint8Array = none;
  return {
    received: () => received,
    respond(request) {
      const up = blockOption(request, 27);
      if (up) {
        const size = Math.min(up.size, wanted);
        received = Uint8Array.from([...received.subarray(0, up.number * up.size), ...request.payload]);
        const option = { number: 27, value: encodeBlock({ ...up, size }) };
        return { code: up.more ? '2.31' : '2.04', options: [option] };
      }
      const down = blockOption(request, 23) ?? { number: 0, more: false, size: wanted };
      const at = down.number * down.size;
      const more = at + down.size < body.length;
      const options = [{ number: 23, value: encodeBlock({ number: down.number, more, size: down.size }) }];
      if (at === 0) options.push({ number: 28, value: encodeUint(body.length) });
      return { options, payload: body.subarray(at, at + down.size) };
    },
  };
}
const body = Uint8Array.from({ length: 1000 }, (_, n) => n % 251);

it.each([16, 64, 1024])('fetches a large response in blocks of %i bytes, and tells the progress', async (size) => {
  const server = await serve(blockServer(body, size).respond);
  const progress: number[] = [];
  const { packet } = await open().request(to(server, { blockSize: 1024 }), { signal, onProgress: (told) => progress.push(told.bytes) });
  expect(packet.payload).toEqual(body);
  expect(packet.options.map(({ number }) => number)).toEqual(size < body.length ? [28] : [23, 28]);
  if (size < body.length) expect(progress.at(-1)).toBe(body.length);
  expect(progress).toEqual(progress.toSorted((a, b) => a - b));
});

it.each([16, 32, 64])('sends a large payload in blocks, to a server that wants %i bytes', async (size) => {
  const blocks = blockServer(body, size);
  const server = await serve(blocks.respond);
  const { packet } = await open().request(to(server, { code: 3, payload: body }), { signal });
  expect(formatCode(packet.code)).toBe('2.04');
  expect(blocks.received()).toEqual(body);
  expect(uintOption(server.requests[0] as CoapPacket, 60)).toBe(body.length);
});

it('sends in blocks what a server refuses as too large in one piece', async () => {
  const blocks = blockServer(body, 16);
  const server = await serve((request, more) =>
    blockOption(request, 27)
      ? blocks.respond(request, more)
      : { code: '4.13', options: [{ number: 27, value: encodeBlock({ number: 0, more: false, size: 16 }) }] },
  );
  const payload = body.subarray(0, 50);
  expect(formatCode((await open().request(to(server, { code: 3, payload }), { signal })).packet.code)).toBe('2.04');
  expect(blocks.received()).toEqual(payload);
});

it('hands on the refusal of a block', async () => {
  const server = await serve((request) =>
    blockOption(request, 27)?.number === 1 ? { code: '4.08' } : { code: '2.31', options: request.options.filter(({ number }) => number === 27) },
  );
  expect(formatCode((await open().request(to(server, { code: 3, payload: body }), { signal })).packet.code)).toBe('4.08');
});

it.each([
  ['another block', { number: 5, more: true, size: 64 }, 64, undefined],
  ['a huge number', { number: 0xfffff, more: true, size: 16 }, 16, undefined],
  ['a block that is too short', { number: 1, more: true, size: 64 }, 10, undefined],
  ['another version each time', { number: 1, more: true, size: 64 }, 64, 2],
  ['more than fits a block', { number: 1, more: false, size: 64 }, 65, undefined],
])('does not put together what does not belong together: %s', async (_name, block, length, tag) => {
  const server = await serve((request) => {
    const isFirst = blockOption(request, 23)?.number === 0;
    const option = { number: 23, value: encodeBlock(isFirst ? { number: 0, more: true, size: 64 } : block) };
    return { options: [{ number: 4, value: Uint8Array.of(isFirst ? 1 : (tag ?? 1)) }, option], payload: body.subarray(0, isFirst ? 64 : length) };
  });
  expect(await failureOf(open().request(to(server), { signal }))).toBe('bad-response');
});

it('says from the first request on which size of blocks it likes, with a payload in the last block', async () => {
  const server = await serve(blockServer(body, 1024).respond);
  const client = open();
  expect((await client.request(to(server, { blockSize: 32 }), { signal })).packet.payload).toEqual(body);
  expect(server.requests.map((request) => blockOption(request, 23))).toEqual(
    Array.from({ length: Math.ceil(body.length / 32) }, (_, number) => ({ number, more: false, size: 32 })),
  );
  server.requests.length = 0;
  await client.request(to(server, { code: 2, blockSize: 512, payload: body }), { signal });
  expect(server.requests.map((request) => blockOption(request, 23)?.size)).toEqual([undefined, 512]);
  server.requests.length = 0;
  await client.request(to(server, { blockSize: 1024 }), { signal });
  expect(server.requests.map((request) => blockOption(request, 23))).toEqual([undefined]);
});

it('asks for smaller blocks where a server passed by the wish, and takes what it gives', async () => {
  const server = await serve((request) => {
    const { number, size } = blockOption(request, 23) ?? { number: 0, size: 64 };
    const given = number === 0 ? 64 : size;
    const from = number * size;
    const more = from + given < body.length;
    return { options: [{ number: 23, value: encodeBlock({ number: from / given, more, size: given }) }], payload: body.subarray(from, from + given) };
  });
  expect((await open().request(to(server, { blockSize: 16 }), { signal })).packet.payload).toEqual(body);
  expect(blockOption(server.requests[1] as CoapPacket, 23)).toEqual({ number: 4, more: false, size: 16 });
});

it('fetches a resource anew that changes while its blocks are fetched', async () => {
  let version = 1;
  const server = await serve((request) => {
    const { number, size } = blockOption(request, 23) ?? { number: 0, size: 64 };
    if (number === 3 && version === 1) version = 2;
    const whole = body.map((byte) => byte ^ version);
    const more = (number + 1) * size < body.length;
    return {
      options: [
        { number: 4, value: Uint8Array.of(version) },
        { number: 23, value: encodeBlock({ number, more, size }) },
      ],
      payload: whole.subarray(number * size, (number + 1) * size),
    };
  });
  const { packet } = await open().request(to(server), { signal });
  expect(packet.payload).toEqual(body.map((byte) => byte ^ 2));
  expect(server.requests).toHaveLength(4 + Math.ceil(body.length / 64));
  // What does more than reading is not carried out again.
  version = 1;
  expect(await failureOf(open().request(to(server, { code: 2 }), { signal }))).toBe('bad-response');
});

it.each([
  ['more blocks than can be numbered, as payload', { code: 3, payload: new Uint8Array(16 * (0xfffff + 2)), blockSize: 16 }],
  ['a response that says at once that it is too large', {}],
] as const)('refuses %s', async (_name, more) => {
  const server = await serve((request) => {
    const up = blockOption(request, 27);
    if (up) return { code: '2.31', options: [{ number: 27, value: encodeBlock(up) }] };
    return {
      options: [
        { number: 23, value: encodeBlock({ number: 0, more: true, size: 64 }) },
        { number: 28, value: encodeUint(10_000_000) },
      ],
      payload: body.subarray(0, 64),
    };
  });
  const isUpload = 'payload' in more;
  expect(await failureOf(open().request(to(server, more), { signal }))).toBe('too-large');
  expect(server.requests.length).toBe(isUpload ? 0 : 1);
});

it('stops a response without end', async () => {
  const server = await serve((request) => {
    const { number } = blockOption(request, 23) ?? { number: 0 };
    return { options: [{ number: 23, value: encodeBlock({ number, more: true, size: 64 }) }], payload: body.subarray(0, 64) };
  });
  expect(await failureOf(open().request(to(server, { maxBodyBytes: 10_000 }), { signal }))).toBe('too-large');
});

it('cancels between blocks', async () => {
  const cancel = new AbortController();
  const server = await serve((request) => {
    const { number } = blockOption(request, 23) ?? { number: 0 };
    return { options: [{ number: 23, value: encodeBlock({ number, more: true, size: 64 }) }], payload: body.subarray(0, 64) };
  });
  const response = open().request(to(server, { maxBodyBytes: 1e9 }), {
    signal: cancel.signal,
    onProgress: ({ bytes: count }) => void (count > 1000 && cancel.abort()),
  });
  expect(await failureOf(response)).toBe('cancelled');
});

it('fetches a certain block only, when that is asked for', async () => {
  const server = await serve(blockServer(body, 64).respond);
  const { packet } = await open().request(to(server, { options: [{ number: 23, value: encodeBlock({ number: 2, more: false, size: 64 }) }] }), { signal });
  expect(packet.payload).toEqual(body.subarray(128, 192));
});

it('takes the wish for a size as no more than that', async () => {
  const sizes = new Set<number>();
  const server = await serve((request) => {
    const { number, size } = blockOption(request, 23) ?? { number: 0, size: 1024 };
    sizes.add(size);
    const from = number * size;
    const more = from + size < body.length;
    return { options: [{ number: 23, value: encodeBlock({ number, more, size }) }], payload: body.subarray(from, from + size) };
  });
  const { packet } = await open().request(to(server, { options: [{ number: 23, value: encodeBlock({ number: 0, more: false, size: 32 }) }] }), { signal });
  expect(packet.payload).toEqual(body);
  expect([...sizes]).toEqual([32]);
});

interface Observed {
  readonly server: Server;
  readonly notify: (sequence: number | null, payload: string, hooks?: Parameters<MessageLayer['send']>[2]) => void;
}
async function serveObserved(): Promise<Observed> {
  let observer: { readonly token: Uint8Array; readonly from: Peer } | undefined;
  const server = await serve((request, { from }) => {
    if (uintOption(request, 6) !== 0) return { payload: bytes('no more') };
    observer = { token: request.token, from };
    return { options: [{ number: 6, value: Uint8Array.of(1) }], payload: bytes('first') };
  });
  return {
    server,
    notify(sequence, payload, hooks) {
      const options = sequence === null ? [] : [{ number: 6, value: encodeUint(sequence) }];
      if (observer) server.layer.send(observer.from, { type: 'CON', code: 0x45, token: observer.token, options, payload: bytes(payload) }, hooks);
    },
  };
}
const acknowledged = (notify: Observed['notify'], sequence: number | null, payload: string): Promise<'acknowledged' | 'reset'> =>
  new Promise((resolve) => notify(sequence, payload, { acknowledged: () => resolve('acknowledged'), reset: () => resolve('reset') }));

it('observes: takes notifications in their order, passes by what is older, and ends with the server', async () => {
  const { server, notify } = await serveObserved();
  const seen: string[] = [];
  const ended = Promise.withResolvers<CoapFailure | null>();
  const told = (response: CoapResponse): void => void seen.push(text(response.packet.payload));
  const { response, observation } = await open().observe(to(server), { signal, onNotification: told, onEnd: ended.resolve });
  expect([text(response.packet.payload), observation !== null]).toEqual(['first', true]);
  for (const [sequence, payload] of [
    [5, 'five'],
    [4, 'old'],
    [5, 'again'],
    [6, 'six'],
    [null, 'last'],
  ] as const) {
    expect(await acknowledged(notify, sequence, payload)).toBe('acknowledged');
  }
  expect(await ended.promise).toBeNull();
  expect(seen).toEqual(['five', 'six', 'last']);
  expect(await acknowledged(notify, 7, 'too late')).toBe('reset');
});

it.each([
  ['deregister', 'no more', 2],
  ['reset', null, 1],
  ['forget', null, 1],
] as const)('ends an observation by "%s"', async (style, answer, requests) => {
  const { server, notify } = await serveObserved();
  const seen: string[] = [];
  const { observation } = await open().observe(to(server), {
    signal,
    onNotification: ({ packet }) => seen.push(text(packet.payload)),
    onEnd: () => seen.push('ended'),
  });
  expect(await acknowledged(notify, 2, 'two')).toBe('acknowledged');
  const last = await observation?.cancel(style);
  expect(last ? text(last.packet.payload) : null).toBe(answer);
  expect(server.requests).toHaveLength(requests);
  expect(await acknowledged(notify, 3, 'three')).toBe('reset');
  expect(seen).toEqual(['two']);
});

it('does not observe what the server does not let be observed', async () => {
  const server = await serve(() => ({ payload: bytes('just once') }));
  const { response, observation } = await open().observe(to(server), { signal, onNotification: () => undefined, onEnd: () => undefined });
  expect([text(response.packet.payload), observation]).toEqual(['just once', null]);
});

it('says at once that nothing listens on a port', async () => {
  const closed = await openBound(0, '127.0.0.1', { received: () => undefined, failed: () => undefined });
  closed.close();
  const kind = await failureOf(open().request(to(closed.local), { signal }));
  // Not every system tells a program of the refusal.
  expect(['unreachable', 'no-acknowledgement']).toContain(kind);
});
