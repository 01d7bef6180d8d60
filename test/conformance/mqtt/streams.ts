import { once } from 'node:events';
import net from 'node:net';
import { Duplex } from 'node:stream';
import tls from 'node:tls';
import { createWebSocketStream, WebSocket } from 'ws';

/** The client's end of every transport, opened. */

export async function dialTcp(port: number, host = '127.0.0.1'): Promise<Duplex> {
  const socket = net.connect({ host, port, noDelay: true });
  await once(socket, 'connect');
  return socket;
}

export async function dialTls(port: number, options: tls.ConnectionOptions, host = '127.0.0.1'): Promise<Duplex> {
  const socket = tls.connect({ ...options, host, port });
  socket.setNoDelay(true);
  await once(socket, 'secureConnect');
  return socket;
}

export async function dialWebSocket(port: number, host = '127.0.0.1'): Promise<Duplex> {
  const socket = new WebSocket(`ws://${host}:${port}/mqtt`, 'mqtt', { perMessageDeflate: false });
  const stream = createWebSocketStream(socket, { allowHalfOpen: false });
  // The stream reports the failure of the handshake as well.
  await once(socket, 'open');
  return stream;
}

/** Two ends of a connection without a network. What is written arrives in a later turn; the end of one is the end of the other. */
export function memoryPair(): readonly [Duplex, Duplex] {
  const [left, right] = [new MemoryEnd(), new MemoryEnd()];
  left.peer = right;
  right.peer = left;
  return [left, right];
}

class MemoryEnd extends Duplex {
  peer!: MemoryEnd;
  #resume: (() => void) | undefined;

  constructor() {
    super({ allowHalfOpen: false });
  }

  override _read(): void {
    this.#resume?.();
    this.#resume = undefined;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    setImmediate(() => this.peer.#deliver(chunk, done));
  }

  override _writev(chunks: readonly { readonly chunk: Buffer | string }[], done: () => void): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => (typeof chunk === 'string' ? Buffer.from(chunk) : chunk))), 'utf8', done);
  }

  override _final(done: () => void): void {
    setImmediate(() => this.peer.#ended());
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this._read();
    setImmediate(() => this.peer.#ended());
    done(error);
  }

  #deliver(chunk: Buffer, done: () => void): void {
    if (this.destroyed || this.readableEnded || this.push(chunk)) done();
    else this.#resume = done;
  }

  #ended(): void {
    if (!this.destroyed && !this.readableEnded && !this.#pushedEnd) {
      this.#pushedEnd = true;
      this.push(null);
    }
  }

  #pushedEnd = false;
}
