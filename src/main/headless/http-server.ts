import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { CodedError } from '../../shared/ipc/errors.ts';
import type { Transport } from '../../shared/ipc/transport.ts';
import { defaultWsLimits, wsTransport, type SocketLike } from '../../shared/ipc/ws-transport.ts';
import { securityHeaders } from '../../shared/security/content-security-policy.ts';
import { AccessGuard, type Refusal } from './access-guard.ts';
import { isLoopback, urlHost } from './addresses.ts';
import { refusalPage } from './refusal-page.ts';
import { sendStaticFile } from './static-files.ts';

/** Of the local broker. */
const monitorPaths: ReadonlySet<string> = new Set(['/health', '/metrics', '/metrics.json']);

interface MonitorAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

const maxPages = 32;
const probeEveryMs = 15_000;
const goodbyeMs = 500;

export interface HttpServerOptions {
  readonly host: string;
  readonly port: number;
  readonly tls?: { readonly certificate: string | Buffer; readonly key: string | Buffer } | undefined;
  /** 256 random bits as text. */
  readonly token: string;
  readonly pageFolder: string;
  /** Opens health and metrics, and nothing else. */
  readonly monitorToken?: string | undefined;
  /** Health and metrics, by their paths; `null`: there is nothing. `isKnown`: the request may see numbers. */
  readonly monitor?: (path: string, accept: string, isKnown: boolean) => MonitorAnswer | null;
  /** Takes over the connection of one page. */
  readonly serve: (transport: Transport) => void;
  readonly onBug: (error: unknown, where: string) => void;
  /** How often a page has to show that it reads. */
  readonly probeEveryMs?: number;
}

