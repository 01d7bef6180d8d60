import { z } from 'zod';
import { call, stream } from '../ipc/contract.ts';
import type { JsonValue } from '../rpc/python-json.ts';
import { sourceIdSchema, topicTextSchema, type SourceId } from './common.ts';
import type { DialectId } from './rpc.ts';

const clientIdSchema = z.string().min(1).max(65_535);
const pageShape = { text: z.string().max(1000).default(''), offset: z.int().min(0).default(0), limit: z.int().min(1).max(500) };

/** Who takes part: a client that says so itself (presence of mqttxx 3.x), that the local broker knows, or that was seen to call, to answer or to publish. */
export interface RpcPeer {
  readonly clientId: string;
  /** What its presence says; `null`: it has none. */
  readonly presence: 'online' | 'offline' | null;
  /** Unix ms: when it said so, or the broker for it; `null`: before it was watched, as the message is retained. */
  readonly presenceAt: number | null;
  /** Unix ms: what the message itself says; of a will the time of the connect, not of the loss. */
  readonly presenceTimestamp: number | null;
  /** By the local broker itself; `null`: it cannot tell. */
  readonly connected: boolean | null;
  /** Unix ms. */
  readonly connectedAt: number | null;
  /** Unix ms of the last message that was seen of it; `null`: none. */
  readonly lastSeenAt: number | null;
  /** A node of mqttxx 4.x was seen at `rpc/r/<client id>`, which can be asked for a sign of life. */
  readonly node4: boolean;
}

const peerStates = ['all', 'online', 'offline', 'unknown'] as const;
export type PeerState = (typeof peerStates)[number];

export interface PeersPage {
  /** By client id. */
  readonly rows: readonly RpcPeer[];
  readonly total: number;
  /** Of all, whatever the filter: online by presence or connected to the local broker, offline, and neither known. */
  readonly online: number;
  readonly offline: number;
  readonly unknown: number;
  /** Clients that had no more room: at most 20,000 are remembered. */
  readonly leftOut: number;
}

const peersQuerySchema = z.strictObject({ source: sourceIdSchema, state: z.enum(peerStates).default('all'), ...pageShape });
export type PeersQuery = z.input<typeof peersQuerySchema>;

/** Three calls at once, 3 s each, as mqttxx 4.x does. */
export interface PingResult {
  readonly alive: boolean;
  readonly answered: number;
  readonly asked: number;
  /** In ms; `null` without an answer. */
  readonly minMs: number | null;
  readonly medianMs: number | null;
  readonly maxMs: number | null;
  /** Why the first one without an answer has none, in a sentence. */
  readonly problem: string | null;
}

const peerSchema = z.strictObject({ source: sourceIdSchema, clientId: clientIdSchema });

/** An event that was seen, or sent from here. */
export interface RpcEventRow {
  /** Grows with each event since the engine started. */
  readonly id: number;
  readonly source: SourceId;
  readonly dialect: DialectId;
  /** Unix µs at which it came. */
  readonly timeUs: number;
  readonly topic: string;
  /** Empty: it names none. */
  readonly eventType: string;
  /** Who says it: nobody checks it. Empty: not given. */
  readonly from: string;
  /** The client that published it, where the local broker knows. */
  readonly publisher: string | null;
  /** Sent from here. */
  readonly own: boolean;
  /** The beginning of its data, as one line of JSON. */
  readonly preview: string;
  readonly sizeBytes: number;
}

export interface RpcEventDetail extends RpcEventRow {
  /** `null` when it is too long to be kept, which the size tells. */
  readonly data: JsonValue;
  readonly tooLong: boolean;
  /** Unix s, as the event says; `null`: not given. */
  readonly timestamp: number | null;
  /** In the message history; 0: not there. */
  readonly messageId: number;
}

export interface EventsPage {
  /** Newest first. */
  readonly rows: readonly RpcEventRow[];
  readonly total: number;
  /** Of the source: seen since the engine started, or since the list was cleared. */
  readonly seen: number;
  /** The newest there is: for `upTo`. */
  readonly newestId: number;
  /** Older events of any source that were forgotten: at most 10,000, or 32 MiB of them, are kept. */
  readonly forgotten: number;
  /** The types of the source by number of events, at most 200. */
  readonly types: readonly { readonly eventType: string; readonly count: number }[];
}

const eventsQuerySchema = z.strictObject({
  source: sourceIdSchema,
  eventType: z.string().max(1000).optional(),
  /** Only events up to this one: while the list stands still. */
  upTo: z.int().min(0).optional(),
  ...pageShape,
});
export type EventsQuery = z.input<typeof eventsQuerySchema>;

export const rpcPeersContract = {
  'rpcPeers.watch': stream<PeersPage>()(peersQuerySchema, { overflow: 'coalesce', window: 2 }),
  /** Asks a client of mqttxx 3.x to leave: it obeys only if it listens for that. */
  'rpcPeers.kick': call<void>()(peerSchema),
  /** Removes the retained presence of a client from the broker. */
  'rpcPeers.clearPresence': call<void>()(peerSchema),
  /** Forgets a client until it is seen again; what is retained stays. */
  'rpcPeers.forget': call<void>()(peerSchema),
  'rpcPeers.ping': call<PingResult>()(peerSchema),
  'rpcEvents.watch': stream<EventsPage>()(eventsQuerySchema, { overflow: 'coalesce', window: 2 }),
  /** `null`: it is forgotten. */
  'rpcEvents.detail': call<RpcEventDetail | null>()(z.strictObject({ id: z.int().min(1) })),
  'rpcEvents.clear': call<{ readonly cleared: number }>()(z.strictObject({ source: sourceIdSchema })),
  /** `mqttxx2`: the envelope of 3.x. `mqttxx4`: user properties, which need MQTT 5. `raw`: the data alone. Sent with QoS 0. */
  'rpcEvents.send': call<void>()(
    z.strictObject({
      source: sourceIdSchema,
      form: z.enum(['mqttxx2', 'mqttxx4', 'raw']),
      topic: topicTextSchema,
      eventType: z.string().max(1000),
      data: z.json(),
      from: z.string().max(1000),
    }),
  ),
} as const;
