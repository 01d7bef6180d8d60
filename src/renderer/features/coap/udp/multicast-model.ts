import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { CoapMulticastProgress } from '../../../../shared/contract/coap-multicast.ts';
import { isMulticast } from '../../../../shared/coap/udp/multicast-address.ts';
import { parseCoapUri } from '../../../../shared/coap/udp/uri.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { engineClient } from '../../../data/index.ts';
import { coapUdpStore } from './coap-udp-model.ts';
import { readDraft } from './request-draft.ts';

/** Responses of all servers of a group; it takes the place of the one response until one server is asked again. */
export interface GroupExchange {
  readonly label: string;
  readonly progress: CoapMulticastProgress | null;
  readonly running: boolean;
  /** It was not sent at all, or its end is not known. */
  readonly error: CodedError | null;
  /** Address of the response that is shown; `null`: the first. */
  readonly selected: string | null;
}

interface MulticastState {
  /** Off in each new page: nobody is to ask a whole network by mistake. */
  readonly on: boolean;
  /** Empty: the system chooses. */
  readonly networkInterface: string;
  readonly collectS: number | null;
  readonly exchange: GroupExchange | null;
}

const store = createStore<MulticastState>(() => ({ on: false, networkInterface: '', collectS: 7, exchange: null }));
let close = (): void => undefined;

export const editMulticast = (part: Partial<MulticastState>): void => store.setState(part);
export const useMulticast = <T>(select: (state: MulticastState) => T): T => useStore(store, select);

const exchange = (part: Partial<GroupExchange>): void => store.setState(({ exchange: before }) => ({ exchange: before && { ...before, ...part } }));
export const selectResponse = (from: string): void => exchange({ selected: from });

export function isGroupAddress(uri: string): boolean {
  const parsed = parseCoapUri(uri);
  return 'uri' in parsed && isMulticast(parsed.uri.host);
}

/** What is sent along with a request to a group. */
export function multicastWish(): { readonly networkInterface: string; readonly collectMs: number } {
  const { networkInterface, collectS } = store.getState();
  return { networkInterface: networkInterface.trim(), collectMs: Math.round(Math.min(600, Math.max(0.1, collectS ?? 7)) * 1000) };
}

/** Sends the draft: to all servers of the group of its address where multicast is on, else to one. */
export function sendDraft(): void {
  const one = coapUdpStore();
  const { draft } = one.state.getState();
  const { input } = readDraft(draft);
  if (!store.getState().on || !isGroupAddress(draft.uri) || !input) {
    store.setState({ exchange: null });
    one.send();
    return;
  }
  if (store.getState().exchange?.running === true) return;
  one.show('response');
  store.setState({ exchange: { label: `${input.method} ${input.uri}`, progress: null, running: true, error: null, selected: null } });
  close = engineClient().stream(
    'coapMulticast.request',
    { request: input, ...multicastWish() },
    {
      item: (progress) => exchange({ progress }),
      // What was sent once must not be sent again by a link that comes back.
      restart() {
        close();
        const advice = 'The message log may tell how it ended.';
        exchange({ running: false, error: new CodedError('disconnected', 'The link to the engine was lost while this was under way.', { advice }) });
      },
      end: (error) => exchange({ running: false, error: error ?? null }),
    },
  );
}

/** What came so far stays. */
export function stopCollecting(): void {
  close();
  exchange({ running: false });
}
