import { createServer } from 'node:net';
import { CodedError, type ErrorCode } from '../../../../shared/ipc/errors.ts';
import type { BrokerFailure } from '../../../../shared/contract/broker.ts';
import { listenerKindWords } from '../../../../shared/mqtt/listener-kinds.ts';
import type { ListenerOptions } from '../../../../shared/contract/listeners.ts';

/** Ports tried one by one before the operating system is asked for any. */
const neighbours = 20;

/** How a listener is called in a sentence: "The … listener". */
export function listenerLabel({ id, kind, name }: Pick<ListenerOptions, 'id' | 'kind' | 'name'>): string {
  if (id === 'tcp') return 'MQTT (TCP)';
  if (id === 'ws') return 'WebSocket';
  return name === '' ? listenerKindWords[kind] : `${listenerKindWords[kind]} (“${name}”)`;
}

/** Turns the failure to listen into what a person needs: which listener, why, and a port that works. `otherPorts`: what other listeners want. */
export async function describeListenFailure(error: unknown, listener: ListenerOptions, otherPorts: readonly number[]): Promise<CodedError> {
  const label = listenerLabel(listener);
  const { id, kind } = listener;
  if (error instanceof CodedError) {
    return new CodedError(error.code, `The ${label} listener cannot start. ${error.message}`, { advice: error.advice, data: { listener: id } });
  }
  const { code } = error as NodeJS.ErrnoException;
  const words = error instanceof Error ? error.message : String(error);
  if (kind === 'unix') {
    const isForbidden = code === 'EACCES' || code === 'EPERM';
    return failure('address-refused', `The ${label} listener cannot use ${listener.path}: ${isForbidden ? 'the operating system does not allow it' : words}.`, {
      advice: isForbidden ? 'Choose a path in a folder where you may make files.' : 'Choose another path.',
      data: { listener: id },
    });
  }
  const { host, port } = listener;
  switch (code) {
    case 'EADDRINUSE': {
      const freePort = await findFreePort(host, port, otherPorts);
      const suspect = kind === 'tcp' ? 'another program, probably another MQTT broker such as mosquitto,' : 'another program';
      return failure('port-taken', `The ${label} port ${port} on ${host} is taken: ${suspect} already listens there.`, {
        advice: freePort === undefined ? 'Stop that program, or choose another port.' : `Stop that program, or use port ${freePort}, which is free.`,
        data: { listener: id, port, ...(freePort === undefined ? {} : { freePort }) },
      });
    }
    case 'EACCES': {
      const freePort = await findFreePort(host, usualPorts[kind] - 1, otherPorts);
      const why = port < 1024 ? 'Ports below 1024 are reserved for the system administrator.' : 'The operating system does not allow it.';
      return failure('address-refused', `The ${label} listener may not use port ${port} on ${host}. ${why}`, {
        advice: freePort === undefined ? 'Choose a port from 1024 up.' : `Use port ${freePort}, which is free, or another one from 1024 up.`,
        data: { listener: id, port, ...(freePort === undefined ? {} : { freePort }) },
      });
    }
    case 'EADDRNOTAVAIL':
      return failure('address-refused', `This machine does not have the address ${host}, so the ${label} listener cannot use it.`, {
        advice: 'Use 127.0.0.1 for this machine only, or 0.0.0.0 for all its addresses.',
        data: { listener: id, port },
      });
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return failure('address-refused', `The name ${host} could not be resolved to an address, so the ${label} listener cannot use it.`, {
        advice: 'Use 127.0.0.1 for this machine only.',
        data: { listener: id, port },
      });
    default:
      return failure('address-refused', `The ${label} listener cannot use port ${port} on ${host}: ${words}.`, { data: { listener: id, port } });
  }
}

const usualPorts = { tcp: 1883, tls: 8883, ws: 8083, wss: 8084 } as const;

/** Back from the error to the form that the broker's status shows. */
export function toBrokerFailure(error: unknown): BrokerFailure {
  if (!(error instanceof CodedError)) return { code: 'internal', message: error instanceof Error ? error.message : String(error) };
  const { listener, port, freePort } = (error.data ?? {}) as Partial<Pick<BrokerFailure, 'listener' | 'port' | 'freePort'>>;
  return {
    code: error.code,
    message: error.message,
    ...(error.advice === undefined ? {} : { advice: error.advice }),
    ...(listener === undefined ? {} : { listener }),
    ...(port === undefined ? {} : { port }),
    ...(freePort === undefined ? {} : { freePort }),
  };
}

function failure(code: ErrorCode, message: string, more: { advice?: string; data: object }): CodedError {
  return new CodedError(code, message, more);
}

/** The next port that really can be listened on, or `undefined`. */
async function findFreePort(host: string, port: number, otherPorts: readonly number[]): Promise<number | undefined> {
  for (let candidate = port + 1; candidate <= Math.min(port + neighbours, 65_535); candidate += 1) {
    if (!otherPorts.includes(candidate) && (await probe(host, candidate)) !== undefined) return candidate;
  }
  return probe(host, 0);
}

function probe(host: string, port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : undefined));
    });
  });
}
