import type { TappedConnection, TappedPacket } from '../../../shared/messages/tapped-packet.ts';
import type { ListenerKind } from '../../../shared/mqtt/listener-kinds.ts';
import type { ProtocolLevel } from '../../../shared/mqtt/packet/packets.ts';
import type { ClientEnd } from '../mqtt-client/index.ts';

/** `first`: whose packet it is, with the first one of each connection. `bytes` of the packet are only valid during the call. */
export type TapListener = (packet: TappedPacket, first: TappedConnection | null) => void;

/** Shows the packets of a client over all its connections, as they would be seen at the broker. Without a listener it costs a look at a set. */
export class ClientTap {
  readonly #nowUs: () => number;
  readonly #listeners = new Map<TapListener, { known: number }>();
  #connection = 0;
  #clientId = '';
  #level: ProtocolLevel = 4;
  #transport: ListenerKind = 'tcp';
  /** A packet whose payload follows, and what is still to come of it. */
  #begun: { readonly parts: Uint8Array[]; missing: number } | null = null;

  constructor(nowUs: () => number) {
    this.#nowUs = nowUs;
  }

  follow(listener: TapListener): () => void {
    this.#listeners.set(listener, { known: 0 });
    return () => void this.#listeners.delete(listener);
  }

  /** A new connection. */
  begin(clientId: string, level: ProtocolLevel, transport: ListenerKind): void {
    this.#connection += 1;
    this.#clientId = clientId;
    this.#level = level;
    this.#transport = transport;
    this.#begun = null;
  }

  /** `direction` as the client sees it. */
  packet(direction: 'in' | 'out', bytes: Uint8Array): void {
    if (this.#listeners.size === 0) return;
    if (direction === 'in') return this.#show('out', bytes);
    const begun = this.#begun ?? { parts: [], missing: packetLength(bytes) };
    begun.parts.push(bytes);
    begun.missing -= bytes.length;
    this.#begun = begun.missing > 0 ? begun : null;
    if (begun.missing <= 0) this.#show('in', begun.parts.length === 1 ? bytes : Buffer.concat(begun.parts));
  }

  ended(end: ClientEnd): void {
    if (this.#listeners.size > 0) this.#show(end.kind === 'asked' || end.kind === 'no-pingresp' ? 'in' : 'out', new Uint8Array(0), endWords(end));
  }

  #show(direction: TappedPacket['direction'], bytes: Uint8Array, end?: string): void {
    const connection = this.#connection;
    const packet = { timeUs: this.#nowUs(), connection, clientId: this.#clientId, direction, level: this.#level, bytes, ...(end === undefined ? {} : { end }) };
    for (const [listener, state] of this.#listeners) {
      const first: TappedConnection | null = state.known === connection ? null : { connection, transport: this.#transport, address: '', listener: null };
      state.known = connection;
      listener(packet, first);
    }
  }
}

function endWords(end: ClientEnd): string {
  switch (end.kind) {
    case 'asked':
      return 'The workbench ended the connection.';
    case 'refused':
      return 'The broker refused the connection.';
    case 'disconnected':
      return 'The broker ended the connection with DISCONNECT.';
    case 'closed':
      return 'The broker ended the connection.';
    case 'no-pingresp':
      return 'The workbench ended the connection: PINGREQ was not answered.';
    case 'protocol-error':
      return `The workbench ended the connection: ${end.error.message}`;
    case 'authentication':
      return `The authentication failed: ${end.message}`;
    case 'error':
      return `The connection was lost: ${end.error.message}`;
  }
}

/** By its fixed header (§2.1), which is whole. */
function packetLength(bytes: Uint8Array): number {
  let length = 0;
  for (let at = 1; at < 5; at += 1) {
    const byte = bytes[at] ?? 0;
    length += (byte & 0x7f) * 2 ** (7 * (at - 1));
    if (byte < 0x80) return at + 1 + length;
  }
  return bytes.length;
}
