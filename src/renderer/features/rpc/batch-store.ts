import { createStore, type StoreApi } from 'zustand/vanilla';
import type { SourceId } from '../../../shared/contract/common.ts';
import type { BatchStatus, PeerState, ResultsQuery } from '../../../shared/contract/rpc-batches.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import type { Engine } from '../common/index.ts';
import { emptyPlan, type BatchInput, type BatchPlan, type CallMode } from './batch-plan.ts';

export type BatchKind = BatchStatus['kind'];

/** How the results of a fan-out are looked at. */
export interface ResultsView {
  readonly states: readonly PeerState[] | undefined;
  readonly group: string | undefined;
  readonly text: string;
  readonly sort: NonNullable<ResultsQuery['sort']>;
  readonly descending: boolean;
  readonly as: 'peers' | 'groups';
}

interface OpenPeer {
  readonly index: number;
  readonly topic: string;
  readonly method: string;
  readonly callId: number;
}

/** What the page holds of the batches of one source. */
export interface BatchState {
  readonly mode: CallMode;
  readonly plan: BatchPlan;
  /** Problems are shown once the user has tried to call. */
  readonly reveal: boolean;
  readonly starting: boolean;
  readonly refused: CodedError | null;
  /** As they were seen last: another run of the engine does not know them. */
  readonly shown: Readonly<Partial<Record<BatchKind, string>>>;
  readonly last: Readonly<Partial<Record<BatchKind, BatchStatus>>>;
  readonly results: ResultsView;
  /** The call of a peer that is looked at. */
  readonly openPeer: OpenPeer | null;
  /** The one that was looked at last. */
  readonly lastPeer: number | null;
}

export interface BatchStore {
  readonly state: StoreApi<Readonly<Partial<Record<SourceId, BatchState>>>>;
  setMode(source: SourceId, mode: CallMode): void;
  edit(source: SourceId, change: Partial<BatchPlan>): void;
  show(source: SourceId, kind: BatchKind, id: string | null): void;
  setResults(source: SourceId, change: Partial<ResultsView>): void;
  open(source: SourceId, peer: OpenPeer | null): void;
  /** What the engine knows of a source. */
  seen(source: SourceId, batches: readonly BatchStatus[]): void;
  /** `make`: what to send; `undefined` while there is a problem, which is shown then. Answers whether the engine took it. */
  start(source: SourceId, make: (mode: CallMode, plan: BatchPlan) => BatchInput | undefined): Promise<boolean>;
}

const allResults: ResultsView = { states: undefined, group: undefined, text: '', sort: 'order', descending: false, as: 'peers' };

const newState: BatchState = {
  mode: 'once',
  plan: emptyPlan,
  reveal: false,
  starting: false,
  refused: null,
  shown: {},
  last: {},
  results: allResults,
  openPeer: null,
  lastPeer: null,
};

export const batchState = (state: Readonly<Partial<Record<SourceId, BatchState>>>, source: SourceId): BatchState => state[source] ?? newState;

/** The batch that is shown: the chosen one, else the newest. `null`: there is none; `lost`: it ran when the engine ended. */
export function shownBatch(
  { shown, last }: BatchState,
  kind: BatchKind,
  batches: readonly BatchStatus[] | undefined,
): { readonly status: BatchStatus; readonly lost: boolean } | null {
  const ofKind = batches?.filter((batch) => batch.kind === kind) ?? [];
  const chosen = ofKind.find(({ id }) => id === shown[kind]);
  if (chosen) return { status: chosen, lost: false };
  const before = last[kind];
  const [newest] = ofKind;
  if (before && before.id === shown[kind]) return { status: before, lost: batches !== undefined };
  return newest ? { status: newest, lost: false } : null;
}

export function createBatchStore(engine: Engine): BatchStore {
  const state = createStore<Readonly<Partial<Record<SourceId, BatchState>>>>(() => ({}));
  const of = (source: SourceId): BatchState => batchState(state.getState(), source);
  const set = (source: SourceId, change: Partial<BatchState>): void =>
    state.setState((all) => ({ ...all, [source]: { ...batchState(all, source), ...change } }));
  const show = (source: SourceId, kind: BatchKind, id: string | null): void => {
    const {
      shown: { [kind]: _shown, ...shown },
      last: { [kind]: _last, ...last },
    } = of(source);
    set(source, { shown: id === null ? shown : { ...shown, [kind]: id }, last, openPeer: null, lastPeer: null, results: allResults });
  };
  return {
    state,
    setMode: (source, mode) => set(source, { mode, refused: null, reveal: false, openPeer: null, lastPeer: null, results: allResults }),
    edit: (source, change) => set(source, { plan: { ...of(source).plan, ...change }, refused: null }),
    show,
    setResults: (source, change) => set(source, { results: { ...of(source).results, ...change } }),
    open: (source, peer) => set(source, { openPeer: peer, lastPeer: peer?.index ?? of(source).lastPeer }),
    seen(source, batches) {
      const { shown, last } = of(source);
      const known = batches.filter(({ id, kind }) => shown[kind] === id);
      if (known.length > 0) set(source, { last: { ...last, ...Object.fromEntries(known.map((batch) => [batch.kind, batch])) } });
    },
    async start(source, make) {
      const { mode, plan, starting } = of(source);
      if (starting || mode === 'once') return false;
      set(source, { reveal: true });
      const input = make(mode, plan);
      if (!input) return false;
      set(source, { starting: true, refused: null });
      try {
        const { id } = await engine.call('rpcBatches.start', input);
        set(source, { starting: false, reveal: false });
        show(source, input.plan.kind, id);
        return true;
      } catch (error) {
        const refused = error instanceof CodedError ? error : new CodedError('internal', error instanceof Error ? error.message : String(error));
        set(source, { starting: false, refused });
        return false;
      }
    },
  };
}
