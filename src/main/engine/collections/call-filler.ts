import { randomUUID } from 'node:crypto';
import { fillCall, type FillSource } from '../../../shared/collections/fill-request.ts';
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

/** Throws `bad-input` for what is not known. */
export type FillCall = (input: CallInput) => CallInput;

/** Fills in calls made by hand from the environment that is chosen when this is asked for. */
export function createCallFiller({ environments, now, random }: CallFillerOptions): () => Promise<FillCall> {
  const functions = templateFunctions({ now, random, newId: randomUUID, count: newCounter() });
  return async () => {
    const scope = Object.fromEntries((await environments.activeVariables()).values);
    return (input) => fill(input, { scope, functions });
  };
}

function fill(input: CallInput, source: FillSource): CallInput {
  const { topic, method, params, replyTo, callerId, properties } = input;
  if (typeof params !== 'string') throw new CodedError('bad-input', 'With variables the params are the text of their JSON.');
  const filled = fillCall({ topic, method, params, replyTo, callerId, properties }, source);
  if ('problem' in filled) throw new CodedError('bad-input', filled.problem.message, { advice: filled.problem.advice });
  const given = Object.fromEntries(Object.entries(filled).filter(([, value]) => value !== undefined));
  return { ...input, ...given };
}
