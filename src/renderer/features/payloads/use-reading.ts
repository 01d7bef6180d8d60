import { useEffect, useRef, useState } from 'react';
import type { SourceId } from '../../../shared/contract/common.ts';
import type { MessageDetail } from '../../../shared/contract/messages.ts';
import type { PayloadReading } from '../../../shared/contract/payload.ts';
import type { CodedError } from '../../../shared/ipc/errors.ts';
import { engineClient, toCodedError } from '../../data/index.ts';
import type { CodecChoice } from './payloads-model.ts';

export interface Reading {
  /** Of the message before while the present one is read: what follows a topic must not flicker. */
  readonly value: PayloadReading | null;
  readonly messageId: number | null;
  readonly error: CodedError | null;
}

const nothing: Reading = { value: null, messageId: null, error: null };

/** Has the engine read a message while it is shown. `wanted` off: nothing is asked. `version`: rules and schemas, by which it may be read anew. */
export function useReading(
  source: SourceId,
  detail: MessageDetail | null,
  { wanted, choice, version }: { readonly wanted: boolean; readonly choice: CodecChoice | null; readonly version: unknown },
): Reading {
  const [reading, setReading] = useState<Reading>(nothing);
  const topic = detail?.topic;
  const id = detail?.id;
  const under = useRef({ reading: false, again: null as (() => void) | null });
  useEffect(() => {
    if (!wanted || topic === undefined || id === undefined) {
      setReading(nothing);
      return;
    }
    let current = true;
    const state = under.current;
    const read = (): void => {
      state.reading = true;
      engineClient()
        .call('payload.decode', { source, topic, message: id, ...(choice ? { codec: { name: choice.name, params: { ...choice.params } } } : {}) })
        .then(
          (value) => current && setReading({ value, messageId: id, error: null }),
          (error: unknown) => current && setReading({ value: null, messageId: id, error: toCodedError(error) }),
        )
        .finally(() => {
          state.reading = false;
          const next = state.again;
          state.again = null;
          next?.();
        })
        .catch(() => undefined);
    };
    const start = (): void => {
      if (current) read();
    };
    // One at a time: of those that come meanwhile, the newest.
    if (state.reading) state.again = start;
    else read();
    return () => {
      current = false;
    };
  }, [source, topic, id, wanted, choice, version]);
  return wanted ? reading : nothing;
}
