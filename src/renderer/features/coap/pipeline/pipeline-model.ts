import { useEffect } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { SourceId } from '../../../../shared/contract/common.ts';
import type { GfPipeline, PipelineStatus, PipelineTrace } from '../../../../shared/contract/coap-pipeline.ts';
import { useStreamValue } from '../../../data/index.ts';
import { guardUnsaved } from '../../common/index.ts';
import type { HandlerDraft } from './handler-draft.ts';

/** A message that is traced by hand. */
export interface TriedMessage {
  readonly topic: string;
  readonly text: string;
  readonly awaited: boolean;
  readonly trace: PipelineTrace | null;
}

/** What the page holds of one source beside what the engine says. */
export interface PipelineState {
  /** Id of a handler, or `default`; `null`: the first one. */
  readonly selected: string | null;
  readonly drafts: Readonly<Record<string, HandlerDraft>>;
  /** Number of a trace; `newest`: follows. */
  readonly trace: number | 'newest' | 'by-hand' | 'log';
  readonly tried: TriedMessage;
  /** As it is being saved: two changes in a row are both kept. */
  readonly saving: GfPipeline | null;
}

const fresh: PipelineState = { selected: null, drafts: {}, trace: 'newest', tried: { topic: '', text: '', awaited: true, trace: null }, saving: null };

const store = createStore<Readonly<Partial<Record<SourceId, PipelineState>>>>(() => ({}));
guardUnsaved(() => Object.values(store.getState()).some((state) => state && Object.keys(state.drafts).length > 0));

export const defaultId = 'default';

export function setPipeline(source: SourceId, part: Partial<PipelineState>): void {
  store.setState((all) => ({ ...all, [source]: { ...(all[source] ?? fresh), ...part } }));
}

export function dropSaving(source: SourceId, pipeline: GfPipeline): void {
  if (store.getState()[source]?.saving === pipeline) setPipeline(source, { saving: null });
}

export function setTried(source: SourceId, part: Partial<TriedMessage>): void {
  setPipeline(source, { tried: { ...(store.getState()[source] ?? fresh).tried, ...part } });
}

export function setDraft(source: SourceId, id: string, draft: HandlerDraft | null): void {
  const { [id]: _before, ...others } = (store.getState()[source] ?? fresh).drafts;
  setPipeline(source, { drafts: draft === null ? others : { ...others, [id]: draft } });
}

export const usePipelineState = (source: SourceId): PipelineState => useStore(store, (all) => all[source] ?? fresh);

/** `undefined` until the first answer; `null`: there are no handlers. */
export function usePipeline(source: SourceId): GfPipeline | null | undefined {
  const pipelines = useStreamValue('coapPipeline.watch', undefined)?.pipelines;
  const { saving } = usePipelineState(source);
  const saved = pipelines && (pipelines.find((one) => one.source === source) ?? null);
  const isThere = saving !== null && JSON.stringify(saving) === JSON.stringify(saved);
  useEffect(() => {
    if (isThere) setPipeline(source, { saving: null });
  }, [source, isThere]);
  return saving ?? saved;
}

export function usePipelineStatus(source: SourceId): PipelineStatus | undefined {
  return useStreamValue('coapPipeline.statuses', undefined)?.statuses.find((one) => one.source === source);
}
