import net from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import { createWebSocketStream, WebSocket } from 'ws';
import type { BrokerUri } from '../../../shared/mqtt/broker-uri.ts';

const keptFirstBytes = 32;

export interface SocketStream {
  readonly stream: Duplex;
  /** What the peer sent first; tells a web server or a TLS port from a broker. */
  firstBytes(): Uint8Array;
}

/** Opens the byte stream to a broker. `noDelay` everywhere: Nagle's algorithm would hold small QoS 1 packets back for about 44 ms each. */
export function openSocketStream(uri: BrokerUri, options: { readonly verifyCertificate: boolean; readonly version: '3.1' | '3.1.1' | '5' }): SocketStream {
  const { host, port } = uri;
  const security = { rejectUnauthorized: options.verifyCertificate, ...(net.isIP(host) === 0 ? { servername: host } : {}) };
  switch (uri.scheme) {
    case 'mqtt':
      return watchFirstBytes(net.connect({ host, port, noDelay: true }));
    case 'mqtts': {
      const socket = tls.connect({ host, port, ...security });
      socket.setNoDelay(true);
      return watchFirstBytes(socket);
    }
    case 'ws':
    case 'wss':
      return openWebSocket(uri, security, options.version);
  }
}

function watchFirstBytes(stream: Duplex): SocketStream {
  let first = Buffer.alloc(0);
  const collect = (chunk: Buffer): void => {
    first = Buffer.concat([first, chunk.subarray(0, keptFirstBytes - first.byteLength)]);
    if (first.byteLength >= keptFirstBytes) stream.off('data', collect);
  };
  stream.on('data', collect);
  return { stream, firstBytes: () => first };
}

function openWebSocket(uri: BrokerUri, security: tls.SecureContextOptions & { rejectUnauthorized: boolean }, version: string): SocketStream {
  const host = uri.host.includes(':') ? `[${uri.host}]` : uri.host;
  const socket = new WebSocket(`${uri.scheme}://${host}:${uri.port}${uri.path || '/'}`, [version === '3.1' ? 'mqttv3.1' : 'mqtt'], {
    ...security,
    perMessageDeflate: false,
    maxPayload: 0,
  });
  socket.on('upgrade', (response) => response.socket.setNoDelay(true));
  const stream = createWebSocketStream(socket);
  // As a TCP socket does, so that a broker that refuses CONNECT is told from a port without WebSocket.
  socket.on('open', () => stream.emit('connect'));
  // By itself the stream of a WebSocket that the peer has closed stays half open, and the loss would show at the next keep-alive at best.
  stream.on('end', () => stream.destroy());
  return { stream, firstBytes: () => new Uint8Array() };
}
