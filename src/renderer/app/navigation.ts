import { useSyncExternalStore } from 'react';

/** The id in an address such as `#/topics`. */
function placeOfHash(hash: string): string | undefined {
  return /^#\/([A-Za-z0-9_-]+)/.exec(hash)?.[1];
}

/** The address decides which place is shown, so links, history and reloads work as in any page. */
export function useHashPlace(): string | undefined {
  return useSyncExternalStore(
    (changed) => {
      window.addEventListener('hashchange', changed);
      return () => window.removeEventListener('hashchange', changed);
    },
    () => placeOfHash(location.hash),
  );
}

export function goToPlace(id: string): void {
  location.hash = `#/${id}`;
}
