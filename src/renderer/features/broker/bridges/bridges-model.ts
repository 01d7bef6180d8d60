import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { Intercept, InterceptStatus, InterceptView } from '../../../../shared/contract/broker-intercepts.ts';
import type { TopicBridge, TopicBridgeStatus, TopicBridgeView } from '../../../../shared/contract/topic-bridges.ts';
import { useStreamValue } from '../../../data/index.ts';
import { guardUnsaved } from '../../common/index.ts';
import type { ListenerDraft } from '../listeners/listener-draft.ts';

/** What is to become of a stored password: a text sets it, `null` removes it, `undefined` keeps it. */
export type PasswordChange = string | null | undefined;

export interface InterceptDraft {
  readonly kind: 'intercept';
  readonly intercept: Omit<Intercept, 'listener'>;
  readonly listener: ListenerDraft;
  readonly password: PasswordChange;
}

export interface TopicDraft {
  readonly kind: 'topic';
  readonly bridge: TopicBridge;
  readonly password: PasswordChange;
}

export type BridgeDraft = InterceptDraft | TopicDraft;
export type BridgeTab = 'state' | 'settings';

/** What the page holds of one beside what the engine says; it waits while another one is looked at. */
interface BridgeState {
  readonly tab: BridgeTab;
  /** `null`: as it is saved. */
  readonly draft: BridgeDraft | null;
}

interface State {
  readonly selected: string | null;
  readonly states: Readonly<Record<string, BridgeState>>;
}

const fresh: BridgeState = { tab: 'state', draft: null };
const store = createStore<State>(() => ({ selected: null, states: {} }));

export const selectBridge = (id: string | null): void => store.setState({ selected: id });

export function setBridge(id: string, part: Partial<BridgeState>): void {
  store.setState(({ states }) => ({ states: { ...states, [id]: { ...(states[id] ?? fresh), ...part } } }));
}

export const forgetBridge = (id: string): void => store.setState(({ states: { [id]: _gone, ...states } }) => ({ states }));

export const useSelectedBridge = (): string | null => useStore(store, ({ selected }) => selected);
export const useBridgeState = (id: string): BridgeState => useStore(store, ({ states }) => states[id] ?? fresh);
export const useIsUnsaved = (id: string): boolean => useStore(store, ({ states }) => (states[id]?.draft ?? null) !== null);

/** As they are saved; `undefined` until the first answer. */
export const useTopicBridges = (): readonly TopicBridgeView[] | undefined => useStreamValue('topicBridges.watch', undefined)?.bridges;
export const useTopicBridgeStatuses = (): readonly TopicBridgeStatus[] | undefined => useStreamValue('topicBridges.statuses', undefined)?.statuses;

export const isInterceptOn = (status: InterceptStatus | undefined): boolean => status?.phase === 'running' || status?.phase === 'starting';
export const isTopicBridgeOn = (status: TopicBridgeStatus | undefined): boolean =>
  status !== undefined && status.phase !== 'stopped' && status.phase !== 'failed';

/** As the contract takes it: without what only the page is told. */
export const plainIntercept = ({ passwordSet: _set, ...intercept }: InterceptView): Intercept => intercept;
export const plainBridge = ({ passwordSet: _set, ...bridge }: TopicBridgeView): TopicBridge => bridge;

guardUnsaved(() => Object.values(store.getState().states).some(({ draft }) => draft !== null));
