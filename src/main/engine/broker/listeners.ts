import { createServer as createHttpServer, type IncomingMessage, type Server as HttpServer } from 'node:http';
import { createServer as createTcpServer, isIP, type Server as TcpServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { BrokerListener, BrokerOptions } from '../../../shared/contract/broker.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import type { ConnectionInfo } from './broker-engine.ts';
import { describeListenFailure } from './listen-failure.ts';
import { webSocketStream } from './websocket-stream.ts';

export interface Listeners {
  readonly addresses: readonly BrokerListener[];
  /** Stops listening and ends what is left of HTTP. Accepted MQTT streams belong to the engine. Idempotent. */
  close(): Promise<void>;
}

type Accept = (stream: Duplex, info: ConnectionInfo) => void;

interface Opened {
  readonly address: BrokerListener;
  close(): Promise<void>;
}

/** Dead peers behind a silent network are found by TCP after this idle time, also when they asked for no keep-alive. */
const tcpKeepAliveMs = 60_000;
const subprotocols = new Set(['mqtt', 'mqttv3.1']);

/** Opens all listeners or none. Failures are `port-taken`, `address-refused` or `bad-input`, with the listener in `data`. */
export async function openListeners(options: BrokerOptions, maxFrameBytes: number, accept: Accept): Promise<Listeners> {
  const { host, tcpPort, webSocketPort } = options;
  if (tcpPort === null && webSocketPort === null) {
    throw new CodedError('bad-input', 'Both listeners are switched off.', { advice: 'Give the broker a TCP or a WebSocket port.' });
  }
  if (tcpPort !== 0 && tcpPort === webSocketPort) {
    throw new CodedError('bad-input', `MQTT (TCP) and WebSocket cannot share port ${tcpPort}.`, {
      advice: 'Choose two different ports.',
      data: { listener: 'ws', port: tcpPort },
    });
  }
  const opened: Opened[] = [];
  const open = async (kind: 'tcp' | 'ws', port: number | null, otherPort: number | null): Promise<void> => {
    if (port === null) return;
    try {
      opened.push(await (kind === 'tcp' ? openTcp(host, port, accept) : openWebSocket(host, port, maxFrameBytes, accept)));
    } catch (error) {
      throw await describeListenFailure(error, { kind, host, port, otherPort });
    }
  };
  const closeAll = async (): Promise<void> => void (await Promise.all(opened.map((listener) => listener.close())));
  try {
    await open('tcp', tcpPort, webSocketPort);
    await open('ws', webSocketPort, tcpPort);
  } catch (error) {
    await closeAll();
    throw error;
  }
  return { addresses: opened.map(({ address }) => address), close: closeAll };
}

async function openTcp(host: string, port: number, accept: Accept): Promise<Opened> {
  const server = createTcpServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: tcpKeepAliveMs }, (socket) =>
    accept(socket, { transport: 'tcp', address: peerAddress(socket) }),
  );
  const bound = await listen(server, host, port);
  return { address: describe('tcp', host, bound), close: () => closeServer(server) };
}

async function openWebSocket(host: string, port: number, maxFrameBytes: number, accept: Accept): Promise<Opened> {
  const http = createHttpServer((_request, response) => {
    response.writeHead(426, { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close', Upgrade: 'websocket' });
    response.end('This address speaks MQTT over WebSocket. Connect to it with an MQTT client.\n');
  });
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxFrameBytes,
    perMessageDeflate: false,
    handleProtocols: (offered) => [...offered].find((name) => subprotocols.has(name)) ?? false,
  });
  http.on('upgrade', (request, socket: Socket, head) => {
    const refusal = refuseUpgrade(request);
    if (refusal) {
      socket.on('error', () => socket.destroy());
      socket.end(plainResponse(refusal.status, refusal.text));
      return;
    }
    socket.setNoDelay(true);
    socket.setKeepAlive(true, tcpKeepAliveMs);
    sockets.handleUpgrade(request, socket, head, (webSocket) => accept(webSocketStream(webSocket), { transport: 'ws', address: peerAddress(socket) }));
  });
  const bound = await listen(http, host, port);
  return {
    address: describe('ws', host, bound),
    close: () => {
      http.closeAllConnections();
      return closeServer(http);
    },
  };
}

interface UpgradeRefusal {
  readonly status: '400 Bad Request' | '403 Forbidden';
  readonly text: string;
}

function refuseUpgrade(request: IncomingMessage): UpgradeRefusal | null {
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  // [MQTT-6.0.0-3]: the client must offer "mqtt"; "mqttv3.1" is what clients of MQTT 3.1 send.
  if (!offered.some((name) => subprotocols.has(name))) {
    return { status: '400 Bad Request', text: 'Ask for the WebSocket subprotocol "mqtt".' };
  }
  if (!isTrustedOrigin(request)) {
    return { status: '403 Forbidden', text: 'Pages of other sites may not use this broker. Open the page from this machine.' };
  }
  return null;
}

/**
 * A browser lets any page on the web open WebSockets to this machine and tells us the page's origin. Only pages served from this
 * machine are let in, or from the very address the broker was reached at. Programs send no origin.
 */
function isTrustedOrigin(request: IncomingMessage): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined) return true;
  if (!URL.canParse(origin)) return false;
  const name = bareHostname(origin);
  if (name === 'localhost' || name.endsWith('.localhost') || name === '::1' || (isIP(name) === 4 && name.startsWith('127.'))) return true;
  // Compared only for plain addresses: a name could have been pointed at this machine for the purpose.
  return isIP(name) !== 0 && host !== undefined && URL.canParse(`http://${host}`) && bareHostname(`http://${host}`) === name;
}

function bareHostname(url: string): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, '');
}

function plainResponse(status: string, text: string): string {
  const body = `${text}\n`;
  return `HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`;
}

function listen(server: TcpServer | HttpServer, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

function closeServer(server: TcpServer | HttpServer): Promise<void> {
  // The server's own callback would wait for connections that the engine still has to end.
  server.close();
  return Promise.resolve();
}

function describe(kind: 'tcp' | 'ws', host: string, port: number): BrokerListener {
  return { kind, host, port, url: `${kind === 'tcp' ? 'mqtt' : 'ws'}://${reachableHost(host)}:${port}` };
}

/** An address a client on this machine can use: listening on "all addresses" is not one. */
function reachableHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

function peerAddress(socket: Socket): string {
  const { remoteAddress = '', remotePort = 0 } = socket;
  return remoteAddress.includes(':') ? `[${remoteAddress}]:${remotePort}` : `${remoteAddress}:${remotePort}`;
}
