import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import http, { type IncomingHttpHeaders } from 'node:http';
import https from 'node:https';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { connect } from '../../shared/ipc/connect.ts';
import { call } from '../../shared/ipc/contract.ts';
import { serve } from '../../shared/ipc/serve.ts';
import type { Transport } from '../../shared/ipc/transport.ts';
import { defaultWsLimits, wsTransport } from '../../shared/ipc/ws-transport.ts';
import { securityHeaders } from '../../shared/security/content-security-policy.ts';
import { startHttpServer, type HttpServer, type HttpServerOptions } from './http-server.ts';

const token = 'a-token-of-256-bits';
const echoContract = { echo: call<string>()(z.string()) } as const;

let folder: string;
let pageFolder: string;
const servers: HttpServer[] = [];
const bugs: unknown[] = [];

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'http-'));
  pageFolder = path.join(folder, 'page');
  mkdirSync(path.join(pageFolder, 'assets'), { recursive: true });
  writeFileSync(path.join(folder, 'private.txt'), 'private');
  writeFileSync(path.join(pageFolder, 'index.html'), '<!doctype html><title>page</title>');
  writeFileSync(path.join(pageFolder, 'assets', 'main-Ab3dEf9_.js'), 'export {};');
  writeFileSync(path.join(pageFolder, 'assets', 'data.json'), '{}');
  writeFileSync(path.join(pageFolder, '.hidden'), 'hidden');
  symlinkSync(path.join(folder, 'private.txt'), path.join(pageFolder, 'link.txt'));
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
  expect(bugs).toEqual([]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function start(more: Partial<HttpServerOptions> = {}): Promise<HttpServer> {
  const server = await startHttpServer({
    host: '127.0.0.1',
    port: 0,
    token,
    pageFolder,
    serve: (transport) => void serve(echoContract, { echo: (text) => text }, transport, { instance: 'test' }),
    onBug: (error) => void bugs.push(error),
    ...more,
  });
  servers.push(server);
  return server;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Sends the path exactly as given; `fetch` would tidy it up. */
async function ask(server: HttpServer, urlPath: string, headers: Readonly<Record<string, string>> = {}, method = 'GET'): Promise<Answer> {
  const { hostname, protocol } = new URL(server.url);
  const library = protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    const request = library.request(
      { host: hostname, port: server.port, path: urlPath, method, agent: false, rejectUnauthorized: false, headers },
      (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => (body += text));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
      },
    );
    request.on('error', reject).end();
  });
}

const cookieOf = (server: HttpServer): string => `workbench_${server.port}=${token}`;
const signedIn = (server: HttpServer, more: Readonly<Record<string, string>> = {}): Record<string, string> => ({ cookie: cookieOf(server), ...more });

