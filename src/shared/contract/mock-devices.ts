import { z } from 'zod';
import { call, stream } from '../ipc/contract.ts';
import type { JsonValue } from '../rpc/python-json.ts';
import { noInput, sourceIdSchema, topicTextSchema, type Problem } from './common.ts';
import { faultsSchema, type RpcNodeLog, type RpcNodeLogLine, type RpcNodeStatus } from './rpc-nodes.ts';

const deviceIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/)
  .describe('letters, digits, "_" and "-"');
/** As gf_mqtt_client writes codes: 205 for 2.05. One that peers do not list silences a caller with gf_mqtt_client for good. */
const codeSchema = z.int().min(200).max(599);

/** In the order of the method codes of CoAP. Over MQTT there are only the first four. */
const mockMethodNames = ['GET', 'POST', 'PUT', 'DELETE', 'FETCH', 'PATCH', 'iPATCH'] as const;
export type MockMethodName = (typeof mockMethodNames)[number];

const mockAnswerSchema = z.discriminatedUnion('kind', [
  /** What the method means for a resource with a state: GET gives it, PUT replaces it, POST creates a resource below it, DELETE removes it, FETCH gives the members that its body lists, PATCH and iPATCH merge (RFC 7396). */
  z.strictObject({ kind: z.literal('state') }),
  /** `location`: of what was created; empty: none. */
  z.strictObject({ kind: z.literal('static'), code: codeSchema, body: z.json().default(null), location: z.string().max(1000).default('') }),
  /** JSON with `{{…}}`, filled in from `body`, `state`, `path`, `method`, `callerId` and `query`. */
  z.strictObject({ kind: z.literal('template'), code: codeSchema, text: z.string().max(262_144) }),
  /**
   * JavaScript: `export default (body, request) => result`, where `request` has `method`, `path`, `state`, `callerId`, `query` and `via`. An object with a `code`, and nothing else but `body`, `location` and `state`, is
   * the response itself; `state` is the new one. Anything else is the body, with the usual code of the method. What it throws is answered with 500.
   */
  z.strictObject({ kind: z.literal('script'), source: z.string().max(262_144) }),
]);

/** As those of RPC methods, and: */
const mockFaultsSchema = faultsSchema.extend({
  /** Of an injected error. */
  errorCode: codeSchema.default(500),
  /** Answers with a code that no peer lists, which silences callers with gf_mqtt_client for good. */
  unlistedRate: z.number().min(0).max(1).default(0),
  unlistedCode: codeSchema.default(299),
});

const mockMethodSchema = z.strictObject({
  method: z.enum(mockMethodNames),
  answer: mockAnswerSchema,
  faults: mockFaultsSchema.prefault({}),
});
export type MockMethod = z.infer<typeof mockMethodSchema>;

const mockResourceSchema = z.strictObject({
  /** With or without the leading slash; `/` is the root. */
  path: z.string().max(1000),
  description: z.string().max(10_000).default(''),
  /** Resource type, as `/.well-known/core` tells it; empty: not told. */
  resourceType: z.string().max(200).default(''),
  /** What it begins with, and goes back to with a reset. */
  state: z.json().default(null),
  /** Each at most once; any other one is answered with 405. What is created below the resource has the same. */
  methods: z.array(mockMethodSchema).max(mockMethodNames.length).default([]),
});
export type MockResource = z.infer<typeof mockResourceSchema>;

export const mockDeviceSchema = z.strictObject({
  id: deviceIdSchema,
  name: z.string().min(1, 'Give the device a name.').max(200),
  /** Names the device in the topics. */
  tag: z.string().min(1, 'Give the device a tag.').max(1000),
  /** First levels of the topics. */
  namespace: z.string().min(1, 'Give the namespace.').max(1000).default('gf_int_v1'),
  /** Requests of others are passed over. Empty: any. */
  subsystems: z.array(z.string().min(1).max(1000)).max(100).default([]),
  /** Where it takes requests over MQTT; `null`: nowhere. */
  source: sourceIdSchema.nullable().default('broker'),
  /** Of its own MQTT session. Empty: the session of the connection is shared; on the local broker the tag. */
  clientId: z.string().max(65_535).default(''),
  /** Where it takes requests over UDP; `null`: nowhere. */
  udp: z
    .strictObject({
      /** An address of this machine. Whoever reaches it may use the device: nobody is asked for a password. */
      host: z.string().min(1).max(255).default('127.0.0.1'),
      /** 0: any free one. */
      port: z.int().min(0).max(65_535).default(5683),
    })
    .nullable()
    .default(null),
  /** Larger bodies are answered with 413. */
  maxBodyBytes: z.int().min(1).max(1_048_576).default(65_536),
  /** Starts with the workbench, and whenever its source comes up. */
  autoStart: z.boolean().default(false),
  /** Paths are unique. */
  resources: z.array(mockResourceSchema).max(1000).default([]),
});
export type MockDevice = z.infer<typeof mockDeviceSchema>;
export type MockDeviceInput = z.input<typeof mockDeviceSchema>;

/** Of one of the two ways. As those of RPC nodes; UDP is never `waiting`. */
interface MockDeviceMqttStatus extends Pick<RpcNodeStatus, 'phase' | 'problem' | 'clientId' | 'subscriptions' | 'nextAttemptAt'> {}
export interface MockDeviceUdpStatus {
  readonly phase: 'stopped' | 'starting' | 'running' | 'failed';
  readonly problem: Problem | null;
  /** While running. */
  readonly address: string | null;
  readonly port: number | null;
  readonly observers: number;
}

