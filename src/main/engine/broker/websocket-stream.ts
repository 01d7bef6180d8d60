import { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

/** Carries MQTT in binary WebSocket frames: everything that is written together leaves as one frame. Text frames end the connection [MQTT-6.0.0-1]. */
export function webSocketStream(socket: WebSocket): Duplex {
  return new WebSocketStream(socket);
}

class WebSocketStream extends Duplex {
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    super();
    this.#socket = socket;
    socket.binaryType = 'nodebuffer';
    socket.on('message', (data, isBinary) => {
      if (!isBinary) {
        socket.close(1003, 'MQTT needs binary frames');
        this.destroy();
      } else if (!this.push(data)) socket.pause();
    });
    socket.on('error', (error) => this.destroy(error));
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

/** A peer that does not answer the closing handshake must not keep its connection. */
function closeTimer(socket: WebSocket): void {
  if (socket.readyState === socket.CLOSED) return;
  const timer = setTimeout(() => socket.terminate(), 1000);
  socket.once('close', () => clearTimeout(timer));
}