describe('the token', () => {
  it('is in the printed address and turns into a cookie', async () => {
    const server = await start();
    expect(server.url).toBe(`http://127.0.0.1:${server.port}/?token=${token}`);
    const first = await ask(server, `/?token=${token}`);
    expect(first).toMatchObject({ status: 303, headers: { location: '/', 'cache-control': 'no-store' }, body: '' });
    expect(first.headers['set-cookie']).toEqual([`${cookieOf(server)}; Path=/; HttpOnly; SameSite=Strict`]);
    const page = await ask(server, '/', signedIn(server));
    expect(page).toMatchObject({ status: 200, body: '<!doctype html><title>page</title>' });
  });

  it.each([
    ['no cookie', '/', {}, /printed in its terminal/],
    ['a wrong token', '/?token=wrong', {}, /earlier start/],
    ['an empty token', '/?token=', {}, /earlier start/],
    ['a wrong cookie', '/', { cookie: 'workbench_1=wrong; other=1' }, /printed in its terminal/],
    ['the token beside the page', `/assets/data.json?token=${token}`, {}, /printed in its terminal/],
  ])('is asked for with %s', async (_name, urlPath, headers, message) => {
    const answer = await ask(await start(), urlPath, headers);
    expect(answer).toMatchObject({ status: 401, headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' } });
    expect(answer.body).toMatch(message);
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  it('of another workbench on this machine is not taken', async () => {
    const [one, other] = [await start(), await start({ token: 'other' })];
    expect((await ask(other, '/', signedIn(one))).status).toBe(401);
  });
});

describe('health and metrics', () => {
  const monitor: HttpServerOptions['monitor'] = (urlPath, _accept, isKnown) =>
    urlPath === '/health' || isKnown ? { status: 200, contentType: 'text/plain', body: isKnown ? 'numbers' : 'word' } : null;
  const ofMonitors = { monitor, monitorToken: 'a-token-for-monitors' };

  it('need a token for their numbers, which opens nothing else', async () => {
    const server = await start(ofMonitors);
    expect(await ask(server, '/health')).toMatchObject({ status: 200, body: 'word' });
    expect(await ask(server, '/metrics')).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } });
    expect(await ask(server, '/metrics', { authorization: 'Bearer wrong' })).toMatchObject({ status: 401 });
    for (const good of ['a-token-for-monitors', token]) {
      expect(await ask(server, '/metrics', { authorization: `Bearer ${good}` })).toMatchObject({ status: 200, body: 'numbers' });
      expect((await ask(server, '/', { authorization: `Bearer ${good}` })).status).toBe(401);
    }
    expect(await ask(server, '/health', signedIn(server))).toMatchObject({ status: 200, body: 'numbers' });
    expect((await ask(server, '/?token=a-token-for-monitors')).status).toBe(401);
  });

  it('are not told to foreign pages and hosts', async () => {
    const server = await start(ofMonitors);
    expect((await ask(server, '/health', { host: 'evil.example' })).status).toBe(403);
    expect((await ask(server, '/health', { origin: 'https://evil.example' })).status).toBe(403);
    expect((await ask(server, '/health', {}, 'POST')).status).toBe(405);
  });
});

describe('every answer', () => {
  it.each(['/', '/missing', '/assets/data.json', '/?token=wrong'])('has the security headers: %s', async (urlPath) => {
    const server = await start();
    const { headers } = await ask(server, urlPath, signedIn(server));
    for (const [name, value] of Object.entries(securityHeaders)) expect(headers[name.toLowerCase()]).toBe(value);
  });
});

describe('a foreign page', () => {
  it.each(['https://evil.example', 'null', 'http://localhost:1', 'https://127.0.0.1'])('from origin %s is turned away', async (origin) => {
    const server = await start();
    const answer = await ask(server, '/', signedIn(server, { origin }));
    expect(answer.status).toBe(403);
    expect(answer.body).toMatch(/other sites/);
  });

  it('cannot ask beforehand either', async () => {
    const server = await start();
    const answer = await ask(server, '/', { origin: 'https://evil.example', 'access-control-request-method': 'GET' }, 'OPTIONS');
    expect(answer.status).toBe(403);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('cannot use a name of its own for this machine', async () => {
    const server = await start();
    for (const host of ['evil.example', `evil.example:${server.port}`, 'localhost.evil.example', '192.168.1.5', 'x@127.0.0.1']) {
      expect((await ask(server, `/?token=${token}`, { host })).status, host).toBe(403);
    }
  });

  it('is not confused with our own, whatever the name and forwarded port', async () => {
    const server = await start();
    for (const host of [`127.0.0.1:${server.port}`, `localhost:${server.port}`, `LOCALHOST:9000`, `[::1]:${server.port}`]) {
      expect((await ask(server, '/', signedIn(server, { host, origin: `http://${host.toLowerCase()}` }))).status, host).toBe(200);
    }
  });
});

describe('files', () => {
  it.each([
    '/../private.txt',
    '/..%2fprivate.txt',
    '/%2e%2e/private.txt',
    '/assets/../../private.txt',
    '/..\\private.txt',
    '/link.txt',
    '/.hidden',
    '/index.html%00.txt',
    '/%E0%A4%A',
    '/C:/windows/win.ini',
    '/index.html::$DATA',
    '/assets',
    '/assets/',
    `/${'a'.repeat(5000)}`,
  ])('outside the page folder are not served: %s', async (urlPath) => {
    const server = await start();
    const answer = await ask(server, urlPath, signedIn(server));
    expect(answer.status).toBe(404);
    expect(answer.body).not.toContain('private');
  });

  it('have their type and are cached by whether their name holds their hash', async () => {
    const server = await start();
    const script = await ask(server, '/assets/main-Ab3dEf9_.js', signedIn(server));
    expect(script).toMatchObject({
      status: 200,
      body: 'export {};',
      headers: { 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'private, max-age=31536000, immutable' },
    });
    const page = await ask(server, '/', signedIn(server));
    expect(page.headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'private, no-cache' });
    const again = await ask(server, '/', signedIn(server, { 'if-none-match': page.headers.etag ?? '' }));
    expect(again).toMatchObject({ status: 304, body: '' });
    expect((await ask(server, '/', signedIn(server), 'HEAD')).headers['content-length']).toBe(String(page.body.length));
  });

  it.each(['POST', 'PUT', 'DELETE'])('take no %s', async (method) => {
    const server = await start();
    expect(await ask(server, '/', signedIn(server), method)).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
  });
});

describe('the WebSocket', () => {
  const open = (server: HttpServer, headers: Readonly<Record<string, string>>, urlPath = '/engine'): WebSocket => {
    const { hostname, protocol } = new URL(server.url);
    return new WebSocket(`${protocol === 'https:' ? 'wss' : 'ws'}://${hostname}:${server.port}${urlPath}`, { headers, rejectUnauthorized: false });
  };
  const own = (server: HttpServer): Record<string, string> => signedIn(server, { origin: `http://127.0.0.1:${server.port}` });
  const refusalOf = async (socket: WebSocket): Promise<number> => {
    socket.on('error', () => {});
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, http.IncomingMessage];
    response.resume();
    return response.statusCode ?? 0;
  };
  // The first frame may come together with the handshake: the transport has to listen before anything is awaited.
  const opened = (socket: WebSocket): Promise<Transport> =>
    new Promise((resolve) => {
      socket.binaryType = 'arraybuffer';
      socket.once('open', () => resolve(wsTransport(socket, defaultWsLimits)));
    });

  it('carries the contract, without compression', async () => {
    const server = await start();
    const socket = open(server, own(server));
    const client = connect<typeof echoContract>({ open: () => opened(socket) });
    expect(await client.call('echo', 'hello')).toBe('hello');
    expect(socket.extensions).toBe('');
    client.close();
  });

  it('needs the cookie, our origin, our host and its path', async () => {
    const server = await start();
    const { cookie, origin } = own(server) as { cookie: string; origin: string };
    expect(await refusalOf(open(server, { origin }))).toBe(401);
    expect(await refusalOf(open(server, { origin, cookie: 'workbench=wrong' }))).toBe(401);
    expect(await refusalOf(open(server, { origin }, `/engine?token=${token}`))).toBe(401);
    expect(await refusalOf(open(server, { cookie }))).toBe(403);
    expect(await refusalOf(open(server, { cookie, origin: 'https://evil.example' }))).toBe(403);
    expect(await refusalOf(open(server, { cookie, origin: 'http://evil.example', host: 'evil.example' }))).toBe(403);
    expect(await refusalOf(open(server, { cookie, origin }, '/other'))).toBe(404);
  });

  it('closes on a frame over the limit', async () => {
    const server = await start();
    const socket = open(server, own(server));
    await once(socket, 'open');
    socket.send(new Uint8Array(defaultWsLimits.maxFrameBytes + 1));
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(1009);
  });

  it('closes on anything but a binary frame, and goes on serving others', async () => {
    const server = await start();
    const good = open(server, own(server));
    const client = connect<typeof echoContract>({ open: () => opened(good) });
    const bad = open(server, own(server));
    await once(bad, 'open');
    bad.send('text');
    await once(bad, 'close');
    expect(await client.call('echo', 'still here')).toBe('still here');
    client.close();
  });

  it('lets go of a client that never reads, without hurting others', async () => {
    const dropped = Promise.withResolvers<string>();
    const server = await start({
      probeEveryMs: 200,
      serve: (transport) => {
        transport.onClose(dropped.resolve);
        serve(echoContract, { echo: (text) => text }, transport, { instance: 'test' });
      },
    });
    const deaf = net.connect(server.port, '127.0.0.1');
    deaf.on('error', () => {});
    deaf.pause();
    deaf.write(
      `GET /engine HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nOrigin: http://127.0.0.1:${server.port}\r\nCookie: ${cookieOf(server)}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${Buffer.alloc(16, 7).toString('base64')}\r\n\r\n`,
    );
    expect(await dropped.promise).toBeTruthy();
    const client = connect<typeof echoContract>({ open: () => opened(open(server, own(server))) });
    expect(await client.call('echo', 'hello')).toBe('hello');
    client.close();
    deaf.destroy();
  });

  it('is told when the workbench stops, which takes under a second with pages open', async () => {
    const server = await start();
    const socket = open(server, own(server));
    await once(socket, 'open');
    const idle = net.connect(server.port, '127.0.0.1');
    await once(idle, 'connect');
    const started = performance.now();
    const [[code]] = (await Promise.all([once(socket, 'close'), server.close()])) as [[number], void];
    expect(code).toBe(1001);
    expect(performance.now() - started).toBeLessThan(1000);
    idle.destroy();
  });
});

describe('an address beyond this machine', () => {
  it.each(['0.0.0.0', '::', '192.0.2.1', 'lab.example'])('is refused without a certificate: %s', async (host) => {
    await expect(start({ host })).rejects.toMatchObject({ code: 'address-refused', advice: expect.stringContaining('--tls-cert') as string });
  });

  it('is served with one, under its name, the address of the machine and no other name', async () => {
    const [key, certificate] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-keyout',
        key,
        '-out',
        certificate,
        '-days',
        '2',
        '-subj',
        '/CN=bench.lab.example',
        '-addext',
        'subjectAltName=DNS:bench.lab.example',
      ],
      { stdio: 'ignore' },
    );
    const server = await start({ host: '0.0.0.0', tls: { key: readFileSync(key), certificate: readFileSync(certificate) } });
    const url = new URL(server.url);
    expect(url.protocol).toBe('https:');
    const local: HttpServer = { ...server, url: `https://127.0.0.1:${server.port}` };
    const first = await ask(local, `/?token=${token}`, { host: `bench.lab.example:${server.port}` });
    expect(first.headers['set-cookie']?.[0]).toMatch(/HttpOnly; SameSite=Strict; Secure$/);
    expect((await ask(local, '/', signedIn(server))).status).toBe(200);
    expect((await ask(local, '/', signedIn(server, { host: os.hostname() }))).status).toBe(200);
    expect((await ask(local, '/', signedIn(server, { host: 'evil.example' }))).status).toBe(403);
  });

  it('says so when certificate and key are none', async () => {
    await expect(start({ tls: { key: 'no key', certificate: 'no certificate' } })).rejects.toMatchObject({ code: 'bad-input' });
  });
});

describe('a port in use', () => {
  it('is named, with what to do', async () => {
    const server = await start();
    await expect(start({ port: server.port })).rejects.toMatchObject({
      code: 'port-taken',
      message: expect.stringContaining(String(server.port)) as string,
      advice: expect.stringContaining('--port') as string,
    });
  });
});
