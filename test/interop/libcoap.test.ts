import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { openCoapServer, type CoapServer, type ServedCoapRequest } from '../../src/main/engine/coap/udp/coap-server.ts';
import type { LoggedMessage } from '../../src/main/engine/coap/udp/message-layer.ts';
import { blockSizes } from '../../src/shared/coap/udp/block.ts';
import { formatLinkFormat, linkAttribute, parseLinkFormat } from '../../src/shared/coap/udp/link-format.ts';
import { uintOption } from '../../src/shared/coap/udp/option-value.ts';
import { formatCode, type CoapMethod } from '../../src/shared/coap/udp/packet.ts';
import { coapRequest, findLibcoap, newCoapClient, requestWith, runLibcoapClient, startLibcoapServer } from '../support/libcoap.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'workbench-libcoap-'));
const cleanups: (() => unknown)[] = [];
const whole = new Uint8Array(randomBytes(65_536));
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
const found = findLibcoap();

afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('our client and the server of libcoap', () => {
  async function start(program: string, ...more: string[]): Promise<string> {
    const server = await startLibcoapServer(program, ...more);
    cleanups.push(() => server.close());
    return server.url;
  }
  function open(...more: Parameters<typeof newCoapClient>): ReturnType<typeof newCoapClient> {
    const client = newCoapClient(...more);
    cleanups.push(() => client.close());
    return client;
  }

  test('all methods, and the codes they give', async ({ skip }) => {
    if ('missing' in found) return skip(found.missing);
    const url = await start(found.server);
    const client = open();
    const give = async (method: CoapMethod, resource: string, payload = ''): Promise<readonly [code: string, payload: string]> => {
      const { packet } = await requestWith(client, coapRequest(`${url}/${resource}`, method, { payload: utf8(payload) }));
      return [formatCode(packet.code), textOf(packet.payload)];
    };
    expect(await give('GET', '')).toEqual(['2.05', expect.stringContaining('libcoap')]);
    expect(await give('PUT', 'new', 'first é')).toEqual(['2.01', '']);
    expect(await give('PUT', 'new', 'second')).toEqual(['2.04', '']);
    expect(await give('GET', 'new')).toEqual(['2.05', 'second']);
    expect(await give('DELETE', 'new')).toEqual(['2.02', '']);
    expect((await give('GET', 'new'))[0]).toBe('4.04');
    for (const method of ['POST', 'FETCH', 'PATCH', 'iPATCH'] as const) expect((await give(method, 'example_data', 'x'))[0]).toBe('4.05');
    // Acknowledged at once, responded to a second later.
    const { packet, elapsedMs } = await requestWith(client, coapRequest(`${url}/async?1`, 'GET'));
    expect([formatCode(packet.code), textOf(packet.payload), packet.type]).toEqual(['2.05', 'done', 'CON']);
    expect(elapsedMs).toBeGreaterThan(900);
  });

  test.for(blockSizes.filter((size) => size !== 32 && size !== 128))('64 KiB both ways in blocks of %d', async (blockSize, { skip }) => {
    if ('missing' in found) return skip(found.missing);
    const url = await start(found.server);
    const client = open();
    const put = await requestWith(client, coapRequest(`${url}/example_data`, 'PUT', { payload: whole, blockSize }));
    expect(put.packet.code >> 5).toBe(2);
    // The first request says which size is liked (RFC 7959 §2.4).
    const bytes: number[] = [];
    const onProgress = ({ bytes: count }: { readonly bytes: number }): void => void bytes.push(count);
    const got = await client.request(coapRequest(`${url}/example_data`, 'GET', { blockSize }), { signal: AbortSignal.timeout(60_000), onProgress });
    expect(formatCode(got.packet.code)).toBe('2.05');
    expect(isSame(got.packet.payload, whole)).toBe(true);
    expect(bytes.slice(0, 3)).toEqual([blockSize, 2 * blockSize, 3 * blockSize]);
  });

  test('discovery', async ({ skip }) => {
    if ('missing' in found) return skip(found.missing);
    const url = await start(found.server);
    const { packet } = await requestWith(open(), coapRequest(`${url}/.well-known/core`, 'GET'));
    expect(uintOption(packet, 12)).toBe(40);
    const read = parseLinkFormat(textOf(packet.payload));
    expect(read).not.toHaveProperty('problem');
    const time = read.links.find(({ target }) => target === '/time');
    expect([time && linkAttribute(time, 'title'), time?.attributes.some(([name]) => name === 'obs')]).toEqual(['Internal Clock', true]);
  });

  test.for(['deregister', 'reset', 'forget'] as const)('observing, and ending it: %s', async (style, { skip }) => {
    if ('missing' in found) return skip(found.missing);
    const url = await start(found.server);
    const client = open();
    const notified: string[] = [];
    const { response, observation } = await client.observe(coapRequest(`${url}/time?ticks`, 'GET'), {
      signal: AbortSignal.timeout(60_000),
      onNotification: ({ packet }) => void notified.push(textOf(packet.payload)),
      onEnd: () => undefined,
    });
    expect(formatCode(response.packet.code)).toBe('2.05');
    await vi.waitUntil(() => notified.length >= 3, { timeout: 20_000 });
    expect(notified.map(Number)).toEqual(notified.map(Number).toSorted((a, b) => a - b));
    const last = await observation?.cancel(style);
    if (style === 'deregister') expect([last && formatCode(last.packet.code), last && uintOption(last.packet, 6)]).toEqual(['2.05', undefined]);
    const count = notified.length;
    // Two further ticks of the server.
    const before = Number(notified.at(-1));
    await vi.waitUntil(async () => Number(textOf((await requestWith(client, coapRequest(`${url}/time?ticks`, 'GET'))).packet.payload)) >= before + 2, {
      timeout: 20_000,
      interval: 200,
    });
    expect(notified).toHaveLength(count);
  });

  test('non-confirmable requests', async ({ skip }) => {
    if ('missing' in found) return skip(found.missing);
    const url = await start(found.server);
    const { packet } = await requestWith(open(), coapRequest(`${url}/`, 'GET', { type: 'NON' }));
    expect([packet.type, formatCode(packet.code)]).toEqual(['NON', '2.05']);
  });

  test('64 KiB both ways through a network that loses a tenth of all datagrams', { timeout: 120_000 }, async ({ skip }) => {
    if ('missing' in found) return skip(found.missing);
    const url = await start(found.server, '-l', '10%');
    const client = open({ ackTimeoutMs: 100, maxRetransmit: 6 });
    const put = await requestWith(client, coapRequest(`${url}/example_data`, 'PUT', { payload: whole }));
    expect(put.packet.code >> 5).toBe(2);
    const got = await requestWith(client, coapRequest(`${url}/example_data`, 'GET'));
    expect(isSame(got.packet.payload, whole)).toBe(true);
  });
});

