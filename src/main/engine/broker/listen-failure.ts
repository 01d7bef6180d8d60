import { createServer } from 'node:net';
import { CodedError, type ErrorCode } from '../../../shared/ipc/errors.ts';
import type { BrokerFailure } from '../../../shared/contract/broker.ts';

type Kind = 'tcp' | 'ws';

/** Ports tried one by one before the operating system is asked for any. */
const neighbours = 20;

interface Attempt {
  readonly kind: Kind;
  readonly host: string;
  readonly port: number;
  /** The port the other listener wants: never offered. */
  readonly otherPort: number | null;
}

/** Turns the failure to listen into what a person needs: which listener, why, and a port that works. */
export async function describeListenFailure(error: unknown, attempt: Attempt): Promise<CodedError> {
  const { kind, host, port } = attempt;
  const name = kind === 'tcp' ? 'MQTT (TCP)' : 'WebSocket';
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE': {
      const freePort = await findFreePort(attempt);
      const suspect = kind === 'tcp' ? 'another program, probably another MQTT broker such as mosquitto,' : 'another program';
      return failure('port-taken', `The ${name} port ${port} on ${host} is taken: ${suspect} already listens there.`, {
        advice: freePort === undefined ? 'Stop that program, or choose another port.' : `Stop that program, or use port ${freePort}, which is free.`,
        data: { listener: kind, port, ...(freePort === undefined ? {} : { freePort }) },
      });
    }
    case 'EACCES': {
      const freePort = await findFreePort({ ...attempt, port: kind === 'tcp' ? 1882 : 8082 });
      const why = port < 1024 ? 'Ports below 1024 are reserved for the system administrator.' : 'The operating system does not allow it.';
      return failure('address-refused', `The ${name} listener may not use port ${port} on ${host}. ${why}`, {
        advice: freePort === undefined ? 'Choose a port from 1024 up.' : `Use port ${freePort}, which is free, or another one from 1024 up.`,
        data: { listener: kind, port, ...(freePort === undefined ? {} : { freePort }) },
      });
    }
    case 'EADDRNOTAVAIL':
      return failure('address-refused', `This machine does not have the address ${host}, so the ${name} listener cannot use it.`, {
        advice: 'Use 127.0.0.1 for this machine only, or 0.0.0.0 for all its addresses.',
        data: { listener: kind, port },
      });
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return failure('address-refused', `The name ${host} could not be resolved to an address, so the ${name} listener cannot use it.`, {
        advice: 'Use 127.0.0.1 for this machine only.',
        data: { listener: kind, port },
      });
    default:
      return failure('address-refused', `The ${name} listener cannot use port ${port} on ${host}: ${error instanceof Error ? error.message : String(error)}.`, {
        data: { listener: kind, port },
      });
  }
}

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
async function findFreePort({ host, port, otherPort }: Attempt): Promise<number | undefined> {
  for (let candidate = port + 1; candidate <= Math.min(port + neighbours, 65_535); candidate += 1) {
    if (candidate !== otherPort && (await probe(host, candidate)) !== undefined) return candidate;
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
