import { z } from 'zod';
import { call, stream } from '../ipc/contract.ts';
import { bridgeIdSchema, remoteSchema } from './broker-intercepts.ts';
import { noInput, protocolVersionSchema, qosSchema, type MqttVersion, type Problem } from './common.ts';

/** Topic bridges carry messages between the local broker and another one. */

const mqttText = z.string().max(65_535);

/** As in a line of mosquitto: `topic FILTER DIRECTION QOS LOCAL-PREFIX REMOTE-PREFIX`. */
const bridgeRuleSchema = z.strictObject({
  /** `out`: from the local broker to the remote one. */
  direction: z.enum(['in', 'out', 'both']),
  /** Below both prefixes; empty: the prefixes are the topics themselves. */
  filter: z.string().max(65_535),
  /** Put before the filter, as they are: a `/` belongs to them. */
  localPrefix: z.string().max(65_535).default(''),
  remotePrefix: z.string().max(65_535).default(''),
  /** At most. */
  qos: qosSchema.default(1),
  /** `clear`: messages are carried without their Retain flag. */
  retain: z.enum(['keep', 'clear']).default('keep'),
});
export type BridgeRule = z.infer<typeof bridgeRuleSchema>;

/** Carries messages between the local broker and another one. */
export const topicBridgeSchema = z.strictObject({
  id: bridgeIdSchema,
  name: z.string().min(1, 'Give the bridge a name.').max(200),
  remote: remoteSchema,
  /** For a typed address; a connection says it itself. */
  version: protocolVersionSchema.default('5'),
  username: mqttText.default(''),
  /** At both brokers. Empty: `bridge-` and the id. */
  clientId: mqttText.default(''),
  keepAliveSeconds: z.int().min(0).max(65_535).default(60),
  /** The remote keeps nothing between two connections. */
  cleanStart: z.boolean().default(false),
  /** How long the remote keeps the session without a connection (MQTT 5). */
  sessionExpirySeconds: z.int().min(0).max(4_294_967_295).default(86_400),
  /** MQTT 3.1 and 3.1.1: asks the remote for the treatment of a bridge, as mosquitto's `try_private` does. */
  tryPrivate: z.boolean().default(true),
  rules: z.array(bridgeRuleSchema).min(1, 'Add a rule: without one nothing is carried.').max(1000),
  /** What may wait for the remote. */
  queueMessages: z.int().min(0).max(50_000).default(1000),
  queueBytes: z.int().min(0).max(268_435_456).default(16_777_216),
  /** Also messages of QoS 0, which are dropped otherwise while the remote is away. */
  queueQos0: z.boolean().default(false),
  /** A message that went out and comes back with the same topic and payload within this time is not carried again; 0: any may come. For rings over MQTT 3.1.1. */
  returnsSeconds: z.int().min(0).max(3600).default(0),
  /** Starts with the local broker. */
  autoStart: z.boolean().default(false),
});
export type TopicBridge = z.infer<typeof topicBridgeSchema>;

export interface TopicBridgeView extends TopicBridge {
  readonly passwordSet: boolean;
}

/** Of the rule at the same place. */
interface BridgeRuleStatus {
  readonly in: number;
  readonly out: number;
  /** Why one of the brokers did not grant its subscription; `null`: granted, or not asked yet. */
  readonly refused: string | null;
}

export interface TopicBridgeStatus {
  readonly id: string;
  /** `waiting`: for the local broker; `retrying`: for the next attempt. */
  readonly phase: 'stopped' | 'waiting' | 'connecting' | 'connected' | 'retrying' | 'failed';
  readonly problem: Problem | null;
  /** Unix ms. */
  readonly nextAttemptAt: number | null;
  readonly connectedAt: number | null;
  readonly remote: string | null;
  readonly version: MqttVersion | null;
  /** How messages are kept from coming back: by No Local, by the mark of bridges, or by remembering them. */
  readonly guard: 'no-local' | 'private' | 'memory' | null;
  /** Since it was started. */
  readonly messagesIn: number;
  readonly messagesOut: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly queued: number;
  readonly queuedBytes: number;
  /** No more room, or QoS 0 while the other side is away. */
  readonly dropped: number;
  /** Not carried, as they had been here before. */
  readonly looped: number;
  /** A broker did not take them. */
  readonly refused: number;
  /** Sentences. */
  readonly warnings: readonly string[];
  readonly rules: readonly BridgeRuleStatus[];
}

/** What is read from a configuration file of mosquitto. */
export interface ConfImport {
  readonly bridges: readonly ImportedBridge[];
  /** Lines outside of bridges that were passed over, and what cannot be read. */
  readonly notes: readonly ConfNote[];
}

export interface ImportedBridge {
  readonly bridge: TopicBridge;
  readonly password: string | null;
  /** What cannot be carried over, or only in part. */
  readonly notes: readonly ConfNote[];
}

export interface ConfNote {
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

const byId = z.strictObject({ id: z.string().min(1).max(64) });
/** A text sets the password, `null` removes it, absent keeps it. */
const password = mqttText.nullable().optional();
const confText = z.string().max(1_000_000);

export const topicBridgesContract = {
  'topicBridges.watch': stream<{ readonly bridges: readonly TopicBridgeView[] }>()(noInput, { overflow: 'coalesce', window: 2 }),
  'topicBridges.statuses': stream<{ readonly statuses: readonly TopicBridgeStatus[] }>()(noInput, { overflow: 'coalesce', window: 2 }),
  'topicBridges.save': call<void>()(z.strictObject({ bridge: topicBridgeSchema, password })),
  'topicBridges.remove': call<void>()(byId),
  /** Answers at once; how it goes on, the status tells. */
  'topicBridges.start': call<void>()(byId),
  'topicBridges.stop': call<void>()(byId),
  /** Reads the bridges of a mosquitto.conf; nothing is saved. */
  'topicBridges.readConf': call<ConfImport>()(z.strictObject({ text: confText })),
  /** As sections of a mosquitto.conf; passwords are left out. */
  'topicBridges.writeConf': call<{ readonly text: string; readonly notes: readonly string[] }>()(z.strictObject({ ids: z.array(z.string()).max(100) })),
} as const;
