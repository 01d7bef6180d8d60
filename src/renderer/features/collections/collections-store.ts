import { createStore, type StoreApi } from 'zustand/vanilla';
import type { RunRequest, RunResult } from '../../../shared/contract/collections.ts';
import { FrameNotifier, type Engine, type Pacing } from '../common/index.ts';
import type { Assertion } from './assertion-draft.ts';
import { isWithin, movedId } from './collection-tree.ts';
import { createOpenRequests, type OpenRequests } from './open-requests.ts';
import { RunModel, type RunInput } from './run-model.ts';

/** Runs of different things that are kept to look at; the oldest goes first. */
const maxRuns = 20;
/** Requests whose last result is shown with them. */
const maxLastResults = 20_000;

export type RequestTab = 'request' | 'assertions' | 'captures' | 'script' | 'description';
export type ResultTab = 'checks' | 'answer';

/** What a request came to when it last ran, and what was asserted then. */
export interface LastResult {
  readonly result: RunResult;
  /** Unix ms. */
  readonly at: number;
  /** `null`: the file was not open here. */
  readonly assertions: readonly Assertion[] | null;
}

export interface CollectionsState {
  readonly selectedId: string | null;
  readonly collapsed: ReadonlySet<string>;
  readonly filter: string;
  /** The line of the tree whose name is being written. */
  readonly renamingId: string | null;
  readonly requestTab: RequestTab;
  readonly resultTab: ResultTab;
  /** By what is run. */
  readonly runs: Readonly<Record<string, RunModel>>;
}

export interface CollectionsStore {
  readonly state: StoreApi<CollectionsState>;
  readonly open: OpenRequests;
  /** What each request came to when it ran last; changes with every answer, and tells of it once a frame. */
  readonly lastResults: { readonly notifier: FrameNotifier; get(id: string): LastResult | undefined };
  /** Also opens the branches above it. */
  select(id: string | null): void;
  setExpanded(id: string, expanded: boolean): void;
  setFilter(filter: string): void;
  rename(id: string | null): void;
  showTab(tab: RequestTab): void;
  showResult(tab: ResultTab): void;
  /** Starts a run; one of the same thing that is under way is cancelled. */
  run(input: RunInput): RunModel;
  /** Something was renamed or moved. */
  moved(from: string, to: string): void;
  /** Something was deleted here. */
  removed(id: string): void;
}

export function createCollectionsStore(engine: Engine, pacing: Pacing, now: () => number): CollectionsStore {
  const open = createOpenRequests(engine);
  const state = createStore<CollectionsState>(() => ({
    selectedId: null,
    collapsed: new Set(),
    filter: '',
    renamingId: null,
    requestTab: 'request',
    resultTab: 'checks',
    runs: {},
  }));
  const lastResults = new Map<string, LastResult>();
  const resultsChanged = new FrameNotifier(pacing);
  const { getState, setState } = state;

  const keepResult = (request: RunRequest, result: RunResult): void => {
    if (result.state === 'skipped' || result.state === 'cancelled') return;
    lastResults.delete(request.id);
    lastResults.set(request.id, { result, at: now(), assertions: open.state.getState()[request.id]?.file?.request?.assertions ?? null });
    const [oldest] = lastResults.keys();
    if (lastResults.size > maxLastResults && oldest !== undefined) lastResults.delete(oldest);
    void resultsChanged.changed();
  };
  const withKeys = <T>(record: Readonly<Record<string, T>>, key: (id: string) => string): Readonly<Record<string, T>> =>
    Object.fromEntries(Object.entries(record).map(([id, value]) => [key(id), value]));

  return {
    state,
    open,
    lastResults: { notifier: resultsChanged, get: (id) => lastResults.get(id) },
    select: (selectedId) => {
      const collapsed = new Set([...getState().collapsed].filter((id) => selectedId === null || id === selectedId || !isWithin(selectedId, id)));
      setState({ selectedId, ...(collapsed.size === getState().collapsed.size ? {} : { collapsed }) });
    },
    setExpanded: (id, expanded) => {
      const collapsed = new Set(getState().collapsed);
      if (expanded) collapsed.delete(id);
      else collapsed.add(id);
      setState({ collapsed });
    },
    setFilter: (filter) => setState({ filter }),
    rename: (renamingId) => setState({ renamingId }),
    showTab: (requestTab) => setState({ requestTab }),
    showResult: (resultTab) => setState({ resultTab }),
    run: (input) => {
      const { [input.id]: before, ...others } = getState().runs;
      before?.cancel();
      const run = new RunModel(engine, pacing, input, now, keepResult);
      const runs = Object.entries(others);
      const idle = runs.find(([, { active }]) => !active);
      if (runs.length >= maxRuns && idle) runs.splice(runs.indexOf(idle), 1);
      setState({ runs: { ...Object.fromEntries(runs), [input.id]: run } });
      return run;
    },
    moved: (from, to) => {
      const { selectedId, collapsed, runs } = getState();
      open.move(from, to);
      for (const [id, last] of [...lastResults]) {
        const next = movedId(id, from, to);
        if (next === id) continue;
        lastResults.delete(id);
        lastResults.set(next, last);
      }
      setState({
        selectedId: selectedId === null ? null : movedId(selectedId, from, to),
        collapsed: new Set([...collapsed].map((id) => movedId(id, from, to))),
        runs: withKeys(runs, (id) => movedId(id, from, to)),
      });
    },
    removed: (gone) => {
      const { selectedId, runs } = getState();
      open.drop(gone);
      for (const [id, run] of Object.entries(runs)) if (isWithin(id, gone)) run.cancel();
      setState({
        ...(selectedId !== null && isWithin(selectedId, gone) ? { selectedId: null } : {}),
        runs: Object.fromEntries(Object.entries(runs).filter(([id]) => !isWithin(id, gone))),
      });
    },
  };
}
