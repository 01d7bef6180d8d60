import { createStore, type StoreApi } from 'zustand/vanilla';
import type { SourceId } from '../../../../shared/contract/common.ts';
import type { CallDetail } from '../../../../shared/contract/rpc.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { newId, type Engine, type Pacing } from '../../common/index.ts';
import { escapeBracesInJson } from '../../../../shared/template/index.ts';
import { batchState, CallsView, createBatchStore, GroupsView, noCallsFilter, RpcTreeView, type BatchStore, type Variables } from '../../rpc/index.ts';
import { lineOf, roomForLines, toBatch, type BatchLine } from './batch-plan.ts';
import { newUuid } from './new-uuid.ts';
import { serviceTopic, type DeviceAddress } from './coap-address.ts';
import {
  builderDraftOf,
  draftOf,
  emptyDraft,
  escapedTarget,
  methodName,
  toRequestInput,
  type RequestDraft,
  type RequestInput,
  type RequestTarget,
} from './request-draft.ts';

/** Trees kept open behind the visible one. */
const maxViews = 6;
/** Resources whose body and last request are remembered. */
const maxRemembered = 500;

export type CoapTab = 'request' | 'requests';

/** What the page holds of one source. */
export interface CoapSource {
  readonly draft: RequestDraft;
  /** A device is marked in the tree, and not one of its resources. */
  readonly onDevice: boolean;
  /** Problems are shown once the user has tried to send. */
  readonly reveal: boolean;
  readonly sending: boolean;
  /** Why the last request could not be sent. */
  readonly refused: CodedError | null;
  /** The request whose response stands below the builder. */
  readonly shown: number | null;
  /** The one that is selected in the list. */
  readonly selected: number | null;
  readonly tab: CoapTab;
  /** The requests of a batch, in their order. */
  readonly lines: readonly BatchLine[];
  /** The requests of a batch get one correlation id, where none is written. */
  readonly share: boolean;
  /** The correlation id whose requests are listed alone. */
  readonly group: string | null;
}

export interface CoapState {
  readonly chosenSource: SourceId | null;
  /** Of the tree. */
  readonly filter: string;
  /** Of the list: words, and whether only problems are shown. */
  readonly text: string;
  readonly onlyProblems: boolean;
  /** By correlation id. */
  readonly grouped: boolean;
  readonly sources: Readonly<Partial<Record<SourceId, CoapSource>>>;
}

const newSource: CoapSource = {
  ...{
    draft: emptyDraft,
    onDevice: false,
    reveal: false,
    sending: false,
    refused: null,
    shown: null,
    selected: null,
    tab: 'request',
    lines: [],
    share: true,
    group: null,
  },
};

export const sourceOf = (state: CoapState, source: SourceId): CoapSource => state.sources[source] ?? newSource;

/** Identity of a resource and method within a source. */
export const draftKey = (target: RequestTarget): string => `${serviceTopic(target)}\n${methodName(target)}`;

