import { createStore, type StoreApi } from 'zustand/vanilla';
import type { SourceId } from '../../../shared/contract/common.ts';
import type { CallDetail, DialectId } from '../../../shared/contract/rpc.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import { newId, type Engine, type Pacing } from '../common/index.ts';
import {
  builderDraftOf,
  draftOf,
  emptyDraft,
  escapedTarget,
  offerParams,
  retarget,
  toCallInput,
  type CallDraft,
  type CallInput,
  type CallTarget,
} from './call-draft.ts';
import { noFilter, type CallsFilter } from './calls-filter.ts';
import { CallsView } from './calls-view.ts';
import { methodKey } from './rpc-words.ts';
import type { Variables } from './variables.ts';
import { RpcTreeView } from './rpc-tree-view.ts';

/** Views kept open behind the visible one, so that coming back finds its branches as they were left. */
const maxViews = 6;
/** Methods whose params and last call are remembered. */
const maxRemembered = 500;

export type RpcTab = 'call' | 'calls' | 'peers' | 'events' | 'nodes';

/** What the page holds of one source. */
export interface SourceState {
  readonly draft: CallDraft;
  /** What the draft was started from, as it is marked in the tree. */
  readonly selected: 'service' | 'method';
  /** Problems are shown once the user has tried to call. */
  readonly reveal: boolean;
  /** The request is being handed over. */
  readonly calling: boolean;
  /** Why the last call could not be sent. */
  readonly refused: CodedError | null;
  /** The call whose answer stands below the builder. */
  readonly shownCall: number | null;
  /** The call that is selected in the list. */
  readonly selectedCall: number | null;
  readonly tab: RpcTab;
}

export interface RpcState {
  /** What the user picked; the effective source may differ while it does not exist. */
  readonly chosenSource: SourceId | null;
  /** Of the tree. */
  readonly filter: string;
  readonly callsFilter: CallsFilter;
  /** Params as fields instead of JSON, where a method can be shown so. */
  readonly asForm: boolean;
  /** The dialog with the dialects of the user is open. */
  readonly managingDialects: boolean;
  readonly sources: Readonly<Partial<Record<SourceId, SourceState>>>;
}

const newSource: SourceState = {
  draft: emptyDraft,
  selected: 'method',
  reveal: false,
  calling: false,
  refused: null,
  shownCall: null,
  selectedCall: null,
  tab: 'call',
};

interface Remembered {
  readonly params: string | undefined;
  readonly call: number | null;
}

export interface RpcStore {
  readonly state: StoreApi<RpcState>;
  /** The tree of a source, opened when first asked for. */
  treeOf(source: SourceId): RpcTreeView;
  /** A list of calls of its own; the caller closes it. */
  openCalls(source: SourceId): CallsView;
  choose(source: SourceId): void;
  setFilter(filter: string): void;
  setCallsFilter(change: Partial<CallsFilter>): void;
  /** Opens the list with the calls of a service or method, and no other filter. */
  showCalls(source: SourceId, of: { readonly topic: string; readonly method?: string }): void;
  setAsForm(asForm: boolean): void;
  manageDialects(open: boolean): void;
  setTab(source: SourceId, tab: RpcTab): void;
  /** A method of the tree, or a service (with an empty method): goes to the builder with what was last written for it. */
  select(source: SourceId, target: CallTarget, kind?: SourceState['selected']): void;
  edit(source: SourceId, change: Partial<Omit<CallDraft, 'paramsFrom'>>): void;
  offerParams(source: SourceId, key: string, params: string): void;
  /** What "Auto" means for a topic; of no account once the draft is about something else. */
  resolveDialect(source: SourceId, topic: string, dialect: DialectId): void;
  selectCall(source: SourceId, id: number | null): void;
  /** Puts a call into the builder. */
  load(source: SourceId, call: CallDetail): void;
  /** Sends the draft; answers whether the engine took it. Why not is in the state. */
  call(source: SourceId, variables?: Variables | null): Promise<boolean>;
  /** Sends a call once more, as it was. */
  repeat(source: SourceId, call: CallDetail): Promise<boolean>;
  close(): void;
}

export const sourceState = (state: RpcState, source: SourceId): SourceState => state.sources[source] ?? newSource;

