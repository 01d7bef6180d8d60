import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { webSocketStream } from './websocket-stream.ts';

export interface WebSocketDoorOptions {
  /** The largest message: one frame, or several that belong together. */
  readonly maxFrameBytes: number;
  /** A client asked for MQTT over WebSocket as it should. */
  readonly onStream: (stream: Duplex, socket: Duplex) => void;
  /** What it did instead, as a sentence; also later, for a frame that MQTT does not allow. */
  readonly onRefused: (socket: Duplex, reason: string) => void;
}

export interface WebSocketDoor {
  /** Takes a connection from its first byte on. */
  enter(socket: Duplex): void;
}

const subprotocols = new Set(['mqtt', 'mqttv3.1']);

/** Turns connections that speak HTTP into streams of MQTT in WebSocket frames. Opens no port, and keeps no time: its caller does. */
export function createWebSocketDoor({ maxFrameBytes, onStream, onRefused }: WebSocketDoorOptions): WebSocketDoor {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxFrameBytes,
    perMessageDeflate: false,
    // Answered in the stream, within bounds.
    autoPong: false,
    handleProtocols: (offered) => [...offered].find((name) => subprotocols.has(name)) ?? false,
  });
  const http = createHttpServer((request, response) => {
    onRefused(request.socket, 'It asked for a page, not for a WebSocket.');
    response.writeHead(426, { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close', Upgrade: 'websocket' });
    response.end('This address speaks MQTT over WebSocket. Connect to it with an MQTT client.\n');
  });
  const refuse = (socket: Duplex, { status, text, reason }: Refused): void => {
    onRefused(socket, reason);
    socket.on('error', () => socket.destroy());
    socket.end(plainResponse(status, text));
  };
  http.on('clientError', (error: NodeJS.ErrnoException & { readonly rawPacket?: Buffer }, socket) => {
    // The client is gone: that is no refusal.
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
    else refuse(socket, { status: '400 Bad Request', text: 'This address speaks MQTT over WebSocket.', reason: describeStranger(error.rawPacket) });
  });
  // By itself it would close these without a word.
  http.on('connect', (_request, socket) =>
    refuse(socket, { status: '400 Bad Request', text: 'This is no web proxy.', reason: 'It took this listener for a web proxy.' }),
  );
  http.on('upgrade', (request, socket, head) => {
    const refused = checkUpgrade(request);
    if (refused) {
      refuse(socket, refused);
      return;
    }
    let isUpgraded = false;
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      isUpgraded = true;
      onStream(
        webSocketStream(webSocket, socket, (reason) => onRefused(socket, reason)),
        socket,
      );
    });
    // It answers at once, one way or the other.
    if (!isUpgraded) onRefused(socket, 'Its WebSocket request is malformed.');
  });
  return { enter: (socket) => void http.emit('connection', socket) };
}

interface Refused {
  readonly status: '400 Bad Request' | '403 Forbidden';
  /** For the client, and for people here. */
  readonly text: string;
  readonly reason: string;
}

function checkUpgrade(request: IncomingMessage): Refused | null {
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  // [MQTT-6.0.0-3]: the client must offer "mqtt"; "mqttv3.1" is what clients of MQTT 3.1 send.
  if (!offered.some((name) => subprotocols.has(name))) {
    return {
      status: '400 Bad Request',
      text: 'Ask for the WebSocket subprotocol "mqtt".',
      reason: 'It did not offer the WebSocket subprotocol “mqtt” [MQTT-6.0.0-3].',
    };
  }
  if (!isTrustedOrigin(request)) {
    return {
      status: '403 Forbidden',
      text: 'Pages of other sites may not use this broker. Open the page from this machine.',
      reason: `It is a page of another site (${String(request.headers.origin).slice(0, 200)}).`,
    };
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

function describeStranger(bytes: Buffer | undefined): string {
  if (bytes?.[0] === 0x10) return 'It spoke MQTT without WebSocket, which this listener does not serve.';
  if (bytes?.[0] === 0x16 && bytes[1] === 3) return 'It spoke TLS, but this listener is served without TLS.';
  return 'It did not speak HTTP, in which a WebSocket begins.';
}

function plainResponse(status: string, text: string): string {
  const body = `${text}\n`;
  return `HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`;
}