export interface CoapStore {
  readonly state: StoreApi<CoapState>;
  /** The tree of a source, opened when first asked for. */
  treeOf(source: SourceId): RpcTreeView;
  /** Repeated requests, those to many devices, and lists of them. */
  readonly batches: BatchStore;
  /** A list of requests of its own, maybe of one correlation id; the caller closes it. */
  openRequests(source: SourceId, correlationId: string | null): CallsView;
  /** The same by correlation id. */
  openGroups(source: SourceId): GroupsView;
  /** Lists the requests of a correlation id, and nothing else; `null`: all. */
  showGroup(source: SourceId, correlationId: string | null): void;
  setGrouped(grouped: boolean): void;
  setShare(source: SourceId, share: boolean): void;
  /** What stands in the builder becomes the last request of the batch; false: there is no more room. */
  addLine(source: SourceId): boolean;
  removeLine(source: SourceId, key: number): void;
  /** One place up (-1) or down (1). */
  moveLine(source: SourceId, key: number, step: 1 | -1): void;
  clearLines(source: SourceId): void;
  /** A request of the batch goes back to the builder, out of the list. */
  takeLine(source: SourceId, key: number): void;
  choose(source: SourceId): void;
  setFilter(filter: string): void;
  setListFilter(change: Partial<Pick<CoapState, 'text' | 'onlyProblems'>>): void;
  setTab(source: SourceId, tab: CoapTab): void;
  selectRequest(source: SourceId, id: number | null): void;
  /** A resource of the tree goes to the builder, with the body last written for it. */
  select(source: SourceId, target: RequestTarget): void;
  selectDevice(source: SourceId, address: DeviceAddress): void;
  edit(source: SourceId, change: Partial<RequestDraft>): void;
  /** A body to start from, unless the user has written one or turned to something else. */
  offerBody(source: SourceId, key: string, body: string): void;
  /** Puts a request into the builder. */
  load(source: SourceId, call: CallDetail): void;
  /** Once or as a batch, as is chosen. Answers whether the engine took it. Why not is in the state. */
  send(source: SourceId, variables: Variables | null): Promise<boolean>;
  /** Sends a request once more, under a new id. */
  resend(source: SourceId, call: CallDetail): Promise<boolean>;
}

interface Remembered {
  readonly body: string | null;
  readonly bodyAs: RequestDraft['bodyAs'];
  readonly shown: number | null;
}

