import { randomUUID } from 'node:crypto';
import type { CoapUdpRequest } from '../../../shared/contract/coap-udp.ts';
import type { Problem } from '../../../shared/contract/common.ts';
import { fillCoap, type FilledCoap } from '../../../shared/collections/fill-coap.ts';
import type { FillSource } from '../../../shared/collections/filler.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import { templateFunctions } from '../../../shared/template/index.ts';
import type { CallFillerOptions } from './call-filler.ts';
import { newCounter } from './run/new-counter.ts';

/** Throws `bad-input` for what is not known. */
export interface FillCoapRequest {
  (input: CoapUdpRequest): CoapUdpRequest;
  address(uri: string): string;
}

/** Fills in requests over UDP made by hand from the environment that is chosen when this is asked for. */
export function createCoapFiller({ environments, now, random }: CallFillerOptions): () => Promise<FillCoapRequest> {
  const functions = templateFunctions({ now, random, newId: randomUUID, count: newCounter() });
  return async () => {
    const { values, missing } = await environments.activeVariables();
    const source: FillSource = { scope: Object.fromEntries(values), functions };
    const found = <T extends object>(filled: T | { readonly problem: Problem }): T => {
      if (!('problem' in filled)) return filled;
      const { message, advice = '' } = filled.problem;
      const secrets = missing.length === 0 ? '' : ` Secrets of the environment without a value on this computer: ${missing.join(', ')}.`;
      throw new CodedError(filled.problem.code === 'invalid-uri' ? 'invalid-uri' : 'bad-input', message, { advice: `${advice}${secrets}`.trim() });
    };
    const address = (uri: string): string => found(fillCoap({ uri, options: [], payload: '', payloadAs: 'text' }, source)).uri;
    const fill = (input: CoapUdpRequest): CoapUdpRequest => {
      const { variables, ...request } = input;
      const { text = '', as = 'text' } = variables?.payload ?? {};
      const written = request.options.flatMap((option): [number, string][] => ('text' in option ? [[option.number, option.text]] : []));
      const filled: FilledCoap = found(fillCoap({ uri: request.uri, options: written, payload: text, payloadAs: as }, source));
      return {
        ...request,
        uri: filled.uri,
        // What stands in bytes has no variables.
        options: [...request.options.filter((option) => 'value' in option), ...filled.options],
        payload: variables?.payload ? filled.payload : request.payload,
      };
    };
    return Object.assign(fill, { address });
  };
}
