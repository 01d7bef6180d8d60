import type { Duplex } from 'node:stream';
import type { PacketGuard } from './packet-guard.ts';

/** Output collected before the cork is released within a turn. */
const flushBytes = 65_536;

export interface ShapeOptions {
  readonly guard: PacketGuard;
  /** Unsent bytes for a client from which on its publishers have to wait. */
  readonly maxPendingBytes: number;
  readonly onRefused: (reason: string) => void;
}

/**
 * Shapes a client's stream for an engine that writes each packet on its own: what is written within one event-loop turn leaves
 * in one system call (or one WebSocket frame), and the guard sees every chunk before the engine does.
 * Works on the instance, because a wrapping stream would cost a second buffer and two more events per chunk.
 */
export function shapeStream(stream: Duplex, { guard, maxPendingBytes, onRefused }: ShapeOptions): void {
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
  const read = stream.read.bind(stream);
  const destroy = stream.destroy.bind(stream);
  let corked = false;
  let corkedFrom = 0;

  const release = (): void => {
    if (!corked) return;
    corked = false;
    stream.uncork();
  };

  stream.write = ((...args: unknown[]): boolean => {
    if (!corked) {
      corked = true;
      corkedFrom = stream.writableLength;
      stream.cork();
      setImmediate(release);
    }
    write(...args);
    if (stream.writableLength - corkedFrom >= flushBytes) release();
    return stream.writableLength < maxPendingBytes || !stream.writableNeedDrain;
  }) as typeof stream.write;

  // The engine destroys a stream right after its last answer, which would die in the cork.
  stream.destroy = (error?: Error): typeof stream => {
    while (stream.writableCorked > 0) stream.uncork();
    return destroy(error);
  };

  stream.read = (size?: number): unknown => {
    const chunk: unknown = read(size);
    if (!Buffer.isBuffer(chunk)) return chunk;
    const reason = guard.feed(chunk);
    if (reason === null) return chunk;
    onRefused(reason);
    stream.destroy();
    return null;
  };
}
