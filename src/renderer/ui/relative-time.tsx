import { useSyncExternalStore } from 'react';
import { ageText } from './age-text.ts';

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let nowMs = Date.now();

/** One clock for all of them. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    nowMs = Date.now();
    for (const tell of [...listeners]) tell();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** How long ago something was, kept up to date; the exact time is in the title. */
export function RelativeTime({ timeMs }: { readonly timeMs: number }) {
  const text = useSyncExternalStore(subscribe, () => ageText(Math.max(nowMs, timeMs) - timeMs));
  const date = new Date(timeMs);
  return (
    <time dateTime={date.toISOString()} title={date.toLocaleString()}>
      {text}
    </time>
  );
}
