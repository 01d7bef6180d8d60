import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { CoapBridge, CoapBridgeStatus } from '../../../../shared/contract/coap-bridges.ts';
import { useStreamValue } from '../../../data/index.ts';
import { guardUnsaved } from '../../common/index.ts';

export type BridgeTab = 'log' | 'settings';

/** What the page holds of one bridge beside what the engine says; it waits while another one is looked at. */
interface BridgeState {
  readonly tab: BridgeTab;
  /** `null`: as it is saved. */
  readonly draft: CoapBridge | null;
}

interface BridgesState {
  readonly selected: string | null;
  readonly bridges: Readonly<Record<string, BridgeState>>;
}

const fresh: BridgeState = { tab: 'log', draft: null };
const store = createStore<BridgesState>(() => ({ selected: null, bridges: {} }));

export const selectBridge = (id: string | null): void => store.setState({ selected: id });

export function setBridge(id: string, part: Partial<BridgeState>): void {
  store.setState(({ bridges }) => ({ bridges: { ...bridges, [id]: { ...(bridges[id] ?? fresh), ...part } } }));
}

export const forgetBridge = (id: string): void => store.setState(({ bridges: { [id]: _gone, ...bridges } }) => ({ bridges }));

export const useSelectedBridge = (): string | null => useStore(store, ({ selected }) => selected);
export const useBridgeState = (id: string): BridgeState => useStore(store, ({ bridges }) => bridges[id] ?? fresh);
export const useIsUnsaved = (id: string): boolean => useStore(store, ({ bridges }) => (bridges[id]?.draft ?? null) !== null);

/** As they are saved; `undefined` until the first answer. */
export const useBridges = (): readonly CoapBridge[] | undefined => useStreamValue('coapBridges.watch', undefined)?.bridges;
export const useBridgeStatuses = (): readonly CoapBridgeStatus[] | undefined => useStreamValue('coapBridges.statuses', undefined)?.statuses;

export const isOn = (status: CoapBridgeStatus | undefined): boolean => status !== undefined && status.phase !== 'stopped' && status.phase !== 'failed';

guardUnsaved(() => Object.values(store.getState().bridges).some(({ draft }) => draft !== null));
