import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { goTo } from '../common/index.ts';

/** Parts of the place: the broker with its listeners, and its clients. */
export type BrokerViewName = 'overview' | 'clients';

const chosen = createStore<{ readonly view: BrokerViewName }>(() => ({ view: 'overview' }));

/** Brings a part forward, in the place or on the way to it. */
export function showBroker(view: BrokerViewName): void {
  chosen.setState({ view });
  goTo('broker');
}

export const useBrokerView = (): BrokerViewName => useStore(chosen, ({ view }) => view);