export interface MockDeviceStatus {
  readonly id: string;
  /** `null`: the device does not use that way. */
  readonly mqtt: MockDeviceMqttStatus | null;
  readonly udp: MockDeviceUdpStatus | null;
  /** Sentences. */
  readonly warnings: readonly string[];
  /** Responses since it was started last, by code. */
  readonly byCode: readonly { readonly code: number; readonly count: number }[];
  /** Not answered on purpose (faults). */
  readonly dropped: number;
  /** Delivered again within 60 s: answered as the first time, not carried out again. */
  readonly repeated: number;
  /** Requests that were not answered, as they were no business of the device: retained, or for a subsystem that it does not have. */
  readonly passedOver: { readonly retained: number; readonly otherSubsystem: number };
  /** Requests being worked out now, or waiting for their delay. */
  readonly running: number;
  /** Requests that reached a resource, by method and path. */
  readonly calls: readonly { readonly method: string; readonly path: string; readonly calls: number }[];
}

/** A resource as it is now. */
export interface MockResourceState {
  /** Without the leading slash; empty: the root. */
  readonly path: string;
  readonly state: JsonValue;
  /** By a POST; it is gone after a reset. */
  readonly created: boolean;
  /** By a DELETE; it is back after a reset. */
  readonly deleted: boolean;
  /** Grows with each change. */
  readonly version: number;
}

export interface MockDeviceState {
  /** By path, at most 1,000 of them. States of more than 64 KiB of JSON are left out: `null`. */
  readonly resources: readonly MockResourceState[];
  readonly total: number;
}

export interface RecordedDevice {
  /** Not saved: a draft to look at. */
  readonly device: MockDevice;
  /** Calls it was made from, and those that could not be used: unanswered, or too large. */
  readonly used: number;
  readonly leftOut: number;
}

const tryRequestSchema = z.strictObject({
  id: z.string().min(1).max(64),
  /** Of the saved resource that `resource` stands in for. */
  savedPath: z.string().max(2000),
  /** It need not be saved. */
  resource: mockResourceSchema,
  request: z.strictObject({
    method: z.enum(mockMethodNames),
    path: z.string().max(2000),
    /** Arguments: there are some over UDP alone. */
    query: z.array(z.string().max(1000)).max(100).default([]),
    body: z.json(),
    callerId: z.string().max(1000),
  }),
});
export type TryRequest = z.infer<typeof tryRequestSchema>;

export interface TriedRequest {
  /** `isTooLarge`: the body has more than 1 MiB and is not told. */
  readonly response: { readonly code: number; readonly body: JsonValue; readonly isTooLarge: boolean; readonly location: string | null };
  /** What it would do to the resources, the first 20 of `totalChanges`. States of more than 64 KiB of JSON are left out: `null`. */
  readonly changes: readonly { readonly path: string; readonly what: 'changed' | 'created' | 'deleted'; readonly state: JsonValue }[];
  readonly totalChanges: number;
  /** Where a template or script failed; `null`: nowhere, or not known. */
  readonly place: { readonly line: number; readonly column: number | null } | null;
  readonly console: readonly Pick<RpcNodeLogLine, 'level' | 'text'>[];
  readonly elapsedMs: number;
}

const idInput = z.strictObject({ id: z.string().min(1).max(64) });
const pathText = z.string().max(2000);

export const mockDevicesContract = {
  /** Devices as they are saved; again after changes of them alone. */
  'mockDevices.watch': stream<{ readonly devices: readonly MockDevice[] }>()(noInput, { overflow: 'coalesce', window: 2 }),
  /** How they are: at most ten times a second while something changes. */
  'mockDevices.statuses': stream<{ readonly statuses: readonly MockDeviceStatus[] }>()(noInput, { overflow: 'coalesce', window: 2 }),
  /** Requests with their responses, console lines and errors of scripts, and what was passed over, with the reason. */
  'mockDevices.log': stream<RpcNodeLog>()(idInput, { overflow: 'coalesce', window: 2 }),
  'mockDevices.clearLog': call<void>()(idInput),
  /** The resource tree as it is now, also while the device is stopped. */
  'mockDevices.state': stream<MockDeviceState>()(idInput, { overflow: 'coalesce', window: 2 }),
  /** Sets the state of a resource by hand; observers are told. Rejects with `not-found` or `payload-too-large`. */
  'mockDevices.setState': call<void>()(z.strictObject({ id: z.string().min(1).max(64), path: pathText, state: z.json() })),
  /**
   * Carries a request out on a copy of the device as it is now, with a resource that need not be saved: nothing is sent, nothing changes, and faults are left out. A script's `call` and `publish` go through the
   * device while it runs. Rejects with `not-found`, `bad-input`, `payload-too-large` or `cancelled`; what else goes wrong is the response.
   */
  'mockDevices.tryRequest': call<TriedRequest>()(tryRequestSchema),
  /** Every resource is as it began. */
  'mockDevices.reset': call<void>()(idInput),
  /**
   * Creates or replaces a device. Resources, faults and limits take effect at once, and states stay where path and first state did; another source, tag, client id or port opens its session anew. Rejects with
   * `bad-input`, `payload-too-large` (one device 4 MiB, all together 16 MiB) or `invalid-state` (200 devices).
   */
  'mockDevices.save': call<void>()(mockDeviceSchema),
  'mockDevices.remove': call<void>()(idInput),
  /** Answers at once; how it goes on, the status tells. */
  'mockDevices.start': call<void>()(idInput),
  /** Resolves when its session and port are closed. Requests that run are not answered any more. */
  'mockDevices.stop': call<void>()(idInput),
  /** A device that answers as a real one was seen to: the last response of each path and method, from memory and history. `topic`: of its requests, without the id. Rejects with `not-found` when nothing was. */
  'mockDevices.fromTraffic': call<RecordedDevice>()(z.strictObject({ source: sourceIdSchema, topic: topicTextSchema })),
} as const;
