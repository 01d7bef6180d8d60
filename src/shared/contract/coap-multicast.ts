import { z } from 'zod';
import { call, stream } from '../ipc/contract.ts';
import { coapUdpRequestSchema, type CoapUdpFailure, type CoapUdpResponse } from './coap-udp.ts';

/** Requests to many CoAP servers at once (RFC 7252 §8): off unless it is asked for with these. */

const shape = {
  /** A name or an address of an interface of this machine. Empty: the system chooses, or the address says it (`[ff02::fd%25eth0]`). */
  networkInterface: z.string().max(255).default(''),
  /** Responses are collected for so long. Servers spread theirs over 5 s. */
  collectMs: z.int().min(1).max(600_000).default(7000),
};

/** What came so far. */
export interface CoapMulticastProgress {
  readonly phase: 'collecting' | 'ended' | 'failed';
  /** Unix ms. */
  readonly startedAt: number;
  readonly elapsedMs: number;
  /** One of each server, in the order they came; at most 1,000. Of one in blocks, the first block. */
  readonly responses: readonly CoapUdpResponse[];
  readonly leftOut: number;
  readonly failure: CoapUdpFailure | null;
}

export interface CoapMulticastDiscovery {
  /** That answered with a list, and the links of all their lists; `coapUdp.servers` has them. */
  readonly servers: number;
  readonly links: number;
  readonly failure: CoapUdpFailure | null;
}

export const coapMulticastContract = {
  /**
   * Sends one Non-confirmable request, whatever type it asks for, to a multicast address, and collects responses; closing the stream ends it. Fails with `invalid-uri`, `bad-input` (no multicast
   * address) or `too-many-requests`, as `coapUdp.request`, before anything is sent.
   */
  'coapMulticast.request': stream<CoapMulticastProgress>()(z.strictObject({ request: coapUdpRequestSchema, ...shape }), { overflow: 'coalesce', window: 2 }),
  /** Asks all servers of a group for `/.well-known/core`. A list that comes in blocks is fetched from its server alone. Rejects as `coapMulticast.request`. */
  'coapMulticast.discover': call<CoapMulticastDiscovery>()(z.strictObject({ uri: z.string().min(1).max(8192), ...shape })),
} as const;
