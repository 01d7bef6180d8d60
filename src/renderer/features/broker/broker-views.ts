import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { SourceId } from '../../../shared/contract/common.ts';
import { goTo } from '../common/index.ts';
import { wantClient, wantSequence } from './packets/packets-store.ts';

/** Parts of the place: the broker with its listeners, its clients, who may do what, the packets, faults, scripts that handle what clients do, and ways to other brokers. */
export type BrokerViewName = 'overview' | 'clients' | 'access' | 'packets' | 'faults' | 'handlers' | 'bridges' | 'redis';

const chosen = createStore<{ readonly view: BrokerViewName }>(() => ({ view: 'overview' }));

/** Brings a part forward, in the place or on the way to it. `clientId`: packets of this client of the local broker only. */
export function showBroker(view: BrokerViewName, clientId?: string): void {
  if (view === 'packets' && clientId !== undefined) wantClient(clientId);
  chosen.setState({ view });
  goTo('broker');
}

/** Draws the ways of messages of the history, above them the packets of their source. */
export function showSequenceOf(source: SourceId, messages: readonly number[], title: string): void {
  wantSequence(source, messages, title);
  showBroker('packets');
}

export const useBrokerView = (): BrokerViewName => useStore(chosen, ({ view }) => view);
