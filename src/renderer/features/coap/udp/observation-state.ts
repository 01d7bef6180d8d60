import type { CoapEndStyle, CoapObserveEvent, CoapUdpFailure, CoapUdpResponse } from '../../../../shared/contract/coap-udp.ts';
import type { CodedError } from '../../../../shared/ipc/errors.ts';

export interface NotificationRow {
  readonly number: number;
  readonly response: CoapUdpResponse;
}

export interface ObservationState {
  readonly id: string;
  /** Method and address. */
  readonly label: string;
  /** Unix ms. */
  readonly beganAt: number;
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

/** Notifications kept by the page, of each observation. The newest is kept whatever its size. */
const maxRows = 1000;
const maxRowBytes = 4 * 1024 * 1024;

export function beginObservation(id: string, label: string, beganAt: number): ObservationState {
  return {
    id,
    label,
    beganAt,
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
}

export const isUnderWay = ({ phase }: ObservationState): boolean => phase !== 'ended';

/** `skipped`: events that the page was too slow for. */
export function applyEvent(was: ObservationState, event: CoapObserveEvent, skipped: number): Partial<ObservationState> {
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
