import { z } from 'zod';
import { call, stream } from '../ipc/contract.ts';
import type { JsonValue } from '../rpc/python-json.ts';
import type { RpcError } from '../rpc/rpc-error.ts';
import type { MessageProperties } from '../messages/record.ts';
import { qosSchema, sourceIdSchema, topicTextSchema, type Qos, type SourceId } from './common.ts';

/** `mqttxx2`: the JSON envelope of mqttxx 2.x and 3.x. `mqttxx4`: mqttxx 4.x over MQTT 5. `jsonrpc`: JSON-RPC 2.0 over topic pairs. `mqtt5`: request and response of MQTT 5 (§4.10). `gf`: CoAP-like requests of gf_mqtt_client. */
const builtInDialectSchema = z.enum(['mqttxx2', 'mqttxx4', 'jsonrpc', 'mqtt5', 'gf']);
/** Names a dialect of the user, and its file. */
export const customDialectIdSchema = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'An id has 1 to 64 letters, digits, - and _.');
/** One of these, or `custom:` and the id of one that the user described (`rpc-dialects.ts`), which may have been removed. */
export const dialectIdSchema = z.union([builtInDialectSchema, z.templateLiteral(['custom:', customDialectIdSchema])]);
export type DialectId = z.infer<typeof dialectIdSchema>;

/** Empty only in `mqtt5`, where the method is the last level of the topic: for a service whose topic is the method itself. */
const methodName = z.string().max(1000);
const viewIdSchema = z.string().min(1).max(64);

/** Who answers: a topic of a source that takes requests in a dialect. */
const serviceShape = { source: sourceIdSchema, dialect: dialectIdSchema, topic: topicTextSchema };
export const methodSchema = z.strictObject({ ...serviceShape, method: methodName });
export type RpcMethodId = z.infer<typeof methodSchema>;

/** One row of the tree: a service, or below it a method. */
export interface RpcTreeRow {
  /** Stays the same while the tree grows. */
  readonly key: string;
  readonly kind: 'service' | 'method';
  readonly dialect: DialectId;
  readonly topic: string;
  /** Of a method. */
  readonly method: string | null;
  readonly expanded: boolean;
  /** Methods of a service. */
  readonly methodCount: number;
  /** Requests seen. */
  readonly calls: number;
  /** Of them ended with an error or without an answer. */
  readonly failures: number;
  readonly pending: number;
  /** Of a method: median of the time to the answer, in ms; `null` before the first. */
  readonly p50Ms: number | null;
  /** Of a method in `gf`: the code of the last response, as in `CallRow`. */
  readonly lastCode: number | null;
  /** Unix ms of the last request; 0: none was seen, it was added by hand or the device itself tells of it. */
  readonly lastAt: number;
  /** Seen, or added by hand. */
  readonly addedByHand: boolean;
  /** Of a service whose topic names its client: by its presence, or the local broker; `null`: not known. */
  readonly presence: 'online' | 'offline' | null;
  readonly positionInSet: number;
  readonly setSize: number;
}

export interface RpcTreeFrame {
  readonly firstRow: number;
  readonly rows: readonly RpcTreeRow[];
  readonly totalRows: number;
  readonly serviceCount: number;
  readonly methodCount: number;
  /** Services that the filter shows, and methods of them that fit it; `null` without a filter. */
  readonly matches: { readonly services: number; readonly methods: number } | null;
  /** Requests whose service or method is not in the tree, as there is no more room: at most 20,000 methods of 5,000 services are remembered. */
  readonly leftOut: number;
}

const treeViewSchema = z.strictObject({
  viewId: viewIdSchema,
  first: z.int().min(0).max(10_000_000),
  count: z.int().min(0).max(500),
  /** Part of a topic or method; empty: all. */
  filter: z.string().max(1000),
});
export type RpcTreeView = z.infer<typeof treeViewSchema>;

/** Which services a tree has: those of gf_mqtt_client, or all others. */
const shownDialectsSchema = z.enum(['only-gf', 'without-gf']);
export type ShownDialects = z.infer<typeof shownDialectsSchema>;

/** JSON Schema (2020-12) in the subset that is inferred: type, properties, required, items, enum of few texts, minimum and maximum seen. */
export type JsonSchema = { readonly [key: string]: JsonValue };

export interface RpcLatency {
  /** Answers measured. */
  readonly count: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Answers by time, in steps that double from 1 ms: below 1, 1 to 2, 2 to 4 … the last one open. */
  readonly histogram: readonly number[];
}

/** How traffic has fared against a locked schema, since it was locked or the program was started. */
export interface RpcSchemaLock {
  readonly checked: number;
  readonly contradictions: number;
  /** Passed over: they came too fast, or were too large. */
  readonly unchecked: number;
  /** The last one that did not fit, and why. `at` is Unix ms. */
  readonly last: { readonly at: number; readonly problem: string; readonly value: JsonValue } | null;
}

