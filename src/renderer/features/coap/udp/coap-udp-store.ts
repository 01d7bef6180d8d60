import { createStore, type StoreApi } from 'zustand/vanilla';
import type { CoapEndStyle, CoapObserveEvent, CoapUdpFailure, CoapUdpProgress, CoapUdpResponse } from '../../../../shared/contract/coap-udp.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { newId, type Engine } from '../../common/index.ts';
import { emptyDraft, readDraft, type OptionRow, type RequestDraft, type RequestInput } from './request-draft.ts';

interface ExchangeState {
  readonly label: string;
  readonly progress: CoapUdpProgress | null;
  readonly running: boolean;
  /** It was not sent at all, or its end is not known. */
  readonly error: CodedError | null;
}

export interface NotificationRow {
  readonly number: number;
  readonly response: CoapUdpResponse;
}

export interface ObservationState {
  readonly id: string;
  readonly label: string;
  readonly phase: 'registering' | 'observing' | 'ending' | 'ended';
  readonly style: CoapEndStyle | null;
  /** The newest last. */
  readonly rows: readonly NotificationRow[];
  readonly received: number;
  /** Older ones that are gone, and those the page was too slow for. */
  readonly forgotten: number;
  readonly observed: boolean;
  readonly by: Extract<CoapObserveEvent, { kind: 'ended' }>['by'] | null;
  readonly failure: CoapUdpFailure | null;
  readonly error: CodedError | null;
  /** Number of the one that is looked at; `null`: the newest. */
  readonly selected: number | null;
}

type CoapUdpView = 'response' | 'observed' | 'messages';

export interface CoapUdpState {
  readonly draft: RequestDraft;
  /** Problems are shown once the user has tried to send. */
  readonly reveal: boolean;
  readonly view: CoapUdpView;
  readonly exchange: ExchangeState | null;
  readonly observation: ObservationState | null;
}

export interface CoapUdpStore {
  readonly state: StoreApi<CoapUdpState>;
  edit(change: Partial<RequestDraft>): void;
  editOption(key: string, change: Partial<OptionRow>): void;
  addOption(): void;
  removeOption(key: string): void;
  show(view: CoapUdpView): void;
  /** False: something is wrong with the draft. */
  send(): boolean;
  cancel(): void;
  observe(): boolean;
  end(style: CoapEndStyle): Promise<void>;
  select(number: number | null): void;
}

/** Notifications kept by the page. */
const maxRows = 1000;
const maxRowBytes = 16 * 1024 * 1024;

/** The draft, the last request and the observation: they go on while another place is shown. */
export function createCoapUdpStore(engine: Pick<Engine, 'stream' | 'call'>): CoapUdpStore {
  const state = createStore<CoapUdpState>(() => ({ draft: emptyDraft, reveal: false, view: 'response', exchange: null, observation: null }));
  let closeExchange = (): void => undefined;

  const change = (part: Partial<CoapUdpState>): void => state.setState(part);
  const exchange = (part: Partial<ExchangeState>): void => {
    const before = state.getState().exchange;
    if (before) change({ exchange: { ...before, ...part } });
  };
  const observation = (id: string, update: (before: ObservationState) => Partial<ObservationState>): void => {
    const before = state.getState().observation;
    if (before?.id === id) change({ observation: { ...before, ...update(before) } });
  };
  const read = (): RequestInput | null => {
    const { input } = readDraft(state.getState().draft);
    change({ reveal: input === null });
    return input;
  };

  const store: CoapUdpStore = {
    state,
    edit: (part) => change({ draft: { ...state.getState().draft, ...part } }),
    editOption(key, part) {
      const { draft } = state.getState();
      store.edit({ options: draft.options.map((row) => (row.key === key ? { ...row, ...part } : row)) });
    },
    addOption: () => store.edit({ options: [...state.getState().draft.options, { key: newId(), number: null, text: '' }] }),
    removeOption: (key) => store.edit({ options: state.getState().draft.options.filter((row) => row.key !== key) }),
    show: (view) => change({ view }),
    send() {
      if (state.getState().exchange?.running === true) return true;
      const input = read();
      if (!input) return false;
      change({ view: 'response', exchange: { label: `${input.method} ${input.uri}`, progress: null, running: true, error: null } });
      closeExchange = engine.stream('coapUdp.request', input, {
        item: (progress) => exchange({ progress }),
        // What was sent once must not be sent again by a link that comes back.
        restart() {
          closeExchange();
          exchange({ running: false, error: lost() });
        },
        end: (error) => exchange({ running: false, error: error ?? null }),
      });
      return true;
    },
    cancel() {
      if (state.getState().exchange?.running !== true) return;
      closeExchange();
      exchange({
        running: false,
        error: new CodedError('cancelled', 'The request was cancelled.', { advice: 'Whether the server has carried it out is not known.' }),
      });
    },
    observe() {
      const before = state.getState().observation;
      if (before && before.phase !== 'ended') return true;
      const input = read();
      if (!input) return false;
      const id = newId();
      const begun: ObservationState = {
        id,
        label: `${input.method} ${input.uri}`,
        phase: 'registering',
        style: null,
        rows: [],
        received: 0,
        forgotten: 0,
        observed: false,
        by: null,
        failure: null,
        error: null,
        selected: null,
      };
      change({ view: 'observed', observation: begun });
      const close = engine.stream(
        'coapUdp.observe',
        { id, request: input },
        {
          item: (event, skipped) => observation(id, (was) => applyEvent(was, event, skipped)),
          restart() {
            close();
            observation(id, () => ({ phase: 'ended', error: lost() }));
          },
          end: (error) => observation(id, () => ({ phase: 'ended', error: error ?? null })),
        },
      );
      return true;
    },
    async end(style) {
      const { observation: running } = state.getState();
      if (running) await engine.call('coapUdp.endObservation', { id: running.id, style });
    },
    select(number) {
      const { observation: shown } = state.getState();
      if (shown) observation(shown.id, () => ({ selected: number }));
    },
  };
  return store;
}

function applyEvent(was: ObservationState, event: CoapObserveEvent, skipped: number): Partial<ObservationState> {
  const missed = { received: was.received + skipped, forgotten: was.forgotten + skipped };
  switch (event.kind) {
    case 'registered':
      return {
        ...missed,
        ...withRow({ ...was, ...missed }, event.response),
        observed: event.observed,
        phase: was.phase === 'registering' ? 'observing' : was.phase,
      };
    case 'notification':
      return { ...missed, ...withRow({ ...was, ...missed }, event.response) };
    case 'ending':
      return { ...missed, phase: 'ending', style: event.style };
    case 'ended':
      return { ...missed, phase: 'ended', by: event.by, failure: event.failure };
  }
}

function withRow(was: ObservationState, response: CoapUdpResponse): Pick<ObservationState, 'rows' | 'received' | 'forgotten'> {
  const received = was.received + 1;
  const rows = [...was.rows, { number: received, response }];
  let bytes = rows.reduce((sum, row) => sum + row.response.payload.length, 0);
  let drop = Math.max(0, rows.length - maxRows);
  for (const row of rows.slice(0, -1)) {
    if (bytes <= maxRowBytes) break;
    bytes -= row.response.payload.length;
    drop = Math.max(drop, rows.indexOf(row) + 1);
  }
  return { rows: rows.slice(drop), received, forgotten: was.forgotten + drop };
}

const lost = (): CodedError =>
  new CodedError('disconnected', 'The link to the engine was lost while this was under way.', { advice: 'The message log may tell how it ended.' });
