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
  /** From the fixed header on; of a packet that was refused for its fixed header, nothing is told. */
  readonly bytes: Uint8Array;
  /** Absent: no fault had a hand in it. */
  readonly fault?: PacketFault;
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
