import { randomUUID } from 'node:crypto';
import { fillCall } from '../../../shared/collections/fill-request.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import type { CallInput } from '../../../shared/contract/rpc.ts';
import { templateFunctions } from '../../../shared/template/index.ts';
import type { Environments } from '../environments/index.ts';
import { newCounter } from './run/new-counter.ts';

export interface CallFillerOptions {
  readonly environments: Pick<Environments, 'activeVariables'>;
  /** Unix ms. */
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** Fills in calls made by hand from the chosen environment. Rejects with `bad-input` for what is not known. */
export function createCallFiller({ environments, now, random }: CallFillerOptions): (input: CallInput) => Promise<CallInput> {
  const functions = templateFunctions({ now, random, newId: randomUUID, count: newCounter() });
  return async (input) => {
    const { topic, method, params, replyTo, callerId, properties } = input;
    if (typeof params !== 'string') throw new CodedError('bad-input', 'With variables the params are the text of their JSON.');
    const scope = Object.fromEntries((await environments.activeVariables()).values);
    const filled = fillCall({ topic, method, params, replyTo, callerId, properties }, { scope, functions });
    if ('problem' in filled) throw new CodedError('bad-input', filled.problem.message, { advice: filled.problem.advice });
    const given = Object.fromEntries(Object.entries(filled).filter(([, value]) => value !== undefined));
    return { ...input, ...given };
  };
}
