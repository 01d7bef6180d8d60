import type { MessagePort } from 'node:worker_threads';
import type { Frame } from '../../../shared/ipc/frames.ts';
import { portTransport, type EmitterPort } from '../../../shared/ipc/port-transport.ts';
import type { Transport } from '../../../shared/ipc/transport.ts';

/**
 * The transport over a port between threads. `givenAway` names memory in a frame that its sender does not need any more: it is handed over instead of
 * being copied.
 */
export function threadPortTransport(port: MessagePort, givenAway: (frame: Frame) => ArrayBuffer[] = nothing): Transport {
  return portTransport({
    postMessage: (frame) => port.postMessage(frame, givenAway(frame as Frame)),
    on: (type, listener) => port.on(type, listener),
    close: () => port.close(),
  } satisfies EmitterPort);
}

function nothing(): ArrayBuffer[] {
  return [];
}
