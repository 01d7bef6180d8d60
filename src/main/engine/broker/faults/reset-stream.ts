import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';

/** Ends a connection with RST where it is plain TCP; TLS, WebSocket and Unix sockets are closed without a farewell. */
export function resetStream(stream: Duplex): void {
  if (stream instanceof Socket && !(stream instanceof TLSSocket) && stream.remoteAddress !== undefined) stream.resetAndDestroy();
  else stream.destroy();
}
