import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { goTo } from '../common/index.ts';

/** Parts of the place: requests over MQTT, requests over UDP, devices that the workbench plays, handlers of messages, bridges between both. */
export type CoapViewName = 'mqtt' | 'udp' | 'mock' | 'handlers' | 'bridge';

const chosen = createStore<{ readonly view: CoapViewName }>(() => ({ view: 'mqtt' }));

/** Brings a part forward, in the place or on the way to it. */
export function showCoap(view: CoapViewName): void {
  chosen.setState({ view });
  goTo('coap');
}

export const useCoapView = (): CoapViewName => useStore(chosen, ({ view }) => view);
