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

/** Calls made by hand are filled in by it. */
interface CallFilling {
  /** Where its variables come from, as they were when it was made. */
  readonly environment: { readonly id: string; readonly name: string } | null;
  /** Throws `bad-input` for what is not known. */
  fill(input: CallInput): CallInput;
}

/** From the environment that is chosen when it is asked for, or from the one with this id: as it is then. Rejects with `not-found` when that is gone. */
export type CallFiller = (environmentId?: string | null) => Promise<CallFilling>;

export function createCallFiller({ environments, now, random }: CallFillerOptions): CallFiller {
  const functions = templateFunctions({ now, random, newId: randomUUID, count: newCounter() });
  return async (environmentId) => {
    const { values, missing, environment } = await environments.activeVariables(environmentId);
    const scope = Object.fromEntries(values);
    return { environment, fill: (input) => fill(input, { scope, functions }, missing) };
  };
}

function fill(input: CallInput, source: FillSource, missing: readonly string[]): CallInput {
  const { topic, method, params, replyTo, callerId, properties, envelope } = input;
  if (typeof params !== 'string') throw new CodedError('bad-input', 'With variables the params are the text of their JSON.');
  const filled = fillCall({ topic, method, params, replyTo, callerId, properties, envelope }, source);
  if ('problem' in filled) {
    const { message, advice } = filled.problem;
    const secrets = missing.length === 0 ? '' : ` Secrets of the environment without a value on this computer: ${missing.join(', ')}.`;
    throw new CodedError('bad-input', message, { advice: `${advice}${secrets}` });
  }
  const given = Object.fromEntries(Object.entries(filled).filter(([, value]) => value !== undefined));
  return { ...input, ...given };
}
