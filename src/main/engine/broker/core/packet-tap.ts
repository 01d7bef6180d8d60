import type { TappedPacket } from '../../../../shared/messages/tapped-packet.ts';
import type { Packet } from '../../../../shared/mqtt/packet/packets.ts';
import type { Connection } from './connection.ts';

export type PacketListener = (packet: TappedPacket) => void;

interface Follower {
  readonly listener: PacketListener;
  /** `null`: of every client. */
  readonly clientId: string | null;
}

/** Shows every packet in and out to who listens. It exists only while somebody does. */
export class PacketTap {
  readonly #followers = new Set<Follower>();
  readonly #nowUs: () => number;

  constructor(nowUs: () => number) {
    this.#nowUs = nowUs;
  }

  get isIdle(): boolean {
    return this.#followers.size === 0;
  }

  follow(listener: PacketListener, clientId: string | null): () => void {
    const follower: Follower = { listener, clientId };
    this.#followers.add(follower);
    return () => void this.#followers.delete(follower);
  }

  /** The decoder's next packet, shown before it is handled; also one that is refused. */
  next(connection: Connection): Packet | undefined {
    const { decoder } = connection;
    const before = decoder.lastPacketBytes;
    let packet: Packet | undefined;
    try {
      packet = decoder.next();
    } catch (error) {
      const refused = decoder.lastPacketBytes;
      // Unless a new packet was read beyond its fixed header, these are still the bytes of the one before.
      if (refused.buffer !== before.buffer || refused.byteOffset !== before.byteOffset) this.packet(connection, 'in', refused);
      throw error;
    }
    if (packet === undefined) return undefined;
    // CONNECT is shown under the client id it asks for.
    if (packet.type === 'connect') connection.clientId = packet.clientId;
    this.packet(connection, 'in', decoder.lastPacketBytes);
    return packet;
  }

  /** `payload` follows where it is written apart from its header. */
  sent(connection: Connection, bytes: Uint8Array, payload: Uint8Array | null): void {
    this.packet(connection, 'out', payload === null ? bytes : Buffer.concat([bytes, payload]));
  }

  packet({ id, session, clientId: wantedId }: Connection, direction: TappedPacket['direction'], bytes: Uint8Array): void {
    const clientId = session === null ? wantedId : session.clientId;
    const packet: TappedPacket = { timeUs: this.#nowUs(), connection: id, clientId, direction, bytes };
    for (const follower of this.#followers) if (follower.clientId === null || follower.clientId === clientId) follower.listener(packet);
  }
}
