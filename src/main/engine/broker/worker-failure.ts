import type { BrokerFailure } from '../../../shared/contract/broker.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import { toBrokerFailure } from './listeners/listen-failure.ts';

/** Why a start failed. `cause`: the last error of the worker, where it ended of it. */
export function describeStartFailure(error: unknown, cause: Error | undefined): BrokerFailure {
  const ended = error instanceof CodedError && (error.code === 'disconnected' || error.code === 'engine-restarted');
  if (!ended) return toBrokerFailure(error);
  return { code: 'worker-crashed', message: `The local broker ended while it was starting${because(cause)}.`, advice: 'Start it again.' };
}

/** `isKept`: its retained messages are in a file. */
export function describeCrash(cause: Error | undefined, restarting: boolean, isKept: boolean): BrokerFailure {
  return {
    code: 'worker-crashed',
    message: `The local broker stopped unexpectedly${because(cause)}. Its clients were disconnected${isKept ? '' : ' and its retained messages are gone'}.`,
    advice: restarting ? 'It is being started again.' : 'It was started again several times without success. Start it by hand.',
  };
}

function because(cause: Error | undefined): string {
  return cause ? ` (${cause.message})` : '';
}
