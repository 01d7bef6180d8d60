import { z } from 'zod';
import { call, stream } from '../ipc/contract.ts';
import { packetLimitBounds } from '../messages/packet-limits.ts';
import type { PacketFault } from '../messages/tapped-packet.ts';
import type { ListenerKind } from '../mqtt/listener-kinds.ts';
import { packetFileFormats } from '../mqtt/packet-files/file-packet.ts';
import type { ProtocolLevel } from '../mqtt/packet/packets.ts';
import { noInput, sourceIdSchema, type SourceId } from './common.ts';

/** Where packets are recorded: all clients of the local broker, a connection of the workbench, or an intercept. */
export type PacketSourceId = SourceId;

interface PacketSourceStatus {
  readonly id: PacketSourceId;
  readonly name: string;
  readonly recording: boolean;
  /** Held now. */
  readonly packets: number;
}

export interface PacketsStatus {
  readonly sources: readonly PacketSourceStatus[];
  /** Held now. */
  readonly packets: number;
  readonly bytes: number;
  /** Recorded, and gone for those that came later, since the last clear. */
  readonly forgotten: number;
  /** Came too fast to be recorded, since the last clear. */
  readonly lost: number;
  readonly limits: PacketLimits;
}

export interface PacketLimits {
  readonly packets: number;
  readonly bytes: number;
}

const directionSchema = z.enum(['in', 'out']);
export type PacketDirection = z.infer<typeof directionSchema>;

/** Which packets; what is absent does not matter. */
const packetFilterSchema = z.strictObject({
  source: sourceIdSchema.optional(),
  /** Exactly this client. */
  clientId: z.string().max(65_535).optional(),
  /** Types of control packets, 1 to 15; 0 stands for the ends of connections. */
  types: z.array(z.int().min(0).max(15)).max(16).optional(),
  /** As seen by the broker. */
  direction: directionSchema.optional(),
  /** A topic filter: fits topics of PUBLISH and of wills, and filters of SUBSCRIBE and UNSUBSCRIBE that are the same or that it covers. */
  topic: z.string().max(65_535).optional(),
  packetId: z.int().min(1).max(65_535).optional(),
  /** Part of the client id, of the topic, or of any text in the packet; upper and lower case are the same. */
  text: z.string().max(1000).optional(),
  /** Only broken rules, refusals by a code, and connections that the broker ended. */
  problems: z.boolean().optional(),
});
export type PacketFilter = z.infer<typeof packetFilterSchema>;

export interface PacketRow {
  /** Counts up over everything recorded. */
  readonly seq: number;
  /** Unix µs. */
  readonly timeUs: number;
  /** Since the packet above it in this list; `null`: it is the first. */
  readonly deltaUs: number | null;
  /** Since the packet before it on its connection. */
  readonly connectionDeltaUs: number | null;
  readonly source: PacketSourceId;
  /** Of this recording: no two connections share one. */
  readonly connection: number;
  readonly clientId: string | null;
  readonly direction: PacketDirection;
  /** 1 to 15; 0 with `end`; `null`: no bytes at all. */
  readonly type: number | null;
  readonly packetId: number | null;
  readonly topic: string | null;
  readonly words: string;
  /** Bytes of the whole packet. */
  readonly size: number;
  readonly problem: 'violation' | 'refusal' | null;
  /** No packet: the end of the connection, in words. */
  readonly end: string | null;
  /** What an injected fault did to it. */
  readonly fault: PacketFault | null;
}

export interface PacketsFrame {
  /** Places in the list count from its first packet ever: when old packets are forgotten, the others keep theirs. */
  readonly first: number;
  readonly rows: readonly PacketRow[];
  /** The list goes from here … */
  readonly from: number;
  /** … up to, not including, here. */
  readonly to: number;
  /** The recording is still being looked through; from 0 to 1. `null`: it has been. */
  readonly looked: number | null;
}

export interface PacketDetail {
  readonly row: PacketRow;
  /** The whole packet up to 1 MiB of it. */
  readonly bytes: Uint8Array;
  readonly level: ProtocolLevel | null;
  /** A CONNECT came on this connection before. */
  readonly connected: boolean;
  readonly transport: ListenerKind | null;
  readonly address: string | null;
}

