import { useSyncExternalStore } from 'react';
import type { Layout as StoredLayout } from '../../shared/contract/workspace.ts';
import { engineClient } from '../data/index.ts';

type Value = StoredLayout[string];

/** Drags write often; the file need not. */
const writeAfterMs = 600;

let layout: StoredLayout = {};
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

/** What the page remembers of its own arrangement, kept in the workspace. */
export const layoutStore = {
  /** Takes over what the workspace holds; once, before the shell is shown. */
  load(stored: StoredLayout): void {
    layout = { ...stored, ...layout };
  },
  get: (key: string): Value | undefined => layout[key],
  set(key: string, value: Value): void {
    if (JSON.stringify(layout[key]) === JSON.stringify(value)) return;
    layout = { ...layout, [key]: value };
    for (const listener of [...listeners]) listener();
    clearTimeout(timer);
    timer = setTimeout(() => {
      // Not worth a message: the next change writes everything again.
      engineClient()
        .call('workspace.setLayout', layout)
        .catch(() => undefined);
    }, writeAfterMs);
  },
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  },
};

/** A remembered value under a key such as `topics.sort`. `read` turns whatever is stored into a valid value. */
export function useLayoutValue<T extends Value>(key: string, read: (stored: Value | undefined) => T): readonly [T, (value: T) => void] {
  const stored = useSyncExternalStore(layoutStore.subscribe, () => layoutStore.get(key));
  return [read(stored), (value) => layoutStore.set(key, value)];
}
