import { createStore } from 'zustand/vanilla';
import { useStore } from 'zustand';

export type TransferTask =
  | { readonly kind: 'import' }
  /** The connections that are chosen at first. */
  | { readonly kind: 'export'; readonly ids: readonly string[] };

/** The dialog that is open: one for the page, as it is opened from many places. */
const open = createStore<{ readonly task: TransferTask | null }>(() => ({ task: null }));

export const openTransfer = (task: TransferTask): void => open.setState({ task });
export const closeTransfer = (): void => open.setState({ task: null });
export const useTransferTask = (): TransferTask | null => useStore(open, ({ task }) => task);
