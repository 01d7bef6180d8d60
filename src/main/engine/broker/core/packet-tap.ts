import type { PacketFault, TappedConnection, TappedPacket } from '../../../../shared/messages/tapped-packet.ts';
import type { Packet } from '../../../../shared/mqtt/packet/packets.ts';
import type { Connection, EndKind } from './connection.ts';

/** `first`: whose packet it is, with the first one of each connection that this listener is shown. */
export type PacketListener = (packet: TappedPacket, first: TappedConnection | null) => void;

const noBytes = new Uint8Array(0);
const endWords: Readonly<Record<EndKind, string>> = {
  'client-said-goodbye': 'The connection ended after DISCONNECT.',
  lost: 'The connection ended without DISCONNECT.',
  'taken-over': 'The broker ended the connection: another one took over its client id.',
  'closed-by-broker': 'The broker ended the connection.',
};

interface Follower {
  readonly listener: PacketListener;
  /** `null`: of every client. */
  readonly clientId: string | null;
  readonly known: WeakSet<Connection>;
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
    const follower: Follower = { listener, clientId, known: new WeakSet() };
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
      const isNew = refused.buffer !== before.buffer || refused.byteOffset !== before.byteOffset;
      this.#show(connection, 'in', isNew ? refused : decoder.unread, null);
      throw error;
    }
    if (packet === undefined) return undefined;
    // CONNECT is shown under the client id it asks for.
    if (packet.type === 'connect') connection.clientId = packet.clientId;
    this.#show(connection, 'in', decoder.lastPacketBytes, null);
    return packet;
  }

  /** `payload` follows where it is written apart from its header. */
  sent(connection: Connection, bytes: Uint8Array, payload: Uint8Array | null): void {
    this.#show(connection, 'out', payload === null ? bytes : Buffer.concat([bytes, payload]), null);
  }

  /** A packet of a connection that faults are on for: told when it crosses the network, with what a fault did to it. */
  packet(connection: Connection, direction: TappedPacket['direction'], bytes: Uint8Array, fault: PacketFault | undefined): void {
    this.#show(connection, direction, bytes, null, fault);
  }

  /** `reason`: what the broker refused, if that was why. */
  ended(connection: Connection, kind: EndKind, reason: string | null): void {
    const { decoder } = connection;
    const words = reason === null ? endWords[kind] : `The broker ended the connection: ${reason}`;
    const cut = decoder.bufferedBytes === 0 ? noBytes : decoder.unread;
    this.#show(connection, reason === null && (kind === 'lost' || kind === 'client-said-goodbye') ? 'in' : 'out', cut, words);
  }

  #show(connection: Connection, direction: TappedPacket['direction'], bytes: Uint8Array, end: string | null, fault?: PacketFault): void {
    const { id, session, clientId: wantedId, decoder, info, fault: link } = connection;
    const clientId = session === null ? wantedId : session.clientId;
    // What a fault refuses, the decoder never reads.
    const level = decoder.level ?? (link === null ? null : link.level);
    const packet: TappedPacket = {
      timeUs: this.#nowUs(),
      connection: id,
      clientId,
      direction,
      level,
      bytes,
      ...(end === null ? {} : { end }),
      ...(fault === undefined ? {} : { fault }),
    };
    for (const { clientId: only, known, listener } of this.#followers) {
      if (only !== null && only !== clientId) continue;
      if (known.has(connection)) listener(packet, null);
      else {
        known.add(connection);
        listener(packet, { connection: id, transport: info.transport, address: info.address, listener: info.listener ?? null });
      }
    }
  }
}
