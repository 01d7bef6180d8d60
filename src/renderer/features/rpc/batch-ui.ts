import { createContext, useContext, type ComponentType } from 'react';
import { useStore } from 'zustand';
import type { SourceId } from '../../../shared/contract/common.ts';
import type { BatchStatus, PeerResult } from '../../../shared/contract/rpc-batches.ts';
import type { SourceOption } from '../common/index.ts';
import { batchState, type BatchState, type BatchStore } from './batch-store.ts';

/** What is called, in the words of the place that shows it. */
export interface BatchWords {
  /** `call`, `request`. */
  readonly call: string;
  /** `peer`, `device`. */
  readonly peer: string;
  /** As it begins a button: `Call`, `Send`. */
  readonly act: string;
  /** `answer`, `response`. */
  readonly answer: string;
  /** The tab with all of them. */
  readonly list: string;
}

/** Where batches are shown: their state in the page, their words, and what one call of them looks like. */
export interface BatchUi {
  readonly store: BatchStore;
  readonly words: BatchWords;
  readonly command: { readonly id: string; readonly group: string; readonly place: string; readonly view?: string; readonly shortcut?: string };
  /** Of the batches of a source those that are shown. */
  readonly shows: (batch: BatchStatus) => boolean;
  /** Whom a result is of, in a line. */
  readonly labelOf: (row: Pick<PeerResult, 'topic' | 'method'>) => string;
  /** A call of the batch. */
  readonly Answer: ComponentType<{ readonly source: SourceOption; readonly id: number }>;
  /** Opens the list with a call. */
  readonly lookAt: (source: SourceId, id: number) => void;
  /** Opens the list with the calls that have a correlation id. */
  readonly showGroup?: (source: SourceId, correlationId: string) => void;
}

const BatchUiContext = createContext<BatchUi | null>(null);
export const BatchUiProvider = BatchUiContext.Provider;

export function useBatchUi(): BatchUi {
  const ui = useContext(BatchUiContext);
  if (!ui) throw new Error('A batch is shown outside of a place that has batches.');
  return ui;
}

/** Of the place around it. */
export function useBatch<T>(source: SourceId, select: (state: BatchState) => T): T {
  return useStore(useBatchUi().store.state, (state) => select(batchState(state, source)));
}
