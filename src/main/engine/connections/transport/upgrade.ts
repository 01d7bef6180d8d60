import { once } from 'node:events';
import type net from 'node:net';
import type { Duplex } from 'node:stream';
import { createWebSocketStream, WebSocket } from 'ws';
import type { ConnectionProfile } from '../../../../shared/contract/connection-profile.ts';
import type { BrokerUri } from '../../../../shared/mqtt/broker-uri.ts';

/** A WebSocket over a socket that is connected already, as a byte stream. */
export async function upgrade(
  socket: net.Socket,
  uri: BrokerUri,
  profile: Pick<ConnectionProfile, 'version' | 'webSocket'>,
  signal: AbortSignal,
): Promise<Duplex> {
  const host = uri.host.includes(':') ? `[${uri.host}]` : uri.host;
  const subprotocol = profile.webSocket.subprotocol === '' ? (profile.version === '3.1' ? 'mqttv3.1' : 'mqtt') : profile.webSocket.subprotocol;
  const webSocket = new WebSocket(`${uri.scheme}://${host}:${uri.port}${uri.path || '/'}`, subprotocol.split(/\s*,\s*/), {
    createConnection: () => socket,
    headers: headersOf(profile.webSocket.headers),
    perMessageDeflate: false,
    maxPayload: 0,
  });
  try {
    await once(webSocket, 'open', { signal });
  } catch (error) {
    // What it still has to say goes to nobody.
    webSocket.on('error', () => undefined);
    webSocket.terminate();
    throw error;
  }
  const stream = createWebSocketStream(webSocket);
  // By itself the stream of a WebSocket that the peer has closed stays half open, and the loss would show at the next keep-alive at best.
  stream.on('end', () => stream.destroy());
  return stream;
}

/** Several with one name stay several. */
function headersOf(headers: ConnectionProfile['webSocket']['headers']): Record<string, string[]> {
  const byName: Record<string, string[]> = {};
  for (const [name, value] of headers) (byName[name] ??= []).push(value);
  return byName;
}
