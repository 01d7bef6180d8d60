import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';

/** Parts of the tab: who is connected, what they have subscribed to, what is kept for whom, and how much is going on. */
export type InsidePart = 'clients' | 'subscriptions' | 'sessions' | 'retained' | 'messages' | 'charts' | 'refused';

interface InsideState {
  readonly part: InsidePart;
  /** Chosen in the list of clients, or of sessions. */
  readonly clientId: string | null;
  readonly subscriptionSearch: string;
  /** A topic whose receivers are wanted. */
  readonly topic: string;
  readonly retainedTopic: string | null;
  readonly messageSearch: string;
}

export const insideStore = createStore<InsideState>(() => ({
  part: 'clients',
  clientId: null,
  subscriptionSearch: '',
  topic: '',
  retainedTopic: null,
  messageSearch: '',
}));

export const useInside = <T>(select: (state: InsideState) => T): T => useStore(insideStore, select);

export function showPart(part: InsidePart): void {
  insideStore.setState({ part });
}

export function chooseClient(clientId: string | null): void {
  insideStore.setState({ clientId });
}
