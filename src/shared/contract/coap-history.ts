import { z } from 'zod';
import type { CoapMethod, CoapOption } from '../coap/udp/packet.ts';
import { call, stream } from '../ipc/contract.ts';
import type { CoapUdpFailure, CoapUdpRequest, CoapUdpResponse } from './coap-udp.ts';
import { noInput } from './common.ts';

/** Requests over UDP that have ended, those of runs of collections as well. They are kept on disk, and are there after a restart. */

export interface CoapHistoryRow {
  readonly id: number;
  /** Unix ms of its beginning. */
  readonly at: number;
  readonly method: CoapMethod;
  /** As it was sent, with all variables filled in. */
  readonly uri: string;
  /** Made by a run of a collection. */
  readonly run: boolean;
  /** Byte of the code of the response; `null`: none came. */
  readonly code: number | null;
  readonly failure: CoapUdpFailure['kind'] | null;
  /** Until the response, or until it was given up. */
  readonly elapsedMs: number;
  readonly retransmissions: number;
  /** Of the payloads. */
  readonly requestBytes: number;
  readonly responseBytes: number;
}

export interface CoapHistoryPage {
  /** The newest first. */
  readonly rows: readonly CoapHistoryRow[];
  /** That fit the filter. */
  readonly total: number;
  readonly kept: number;
  /** Older ones that had to go since the start of the program: 5,000 requests or 32 MiB of payloads are kept. */
  readonly forgotten: number;
  /** Why it is not kept on disk, in sentences; `null`: it is. */
  readonly problem: string | null;
}

export interface CoapHistoryEntry {
  readonly row: CoapHistoryRow;
  readonly request: Pick<CoapUdpRequest, 'type' | 'blockSize' | 'timeoutMs' | 'transmission'> & {
    /** Beside those of the address. */
    readonly options: readonly CoapOption[];
    /** The first 64 KiB. */
    readonly payload: Uint8Array;
  };
  /** Its payload is cut to the first 64 KiB. */
  readonly response: CoapUdpResponse | null;
  readonly failure: CoapUdpFailure | null;
}

const querySchema = z.strictObject({
  offset: z.int().min(0),
  limit: z.int().min(1).max(500),
  /** Parts of method, address, code, title or failure. */
  text: z.string().max(1000).default(''),
  /** `ok`: a response 2.xx; `failed`: any other, or none. */
  outcome: z.enum(['all', 'ok', 'failed']).default('all'),
});
export type CoapHistoryQuery = z.infer<typeof querySchema>;

export const coapHistoryContract = {
  'coapHistory.list': stream<CoapHistoryPage>()(querySchema, { overflow: 'coalesce', window: 2 }),
  /** `null`: it is gone. */
  'coapHistory.entry': call<CoapHistoryEntry | null>()(z.strictObject({ id: z.int().min(1) })),
  /** All of it, on disk as well. There is no way back: ask before. */
  'coapHistory.clear': call<void>()(noInput),
} as const;