/** Who takes part in a sequence: a client or a broker. */
export interface SequenceParticipant {
  readonly id: string;
  readonly name: string;
  readonly isBroker: boolean;
}

/** An arrow of a sequence. */
export interface SequenceStep {
  /** Unix µs. */
  readonly timeUs: number;
  /** Ids of participants; the same for what one of them kept to itself. */
  readonly from: string;
  readonly to: string;
  /** `PUBLISH`, or what did not happen: `not delivered`. */
  readonly name: string;
  readonly words: string;
  readonly kind: 'message' | 'answer' | 'session' | 'lost';
  /** The recorded packet; `null`: only the trace tells of it. */
  readonly seq: number | null;
  readonly problem: PacketRow['problem'];
}

/** What belongs together across clients, in the order of time. */
export interface PacketSequence {
  /** Clients that began something, the broker, then the others. */
  readonly participants: readonly SequenceParticipant[];
  /** At most 300. */
  readonly steps: readonly SequenceStep[];
  readonly omitted: number;
  /** All or some of it was drawn from the trace of the broker. */
  readonly traced: boolean;
  /** Messages of which nothing is known: neither packets were recorded, nor a trace. */
  readonly missing: number;
}

/** Part of an exported file. The bytes of all parts, one after the other, are the file. */
export interface PacketsExportPart {
  readonly bytes: Uint8Array;
  /** Packets looked at. */
  readonly done: number;
  readonly total: number;
}

const viewIdSchema = z.string().min(1).max(64);
const windowShape = {
  first: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
  count: z.int().min(0).max(500),
  /** The newest `count` packets, wherever they are. */
  follow: z.boolean(),
};

const { packets, bytes } = packetLimitBounds;

/** A recording of control packets, which goes on wherever the page is. One for all pages. */
export const packetsContract = {
  'packets.status': stream<PacketsStatus>()(noInput, { overflow: 'coalesce', window: 2 }),
  /** Rejects with `not-found` for a source that does not exist (any more). */
  'packets.record': call<void>()(z.strictObject({ source: sourceIdSchema, on: z.boolean() })),
  'packets.clear': call<void>()(noInput),
  /** The oldest packets go at once when there are too many. */
  'packets.setLimits': call<void>()(z.strictObject({ packets: z.int().min(packets.min).max(packets.max), bytes: z.int().min(bytes.min).max(bytes.max) })),
  /** Client ids in the recording, those heard of last first; at most 500. */
  'packets.clients': call<readonly string[]>()(z.strictObject({ source: sourceIdSchema.optional() })),
  /** At most 10 frames a second, and none when nothing visible changed. The view lives as long as the stream; another filter is another stream. */
  'packets.list': stream<PacketsFrame>()(z.strictObject({ viewId: viewIdSchema, filter: packetFilterSchema, ...windowShape }), {
    overflow: 'coalesce',
    window: 2,
  }),
  'packets.setWindow': call<void>()(z.strictObject({ viewId: viewIdSchema, ...windowShape })),
  /** Every packet that fits, oldest first. Passwords are asterisks unless `secrets` asks for them. Closing the stream cancels. */
  'packets.export': stream<PacketsExportPart>()(z.strictObject({ filter: packetFilterSchema, format: z.enum(packetFileFormats), secrets: z.boolean() }), {
    overflow: 'wait',
    window: 4,
  }),
  /** `null`: it is forgotten. */
  'packets.get': call<PacketDetail | null>()(z.strictObject({ seq: z.int().min(1) })),
  /** What a recorded packet belongs to, or the ways of messages of the history: of one, or of the request and the answers of a call. `null`: the packet is forgotten. */
  'packets.sequence': call<PacketSequence | null>()(
    z.union([z.strictObject({ seq: z.int().min(1) }), z.strictObject({ source: sourceIdSchema, messages: z.array(z.int().min(1)).min(1).max(20) })]),
  ),
} as const;
