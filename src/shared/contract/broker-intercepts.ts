import { z } from 'zod';
import { call, stream } from '../ipc/contract.ts';
import type { ListenerKind } from '../mqtt/listener-kinds.ts';
import { noInput, type MqttVersion, type Problem } from './common.ts';
import { listenerOptionsSchema } from './listeners.ts';

/** Intercepts forward connections of devices to a broker elsewhere, byte by byte. */

export const bridgeIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/)
  .describe('letters, digits, "_" and "-"');
const mqttText = z.string().max(65_535);

/** The broker at the other end. */
export const remoteSchema = z.discriminatedUnion('kind', [
  /** As a connection of the workspace says: address, TLS with its pins and keys, proxy, WebSocket headers. */
  z.strictObject({ kind: z.literal('connection'), id: z.string().min(1).max(64) }),
  z.strictObject({
    kind: z.literal('address'),
    /** `mqtt://host:1883`, `mqtts://`, `ws://host:8083/mqtt`, `wss://`; without user info. */
    uri: z.string().min(1, 'Enter the address of the broker.').max(2048),
    /** With TLS: `none` takes any certificate. */
    verify: z.enum(['required', 'none']).default('required'),
    /** Authorities that are trusted (PEM); empty: those of the system and of Node. */
    ca: z.string().max(1_000_000).default(''),
  }),
]);
export type BridgeRemote = z.infer<typeof remoteSchema>;

/** A listener whose connections are forwarded to another broker. */
export const interceptSchema = z.strictObject({
  id: bridgeIdSchema,
  name: z.string().min(1, 'Give the intercept a name.').max(200),
  listener: listenerOptionsSchema,
  remote: remoteSchema,
  /** What CONNECT says instead of what the device sent; `null`: as sent. `%c` stands for the client id of the device. A stored password goes with it. */
  rewrite: z.strictObject({ username: mqttText.nullable().default(null), clientId: mqttText.nullable().default(null) }).prefault({}),
  /** What a device gets when the remote cannot be reached: the end of its connection, or CONNACK "Server unavailable" (3; 0x88 in MQTT 5) before it. */
  unreachable: z.enum(['close', 'unavailable']).default('close'),
  /** Messages that pass are kept in a source of its own. */
  record: z.boolean().default(true),
  /** Faults that are on for the local broker strike its devices as well, where their scope takes them in: they come after faults were turned on. */
  faults: z.boolean().default(false),
  /** Starts with the workbench. */
  autoStart: z.boolean().default(false),
});
export type Intercept = z.infer<typeof interceptSchema>;

export interface InterceptView extends Intercept {
  /** A password that CONNECT gets is stored. */
  readonly passwordSet: boolean;
}

export interface InterceptStatus {
  readonly id: string;
  readonly phase: 'stopped' | 'starting' | 'running' | 'failed';
  /** Why it does not run, or why the newest connection did not reach the remote. */
  readonly problem: Problem | null;
  /** Instead of one that is taken. */
  readonly freePort: number | null;
  /** Where devices connect; `null`: nowhere now. */
  readonly url: string | null;
  /** Where it forwards to, as far as it is known: `mqtts://broker.example`. */
  readonly remote: string | null;
  readonly open: number;
  /** Since it was started. */
  readonly total: number;
  /** Connections that did not reach the remote, and devices that the listener turned away. */
  readonly failed: number;
  readonly refused: number;
  readonly bytesToRemote: number;
  readonly bytesToDevices: number;
  readonly messages: number;
  /** Times that faults struck, since they were turned on. */
  readonly faultHits: number;
  /** Packets that passed unread: malformed, or too large to be looked at. */
  readonly unread: number;
}

/** Bytes are those of MQTT, without TLS and WebSocket around them. Times are Unix ms. */
export interface InterceptConnection {
  /** Counts up from 1 for each intercept. */
  readonly number: number;
  readonly address: string;
  readonly transport: ListenerKind;
  /** As in CONNECT, before anything is rewritten; `null`: it has not come. */
  readonly clientId: string | null;
  readonly version: MqttVersion | null;
  /** `closing`: one side has ended its half. */
  readonly state: 'connecting' | 'open' | 'closing' | 'closed';
  readonly since: number;
  readonly endedAt: number | null;
  readonly bytesToRemote: number;
  readonly bytesToDevice: number;
  /** Bytes that wait for a side to read. */
  readonly pendingBytes: number;
  /** Since when the remote owes an answer to CONNECT or PINGREQ. */
  readonly askedAt: number | null;
  /** The first thing that broke the specification, with its clause; it passed unchanged. */
  readonly violation: string | null;
  /** Why it ended. */
  readonly reason: Problem | null;
}

export interface InterceptConnections {
  /** Open ones, newest first, then the last that ended; at most 500. */
  readonly rows: readonly InterceptConnection[];
  /** Open ones beyond these. */
  readonly omitted: number;
}

const byId = z.strictObject({ id: z.string().min(1).max(64) });
/** A text sets the password, `null` removes it, absent keeps it. */
const password = mqttText.nullable().optional();

export const interceptsContract = {
  'intercepts.watch': stream<{ readonly intercepts: readonly InterceptView[] }>()(noInput, { overflow: 'coalesce', window: 2 }),
  'intercepts.statuses': stream<{ readonly statuses: readonly InterceptStatus[] }>()(noInput, { overflow: 'coalesce', window: 2 }),
  'intercepts.connections': stream<InterceptConnections>()(byId, { overflow: 'coalesce', window: 2 }),
  /** Creates or replaces one; one that runs opens anew. Rejects with `bad-input`, `invalid-uri` or `invalid-state` (100 of them). */
  'intercepts.save': call<void>()(z.strictObject({ intercept: interceptSchema, password })),
  /** Its messages stay until `messages.clearHistory`. */
  'intercepts.remove': call<void>()(byId),
  /** Resolves when it listens; rejects with the reason, which the status shows as well. */
  'intercepts.start': call<void>()(byId),
  'intercepts.stop': call<void>()(byId),
  /** Ends one connection. */
  'intercepts.end': call<void>()(z.strictObject({ id: z.string().min(1).max(64), number: z.int().min(1) })),
} as const;