export function createRpcStore(engine: Engine, pacing: Pacing): RpcStore {
  const state = createStore<RpcState>(() => ({
    chosenSource: null,
    filter: '',
    callsFilter: noFilter,
    asForm: false,
    managingDialects: false,
    sources: {},
  }));
  const views = new Map<SourceId, RpcTreeView>();
  const memory = new Map<string, Remembered>();

  const of = (source: SourceId): SourceState => sourceState(state.getState(), source);
  const set = (source: SourceId, change: Partial<SourceState>): void =>
    state.setState(({ sources }) => ({ sources: { ...sources, [source]: { ...(sources[source] ?? newSource), ...change } } }));
  const memorise = (source: SourceId, target: CallTarget, change: Partial<Remembered>): void => {
    const key = `${source} ${methodKey(target)}`;
    const known = memory.get(key);
    memory.delete(key);
    memory.set(key, { params: undefined, call: null, ...known, ...change });
    if (memory.size > maxRemembered) memory.delete(memory.keys().next().value as string);
  };
  const remember = (source: SourceId): void => {
    const { draft } = of(source);
    memorise(source, draft, { params: draft.paramsFrom === 'typed' ? draft.params : undefined });
  };
  let instance = engine.instance;
  /** Another run of the engine numbers its calls anew: the old numbers would name others. */
  const onReturn = (): void => {
    if (engine.instance === instance) return;
    instance = engine.instance;
    for (const [key, known] of memory) memory.set(key, { ...known, call: null });
    for (const source of Object.keys(state.getState().sources) as SourceId[]) set(source, { shownCall: null, selectedCall: null });
  };
  const send = async (source: SourceId, input: CallInput, target: CallTarget): Promise<boolean> => {
    set(source, { calling: true, refused: null });
    try {
      const { id } = await engine.call('rpc.call', input);
      instance = engine.instance;
      memorise(source, target, { call: id });
      set(source, { calling: false, reveal: false, shownCall: id, selectedCall: id });
      return true;
    } catch (error) {
      const refused = error instanceof CodedError ? error : new CodedError('internal', error instanceof Error ? error.message : String(error));
      set(source, { calling: false, refused });
      return false;
    }
  };

  return {
    state,
    treeOf: (source) => {
      const { filter } = state.getState();
      let view = views.get(source);
      if (view?.error) {
        view.close();
        view = undefined;
      }
      view ??= new RpcTreeView(engine, source, newId(), pacing, filter, onReturn);
      // The order of insertion is the order of last use.
      views.delete(source);
      views.set(source, view);
      view.setFilter(filter);
      for (const [oldest, old] of views) {
        if (views.size <= maxViews) break;
        old.close();
        views.delete(oldest);
      }
      return view;
    },
    openCalls: (source) => new CallsView(engine, source, pacing, state.getState().callsFilter),
    choose: (chosenSource) => state.setState({ chosenSource }),
    setFilter: (filter) => {
      state.setState({ filter });
      [...views.values()].at(-1)?.setFilter(filter);
    },
    setCallsFilter: (change) => state.setState(({ callsFilter }) => ({ callsFilter: { ...callsFilter, ...change } })),
    showCalls: (source, { topic, method = '' }) => {
      state.setState({ callsFilter: { ...noFilter, topic, method } });
      set(source, { tab: 'calls' });
    },
    setAsForm: (asForm) => state.setState({ asForm }),
    manageDialects: (managingDialects) => state.setState({ managingDialects }),
    setTab: (source, tab) => set(source, { tab }),
    select: (source, seen, selected = 'method') => {
      const { draft } = of(source);
      const target = escapedTarget(seen);
      if (methodKey(draft) === methodKey(target)) return set(source, { selected, tab: 'call' });
      remember(source);
      const known = memory.get(`${source} ${methodKey(target)}`);
      const params = known?.params === undefined ? ({ params: '', paramsFrom: 'nothing' } as const) : ({ params: known.params, paramsFrom: 'typed' } as const);
      set(source, {
        draft: { ...draft, ...target, auto: false, ...params },
        selected,
        reveal: false,
        refused: null,
        shownCall: known?.call ?? null,
        tab: 'call',
      });
    },
    edit: (source, { dialect, topic, method, ...others }) => {
      const { draft } = of(source);
      const target = { ...(dialect === undefined ? {} : { dialect }), ...(topic === undefined ? {} : { topic }), ...(method === undefined ? {} : { method }) };
      const typed = others.params === undefined ? {} : ({ paramsFrom: 'typed' } as const);
      set(source, {
        draft: { ...retarget(draft, target), ...others, ...typed },
        refused: null,
        ...(Object.keys(target).length > 0 ? { selected: 'method' } : {}),
      });
    },
    offerParams: (source, key, params) => {
      const { draft } = of(source);
      const next = offerParams(draft, key, params);
      if (next !== draft) set(source, { draft: next });
    },
    resolveDialect: (source, topic, dialect) => {
      const { draft } = of(source);
      if (draft.auto && draft.topic === topic && draft.dialect !== dialect) set(source, { draft: retarget(draft, { dialect }) });
    },
    selectCall: (source, selectedCall) => set(source, { selectedCall }),
    load: (source, call) => {
      remember(source);
      set(source, { draft: builderDraftOf(call), selected: 'method', reveal: false, refused: null, shownCall: call.id, tab: 'call' });
    },
    call: async (source, variables) => {
      const { draft, calling } = of(source);
      if (calling) return false;
      set(source, { reveal: true });
      const input = toCallInput(source, draft, variables);
      return input !== undefined && (await send(source, input, draft));
    },
    repeat: async (source, call) => {
      const input = toCallInput(source, draftOf(call));
      return input !== undefined && !of(source).calling && (await send(source, input, escapedTarget(call)));
    },
    close: () => {
      for (const view of views.values()) view.close();
      views.clear();
    },
  };
}