describe('the client of libcoap and our server', () => {
  let server: CoapServer;
  let stored: Uint8Array;
  let log: LoggedMessage[];
  let state: number;
  const at = (resource: string): string => `coap://127.0.0.1:${server.local.port}/${resource}`;

  async function start(handle?: (request: ServedCoapRequest) => null): Promise<void> {
    stored = whole;
    log = [];
    state = 0;
    server = await openCoapServer({
      port: 0,
      host: '127.0.0.1',
      clock: () => performance.now(),
      random: Math.random,
      maxBodyBytes: 1_000_000,
      onLog: (message) => void log.push(message),
      handle:
        handle ??
        (async ({ method, path: names, query, payload, contentFormat, accept }) => {
          switch (names.join('/')) {
            case '.well-known/core':
              return {
                code: '2.05',
                contentFormat: 40,
                payload: utf8(
                  formatLinkFormat([
                    {
                      target: '/data',
                      attributes: [
                        ['title', 'A, "b"'],
                        ['obs', null],
                      ],
                    },
                  ]),
                ),
              };
            case 'echo':
              return { code: '2.05', contentFormat: 50, payload: utf8(JSON.stringify({ method, query, body: textOf(payload), contentFormat, accept })) };
            case 'slow':
              await new Promise((resolve) => setTimeout(resolve, 1000));
              return { code: '2.05', payload: utf8('at last') };
            case 'tick':
              return { code: '2.05', payload: utf8(`tick ${state}\n`), observable: true };
            case 'data':
              if (method === 'GET') return { code: '2.05', payload: stored };
              stored = payload;
              return { code: '2.04' };
            default:
              return names[0]?.startsWith('code ') ? { code: names[0].slice(5), payload: utf8('because') } : { code: '4.04' };
          }
        }),
    });
    cleanups.push(() => server.close());
  }

  test('all methods, queries, formats and codes', async ({ skip }) => {
    if ('missing' in found) return skip(found.missing);
    const { client } = found;
    await start();
    for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'FETCH', 'PATCH', 'iPATCH']) {
      const { out } = await runLibcoapClient(client, '-m', method.toLowerCase(), '-e', 'h%C3%A9', '-t', '0', '-A', '50', `${at('echo')}?a=1&b`);
      expect(JSON.parse(out)).toEqual({ method, query: ['a=1', 'b'], body: 'hé', contentFormat: 0, accept: 50 });
    }
    expect(await runLibcoapClient(client, at('nope'))).toEqual({ out: '', said: '4.04' });
    for (const code of ['4.00', '4.13', '5.00', '5.03']) expect((await runLibcoapClient(client, at(`code%20${code}`))).said).toBe(`${code} because`);
    // With a critical option that nobody knows.
    expect((await runLibcoapClient(client, '-O', '65001,x', at('echo'))).said).toContain('4.02');
  });

  test.for(blockSizes.filter((size) => size !== 32 && size !== 128))('64 KiB both ways in blocks of %d', async (size, { skip }) => {
    if ('missing' in found) return skip(found.missing);
    await start();
    const [from, to] = [path.join(folder, `from-${size}`), path.join(folder, `to-${size}`)];
    await runLibcoapClient(found.client, '-b', String(size), '-o', to, at('data'));
    expect(isSame(readFileSync(to), whole)).toBe(true);
    const other = whole.toReversed();
    writeFileSync(from, other);
    await runLibcoapClient(found.client, '-m', 'put', '-b', String(size), '-f', from, at('data'));
    expect(isSame(stored, other)).toBe(true);
    expect(log.filter(({ packet }) => packet === null)).toEqual([]);
  });

  test('discovery', async ({ skip }) => {
    if ('missing' in found) return skip(found.missing);
    await start();
    expect((await runLibcoapClient(found.client, at('.well-known/core'))).out.trim()).toBe('</data>;title="A, \\"b\\"";obs');
  });

  test('observing, until it asks for the end', async ({ skip }) => {
    if ('missing' in found) return skip(found.missing);
    await start();
    const timer = setInterval(() => {
      if (server.observers() === 0) return;
      state += 1;
      server.changed(['tick']);
    }, 100);
    cleanups.push(() => clearInterval(timer));
    const { out } = await runLibcoapClient(found.client, '-s', '2', at('tick'));
    expect(out.split('\n').slice(0, 4)).toEqual(['tick 0', 'tick 1', 'tick 2', 'tick 3']);
    await vi.waitUntil(() => server.observers() === 0, { timeout: 10_000 });
  });

  test('non-confirmable requests, and responses of their own', async ({ skip }) => {
    if ('missing' in found) return skip(found.missing);
    await start();
    expect(JSON.parse((await runLibcoapClient(found.client, '-N', at('echo'))).out)).toMatchObject({ method: 'GET' });
    expect(log.map(({ direction, packet }) => `${direction} ${packet?.type}`)).toEqual(['in NON', 'out NON']);
    expect((await runLibcoapClient(found.client, at('slow'))).out.trim()).toBe('at last');
  });

  test('requests that are lost on their way', { timeout: 120_000 }, async ({ skip }) => {
    if ('missing' in found) return skip(found.missing);
    await start();
    // The first datagrams of the client never leave it; it repeats them after 2 to 3 s and 4 to 6 s.
    expect(JSON.parse((await runLibcoapClient(found.client, '-l', '1-2', '-m', 'put', '-e', 'once', at('echo'))).out)).toMatchObject({ body: 'once' });
  });
});
