import { z } from 'zod';
import { coapUdpLimits } from '../coap/udp/limits.ts';
import type { CoapMethod, CoapOption, CoapType } from '../coap/udp/packet.ts';
import { call, stream } from '../ipc/contract.ts';
import { noInput } from './common.ts';

/** CoAP over UDP (RFC 7252): requests, observing, discovery, and every message that travelled. */

const idSchema = z.string().min(1).max(64);
const uriSchema = z.string().min(1, 'Give an address, such as coap://127.0.0.1:5683/.well-known/core.').max(8192);

export const coapMethodSchema = z.enum(['GET', 'POST', 'PUT', 'DELETE', 'FETCH', 'PATCH', 'iPATCH'] satisfies readonly CoapMethod[]);
export const coapBlockSizeSchema = z.literal([16, 32, 64, 128, 256, 512, 1024]);

/** Parameters of RFC 7252 §4.8; each request has its own. */
export const coapTransmissionSchema = z.strictObject({
  ackTimeoutMs: z.int().min(10).max(60_000).default(2000),
  ackRandomFactor: z.number().min(1).max(3).default(1.5),
  maxRetransmit: z.int().min(0).max(10).default(4),
});

export const coapOptionNumberSchema = z.int().min(0).max(65_535);
const optionSchema = z.union([
  z.strictObject({
    number: coapOptionNumberSchema,
    value: z.instanceof(Uint8Array).refine(({ length }) => length <= 1034, 'An option has at most 1,034 bytes.'),
  }),
  /** As people write it: digits, text, number/more/size of a block; opaque values, and those of options that are not registered, in hexadecimal. */
  z.strictObject({ number: coapOptionNumberSchema, text: z.string().max(3000) }),
]);

export const coapUdpRequestSchema = z.strictObject({
  /** `coap://host:port/path?query`; path and query become options. */
  uri: uriSchema,
  method: coapMethodSchema,
  type: z.enum(['CON', 'NON']).default('CON'),
  /** Beside those of the address. */
  options: z.array(optionSchema).max(100).default([]),
  payload: z
    .instanceof(Uint8Array)
    .refine(({ length }) => length <= coapUdpLimits.bodyBytes, 'The payload is too large: 4 MiB at most.')
    .default(() => new Uint8Array(0)),
  /** Absent: a new one. */
  token: z
    .instanceof(Uint8Array)
    .refine(({ length }) => length <= 8, 'A token has at most 8 bytes.')
    .optional(),
  /** Of the payload in blocks; below 1024 the response is asked for in such blocks as well (RFC 7959 §2.4). */
  blockSize: coapBlockSizeSchema.default(1024),
  /** For each response, from its request on. With blocks, each of them has so long. */
  timeoutMs: z.int().min(1).max(86_400_000).default(30_000),
  transmission: coapTransmissionSchema.prefault({}),
  /**
   * Address, texts of options, and `payload` here, which then stands in place of the other one, may hold `{{variables}}` of the chosen environment. The engine fills them in,
   * as secrets are not known to the page. Fails with `bad-input` for what is not known.
   */
  variables: z
    .strictObject({ payload: z.strictObject({ text: z.string().max(2 * coapUdpLimits.bodyBytes), as: z.enum(['text', 'hex']) }).optional() })
    .optional(),
});
export type CoapUdpRequest = z.infer<typeof coapUdpRequestSchema>;

export interface CoapUdpResponse {
  readonly type: CoapType;
  /** The byte; `formatCode` shows it as `2.05`. */
  readonly code: number;
  readonly messageId: number;
  readonly token: Uint8Array;
  readonly options: readonly CoapOption[];
  /** Whole, however many blocks it took. */
  readonly payload: Uint8Array;
  /** `127.0.0.1:5683` */
  readonly from: string;
  /** From the first transmission of the request; of a notification, since the registration was sent. */
  readonly elapsedMs: number;
  /** Unix ms. */
  readonly at: number;
}

/** Nobody answered, or not with what can be used: see CoapFailure in the engine. */
export interface CoapUdpFailure {
  readonly kind: 'no-acknowledgement' | 'no-response' | 'reset' | 'unreachable' | 'bad-response' | 'too-large' | 'cancelled';
  readonly message: string;
  readonly advice: string;
}

export interface CoapUdpProgress {
  /** `acknowledged`: by an empty Acknowledgement, the response follows on its own. */
  readonly phase: 'looking-up' | 'sent' | 'acknowledged' | 'responded' | 'failed';
  /** Unix ms. */
  readonly startedAt: number;
  readonly elapsedMs: number;
  readonly messagesSent: number;
  readonly messagesReceived: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** All of them; `retransmission`: of the message that waits now. */
  readonly retransmissions: number;
  readonly retransmission: { readonly number: number; readonly of: number } | null;
  /** In blocks; `null`: it takes one message. `totalBytes` `null`: not known. */
  readonly upload: { readonly bytes: number; readonly totalBytes: number | null } | null;
  readonly download: { readonly bytes: number; readonly totalBytes: number | null } | null;
  readonly response: CoapUdpResponse | null;
  readonly failure: CoapUdpFailure | null;
}

const endStyles = ['deregister', 'reset', 'forget'] as const;
/** How an observation is ended (RFC 7641 §3.6): ask for it, reject the next notification, or tell nobody. */
export type CoapEndStyle = (typeof endStyles)[number];

