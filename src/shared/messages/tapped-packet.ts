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
}
