import type { TappedConnection, TappedPacket } from '../../../../shared/messages/tapped-packet.ts';
import { atEndOfTurn } from '../../mqtt-client/index.ts';

/** Packets of an intercept, with the connections whose first packets are among them. */
export interface InterceptFeed {
  readonly packets: readonly TappedPacket[];
  readonly connections: readonly TappedConnection[];
  /** They are handed over as they come: none is lost. */
  readonly lost: 0;
}

/** Hands the packets of one intercept to who follows it; without a follower it costs a look at an empty set. */
export class PacketFeed {
  readonly #followers = new Set<(feed: InterceptFeed) => void>();
  #packets: TappedPacket[] = [];
  #connections: TappedConnection[] = [];
  /** Numbers of connections that were told. */
  #told = new Set<number>();

  follow(onFeed: (feed: InterceptFeed) => void): () => void {
    // A new follower knows of none yet.
    this.#told = new Set();
    this.#followers.add(onFeed);
    return () => void this.#followers.delete(onFeed);
  }

  get isFollowed(): boolean {
    return this.#followers.size > 0;
  }

  tell(packet: TappedPacket, connection: () => TappedConnection): void {
    if (!this.isFollowed) return;
    if (!this.#told.has(packet.connection)) {
      this.#told.add(packet.connection);
      this.#connections.push(connection());
    }
    if (packet.end !== undefined) this.#told.delete(packet.connection);
    if (this.#packets.length === 0) atEndOfTurn(() => this.#flush());
    // A view would hold all that was read together with it.
    this.#packets.push({ ...packet, bytes: packet.bytes.slice() });
  }

  #flush(): void {
    const feed: InterceptFeed = { packets: this.#packets, connections: this.#connections, lost: 0 };
    this.#packets = [];
    this.#connections = [];
    for (const follow of this.#followers) follow(feed);
  }
}
