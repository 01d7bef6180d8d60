import type { MessagePort } from 'node:worker_threads';
import { portTransport } from '../../../shared/ipc/port-transport.ts';
import type { Transport } from '../../../shared/ipc/transport.ts';

/** The transport over a port between threads, whose declared event type has no `data` although its events do. */
export function threadPortTransport(port: MessagePort): Transport {
  return portTransport(port);
}
