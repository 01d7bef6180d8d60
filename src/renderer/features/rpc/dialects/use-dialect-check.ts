import { useEffect, useState } from 'react';
import type { DialectCheck } from '../../../../shared/contract/rpc-dialects.ts';
import type { EngineContract } from '../../../../shared/contract/index.ts';
import type { InputOf } from '../../../../shared/ipc/contract.ts';
import { engineClient } from '../../../data/index.ts';
import { readParams } from '../params-form.ts';
import { readProfile } from './dialect-draft.ts';

type TestInput = InputOf<EngineContract['rpcDialects.test']>;

export interface Samples {
  readonly message: { readonly topic: string; readonly payload: string };
  readonly call: { readonly topic: string; readonly method: string; readonly params: string };
}

/** While keys are pressed, nothing is asked. */
const pauseMs = 150;
const maxSample = 1_000_000;

/** What the engine says of a profile and of the samples, a moment after each change; `null` until then, and while the profile is no JSON. */
export function useDialectCheck(profile: string, { message, call }: Samples): DialectCheck | null {
  const [check, setCheck] = useState<DialectCheck | null>(null);
  const input = JSON.stringify(inputOf(profile, { message, call }));
  useEffect(() => {
    if (input === 'null') {
      setCheck(null);
      return undefined;
    }
    let wanted = true;
    const timer = setTimeout(() => {
      engineClient()
        .call('rpcDialects.test', JSON.parse(input) as TestInput)
        .then(
          (answer) => wanted && setCheck(answer),
          // The link says that the engine is away; what stands there is still true.
          () => undefined,
        );
    }, pauseMs);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [input]);
  return check;
}

function inputOf(profile: string, { message, call }: Samples): TestInput | null {
  const read = readProfile(profile);
  if ('problem' in read) return null;
  const params = readParams(call.params);
  return {
    profile: read.value as TestInput['profile'],
    ...(message.topic === '' ? {} : { message: { topic: message.topic, payload: message.payload.slice(0, maxSample) } }),
    ...(call.topic === '' || 'problem' in params ? {} : { call: { topic: call.topic, method: call.method, params: params.value as TestInput['profile'] } }),
  };
}
