import type { PacketLimits, PacketSourceId, PacketsStatus } from '../../../shared/contract/packets.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import type { TappedConnection, TappedPacket } from '../../../shared/messages/tapped-packet.ts';
import { publishParts, publishTopic } from '../../../shared/mqtt/dissect/index.ts';
import type { ListenerKind } from '../../../shared/mqtt/listener-kinds.ts';
import { packetType } from '../../../shared/mqtt/packet/packet-type.ts';
import type { ProtocolLevel } from '../../../shared/mqtt/packet/packets.ts';
import { PacketRing } from './packet-ring.ts';

/** Packets as a source hands them over. */
export interface PacketFeed {
  readonly packets: readonly TappedPacket[];
  /** Connections whose first packets are among them. */
  readonly connections: readonly TappedConnection[];
  /** Packets that could not be handed over so far, in all, since it is followed. */
  readonly lost: number;
}

/** Where packets can be recorded. */
export interface PacketSource {
  readonly id: PacketSourceId;
  readonly name: () => string;
  /** Hands over every packet from now on until what it returns is called. */
  follow(onFeed: (feed: PacketFeed) => void): () => void;
}

export interface RecordedConnection {
  /** Of this recording; no two share one. */
  readonly id: number;
  readonly source: PacketSourceId;
  /** As the source counts. */
  readonly number: number;
  clientId: string | null;
  level: ProtocolLevel | null;
  transport: ListenerKind | null;
  address: string | null;
  listener: string | null;
  /** Packets that are held. */
  held: number;
  lastUs: number;
  connected: boolean;
  ended: boolean;
  /** Topics by alias (§3.3.2.3.4), by direction; `null` before the first one. */
  aliases: { readonly in: Map<number, string>; readonly out: Map<number, string> } | null;
}

const defaultLimits: PacketLimits = { packets: 100_000, bytes: 67_108_864 };

/** Records the packets of any sources into one ring, in the order in which they are handed over. */
export class PacketRecorder {
  readonly ring: PacketRing;
  readonly #sources = new Map<PacketSourceId, { readonly source: PacketSource; stop: (() => void) | null; lost: number }>();
  readonly #connections = new Map<number, RecordedConnection>();
  /** Those that go on, by source and the number they have there. */
  readonly #open = new Map<string, RecordedConnection>();
  readonly #held = new Map<PacketSourceId, number>();
  readonly #onPackets = new Set<() => void>();
  readonly #onStatus: () => void;
  #lastConnection = 0;
  #lost = 0;
  #clearedAt = 1;

