import { z } from 'zod';
import { call, stream } from '../ipc/contract.ts';
import { noInput, qosSchema, sourceIdSchema, type Problem } from './common.ts';
import type { RpcNodeStatus } from './rpc-nodes.ts';

/** Bridges between CoAP over UDP and the requests of gf_mqtt_client over MQTT: each carries requests one way, and their responses back. */

const bridgeIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/)
  .describe('letters, digits, "_" and "-"');
const topicPart = z.string().min(1).max(1000);

const common = {
  id: bridgeIdSchema,
  name: z.string().min(1, 'Give the bridge a name.').max(200),
  /** Where it talks to gf_mqtt_client. */
  source: sourceIdSchema.default('broker'),
  /** First levels of the topics. */
  namespace: z.string().min(1, 'Give the namespace.').max(1000).default('gf_int_v1'),
  /** Larger bodies are answered with 413 (4.13). */
  maxBodyBytes: z.int().min(1).max(1_048_576).default(65_536),
  /** Requests under way at once; further ones are answered with 503 (5.03). */
  maxInFlight: z.int().min(1).max(100).default(32),
  /** Starts with the workbench, and whenever its source comes up. */
  autoStart: z.boolean().default(false),
};

/** A CoAP server plays a device: requests over MQTT for the tag are carried to it. */
const toCoapSchema = z.strictObject({
  ...common,
  direction: z.literal('to-coap'),
  /** Names the device in the topics. */
  tag: topicPart,
  /** Requests of others are passed over. Empty: any. */
  subsystems: z.array(topicPart).max(100).default([]),
  /** Of its own MQTT session. Empty: the session of the connection is shared; on the local broker the tag. */
  clientId: z.string().max(65_535).default(''),
  /** `coap://host:port/base`: the path of a request goes below the base. */
  target: z.string().min(1).max(8192),
  type: z.enum(['CON', 'NON']).default('CON'),
  /** Confirmable requests that may wait for their acknowledgement at once (NSTART, RFC 7252 §4.7). */
  nstart: z.int().min(1).max(100).default(1),
  /** Below the 5 s that callers with gf_mqtt_client wait, so that they get a response. */
  timeoutMs: z.int().min(1).max(600_000).default(4500),
});

/** Devices over MQTT play a CoAP server: requests on a UDP port are carried to them. */
const toMqttSchema = z.strictObject({
  ...common,
  direction: z.literal('to-mqtt'),
  /** An address of this machine. Whoever reaches it may use the devices: nobody is asked for a password. Port 0: any free one. */
  host: z.string().min(1).max(255).default('127.0.0.1'),
  port: z.int().min(0).max(65_535).default(5683),
  /** All paths are those of this device; `null`: paths are `/SUBSYSTEM/DEVICE/PATH`. */
  device: z.strictObject({ subsystem: topicPart, tag: topicPart }).nullable().default(null),
  /** `integer`: 1 to 4, as peers up to 0.1.2 want it. */
  methodAs: z.enum(['word', 'integer']).default('word'),
  qos: qosSchema.default(0),
  timeoutMs: z.int().min(1).max(600_000).default(5000),
});

export const coapBridgeSchema = z.discriminatedUnion('direction', [toCoapSchema, toMqttSchema]);
export type CoapBridge = z.infer<typeof coapBridgeSchema>;
export type CoapBridgeInput = z.input<typeof coapBridgeSchema>;
export type ToCoapBridge = Extract<CoapBridge, { direction: 'to-coap' }>;
export type ToMqttBridge = Extract<CoapBridge, { direction: 'to-mqtt' }>;

export interface CoapBridgeStatus {
  readonly id: string;
  /** `waiting`: its source is not connected, it goes on by itself. A port that is open stays so, and answers 5.03. */
  readonly phase: RpcNodeStatus['phase'];
  readonly problem: Problem | null;
  /** Instead of one that is taken. */
  readonly freePort: number | null;
  /** Where it takes requests: a topic filter, or `coap://127.0.0.1:5683`; `null`: nowhere now. */
  readonly listensOn: string | null;
  readonly nextAttemptAt: number | null;
  /** Sentences. */
  readonly warnings: readonly string[];
  /** Responses since it was started last, by code as the asking side got it: 205 for 2.05 as well. */
  readonly byCode: readonly { readonly code: number; readonly count: number }[];
  /** Of these: answered by the other side; answered without having been carried (too large, too many, not understood); given up, as the other side did not answer. */
  readonly carried: number;
  readonly refused: number;
  readonly unanswered: number;
  /** Came again, and were answered as before. */
  readonly repeated: number;
  /** Passed over: retained, or of another subsystem. */
  readonly ignored: number;
  readonly running: number;
}

/** A request that was carried, or what else there is to say. */
export interface CoapBridgeLogRow {
  /** Grows by one. */
  readonly number: number;
  /** Unix ms of its end. */
  readonly at: number;
  readonly level: 'info' | 'warn' | 'error';
  /** Who asked: a client id, or `127.0.0.1:40123`. Empty: not known. */
  readonly from: string;
  /** As asked, and as carried: `GET gains`, `GET coap://127.0.0.1/gains`. Empty: it was not. */
  readonly request: string;
  readonly carriedAs: string;
  /** What was answered, and what the other side said: 205 or 2.05, in the words of either side. `null`: nothing. */
  readonly answered: string | null;
  readonly received: string | null;
  /** From the request to the response, and of this the other side. `null`: it was not asked. */
  readonly totalMs: number | null;
  readonly otherMs: number | null;
  /** Sentences; empty: none. */
  readonly note: string;
}

export interface CoapBridgeLog {
  /** The newest last, at most 500. */
  readonly rows: readonly CoapBridgeLogRow[];
  readonly forgotten: number;
}

const idInput = z.strictObject({ id: z.string().min(1).max(64) });

export const coapBridgesContract = {
  /** Bridges as they are saved; again after changes of them alone. */
  'coapBridges.watch': stream<{ readonly bridges: readonly CoapBridge[] }>()(noInput, { overflow: 'coalesce', window: 2 }),
  /** How they are: at most ten times a second while something changes. */
  'coapBridges.statuses': stream<{ readonly statuses: readonly CoapBridgeStatus[] }>()(noInput, { overflow: 'coalesce', window: 2 }),
  'coapBridges.log': stream<CoapBridgeLog>()(idInput, { overflow: 'coalesce', window: 2 }),
  'coapBridges.clearLog': call<void>()(idInput),
  /** Creates or replaces a bridge; one that runs opens anew what is another now. Rejects with `bad-input` or `invalid-state` (100 bridges). */
  'coapBridges.save': call<void>()(coapBridgeSchema),
  'coapBridges.remove': call<void>()(idInput),
  /** Answers at once; how it goes on, the status tells. Rejects with `bad-input` what cannot be used, and with `invalid-state` a bridge whose requests would come back to itself through another. */
  'coapBridges.start': call<void>()(idInput),
  /** Resolves when its session or port is closed. Requests under way are not answered any more. */
  'coapBridges.stop': call<void>()(idInput),
} as const;
