import { useCallback, useEffect, useRef, useState } from 'react';
import type { EngineContract } from '../../shared/contract/index.ts';
import type { CallName, InputOf, OutputOf } from '../../shared/ipc/contract.ts';
import { CodedError } from '../../shared/ipc/errors.ts';
import { engineClient } from './client.ts';

export type CallOutcome<T> = { readonly ok: true; readonly output: T } | { readonly ok: false; readonly error: CodedError };

export interface UseCall<I, O> {
  readonly busy: boolean;
  /** The failure of the last run. */
  readonly error: CodedError | undefined;
  /** Never rejects. */
  readonly run: (input: I) => Promise<CallOutcome<O>>;
  readonly clearError: () => void;
}

/** Calls the engine from a component, keeping what is under way and what failed. */
export function useCall<K extends CallName<EngineContract>>(name: K): UseCall<InputOf<EngineContract[K]>, OutputOf<EngineContract[K]>> {
  const [state, setState] = useState<{ readonly underWay: number; readonly error: CodedError | undefined }>({ underWay: 0, error: undefined });
  const mounted = useRef(false);
  useEffect(() => {
    mounted.current = true;
    return () => void (mounted.current = false);
  }, []);

  const run = useCallback(
    async (input: InputOf<EngineContract[K]>): Promise<CallOutcome<OutputOf<EngineContract[K]>>> => {
      setState((now) => ({ underWay: now.underWay + 1, error: undefined }));
      let outcome: CallOutcome<OutputOf<EngineContract[K]>>;
      try {
        outcome = { ok: true, output: await engineClient().call(name, input) };
      } catch (error) {
        outcome = { ok: false, error: toCodedError(error) };
      }
      const failure = outcome.ok ? undefined : outcome.error;
      if (mounted.current) setState((now) => ({ underWay: now.underWay - 1, error: failure }));
      return outcome;
    },
    [name],
  );
  const clearError = useCallback(() => setState((now) => ({ ...now, error: undefined })), []);
  return { busy: state.underWay > 0, error: state.error, run, clearError };
}

export function toCodedError(error: unknown): CodedError {
  return error instanceof CodedError ? error : new CodedError('internal', error instanceof Error ? error.message : String(error));
}
