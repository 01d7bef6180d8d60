import type { Frame } from './frames.ts';
import { TransportEvents } from './transport-events.ts';
import type { Transport } from './transport.ts';

/** Two connected transports in one process. Frames are cloned and delivered asynchronously, as a real port would. */
export function memoryTransportPair(): readonly [Transport, Transport] {
  const left = new TransportEvents();
  const right = new TransportEvents();
  return [memoryEnd(left, right), memoryEnd(right, left)];
}

function memoryEnd(own: TransportEvents, other: TransportEvents): Transport {
  return {
    post(frame: Frame) {
      if (own.closed) return;
      const copy = structuredClone(frame);
      queueMicrotask(() => other.frame(copy));
    },
    onFrame: own.onFrame,
    onClose: own.onClose,
    close(reason = 'closed') {
      if (own.closed) return;
      own.close(reason);
      queueMicrotask(() => other.close('closed by the other side'));
    },
  };
}
