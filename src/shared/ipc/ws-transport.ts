import { CodedError, toWireError } from './errors.ts';
import type { Frame } from './frames.ts';
import { TransportEvents } from './transport-events.ts';
import type { Transport } from './transport.ts';
import { decodeValue, encodeValue } from './value-codec.ts';

/** What browser sockets and those of the `ws` package have in common. The socket must be open, with `binaryType` set to `arraybuffer`. */
export interface SocketLike {
  readonly bufferedAmount: number;
  send(bytes: Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { readonly reason?: string }) => void): void;
  addEventListener(type: 'error', listener: (event: unknown) => void): void;
}

export interface WsLimits {
  /** Larger frames are refused in both directions. */
  readonly maxFrameBytes: number;
  /** A peer that lets more than this pile up unread is disconnected. */
  readonly maxBufferedBytes: number;
}

export const defaultWsLimits: WsLimits = { maxFrameBytes: 64 * 1024 * 1024, maxBufferedBytes: 128 * 1024 * 1024 };

/** Carries frames over a WebSocket, one frame a binary message. */
export function wsTransport(socket: SocketLike, limits: WsLimits = defaultWsLimits): Transport {
  const events = new TransportEvents();
  const end = (reason: string): void => {
    if (events.closed) return;
    events.close(reason);
    // 1000 and not a protocol code: browsers refuse to send most others. A reason has at most 123 bytes.
    socket.close(1000, reason.slice(0, 100));
  };

  socket.addEventListener('message', ({ data }) => {
    if (events.closed) return;
    if (!(data instanceof ArrayBuffer)) return end('only binary messages are understood here');
    if (data.byteLength > limits.maxFrameBytes) return end(`frame of ${data.byteLength} bytes is over the limit of ${limits.maxFrameBytes}`);
    let frame: unknown;
    try {
      frame = decodeValue(new Uint8Array(data));
    } catch (error) {
      return end(error instanceof Error ? error.message : 'malformed frame');
    }
    events.frame(frame);
  });
  socket.addEventListener('close', ({ reason }) => events.close(reason || 'the connection was closed'));
  socket.addEventListener('error', () => events.close('the connection failed'));

  return {
    post(frame: Frame) {
      if (events.closed) return;
      const bytes = encodeValue(frame);
      if (bytes.byteLength > limits.maxFrameBytes) return postInstead(frame, bytes.byteLength);
      if (socket.bufferedAmount + bytes.byteLength > limits.maxBufferedBytes) return end('the other side does not read');
      socket.send(bytes);
    },
    onFrame: events.onFrame,
    onClose: events.onClose,
    close: (reason = 'closed') => end(reason),
  };

  /** One answer that is too large must not cost the whole link: its asker gets an error instead. */
  function postInstead(frame: Frame, sizeBytes: number): void {
    const error = new CodedError(
      'frame-too-large',
      `${Math.ceil(sizeBytes / 1_048_576)} MiB is more than this connection carries at once (${Math.floor(limits.maxFrameBytes / 1_048_576)} MiB).`,
    );
    if (frame[0] === 'ok' || frame[0] === 'item') socket.send(encodeValue(['err', frame[1], toWireError(error)]));
    else throw error;
  }
}
