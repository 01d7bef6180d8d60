import { z } from 'zod';
import { call, stream } from '../ipc/contract.ts';
import type { TappedConnection } from '../messages/tapped-packet.ts';
import { noInput, type Qos } from './common.ts';

/** What only the inside of a broker can tell, and only our own core does: aedes has none of it. */

/** Why a message did not reach a receiver. */
export type TraceReason =
  /** All matching subscriptions of the publisher itself are no-local. */
  | 'no-local'
  | 'not-authorised'
  | 'expired'
  /** What may wait for this client is full. */
  | 'queue-full'
  /** The client does not read, and QoS 0 does not wait. */
  | 'output-full'
  /** Not connected, and QoS 0 does not wait. */
  | 'offline'
  /** Larger than the client takes. */
  | 'too-large'
  /** Of a shared subscription: another member got it. */
  | 'other-member'
  /** Of a shared subscription: none of its members could take it. */
  | 'no-member'
  | 'session-ended'
  /** Taken out of the queue by hand. */
  | 'discarded'
  /** The client answered with a reason code of 0x80 or above. */
  | 'refused';

/** What became of a message for one matching session, as far as it is known when it is routed. */
export interface TraceReceiver {
  /** `null` for a shared subscription without a member that could take it. */
  readonly clientId: string | null;
  /** Those that matched, as subscribed. */
  readonly filters: readonly string[];
  /** The name of the shared subscription. */
  readonly group: string | null;
  /** Of the subscription. */
  readonly grantedQos: Qos;
  /** As delivered: the lower of the granted one and the published one. */
  readonly qos: Qos;
  readonly state: 'written' | 'waiting' | TraceReason;
  /** Of the PUBLISH to the receiver; 0: none. */
  readonly packetId: number;
}

/** What a handler of the local broker did to a message, or that it made it. */
export interface HandlerDeed {
  /** The name of the handler. */
  readonly handler: string;
  /** `answered`: it sent a message of its own because of this one. `made`: this message is its own. `failed`: the message went on as it was. */
  readonly did: 'changed' | 'answered' | 'dropped' | 'refused' | 'made' | 'failed';
  /** Which parts, why, or what went wrong: for a person; may be empty. */
  readonly about: string;
}

/** Why a message is given to somebody: it was published, it is retained, or a member of its shared subscription has left. */
export type TraceCause = 'published' | 'retained' | 'handed-over';

interface TraceMoment {
  /** Of the message; counts up in one run of the broker. The same as `id` in its capture record. */
  readonly number: number;
  /** Unix time in µs. */
  readonly timeUs: number;
}

/** What happens to a message inside the broker, in order. */
export type TraceEvent =
  | (TraceMoment & {
      readonly kind: 'routed';
      readonly cause: TraceCause;
      /** Client id; `null`: the broker itself. */
      readonly publisher: string | null;
      /** Of the PUBLISH from the publisher; 0: none. */
      readonly packetId: number;
      /** At most 200. */
      readonly receivers: readonly TraceReceiver[];
      /** Further receivers. */
      readonly omitted: number;
      /** In their order; absent: none did anything. */
      readonly handlers?: readonly HandlerDeed[];
    })
  /** What waited was sent, or what was under way before a reconnect was sent again. */
  | (TraceMoment & { readonly kind: 'written'; readonly clientId: string; readonly packetId: number; readonly again: boolean })
  /** PUBACK or PUBCOMP came. */
  | (TraceMoment & { readonly kind: 'acknowledged'; readonly clientId: string; readonly packetId: number })
  /** What waited or was under way will not arrive (any more). `packetId` 0: it had not been sent. */
  | (TraceMoment & { readonly kind: 'dropped'; readonly clientId: string; readonly packetId: number; readonly reason: TraceReason });

/** One receiver of a message, and how far it got. Times are Unix µs. */
export interface TracedReceiver extends TraceReceiver {
  readonly cause: TraceCause;
  readonly writtenAtUs: number | null;
  /** Times it was sent again after a reconnect. */
  readonly sentAgain: number;
  readonly acknowledgedAtUs: number | null;
  /** When the reason in `state` came up. */
  readonly endedAtUs: number | null;
}

/** Who got a message. */
export interface MessageTrace {
  readonly publisher: string | null;
  readonly packetId: number;
  /** Subtracted from the times here, it gives µs of the clock that never goes back and is the same in all threads (`process.hrtime`). */
  readonly clockOffsetUs: number;
  readonly routedAtUs: number;
  readonly receivers: readonly TracedReceiver[];
  readonly omitted: number;
  /** What handlers did to it, in their order; absent: nothing. */
  readonly handlers?: readonly HandlerDeed[];
}

export interface TracingStatus {
  /** The broker has heard of it: messages that come from now on are traced. */
  readonly active: boolean;
  /** Messages whose traces are held. */
  readonly messages: number;
  /** Events that came too fast to be taken in. */
  readonly lost: number;
  /** Grows with everything that happens to a message. */
  readonly revision: number;
}

/** Packets as they crossed the network, see `unpackPackets`. */
export interface PacketBatch {
  readonly packets: Uint8Array;
  readonly count: number;
  /** Packets lost before this batch because the reader was too slow, since the stream was opened or the broker has started. */
  readonly lost: number;
  /** Those whose first packet is in this batch. */
  readonly connections: readonly TappedConnection[];
}

const clientIdSchema = z.string().max(65_535);

/** `clientId`: only packets of this client's connections. */
export const packetsInputSchema = z.strictObject({ clientId: clientIdSchema.optional() });
export type PacketsInput = z.infer<typeof packetsInputSchema>;

/** The calls reject with `broker-not-running`, and with `invalid-state` for an engine that cannot tell. */
export const brokerInsideContract = {
  /** Messages are traced as long as this is open; a message that was published before has no trace. */
  'broker.tracing': stream<TracingStatus>()(noInput, { overflow: 'coalesce', window: 2 }),
  /** By the id of the message; `null`: it was not traced, or so long ago that it is forgotten. */
  'broker.whoGot': call<MessageTrace | null>()(z.strictObject({ id: z.int().min(0) })),
  /** By the number of the message in this run of the broker. */
  'broker.whoGotNumber': call<MessageTrace | null>()(z.strictObject({ number: z.int().min(0) })),
  /** Every packet in and out from now on. It goes on when the broker is started again. */
  'broker.packets': stream<PacketBatch>()(packetsInputSchema, { overflow: 'wait', window: 8 }),
} as const;
