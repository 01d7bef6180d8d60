import { useSyncExternalStore } from 'react';
import type { EngineHealth } from '../../shared/host/preload-api.ts';
import type { LinkState } from '../../shared/ipc/connect.ts';
import { engineClient } from './client.ts';
import { desktopHost } from './open-transport.ts';

export interface Link {
  readonly state: LinkState;
  /** Why the link was lost last, in the words of the transport. */
  readonly reason: string | undefined;
  /** False until the engine has answered for the first time. */
  readonly everOpen: boolean;
  /** How often the link came back after it had been lost. */
  readonly returns: number;
  /** How the desktop host sees the engine; `undefined` in a browser. */
  readonly health: EngineHealth | undefined;
}

let link: Link = { state: 'connecting', reason: undefined, everOpen: false, returns: 0, health: undefined };
let started = false;
const listeners = new Set<() => void>();

function set(change: Partial<Link>): void {
  link = { ...link, ...change };
  for (const listener of [...listeners]) listener();
}

function start(): void {
  if (started) return;
  started = true;
  const client = engineClient();
  link = { ...link, state: client.state, everOpen: client.state === 'open' };
  client.onState((state, reason) => {
    if (state === 'open') set({ state, everOpen: true, returns: link.everOpen ? link.returns + 1 : 0 });
    else set({ state, reason: reason ?? link.reason });
  });
  desktopHost()?.onEngineHealth((health) => set({ health }));
}

/** The state of the link to the engine, outside React. */
const linkStore = {
  get: (): Link => {
    start();
    return link;
  },
  subscribe: (listener: () => void): (() => void) => {
    start();
    listeners.add(listener);
    return () => void listeners.delete(listener);
  },
};

export function useLink(): Link {
  return useSyncExternalStore(linkStore.subscribe, linkStore.get);
}