  /** `onStatus`: another status than before. */
  constructor(onStatus: () => void) {
    this.#onStatus = onStatus;
    this.ring = new PacketRing(defaultLimits, (id) => this.#forgotten(id));
  }

  /** Makes a source available. Returns what takes it away; what was recorded of it stays. */
  offer(source: PacketSource): () => void {
    this.#sources.set(source.id, { source, stop: null, lost: 0 });
    this.#onStatus();
    return () => {
      const known = this.#sources.get(source.id);
      if (known?.source !== source) return;
      known.stop?.();
      this.#sources.delete(source.id);
      this.#onStatus();
    };
  }

  /** Throws `not-found`. */
  record(id: PacketSourceId, on: boolean): void {
    const known = this.#sources.get(id);
    if (!known) throw new CodedError('not-found', 'There is nothing (any more) to record packets of.');
    if (on === (known.stop !== null)) return;
    if (on) {
      known.lost = 0;
      known.stop = known.source.follow((feed) => this.#take(id, feed));
    } else {
      known.stop?.();
      known.stop = null;
      // What happens meanwhile nobody sees: connections that go on are found again by their numbers, aliases are not.
      for (const connection of this.#open.values()) if (connection.source === id) connection.aliases = null;
    }
    this.#onStatus();
  }

  status(): PacketsStatus {
    const { ring } = this;
    return {
      sources: [...this.#sources.values()].map(({ source, stop }) => ({
        id: source.id,
        name: source.name(),
        recording: stop !== null,
        packets: this.#held.get(source.id) ?? 0,
      })),
      packets: ring.count,
      bytes: ring.bytes,
      forgotten: ring.first - this.#clearedAt,
      lost: this.#lost,
      limits: ring.limits,
    };
  }

  setLimits(limits: PacketLimits): void {
    this.ring.setLimits(limits);
    this.#changed();
  }

  clear(): void {
    this.ring.clear();
    this.#clearedAt = this.ring.next;
    this.#lost = 0;
    this.#changed();
  }

  connection(id: number): RecordedConnection | undefined {
    return this.#connections.get(id);
  }

  /** In words; also of one that is not offered any more. */
  sourceName(id: PacketSourceId | undefined): string {
    return id === undefined ? 'unknown' : (this.#sources.get(id)?.source.name() ?? id);
  }

  /** Client ids, those heard of last first. */
  clients(source: PacketSourceId | undefined, limit: number): readonly string[] {
    const found = [...this.#connections.values()].filter(
      (connection) => connection.clientId !== null && connection.held > 0 && (source ?? connection.source) === connection.source,
    );
    found.sort((one, other) => other.lastUs - one.lastUs);
    return [...new Set(found.map(({ clientId }) => clientId as string))].slice(0, limit);
  }

  /** Called when packets came or went. */
  onPackets(listener: () => void): () => void {
    this.#onPackets.add(listener);
    return () => void this.#onPackets.delete(listener);
  }

  close(): void {
    for (const { stop } of this.#sources.values()) stop?.();
    this.#sources.clear();
  }

  #take(source: PacketSourceId, { packets, connections, lost }: PacketFeed): void {
    const known = this.#sources.get(source);
    if (!known) return;
    this.#lost += Math.max(0, lost - known.lost);
    known.lost = lost;
    for (const about of connections) this.#announced(source, about);
    for (const packet of packets) this.#add(source, packet);
    this.#changed();
  }

  /** A number that comes with another address is a new connection: that of another run. */
  #announced(source: PacketSourceId, { connection: number, transport, address, listener }: TappedConnection): void {
    const key = `${source} ${number}`;
    const open = this.#open.get(key);
    if (open && open.address !== null && open.address !== address) this.#leave(key, open);
    Object.assign(this.#connectionOf(source, number), { transport, address, listener });
  }

  #connectionOf(source: PacketSourceId, number: number): RecordedConnection {
    const key = `${source} ${number}`;
    let connection = this.#open.get(key);
    if (connection) return connection;
    this.#lastConnection += 1;
    connection = {
      id: this.#lastConnection,
      source,
      number,
      clientId: null,
      level: null,
      transport: null,
      address: null,
      listener: null,
      held: 0,
      lastUs: Number.NaN,
      connected: false,
      ended: false,
      aliases: null,
    };
    this.#open.set(key, connection);
    this.#connections.set(connection.id, connection);
    return connection;
  }

  #add(source: PacketSourceId, packet: TappedPacket): void {
    const connection = this.#connectionOf(source, packet.connection);
    const { timeUs, direction, level, bytes, end = null, fault = null } = packet;
    if (packet.clientId !== null) connection.clientId = packet.clientId;
    if (level !== null) connection.level = level;
    const connected = connection.connected;
    const type = (bytes[0] ?? 0) >> 4;
    if (type === packetType.connect && direction === 'in') connection.connected = true;
    const topic = level === 5 && type === packetType.publish && end === null ? aliasedTopic(connection, direction, bytes) : null;
    connection.held += 1;
    this.#held.set(source, (this.#held.get(source) ?? 0) + 1);
    this.ring.add({
      timeUs,
      previousUs: connection.lastUs,
      connection: connection.id,
      direction,
      level: level ?? connection.level,
      connected,
      bytes,
      end,
      topic,
      fault,
    });
    connection.lastUs = timeUs;
    if (end !== null) this.#leave(`${source} ${packet.connection}`, connection);
  }

  #leave(key: string, connection: RecordedConnection): void {
    connection.ended = true;
    connection.aliases = null;
    this.#open.delete(key);
    if (connection.held === 0) this.#connections.delete(connection.id);
  }

  #forgotten(id: number): void {
    const connection = this.#connections.get(id);
    if (!connection) return;
    connection.held -= 1;
    this.#held.set(connection.source, (this.#held.get(connection.source) ?? 1) - 1);
    if (connection.held === 0 && connection.ended) this.#connections.delete(id);
  }

  #changed(): void {
    for (const listener of this.#onPackets) listener();
    this.#onStatus();
  }
}

/** Remembers a topic that comes with an alias, and gives the one that an alias stands for. */
function aliasedTopic(connection: RecordedConnection, direction: 'in' | 'out', bytes: Uint8Array): string | null {
  const alias = publishParts(bytes, 5)?.topicAlias ?? null;
  if (alias === null) return null;
  connection.aliases ??= { in: new Map(), out: new Map() };
  const known = connection.aliases[direction];
  const topic = publishTopic(bytes);
  if (topic === null) return null;
  if (topic === '') return known.get(alias) ?? null;
  known.set(alias, topic);
  return null;
}
