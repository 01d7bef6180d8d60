import { useEffect } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type {
  BrokerHandler,
  HandlersStatus,
  HandlerStatus,
  SavedHandler,
  SavedHandlers,
  TriedEvent,
  TryResult,
} from '../../../../shared/contract/broker-handlers.ts';
import { useStreamValue } from '../../../data/index.ts';
import { guardUnsaved } from '../../common/index.ts';

/** A handler as it is being changed. */
export interface HandlerDraft {
  readonly handler: BrokerHandler;
  /** Of the file it was made from. */
  readonly revision: string;
  /** It was saved as this, which has not come back yet. */
  readonly savedAs: string | null;
}

export type LowerView = 'console' | 'try' | 'state';

export interface HandlersState {
  /** `null`: the first one. */
  readonly selected: string | null;
  readonly drafts: Readonly<Record<string, HandlerDraft>>;
  readonly lower: LowerView;
  /** Only lines of the chosen handler. */
  readonly ownLines: boolean;
  readonly tried: Readonly<Record<string, { readonly event: TriedEvent; readonly result: TryResult | null }>>;
}

const store = createStore<HandlersState>(() => ({ selected: null, drafts: {}, lower: 'console', ownLines: false, tried: {} }));
guardUnsaved(() => Object.values(store.getState().drafts).some(({ savedAs }) => savedAs === null));

export const useHandlersState = (): HandlersState => useStore(store);

export function setHandlers(part: Partial<HandlersState>): void {
  store.setState(part);
}

export function setDraft(id: string, draft: HandlerDraft | null): void {
  const { [id]: _before, ...others } = store.getState().drafts;
  store.setState({ drafts: draft === null ? others : { ...others, [id]: draft } });
}

export const draftOf = (id: string): HandlerDraft | undefined => store.getState().drafts[id];

export function setTried(id: string, event: TriedEvent, result: TryResult | null): void {
  store.setState(({ tried }) => ({ tried: { ...tried, [id]: { event, result } } }));
}

/** What a handler is tried with at first. */
export function firstEvent({ on, pattern }: BrokerHandler): TriedEvent {
  const topic = pattern
    .replaceAll('{client}', 'device-1')
    .replaceAll(/\{(\w+)\}/g, '$1-1')
    .replaceAll('+', 'level')
    .replace(/\/?#$/, (end) => (end === '#' ? 'lab/test' : '/test'));
  const isClient = on === 'connect' || on === 'disconnect';
  return {
    ...{ clientId: isClient ? pattern.replaceAll('*', '1') || 'device-1' : 'device-1', username: null, topic: isClient ? '' : topic },
    ...{ payload: { text: on === 'publish' ? '215' : '' }, qos: 0, retain: false },
  };
}

/** A file, and whether it was deleted while something of it was unsaved. */
export interface HandlerRow {
  readonly saved: SavedHandler;
  readonly isGone: boolean;
}

/** `undefined` until the first answer. Drafts that were saved, and came back as files, are let go. */
export function useHandlers(): { readonly files: SavedHandlers; readonly rows: readonly HandlerRow[] } | undefined {
  const files = useStreamValue('brokerHandlers.watch', undefined);
  const { drafts } = useHandlersState();
  useEffect(() => {
    for (const [id, { savedAs }] of Object.entries(drafts)) {
      if (savedAs !== null && files?.handlers.some((saved) => saved.id === id && saved.revision === savedAs) === true) setDraft(id, null);
    }
  }, [files, drafts]);
  if (files === undefined) return undefined;
  const rows: HandlerRow[] = files.handlers.map((saved) => ({ saved, isGone: false }));
  for (const [id, { handler, savedAs, revision }] of Object.entries(drafts)) {
    // A new one is on its way.
    if (!rows.some(({ saved }) => saved.id === id)) rows.push({ saved: { id, revision, handler, problem: null }, isGone: savedAs === null });
  }
  return { files, rows };
}

export const useHandlersStatus = (): HandlersStatus | undefined => useStreamValue('brokerHandlers.status', undefined);

export function statusOf(status: HandlersStatus | undefined, id: string): HandlerStatus | undefined {
  return status?.handlers.find((one) => one.id === id);
}
