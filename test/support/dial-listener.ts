import { once } from 'node:events';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import tls, { type ConnectionOptions } from 'node:tls';
import { createWebSocketStream, WebSocket } from 'ws';
import type { BrokerListener } from '../../src/shared/contract/broker.ts';

export interface DialOptions {
  /** Sent first, in these pieces. */
  readonly before?: readonly Uint8Array[];
  readonly tls?: ConnectionOptions;
}

/** Connects to a listener of the broker the way its kind wants, and gives the stream of MQTT. */
export async function dialListener(listener: BrokerListener, { before = [], tls: secure = {} }: DialOptions = {}): Promise<Duplex> {
  const socket = await dialBare(listener);
  for (const [at, piece] of before.entries()) {
    // Each piece in a packet of its own, so that the other side reads them one by one.
    if (at > 0) await new Promise((resolve) => setImmediate(resolve));
    socket.write(piece);
  }
  let stream: net.Socket = socket;
  if (listener.kind === 'tls' || listener.kind === 'wss') {
    stream = tls.connect({ socket, servername: 'localhost', ...secure });
    await once(stream, 'secureConnect');
  }
  if (listener.kind !== 'ws' && listener.kind !== 'wss') return stream;
  const webSocket = new WebSocket('ws://localhost/mqtt', ['mqtt'], { createConnection: () => stream });
  await once(webSocket, 'open');
  const carrier = createWebSocketStream(webSocket);
  // By itself it would wait for us to end our side, as no other stream does.
  webSocket.once('close', () => carrier.destroy());
  return carrier;
}

/** Only the connection of the network. */
export async function dialBare({ url, host, port }: BrokerListener): Promise<net.Socket> {
  const socket = url.startsWith('unix://') ? net.connect({ path: url.slice('unix://'.length) }) : net.connect({ host, port, noDelay: true });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}
