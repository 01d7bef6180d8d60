import { useCallback, useEffect, useRef, useState } from 'react';
import { toCodedError } from '../../data/index.ts';

/** What came of it, or why nothing did. */
export type AttemptOutcome<T> = { readonly value: T } | { readonly problem: string; readonly advice?: string | undefined };

export interface Attempt<T> {
  readonly outcome: AttemptOutcome<T> | null;
  readonly busy: boolean;
  /** Instead of work, what keeps it from being begun. The attempt before is given up. */
  readonly begin: (work: ((signal: AbortSignal) => Promise<T>) | { readonly problem: string }) => Promise<void>;
  readonly cancel: () => void;
  readonly forget: () => void;
}

/** Something that is tried again and again, of which only the newest time counts; given up when the view goes. */
export function useAttempt<T>(): Attempt<T> {
  const [outcome, setOutcome] = useState<AttemptOutcome<T> | null>(null);
  const [busy, setBusy] = useState(false);
  const running = useRef<AbortController | null>(null);
  const begin = useCallback<Attempt<T>['begin']>(async (work) => {
    running.current?.abort();
    if ('problem' in work) return setOutcome(work);
    const controller = new AbortController();
    running.current = controller;
    const isNewest = (): boolean => running.current === controller;
    setBusy(true);
    try {
      const value = await work(controller.signal);
      if (isNewest()) setOutcome({ value });
    } catch (error) {
      const { code, message, advice } = toCodedError(error);
      if (isNewest() && code !== 'cancelled') setOutcome({ problem: message, advice });
    } finally {
      if (isNewest()) {
        running.current = null;
        setBusy(false);
      }
    }
    return undefined;
  }, []);
  const cancel = useCallback(() => running.current?.abort(), []);
  const forget = useCallback(() => setOutcome(null), []);
  useEffect(() => cancel, [cancel]);
  return { outcome, busy, begin, cancel, forget };
}
