import { useEffect, useState, useSyncExternalStore } from 'react';
import type { FrameNotifier } from './frame-notifier.ts';

/** Renders again when a model outside React announces a change, at most once per frame. */
export function useModel(notifier: FrameNotifier): void {
  useSyncExternalStore(notifier.subscribe, notifier.getVersion);
}

/** The time, renewed on every tick of `everyMs`; `null` stops the clock. */
export function useNow(everyMs: number | null): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (everyMs === null) return undefined;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

/** Whether a media query matches, live. */
export function useMedia(query: string): boolean {
  const [list] = useState(() => matchMedia(query));
  return useSyncExternalStore(
    (changed) => {
      list.addEventListener('change', changed);
      return () => list.removeEventListener('change', changed);
    },
    () => list.matches,
  );
}
