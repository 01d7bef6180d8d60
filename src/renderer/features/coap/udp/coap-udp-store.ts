import { createStore, type StoreApi } from 'zustand/vanilla';
import type { CoapEndStyle, CoapUdpProgress } from '../../../../shared/contract/coap-udp.ts';
import { coapUdpLimits } from '../../../../shared/coap/udp/limits.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { newId, type Engine } from '../../common/index.ts';
import { applyEvent, beginObservation, isUnderWay, type ObservationState } from './observation-state.ts';
import { emptyDraft, readDraft, type RequestDraft, type RequestInput } from './request-draft.ts';

interface ExchangeState {
  readonly label: string;
  readonly progress: CoapUdpProgress | null;
  readonly running: boolean;
  /** It was not sent at all, or its end is not known. */
  readonly error: CodedError | null;
}

type CoapUdpView = 'response' | 'observed' | 'history' | 'messages';

export interface CoapUdpState {
  readonly draft: RequestDraft;
  /** Problems are shown once the user has tried to send. */
  readonly reveal: boolean;
  readonly view: CoapUdpView;
  readonly exchange: ExchangeState | null;
  /** The newest first; those that have ended stay until they are removed, or there are too many. */
  readonly observations: readonly ObservationState[];
  /** Id of the one that is shown; `null`: the first. */
  readonly shown: string | null;
}

export interface CoapUdpStore {
  readonly state: StoreApi<CoapUdpState>;
  edit(change: Partial<RequestDraft>): void;
  /** Another request into the builder. */
  load(draft: RequestDraft): void;
  /** Shows what is wrong with the draft. */
  reveal(): void;
  show(view: CoapUdpView): void;
  /** False: something is wrong with the draft. */
  send(): boolean;
  cancel(): void;
  /** False: something is wrong with the draft, or as many are observed as may be. */
  observe(): boolean;
  end(id: string, style: CoapEndStyle): Promise<void>;
  /** Of those under way. */
  endAll(style: CoapEndStyle): Promise<void>;
  /** One that has ended out of the list. */
  removeObservation(id: string): void;
  removeEnded(): void;
  showObservation(id: string): void;
  select(id: string, number: number | null): void;
}

/** Observations in the list, ended ones among them. */
const maxObservations = 2 * coapUdpLimits.observations;

/** The draft, the last request and the observations: they go on while another place is shown. */
export function createCoapUdpStore(engine: Pick<Engine, 'stream' | 'call'>, now: () => number = Date.now): CoapUdpStore {
  const state = createStore<CoapUdpState>(() => ({ draft: emptyDraft, reveal: false, view: 'response', exchange: null, observations: [], shown: null }));
  let closeExchange = (): void => undefined;

  const change = (part: Partial<CoapUdpState>): void => state.setState(part);
  const exchange = (part: Partial<ExchangeState>): void => {
    const before = state.getState().exchange;
    if (before) change({ exchange: { ...before, ...part } });
  };
  const observation = (id: string, update: (before: ObservationState) => Partial<ObservationState>): void =>
    change({ observations: state.getState().observations.map((one) => (one.id === id ? { ...one, ...update(one) } : one)) });
  const keepObservations = (keep: (one: ObservationState) => boolean): void => change({ observations: state.getState().observations.filter(keep) });
  const read = (): RequestInput | null => {
    const { input } = readDraft(state.getState().draft);
    change({ reveal: input === null });
    return input;
  };

  const store: CoapUdpStore = {
    state,
    edit: (part) => change({ draft: { ...state.getState().draft, ...part } }),
    load: (draft) => change({ draft, reveal: false }),
    reveal: () => change({ reveal: true }),
    show: (view) => change({ view }),
    send() {
      if (state.getState().exchange?.running === true) return true;
      const input = read();
      if (!input) return false;
      change({ view: 'response', exchange: { label: labelOf(input), progress: null, running: true, error: null } });
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
      const { observations } = state.getState();
      if (observations.filter(isUnderWay).length >= coapUdpLimits.observations) return false;
      const input = read();
      if (!input) return false;
      const id = newId();
      const list = [beginObservation(id, labelOf(input), now()), ...observations];
      // Of those that have ended the oldest goes; one under way always has room.
      const surplus = list.length > maxObservations ? list.findLast((one) => !isUnderWay(one)) : undefined;
      change({ view: 'observed', observations: list.filter((one) => one !== surplus), shown: id });
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
    end: (id, style) => engine.call('coapUdp.endObservation', { id, style }),
    async endAll(style) {
      const running = state.getState().observations.filter(({ phase }) => phase === 'observing' || phase === 'registering');
      // Some end by themselves meanwhile.
      const ends = await Promise.allSettled(running.map(({ id }) => store.end(id, style)));
      const refused = ends.find((end) => end.status === 'rejected' && !(end.reason instanceof CodedError && end.reason.code === 'not-found'));
      if (refused?.status === 'rejected') throw refused.reason as Error;
    },
    removeObservation: (id) => keepObservations((one) => one.id !== id || isUnderWay(one)),
    removeEnded: () => keepObservations(isUnderWay),
    showObservation: (id) => change({ shown: id }),
    select: (id, number) => observation(id, () => ({ selected: number })),
  };
  return store;
}

const labelOf = ({ method, uri }: RequestInput): string => `${method} ${uri}`;

const lost = (): CodedError =>
  new CodedError('disconnected', 'The link to the engine was lost while this was under way.', { advice: 'The message log may tell how it ended.' });
