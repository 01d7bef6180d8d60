import type { PeersPage, PeersQuery, PeerState, RpcPeer } from '../../../../shared/contract/rpc-peers.ts';
import type { Presence } from '../../../../shared/rpc/presence.ts';
import { compareNames } from '../../topics/index.ts';

const maxPeers = 20_000;
const maxIdLength = 512;

interface PeerEntry {
  readonly clientId: string;
  presence: 'online' | 'offline' | null;
  presenceAt: number | null;
  presenceTimestamp: number | null;
  lastSeenAt: number | null;
}

/** A client that the local broker has connected. */
export interface ConnectedClient {
  readonly clientId: string;
  /** Unix ms. */
  readonly connectedAt: number;
}

export interface PeerSurroundings {
  /** Those of the local broker; `null`: the source is another one, or it does not run. The list is replaced when it changes. */
  readonly clients: readonly ConnectedClient[] | null;
  /** The list is as long as it gets: who is not in it may be connected all the same. */
  readonly clientsCut: boolean;
  /** Whether a node of mqttxx 4.x was seen at `rpc/r/<client id>`. */
  readonly isNode4: (clientId: string) => boolean;
}

/** The clients of one source, by what was seen of them. */
export class PeerBook {
  readonly #entries = new Map<string, PeerEntry>();
  readonly #room: { left: number };
  #structure = 0;
  #sorted: { readonly structure: number; readonly clients: unknown; readonly ids: readonly string[] } | null = null;
  leftOut = 0;

  /** `room`: how many more all sources together may have. */
  constructor(room: { left: number }) {
    this.#room = room;
  }

  /** `at`: Unix ms; `null`: the message is retained, so it may be old. */
  presence({ clientId, state, timestamp }: Presence, at: number | null): void {
    const entry = this.#entryOf(clientId);
    if (!entry) return;
    if (state === 'gone') {
      entry.presence = entry.presenceAt = entry.presenceTimestamp = null;
      if (entry.lastSeenAt === null) this.forget(clientId);
      return;
    }
    // The same said again is not since now.
    if (entry.presence !== state || entry.presenceAt === null) entry.presenceAt = at;
    entry.presence = state;
    entry.presenceTimestamp = timestamp === null ? null : timestamp * 1000;
  }

  /** True when that is told: times are told by the second. */
  seen(clientId: string, atMs: number): boolean {
    const entry = this.#entryOf(clientId);
    if (!entry) return false;
    const second = Math.floor(atMs / 1000) * 1000;
    if (entry.lastSeenAt === second) return false;
    entry.lastSeenAt = second;
    return true;
  }

  isOffline(clientId: string): boolean {
    return this.#entries.get(clientId)?.presence === 'offline';
  }

  presenceOf(clientId: string): RpcPeer['presence'] {
    return this.#entries.get(clientId)?.presence ?? null;
  }

  forget(clientId: string): void {
    if (!this.#entries.delete(clientId)) return;
    this.#room.left += 1;
    this.#structure += 1;
  }

  /** What clients said holds no longer: the broker has stopped. */
  forgetPresence(): void {
    for (const { clientId } of [...this.#entries.values()]) this.presence({ clientId, state: 'gone', timestamp: null }, null);
  }

  clear(): void {
    for (const clientId of [...this.#entries.keys()]) this.forget(clientId);
  }

  page({ state = 'all', text = '', offset = 0, limit }: PeersQuery, surroundings: PeerSurroundings): PeersPage {
    const connected = new Map(surroundings.clients?.map((client) => [client.clientId, client.connectedAt]));
    const wanted = text.trim().toLowerCase();
    const counts = { online: 0, offline: 0, unknown: 0 };
    const rows: RpcPeer[] = [];
    let total = 0;
    for (const clientId of this.#ids(surroundings.clients)) {
      const connectedAt = connected.get(clientId) ?? null;
      const isConnected = surroundings.clients === null ? null : connectedAt !== null ? true : surroundings.clientsCut ? null : false;
      const known = this.#entries.get(clientId);
      const its = stateOf(known?.presence ?? null, isConnected);
      counts[its] += 1;
      if ((state !== 'all' && its !== state) || !clientId.toLowerCase().includes(wanted)) continue;
      if (total >= offset && rows.length < limit) {
        const { presence = null, presenceAt = null, presenceTimestamp = null, lastSeenAt = null } = known ?? {};
        const node4 = surroundings.isNode4(clientId);
        rows.push({ clientId, presence, presenceAt, presenceTimestamp, connected: isConnected, connectedAt, lastSeenAt, node4 });
      }
      total += 1;
    }
    return { rows, total, ...counts, leftOut: this.leftOut };
  }

  #ids(clients: readonly ConnectedClient[] | null): readonly string[] {
    if (this.#sorted?.structure === this.#structure && this.#sorted.clients === clients) return this.#sorted.ids;
    const ids = [...new Set([...this.#entries.keys(), ...(clients ?? []).map(({ clientId }) => clientId)])].toSorted(compareNames);
    this.#sorted = { structure: this.#structure, clients, ids };
    return ids;
  }

  #entryOf(clientId: string): PeerEntry | undefined {
    const known = this.#entries.get(clientId);
    if (known) return known;
    if (clientId.length > maxIdLength || this.#room.left <= 0) {
      this.leftOut += 1;
      return undefined;
    }
    const entry: PeerEntry = { clientId, presence: null, presenceAt: null, presenceTimestamp: null, lastSeenAt: null };
    this.#entries.set(clientId, entry);
    this.#room.left -= 1;
    this.#structure += 1;
    return entry;
  }
}

/** Room for the clients of all sources. */
export const roomForPeers = (): { left: number } => ({ left: maxPeers });

/** Who is connected is online, whatever an older message says; the broker knows better than a will that was not sent. */
export function stateOf(presence: RpcPeer['presence'], connected: boolean | null): Exclude<PeerState, 'all'> {
  if (connected !== null && (connected || presence !== null)) return connected ? 'online' : 'offline';
  return presence ?? 'unknown';
}
