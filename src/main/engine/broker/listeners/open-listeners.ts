import type { BrokerListener, BrokerOptions } from '../../../../shared/contract/broker.ts';
import { shareAPlace } from '../../../../shared/mqtt/listener-kinds.ts';
import { listenerOptionsSchema, type ListenerOptions } from '../../../../shared/contract/listeners.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { describeListenFailure, listenerLabel } from './listen-failure.ts';
import { Listener, type ListenerHost } from './listener.ts';
import { readTlsMaterial } from './tls-material.ts';

export interface OpenListener {
  readonly address: BrokerListener;
  /** As for `Listeners`. */
  close(): void;
}

/** One listener for somebody else than the local broker; fails as `openListeners` does. */
export function openOneListener(options: ListenerOptions, host: ListenerHost): Promise<OpenListener> {
  return openOne(options, [options], host);
}

export interface Listeners {
  readonly addresses: readonly BrokerListener[];
  /** Stops listening and ends what has not reached the engine. Accepted MQTT streams belong to the engine. Idempotent. */
  close(): void;
}

/** Opens all listeners or none. Failures are `port-taken`, `address-refused`, `certificate-unusable` or `bad-input`, with the listener in `data`. */
export async function openListeners(options: BrokerOptions, host: ListenerHost): Promise<Listeners> {
  const wanted = allListeners(options);
  if (wanted.length === 0) {
    throw new CodedError('bad-input', 'All listeners are switched off.', { advice: 'Give the broker a TCP or a WebSocket port.' });
  }
  checkPlaces(wanted);
  const opened: Listener[] = [];
  const closeAll = (): void => {
    for (const listener of opened) listener.close();
  };
  try {
    for (const entry of wanted) opened.push(await openOne(entry, wanted, host));
  } catch (error) {
    closeAll();
    throw error;
  }
  return { addresses: opened.map(({ address }) => address), close: closeAll };
}

function allListeners({ host, tcpPort, webSocketPort, listeners = [] }: BrokerOptions): readonly ListenerOptions[] {
  const simple = (kind: 'tcp' | 'ws', port: number | null): ListenerOptions[] =>
    port === null ? [] : [listenerOptionsSchema.parse({ kind, id: kind, host, port })];
  return [...simple('tcp', tcpPort), ...simple('ws', webSocketPort), ...listeners.filter(({ enabled }) => enabled)];
}

async function openOne(options: ListenerOptions, all: readonly ListenerOptions[], host: ListenerHost): Promise<Listener> {
  const named = { id: options.id, label: listenerLabel(options) };
  const tls = options.kind === 'tls' || options.kind === 'wss' ? await readTlsMaterial(named, options.tls, Date.now()) : undefined;
  const listener = new Listener(options, tls, host);
  try {
    await listener.listen();
  } catch (error) {
    const otherPorts = all.flatMap((other) => (other.kind === 'unix' || other === options ? [] : [other.port]));
    throw await describeListenFailure(error, options, otherPorts);
  }
  return listener;
}

/** Two of our own in one place: the system would say only that it is taken. */
function checkPlaces(listeners: readonly ListenerOptions[]): void {
  listeners.forEach((listener, at) => {
    const other = listeners.slice(0, at).find((earlier) => shareAPlace(earlier, listener));
    if (!other) return;
    const place = listener.kind === 'unix' ? `the path ${listener.path}` : `port ${listener.port}`;
    throw new CodedError('bad-input', `${listenerLabel(other)} and ${listenerLabel(listener)} cannot share ${place}.`, {
      advice: listener.kind === 'unix' ? 'Choose two different paths.' : 'Choose two different ports.',
      data: { listener: listener.id, ...(listener.kind === 'unix' ? {} : { port: listener.port }) },
    });
  });
}
