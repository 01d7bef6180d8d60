import { useStore } from 'zustand';
import { engineClient } from '../../../data/index.ts';
import { createCoapUdpStore, type CoapUdpState, type CoapUdpStore } from './coap-udp-store.ts';

let store: CoapUdpStore | undefined;

/** The page's one store of requests over UDP. */
export function coapUdpStore(): CoapUdpStore {
  store ??= createCoapUdpStore(engineClient());
  return store;
}

export function useCoapUdp<T>(select: (state: CoapUdpState) => T): T {
  return useStore(coapUdpStore().state, select);
}