/** Where a schema comes from: the user has locked it, the device tells it in a retained message, or it was learned from traffic. */
export type SchemaOrigin = 'locked' | 'told' | 'seen';

export interface RpcMethodDetail {
  readonly id: RpcMethodId;
  readonly addedByHand: boolean;
  readonly calls: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly timedOut: number;
  readonly latency: RpcLatency | null;
  /** What the device itself says of it; empty: nothing. */
  readonly description: string;
  /** The locked one, else what the device says, else what was seen; `null` before anything was. */
  readonly paramsSchema: JsonSchema | null;
  readonly resultSchema: JsonSchema | null;
  readonly paramsOrigin: SchemaOrigin | null;
  readonly resultOrigin: SchemaOrigin | null;
  /** `null`: it is not locked. */
  readonly paramsLock: RpcSchemaLock | null;
  readonly resultLock: RpcSchemaLock | null;
  /** Of the last calls that differ in the shape of their params, newest first; at most 5. Before them those that are pinned. */
  readonly examples: readonly { readonly params: JsonValue; readonly result?: JsonValue; readonly error?: string; readonly pinned?: true }[];
  /** By number of calls, at most 10. Callers name themselves; nobody checks it. */
  readonly callers: readonly { readonly callerId: string; readonly calls: number; readonly lastAt: number }[];
}

/**
 * `pending`: no answer yet. `ok`, `failed`: answered. `timed-out`: the caller's time, or for others' calls 60 s, is over. `late`: answered after that.
 * `cancelled`: given up by hand. `orphan`: an answer without a request. `wrong-reply-topic`: answered elsewhere than asked.
 */
export const callStates = ['pending', 'ok', 'failed', 'timed-out', 'late', 'cancelled', 'orphan', 'wrong-reply-topic'] as const;
export type CallState = (typeof callStates)[number];

export interface CallRow {
  /** Grows with each call seen, also across restarts. */
  readonly id: number;
  readonly source: SourceId;
  readonly dialect: DialectId;
  /** Of the service: where the request went, in `mqtt5` without the last level, which is the method; of an orphan answer, where it went. */
  readonly topic: string;
  /** Empty for an orphan answer, and for a message that cannot be read: `failed`, with the reason as `errorText`. */
  readonly method: string;
  readonly callerId: string;
  /** Made here. */
  readonly own: boolean;
  readonly state: CallState;
  /** Answers after the first. */
  readonly duplicates: number;
  /** Unix µs of the request. */
  readonly timeUs: number;
  /** From request to answer, in ms. */
  readonly elapsedMs: number | null;
  /** In `gf`: of the response, success or error, such as 205; `null`: there is none, or it is no number. */
  readonly responseCode: number | null;
  /** In `gf`: what the request names as its correlation id, by which requests belong together; `null`: nothing. */
  readonly correlationId: string | null;
  /** What went wrong, in a sentence. */
  readonly errorText: string | null;
}

/** One message of a call as it was on the wire. */
export interface CallMessage {
  /** Of the message in the history; 0 when it is not there. */
  readonly messageId: number;
  readonly topic: string;
  readonly timeUs: number;
  readonly qos: 0 | 1 | 2;
  /** At most 64 KiB of it. */
  readonly payload: Uint8Array;
  readonly sizeBytes: number;
  /** Of MQTT 5. */
  readonly properties: MessageProperties | null;
}

/** The subscription that an answer comes by. */
export interface ReplySubscription {
  readonly filter: string;
  readonly askedQos: Qos;
  readonly grantedQos: Qos;
}

export interface CallDetail extends CallRow {
  readonly params: JsonValue;
  readonly replyTo: string;
  /** Of the protocol, as text. */
  readonly requestId: string;
  readonly result?: JsonValue;
  readonly error?: RpcError;
  readonly timeoutMs: number | null;
  /** Of own calls, once the broker has granted it. */
  readonly replySubscription: ReplySubscription | null;
  readonly request: CallMessage | null;
  /** The first one, and further ones; at most 10. */
  readonly answers: readonly CallMessage[];
  /** What is known of the way, in order; for own calls: sent, acknowledged by the broker, answered. */
  readonly steps: readonly { readonly at: 'sent' | 'acknowledged' | 'answered'; readonly afterMs: number; readonly note?: string }[];
}

/** Which dialect a call to a topic is made in with `auto`. */
export interface DialectChoice {
  readonly dialect: DialectId;
  /** `seen`: it was the last to be called there. `told`: added by hand, or a device tells of it. `topic`: that of a node of mqttxx 4.x. `default`: nothing is known. */
  readonly because: 'seen' | 'told' | 'topic' | 'default';
  /** Every dialect known on the topic, the last called first. */
  readonly seen: readonly { readonly dialect: DialectId; readonly calls: number; readonly lastAt: number }[];
}

