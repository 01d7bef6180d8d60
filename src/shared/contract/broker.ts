import { z } from 'zod';
import { call, stream } from '../ipc/contract.ts';
import { brokerLimitsSchema } from './broker-limits.ts';
import { noInput, type MqttVersion, type Problem, type Qos } from './common.ts';
import { serverDisconnectCodes } from '../mqtt/reason-codes.ts';
import type { ListenerKind } from '../mqtt/listener-kinds.ts';
import { listenersSchema, type ListenerOptions } from './listeners.ts';

const portSchema = z.int().min(0).max(65_535);

/** `workbench`: our own core for MQTT 3.1, 3.1.1 and 5. `aedes`: the library of that name, for 3.1 and 3.1.1. */
export const brokerEngineSchema = z.enum(['workbench', 'aedes']);
export type BrokerEngineName = z.infer<typeof brokerEngineSchema>;

/** `memory`: gone when the broker stops. `file`: sessions, their messages, retained messages and wills outlive it; not with aedes. */
export const brokerPersistenceSchema = z.enum(['memory', 'file']);

// A default inside an optional field is applied even when the field is absent, so the start call takes the bare fields.
const brokerFields = {
  engine: brokerEngineSchema,
  persistence: brokerPersistenceSchema,
  host: z.string().min(1).max(255),
  tcpPort: portSchema.nullable(),
  webSocketPort: portSchema.nullable(),
  listeners: listenersSchema,
  limits: brokerLimitsSchema,
};

/** Ports of 0 ask the operating system for a free one; `null` switches a listener off. */
export const brokerOptionsSchema = z.strictObject({
  engine: brokerFields.engine.default('workbench'),
  host: brokerFields.host.default('127.0.0.1'),
  tcpPort: brokerFields.tcpPort.default(1883),
  webSocketPort: brokerFields.webSocketPort.default(8083),
  /** Absent: `memory`. */
  persistence: brokerFields.persistence.optional(),
  /** Beside the two ports. */
  listeners: brokerFields.listeners.optional(),
  /** Absent: the defaults. */
  limits: brokerFields.limits.optional(),
});
export type BrokerOptions = z.infer<typeof brokerOptionsSchema>;

export interface BrokerListener {
  /** `tcp` and `ws` for the two ports; otherwise as in the options. */
  readonly id: string;
  readonly name?: string;
  readonly kind: ListenerKind;
  /** Empty for a Unix socket. */
  readonly host: string;
  /** 0 for a Unix socket. */
  readonly port: number;
  /** For clients: `mqtt://127.0.0.1:1883`, `ws://127.0.0.1:8083`, `mqtts://…`, `wss://…`, `unix:///run/mqtt.sock`. */
  readonly url: string;
  /** Only a proxy can connect: clients send no PROXY header. */
  readonly proxyProtocol?: true;
}

export interface BrokerFailure extends Problem {
  /** The id of the listener that failed, and a free port to offer instead. */
  readonly listener?: string;
  readonly port?: number;
  readonly freePort?: number;
}

export type BrokerPhase = 'stopped' | 'starting' | 'running' | 'stopping' | 'failed';

export interface BrokerStatus {
  readonly phase: BrokerPhase;
  readonly engine: BrokerEngineName;
  /** What is wrong with the file of the broker, in sentences; `null`: nothing, or there is none. */
  readonly persistenceProblem: string | null;
  readonly listeners: readonly BrokerListener[];
  /** Those beside the two ports, as the broker was started with them. */
  readonly startedWith: readonly ListenerOptions[];
  /** Unix time in ms. */
  readonly startedAt: number | null;
  readonly failure: BrokerFailure | null;
  readonly clientCount: number;
  /** Publishes that the capture tap could not hand on, since the start. */
  readonly tapDropped: number;
  readonly demoDevice: { readonly enabled: boolean; readonly running: boolean };
}

export interface BrokerClient {
  readonly clientId: string;
  readonly version: MqttVersion;
  readonly transport: ListenerKind;
  /** `address:port` of the peer, as a proxy in front of us reports it. */
  readonly address: string;
  /** Who the client is, by a certificate that was checked: `CN=device-1, O=Lab`. */
  readonly certificateSubject?: string;
  readonly username: string | null;
  readonly cleanStart: boolean;
  readonly keepAliveSeconds: number;
  /** Unix time in ms. */
  readonly connectedAt: number;
  readonly subscriptionCount: number;
  /** The first of them. */
  readonly subscriptions: readonly { readonly filter: string; readonly qos: Qos }[];
}

/** A client that the broker turned away or cut off, as often as it came with the same reason. */
export interface RefusedClient {
  /** `null`: the broker did not get to know it. */
  readonly clientId: string | null;
  readonly transport: ListenerKind;
  /** `address:port` of the newest attempt. */
  readonly address: string;
  /** In words for a person, with the clause of the specification where it is about one. */
  readonly reason: string;
  /** The client was not refused, but there was no more room to keep its retained messages, which were delivered all the same: the topic of the last one. */
  readonly notKeptTopic?: string;
  /** The client stays connected, but the rules, or a handler, do not allow this: a topic to publish to, or a filter to subscribe to. `topic` `null`: further ones. */
  readonly denied?: { readonly action: 'publish' | 'subscribe'; readonly topic: string | null; readonly handler?: string };
  /** The client stays connected, but a message or subscription went beyond a limit: the topic or filter of the last one. */
  readonly overLimit?: { readonly topic: string };
  readonly count: number;
  /** Unix time in ms. */
  readonly firstAt: number;
  readonly lastAt: number;
}

export interface BrokerRefusals {
  /** Clients refused or cut off since the start. */
  readonly total: number;
  /** Retained messages that were delivered but not kept. */
  readonly notKept: number;
  /** Publishes and subscriptions that the rules did not allow. */
  readonly denied: number;
  /** Publishes and subscriptions beyond a limit, whose clients stayed connected. */
  readonly overLimit: number;
  /** Newest first, a bounded number. */
  readonly recent: readonly RefusedClient[];
}

/** How the broker takes leave of a client (§3.14). */
export const disconnectSchema = z.strictObject({
  clientId: z.string().max(65_535),
  reasonCode: z
    .int()
    .refine((code) => serverDisconnectCodes.includes(code), { message: 'no reason code that a server may send in DISCONNECT' })
    .optional(),
  reasonString: z.string().max(1000).optional(),
  /** With 0x9C and 0x9D: where to go. */
  serverReference: z.string().max(1000).optional(),
  /** False: the will is dropped. */
  publishWill: z.boolean().optional(),
});
export type DisconnectInput = z.infer<typeof disconnectSchema>;

export const brokerContract = {
  /** What is absent comes from the settings. */
  'broker.start': call<BrokerStatus>()(z.strictObject(brokerFields).partial()),
  'broker.stop': call<BrokerStatus>()(noInput),
  'broker.status': stream<BrokerStatus>()(noInput, { overflow: 'coalesce', window: 2 }),
  /** At most 1,000, those connected first, with at most 100 subscriptions of each. `broker.clientList` and `broker.subscriptions` have them all. */
  'broker.clients': stream<readonly BrokerClient[]>()(noInput, { overflow: 'coalesce', window: 2 }),
  'broker.refusals': stream<BrokerRefusals>()(noInput, { overflow: 'coalesce', window: 2 }),
  /** What is left out: 0x98 with a word, and the will is published. Clients of MQTT 3.x are told nothing. Rejects with `not-found`. */
  'broker.disconnectClient': call<void>()(disconnectSchema),
  'broker.setDemoDevice': call<void>()(z.strictObject({ enabled: z.boolean() })),
} as const;
