import type { Frame } from './frames.ts';
import type { Transport } from './transport.ts';

/** Two connected transports in one process. Frames are cloned and delivered asynchronously, as a real port would. */
export function memoryTransportPair(): readonly [Transport, Transport] {
  const left = new MemoryEnd();
  const right = new MemoryEnd();
  left.other = right;
  right.other = left;
  return [left, right];
}

class MemoryEnd implements Transport {
  other: MemoryEnd | undefined;
  #frameListeners = new Set<(frame: unknown) => void>();
  #closeListeners = new Set<(reason: string) => void>();
  #closed = false;

  post(frame: Frame): void {
    if (this.#closed) return;
    const copy = structuredClone(frame);
    queueMicrotask(() => this.other?.deliver(copy));
  }

  deliver(frame: unknown): void {
    if (this.#closed) return;
    for (const listener of this.#frameListeners) listener(frame);
  }

  onFrame(listener: (frame: unknown) => void) {
    this.#frameListeners.add(listener);
    return () => void this.#frameListeners.delete(listener);
  }

  onClose(listener: (reason: string) => void) {
    this.#closeListeners.add(listener);
    return () => void this.#closeListeners.delete(listener);
  }

  close(reason = 'closed'): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const listener of this.#closeListeners) listener(reason);
    queueMicrotask(() => this.other?.close('closed by the other side'));
  }
}