/** Of the request, beside those that the dialect itself needs. MQTT 5 only. */
export const callPropertiesSchema = z.strictObject({
  userProperties: z
    .array(z.tuple([z.string().max(1000), z.string().max(10_000)]))
    .max(100)
    .optional(),
  contentType: z.string().max(1000).optional(),
  /** The broker drops the request when it has waited so long for the peer. */
  messageExpirySeconds: z.int().min(0).max(4_294_967_295).optional(),
});

/** What else a request of gf_mqtt_client can say. `null` and absent are the same. */
export const gfEnvelopeSchema = z.strictObject({
  token: z.string().max(1000).nullable().optional(),
  correlationId: z.string().max(1000).nullable().optional(),
  /** `integer`: 1 to 4, as peers up to 0.1.2 want it and later ones refuse it. */
  methodAs: z.enum(['word', 'integer']).optional(),
  /** Of the request; absent: 0. */
  qos: qosSchema.optional(),
  /** Absent: a new UUID for each call. It becomes a level of the topic. */
  requestId: z.string().min(1).max(200).optional(),
  /** How many bridges to CoAP it may still go through; absent: the first of them says. */
  hopLimit: z.int().min(1).max(255).optional(),
  /**
   * How the response is subscribed to. `exact`: the topic of this response alone, for as long as the request lasts, as gf_mqtt_client does. `standing`:
   * all responses of the device, for 30 s after its last request. Absent: `exact`.
   */
  responses: z.enum(['exact', 'standing']).optional(),
});

export const callInputSchema = z.strictObject({
  ...serviceShape,
  /** `auto`: the one that was last heard on the topic, see `DialectChoice`. */
  dialect: z.union([dialectIdSchema, z.literal('auto')]),
  method: methodName,
  params: z.json(),
  /** Absent: that of the node, or 30 s. */
  timeoutMs: z.int().min(1).max(86_400_000).optional(),
  /** Absent: where the dialect has answers sent, below a topic of this workbench. */
  replyTo: topicTextSchema.optional(),
  callerId: z.string().max(1000).optional(),
  properties: callPropertiesSchema.optional(),
  /** Only in `gf`. */
  envelope: gfEnvelopeSchema.optional(),
  /** The id of an RPC node that runs, of this source: the call is made in its session, with its reply topic, client id, time-out and limit. */
  node: z.string().min(1).max(64).optional(),
});
export type CallInput = z.input<typeof callInputSchema>;

export const rpcContract = {
  /** At most 10 frames a second, and none when nothing visible changed. The view lives as long as the stream. */
  'rpc.tree': stream<RpcTreeFrame>()(z.strictObject({ source: sourceIdSchema, dialects: shownDialectsSchema.optional(), ...treeViewSchema.shape }), {
    overflow: 'coalesce',
    window: 2,
  }),
  'rpc.setTreeView': call<void>()(treeViewSchema),
  'rpc.setExpanded': call<void>()(z.strictObject({ viewId: viewIdSchema, key: z.string().max(70_000), expanded: z.boolean() })),
  'rpc.method': stream<RpcMethodDetail | null>()(methodSchema, { overflow: 'coalesce', window: 2 }),
  /** A method, or with an empty name only the service, that was not seen yet. */
  'rpc.add': call<void>()(z.strictObject({ ...serviceShape, method: z.string().max(1000) })),
  /** Forgets what was seen of a service, or of one method; calls stay in the list. */
  'rpc.forget': call<void>()(z.strictObject({ ...serviceShape, method: methodName.optional() })),
  'rpc.detail': stream<CallDetail | null>()(z.strictObject({ id: z.int().min(1) }), { overflow: 'coalesce', window: 2 }),
  /** What `auto` means for a topic, again after changes. */
  'rpc.autoDialect': stream<DialectChoice>()(z.strictObject({ source: sourceIdSchema, topic: topicTextSchema }), { overflow: 'coalesce', window: 2 }),
  /**
   * Answers at once with the id of the call; how it goes on, `rpc.detail` tells. Rejects what cannot be sent, with the reason. Beyond 100 that
   * are pending on a source, a call has failed already, with 3004. With `variables` the params are the text of their JSON, and `{{name}}` in it, in topic, method,
   * reply topic, caller id, properties and envelope is filled in from the chosen environment; one that is not known is a `bad-input` that names it, and nothing is sent.
   */
  'rpc.call': call<{ readonly id: number }>()(callInputSchema.extend({ variables: z.literal(true).optional() })),
  /** False when it had ended. */
  'rpc.cancel': call<boolean>()(z.strictObject({ id: z.int().min(1) })),
} as const;
