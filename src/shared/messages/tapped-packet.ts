import type { ListenerKind } from '../mqtt/listener-kinds.ts';
import type { ProtocolLevel } from '../mqtt/packet/packets.ts';

/** A packet as it crossed the network, whole and undecoded: `PacketDecoder` reads it, of direction `in` with the role `server`. */
export interface TappedPacket {
  /** Unix time in µs. */
  readonly timeUs: number;
  /** Counts up from 1 in each run of the broker; tells the connections of one client id apart. */
  readonly connection: number;
  /** `null` before CONNECT. Of a client that has none yet, the one it asks for. */
  readonly clientId: string | null;
  /** As seen by the broker. */
  readonly direction: 'in' | 'out';
  /** The version both speak; `null` as long as CONNECT has not told it. */
  readonly level: ProtocolLevel | null;
  /** From the fixed header on. Of a packet that was refused before it was whole, what had arrived, at most 64 KiB. */
  readonly bytes: Uint8Array;
  /** No packet, but the end of its connection, in words; `bytes` are then what had come of a packet that never became whole. */
  readonly end?: string;
  /** Absent: no fault had a hand in it. */
  readonly fault?: PacketFault;
}

/** Between whom a connection is, told with its first packet. */
export interface TappedConnection {
  readonly connection: number;
  readonly transport: ListenerKind;
  /** `address:port` of the client. */
  readonly address: string;
  /** The id of the listener, where there is one. */
  readonly listener: string | null;
}

/**
 * What an injected fault did to a packet.
 *
 * - `delayed`, `reordered`: it crossed the network later than it was sent, or after others. The time is that of the network.
 * - `dropped`, `frozen`: going out, it did not cross the network (`frozen`: not yet); coming in, the broker never saw it.
 * - `duplicate`: this is the copy. Coming in, only the broker saw it.
 * - `corrupted`: going out, the bytes are as they were changed; coming in, as the client sent them.
 * - `forged`: not the broker sent it, but the fault in its place.
 */
type FaultEffect = 'delayed' | 'reordered' | 'dropped' | 'frozen' | 'duplicate' | 'corrupted' | 'forged';

export interface PacketFault {
  /** The profile and the rule, for people. */
  readonly rule: string;
  readonly effect: FaultEffect;
}

/** Whether the packet was on the network at the time it is told of. */
export function crossedNetwork({ direction, fault }: Pick<TappedPacket, 'direction' | 'fault'>): boolean {
  if (fault === undefined) return true;
  return direction === 'out' ? fault.effect !== 'dropped' && fault.effect !== 'frozen' : fault.effect !== 'duplicate';
}
