import { useEffect } from 'react';

/** What a page that is about to go asks. In a process without one (unit tests) nothing can be closed. */
const page: EventTarget | undefined = globalThis.window;

/**
 * Asks before the page is closed or reloaded while `hasUnsaved`. A store calls it once, when it is made: what is unsaved in it outlives the view it was
 * written in, and so has the question to. Returns what ends it.
 */
export function guardUnsaved(hasUnsaved: () => boolean, target = page): () => void {
  const ask = (event: Event): void => {
    if (hasUnsaved()) event.preventDefault();
  };
  target?.addEventListener('beforeunload', ask);
  return () => target?.removeEventListener('beforeunload', ask);
}

/** The same for what a dialog holds, and is lost with it. */
export function useUnsavedGuard(unsaved: boolean): void {
  useEffect(() => (unsaved ? guardUnsaved(() => true) : undefined), [unsaved]);
}