export interface HttpServer {
  readonly port: number;
  /** With the token: for the person who started the workbench. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the built page and the contract over a WebSocket at `/engine`. Rejects with `port-taken`, `address-refused` or `bad-input`. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { host, tls, token } = options;
  const local = isLoopback(host);
  if (!local && !tls) {
    throw new CodedError('address-refused', `The workbench does not listen on ${host} without encryption, because that can be reached from other machines.`, {
      advice: 'Add --tls-cert FILE and --tls-key FILE, or leave --host out to serve this machine alone.',
    });
  }
  const scheme = tls ? 'https' : 'http';
  const server = createServer(tls);
  await listen(server, options);
  const { port } = server.address() as AddressInfo;

  const certificate = tls ? new X509Certificate(tls.certificate) : undefined;
  const guard = new AccessGuard({
    scheme,
    token,
    monitorToken: options.monitorToken,
    hostNames: new Set(local ? ['localhost', '127.0.0.1', '[::1]', urlHost(host)] : [urlHost(host), os.hostname().toLowerCase()]),
    anyAddress: !local,
    isCertifiedName: (name) => certificate?.checkHost(name) !== undefined,
    cookieName: `workbench_${port}`,
  });

  const sockets = new WebSocketServer({ noServer: true, maxPayload: defaultWsLimits.maxFrameBytes, perMessageDeflate: false });
  const silent = new WeakSet<WebSocket>();
  const probing = setInterval(() => {
    for (const socket of sockets.clients) {
      if (silent.has(socket)) socket.terminate();
      silent.add(socket);
      socket.ping();
    }
  }, options.probeEveryMs ?? probeEveryMs);

  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    answer(request, response, guard, options).catch((error: unknown) => {
      options.onBug(error, `${request.method} ${request.url?.split('?')[0]}`);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });

  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => stream.destroy());
    if (request.url?.split('?')[0] !== '/engine') return turnAway(stream, 404, 'Not Found');
    const refusal = guard.refuseOrigin(request, 'websocket') ?? guard.refuseStranger(request);
    if (refusal) return turnAway(stream, refusal.status, refusal.message);
    if (sockets.clients.size >= maxPages) return turnAway(stream, 503, `The workbench is open in ${maxPages} pages already. Close some.`);
    sockets.handleUpgrade(request, stream, head, (socket) => {
      socket.on('pong', () => silent.delete(socket));
      const transport = wsTransport(pageSocket(socket), defaultWsLimits);
      // A peer that does not read does not answer the closing handshake either.
      transport.onClose(() => setTimeout(() => socket.terminate(), goodbyeMs).unref());
      options.serve(transport);
    });
  });

  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    clearInterval(probing);
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets.clients) socket.close(1001, 'The workbench was stopped.');
    const forced = setTimeout(() => {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
    }, goodbyeMs);
    server.closeIdleConnections();
    await closed;
    clearTimeout(forced);
  };

  const shownHost = local || (host !== '0.0.0.0' && host !== '::') ? urlHost(host) : os.hostname().toLowerCase();
  return { port, url: `${scheme}://${shownHost}:${port}/?token=${token}`, close: () => (closing ??= close()) };
}

/** The `ws` package types its events as classes of its own; what the transport uses of them is the same. */
function pageSocket(socket: WebSocket): SocketLike {
  socket.binaryType = 'arraybuffer';
  return socket;
}

function createServer(tls: HttpServerOptions['tls']): http.Server {
  if (!tls) return http.createServer();
  try {
    return https.createServer({ cert: tls.certificate, key: tls.key, minVersion: 'TLSv1.2' });
  } catch (error) {
    throw new CodedError('bad-input', `The certificate or its key cannot be used: ${error instanceof Error ? error.message : String(error)}.`, {
      advice: 'Both have to be in PEM format and belong together.',
    });
  }
}

async function listen(server: http.Server, { host, port }: HttpServerOptions): Promise<void> {
  try {
    await once(server.listen(port, host), 'listening');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE') {
      throw new CodedError('port-taken', `Another program is listening on port ${port} of ${host} already.`, {
        advice: 'Choose another port with --port N, or --port 0 for any free one.',
      });
    }
    if (code === 'EACCES')
      throw new CodedError('address-refused', `This user may not listen on port ${port}.`, { advice: 'Choose a port above 1023 with --port N.' });
    throw new CodedError('address-refused', `The workbench cannot listen on ${host} (${String(code ?? error)}).`, {
      advice: 'Name an address of this machine with --host A.',
    });
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  guard: AccessGuard,
  { pageFolder, monitor }: Pick<HttpServerOptions, 'pageFolder' | 'monitor'>,
): Promise<void> {
  for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
  const foreign = guard.refuseOrigin(request, 'http');
  if (foreign) return sendRefusal(response, foreign);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { Allow: 'GET, HEAD', 'Content-Length': 0, Connection: 'close' }).end();
    return;
  }
  const [urlPath = '/', query = ''] = (request.url ?? '/').split('?', 2);
  if (monitor && monitorPaths.has(urlPath)) return answerMonitor(request, response, monitor(urlPath, request.headers.accept ?? '', guard.isMonitor(request)));
  const token = urlPath === '/' ? new URLSearchParams(query).get('token') : null;
  if (token !== null && guard.isToken(token)) {
    // Takes the token out of the address bar and the browser's history.
    response.writeHead(303, { Location: '/', 'Set-Cookie': guard.cookie(), 'Cache-Control': 'no-store', 'Content-Length': 0 }).end();
    return;
  }
  const stranger = guard.refuseStranger(request);
  if (stranger)
    return sendRefusal(
      response,
      token === null
        ? stranger
        : { status: 401, message: 'This address is of an earlier start of the workbench, or incomplete. Open the one it printed last.' },
    );
  if (!(await sendStaticFile(pageFolder, urlPath, request, response))) sendRefusal(response, { status: 404, message: 'There is nothing at this address.' });
}

function answerMonitor(request: IncomingMessage, response: ServerResponse, found: MonitorAnswer | null): void {
  const { status, contentType, body } = found ?? {
    status: 401,
    contentType: 'text/plain; charset=utf-8',
    body: 'Send the token: "Authorization: Bearer TOKEN".\n',
  };
  const headers = { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(body), 'Cache-Control': 'no-store' };
  response.writeHead(status, found ? headers : { ...headers, 'WWW-Authenticate': 'Bearer' }).end(request.method === 'HEAD' ? '' : body);
}

function sendRefusal(response: ServerResponse, refusal: Refusal | { readonly status: 404; readonly message: string }): void {
  const page = Buffer.from(refusalPage(refusal.message));
  response.writeHead(refusal.status, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Length': page.byteLength, 'Cache-Control': 'no-store' }).end(page);
}

/** Answers a WebSocket handshake with a refusal. */
function turnAway(stream: Duplex, status: number, message: string): void {
  const body = Buffer.from(`${message}\n`);
  stream.end(
    Buffer.concat([
      Buffer.from(
        `HTTP/1.1 ${status} ${http.STATUS_CODES[status]}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${body.byteLength}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n`,
      ),
      body,
    ]),
    () => stream.destroy(),
  );
}
