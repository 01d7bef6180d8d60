import type { Frame } from './frames.ts';
import { TransportEvents } from './transport-events.ts';
import type { Transport } from './transport.ts';

/** A browser `MessagePort`, or one of Node's `worker_threads`: messages arrive as events with `data`. */
export interface EventPort {
  postMessage(value: unknown): void;
  addEventListener(type: 'message' | 'close', listener: (event: { readonly data?: unknown }) => void): void;
  start?(): void;
  close?(): void;
}

/** Electron's `MessagePortMain` (emits `{ data }`, has `start`) or a Node `Worker` (emits the value itself). */
export interface EmitterPort {
  postMessage(value: unknown): void;
  on(type: 'message' | 'close' | 'exit', listener: (value: unknown) => void): unknown;
  start?(): void;
  close?(): void;
}

/** Said before closing, because a browser port does not tell when its other end is gone. */
const bye = 'bye';

/** Carries frames over a message port by structured clone; nothing is ever transferred, so bytes are copied once. */
export function portTransport(port: EventPort | EmitterPort): Transport {
  const events = new TransportEvents();
  const receive = (value: unknown): void => {
    if (value === bye) end('closed by the other side', false);
    else events.frame(value);
  };
  const end = (reason: string, tell: boolean): void => {
    if (events.closed) return;
    if (tell) attempt(() => port.postMessage(bye));
    events.close(reason);
    attempt(() => port.close?.());
  };

  if ('addEventListener' in port) {
    port.addEventListener('message', (event) => receive(event.data));
    port.addEventListener('close', () => end('the port was closed', false));
  } else {
    const wrapped = typeof port.start === 'function';
    port.on('message', (value: unknown) => receive(wrapped ? (value as { data: unknown }).data : value));
    port.on('close', () => end('the port was closed', false));
    port.on('exit', () => end('the worker has ended', false));
  }
  port.start?.();

  return {
    post(frame: Frame) {
      if (!events.closed) port.postMessage(frame);
    },
    onFrame: events.onFrame,
    onClose: events.onClose,
    close: (reason = 'closed') => end(reason, true),
  };
}

/** Closing must not fail because the other side was faster. */
function attempt(run: () => void): void {
  try {
    run();
  } catch {
    // The port is already gone, which is what closing wants.
  }
}