export function createCoapStore(engine: Engine, pacing: Pacing): CoapStore {
  const state = createStore<CoapState>(() => ({ chosenSource: null, filter: '', text: '', onlyProblems: false, grouped: false, sources: {} }));
  const batches = createBatchStore(engine);
  const views = new Map<SourceId, RpcTreeView>();
  const memory = new Map<string, Remembered>();
  const of = (source: SourceId): CoapSource => sourceOf(state.getState(), source);
  const set = (source: SourceId, change: Partial<CoapSource>): void =>
    state.setState(({ sources }) => ({ sources: { ...sources, [source]: { ...(sources[source] ?? newSource), ...change } } }));
  const remember = (source: SourceId, change: Partial<Remembered> = {}): void => {
    const { draft } = of(source);
    const key = `${source} ${draftKey(draft)}`;
    const known = memory.get(key);
    memory.delete(key);
    memory.set(key, { shown: known?.shown ?? null, body: draft.bodyTyped ? draft.body : null, bodyAs: draft.bodyAs, ...change });
    if (memory.size > maxRemembered) memory.delete(memory.keys().next().value as string);
  };
  let instance = engine.instance;
  /** Another run of the engine numbers requests anew: the old numbers would name others. */
  const onReturn = (): void => {
    if (engine.instance === instance) return;
    instance = engine.instance;
    for (const [key, known] of memory) memory.set(key, { ...known, shown: null });
    for (const source of Object.keys(state.getState().sources) as SourceId[]) set(source, { shown: null, selected: null });
  };
  const send = async (source: SourceId, input: RequestInput | undefined): Promise<boolean> => {
    if (input === undefined || of(source).sending) return false;
    set(source, { sending: true, refused: null });
    try {
      const { id } = await engine.call('rpc.call', input);
      instance = engine.instance;
      remember(source, { shown: id });
      set(source, { sending: false, reveal: false, shown: id, selected: id });
      return true;
    } catch (error) {
      const refused = error instanceof CodedError ? error : new CodedError('internal', error instanceof Error ? error.message : String(error));
      set(source, { sending: false, refused });
      return false;
    }
  };
  const listFilter = ({ text, onlyProblems }: CoapState) => ({ ...noCallsFilter, text, choice: onlyProblems ? ('problems' as const) : ('all' as const) });

  return {
    state,
    treeOf: (source) => {
      const { filter } = state.getState();
      let view = views.get(source);
      if (view?.error) {
        view.close();
        view = undefined;
      }
      view ??= new RpcTreeView(engine, source, newId(), pacing, filter, onReturn, 'only-gf');
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
    batches,
    openRequests: (source, correlationId) =>
      new CallsView(engine, source, pacing, listFilter(state.getState()), { dialect: 'gf', ...(correlationId === null ? {} : { correlationId }) }),
    openGroups: (source) => new GroupsView(engine, source, pacing, listFilter(state.getState()), { dialect: 'gf' }),
    showGroup: (source, group) => set(source, { group, tab: 'requests', selected: null }),
    setGrouped: (grouped) => state.setState({ grouped }),
    setShare: (source, share) => set(source, { share }),
    addLine: (source) => {
      const { lines, draft } = of(source);
      if (lines.length >= roomForLines) return false;
      set(source, { lines: [...lines, lineOf(draft)] });
      return true;
    },
    removeLine: (source, key) => set(source, { lines: of(source).lines.filter((line) => line.key !== key) }),
    moveLine: (source, key, step) => {
      const lines = [...of(source).lines];
      const at = lines.findIndex((line) => line.key === key);
      const [line, other] = [lines[at], lines[at + step]];
      if (line === undefined || other === undefined) return;
      [lines[at], lines[at + step]] = [other, line];
      set(source, { lines });
    },
    clearLines: (source) => set(source, { lines: [] }),
    takeLine: (source, key) => {
      const { lines, draft } = of(source);
      const line = lines.find((one) => one.key === key);
      if (!line) return;
      const { key: _key, ...written } = line;
      set(source, { lines: lines.filter((one) => one !== line), draft: { ...draft, ...written, bodyTyped: true }, onDevice: false, refused: null });
    },
    choose: (chosenSource) => state.setState({ chosenSource }),
    setFilter: (filter) => {
      state.setState({ filter });
      [...views.values()].at(-1)?.setFilter(filter);
    },
    setListFilter: (change) => state.setState(change),
    setTab: (source, tab) => set(source, { tab }),
    selectRequest: (source, selected) => set(source, { selected }),
    select: (source, seen) => {
      const { draft } = of(source);
      const target = escapedTarget(seen);
      if (draftKey(draft) === draftKey(target)) return set(source, { onDevice: false, tab: 'request' });
      remember(source);
      const known = memory.get(`${source} ${draftKey(target)}`);
      const body = known?.body ?? null;
      const next = { ...draft, ...target, body: body ?? '', bodyAs: known?.bodyAs ?? ('json' as const), bodyTyped: body !== null, requestId: '' };
      set(source, { draft: next, onDevice: false, reveal: false, refused: null, shown: known?.shown ?? null, tab: 'request' });
    },
    selectDevice: (source, address) => {
      remember(source);
      set(source, { draft: { ...of(source).draft, ...address }, onDevice: true, refused: null, tab: 'request' });
    },
    edit: (source, change) => {
      const { draft } = of(source);
      const next = { ...draft, ...change, ...(change.body === undefined ? {} : { bodyTyped: true }) };
      // What was only offered belongs to the resource it was offered for.
      const offered = !next.bodyTyped && draftKey(next) !== draftKey(draft) ? { body: '', bodyAs: 'json' as const } : {};
      set(source, { draft: { ...next, ...offered }, refused: null, onDevice: false });
    },
    offerBody: (source, key, body) => {
      const { draft } = of(source);
      if (body !== '' && draft.bodyAs === 'json' && draft.body === '' && !draft.bodyTyped && draftKey(draft) === key)
        set(source, { draft: { ...draft, body: escapeBracesInJson(body) } });
    },
    load: (source, call) => {
      remember(source);
      set(source, { draft: builderDraftOf(call), onDevice: false, reveal: false, refused: null, shown: call.id, tab: 'request' });
    },
    send: (source, variables) => {
      const { draft, lines, share } = of(source);
      const { mode } = batchState(batches.state.getState(), source);
      if (mode !== 'once') return batches.start(source, (asked, plan) => toBatch(source, draft, { mode: asked, plan, lines, share }, variables, newUuid));
      set(source, { reveal: true });
      return send(source, toRequestInput(source, draft, variables));
    },
    resend: (source, call) => send(source, toRequestInput(source, draftOf(call))),
  };
}
