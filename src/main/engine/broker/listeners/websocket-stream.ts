import { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

/** A frame is collected as a whole. Until the first one has come nobody knows who is there, and CONNECT needs no more. */
const largestFirstMessage = 1_048_576;
const pongLimitBytes = 65_536;

/**
 * Carries MQTT in binary WebSocket frames: everything that is written together leaves as one frame. Text frames end the connection
 * [MQTT-6.0.0-1], and so do frames that are too large. `socket` is what `webSocket` reads from.
 */
export function webSocketStream(webSocket: WebSocket, socket: Duplex, onRefused: (reason: string) => void): Duplex {
  limitFirstMessage(webSocket, socket, onRefused);
  return new WebSocketStream(webSocket, onRefused);
}

class WebSocketStream extends Duplex {
  readonly #socket: WebSocket;

  constructor(socket: WebSocket, onRefused: (reason: string) => void) {
    super();
    this.#socket = socket;
    socket.binaryType = 'nodebuffer';
    socket.on('message', (data, isBinary) => {
      if (!isBinary) {
        onRefused('It sent a text frame [MQTT-6.0.0-1].');
        socket.close(1003, 'MQTT needs binary frames');
        this.destroy();
      } else if (!this.push(data)) socket.pause();
    });
    socket.on('ping', (data) => {
      // A client that sends pings and reads no answers must not fill our memory; of several pings one may be answered (RFC 6455 §5.5.3).
      if (socket.bufferedAmount < pongLimitBytes) socket.pong(data);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (!error.code?.startsWith('WS_ERR_')) this.destroy(error);
      else {
        // Told here, with what the engine cannot know; for the engine the client has left.
        onRefused(`It broke a rule of WebSocket: ${error.message}.`);
        this.destroy();
      }
    });
    socket.on('close', () => {
      if (this.readableEnded) this.destroy();
      else this.push(null);
    });
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.send(chunk, { binary: true }, (error) => done(error));
  }

  override _writev(chunks: readonly { readonly chunk: Buffer | string; readonly encoding: BufferEncoding }[], done: (error?: Error | null) => void): void {
    const parts = chunks.map(({ chunk, encoding }) => (typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk));
    this.#socket.send(Buffer.concat(parts), { binary: true }, (error) => done(error));
  }

  override _final(done: () => void): void {
    this.#socket.close(1000);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.resume();
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.close(error ? 1011 : 1000);
    closeTimer(this.#socket);
    done(error);
  }
}

function limitFirstMessage(webSocket: WebSocket, socket: Duplex, onRefused: (reason: string) => void): void {
  let left = largestFirstMessage;
  const count = (chunk: Buffer): void => {
    left -= chunk.length;
    if (left >= 0) return;
    stop();
    onRefused(`Its first WebSocket message is larger than ${largestFirstMessage} bytes.`);
    webSocket.terminate();
  };
  const stop = (): void => {
    left = Infinity;
    socket.off('data', count);
    webSocket.off('message', stop);
  };
  socket.on('data', count);
  webSocket.on('message', stop);
}

/** A peer that does not answer the closing handshake must not keep its connection. */
function closeTimer(socket: WebSocket): void {
  if (socket.readyState === socket.CLOSED) return;
  const timer = setTimeout(() => socket.terminate(), 1000);
  socket.once('close', () => clearTimeout(timer));
}