export type CoapObserveEvent =
  /** The first response. `observed` false: the server does not let the resource be observed; nothing follows. */
  | { readonly kind: 'registered'; readonly response: CoapUdpResponse; readonly observed: boolean }
  | { readonly kind: 'notification'; readonly response: CoapUdpResponse }
  /** The next notification is going to be rejected. */
  | { readonly kind: 'ending'; readonly style: CoapEndStyle }
  /** The last. `by` `server`: with a response that is none of an observation, told before as a notification. */
  | { readonly kind: 'ended'; readonly by: 'server' | CoapEndStyle | 'failure'; readonly failure: CoapUdpFailure | null };

export interface CoapLogRow {
  readonly id: number;
  /** Unix ms, with the precision of the clock that never goes back. */
  readonly at: number;
  readonly direction: 'in' | 'out';
  readonly peer: string;
  /** `null`, and so on: it cannot be read; the note says why. */
  readonly type: CoapType | null;
  readonly code: number | null;
  readonly messageId: number | null;
  readonly token: Uint8Array | null;
  /** For people, at most 500 characters. */
  readonly options: string;
  readonly payloadBytes: number;
  readonly bytes: number;
  readonly note: string | null;
}

export interface CoapLogPage {
  readonly rows: readonly CoapLogRow[];
  /** That fit the filter. */
  readonly total: number;
  readonly kept: number;
  /** Older ones that are gone: 5,000 messages or 16 MiB are kept. */
  readonly forgotten: number;
}

export interface CoapLogDetail {
  readonly row: CoapLogRow;
  /** As they were on the wire. */
  readonly bytes: Uint8Array;
  readonly optionList: readonly CoapOption[];
  readonly payload: Uint8Array;
}

export interface CoapUdpServer {
  /** `coap://127.0.0.1:5683`, without a path. */
  readonly uri: string;
  /** Unix ms of the last response. */
  readonly lastSeenAt: number;
  /** Unix ms; `null`: not asked yet. */
  readonly discoveredAt: number | null;
  readonly resources: readonly CoapUdpResource[];
  /** Resources there was no room for. */
  readonly leftOut: number;
}

export interface CoapUdpResource {
  /** `/sensors/temp`, as in an address. */
  readonly path: string;
  /** Attributes of its link; empty when it was found by a request only. */
  readonly attributes: readonly (readonly [name: string, value: string | null])[];
  /** Code of the last response to a request for it; `null`: none. */
  readonly lastCode: number | null;
}

export interface CoapDiscovery {
  readonly links: number;
  /** Of a list that is damaged: what, and where. The links before it count. */
  readonly problem: string | null;
  readonly response: CoapUdpResponse | null;
  readonly failure: CoapUdpFailure | null;
}

const logQuerySchema = z.strictObject({
  offset: z.int().min(0),
  limit: z.int().min(1).max(500),
  /** Part of peer, code, title, type, options, token or note. */
  text: z.string().max(1000).default(''),
  direction: z.enum(['all', 'in', 'out']).default('all'),
});

export const coapUdpContract = {
  /**
   * Sends the request; closing the stream cancels it. Each item is the state as it is; ends after the response or failure. Fails with `invalid-uri`, `bad-input` (an
   * option that cannot be, a multicast address) or `too-many-requests` (32 at once), before anything is sent.
   */
  'coapUdp.request': stream<CoapUdpProgress>()(coapUdpRequestSchema, { overflow: 'coalesce', window: 2 }),
  /** Observes with GET or FETCH. Closing the stream deregisters. `id` is chosen by the caller, for `coapUdp.endObservation`. Fails as `coapUdp.request`. */
  'coapUdp.observe': stream<CoapObserveEvent>()(z.strictObject({ id: idSchema, request: coapUdpRequestSchema }), { overflow: 'drop-oldest', window: 200 }),
  /** The stream tells when it has ended. Rejects with `not-found`. */
  'coapUdp.endObservation': call<void>()(z.strictObject({ id: idSchema, style: z.enum(endStyles) })),
  /** Asks for `/.well-known/core` (RFC 6690 §4) of the server of an address; `coapUdp.servers` has the resources. Rejects as `coapUdp.request`. */
  'coapUdp.discover': call<CoapDiscovery>()(
    /** `variables`: the address may hold some of the chosen environment. */
    z.strictObject({ uri: uriSchema, timeoutMs: z.int().min(1).max(86_400_000).default(30_000), variables: z.literal(true).optional() }),
  ),
  /** What answered since the start of the program, by discovery or requests: at most 200 servers, those not heard of for longest forgotten first. */
  'coapUdp.servers': stream<{ readonly servers: readonly CoapUdpServer[] }>()(noInput, { overflow: 'coalesce', window: 2 }),
  'coapUdp.forgetServer': call<void>()(z.strictObject({ uri: uriSchema })),
  /** A page of the messages of all requests, the newest first. */
  'coapUdp.log': stream<CoapLogPage>()(logQuerySchema, { overflow: 'coalesce', window: 2 }),
  /** `null`: it is gone. */
  'coapUdp.logMessage': call<CoapLogDetail | null>()(z.strictObject({ id: z.int().min(1) })),
  'coapUdp.clearLog': call<void>()(noInput),
} as const;
