import type { ConnackPacket, DisconnectPacket } from '../../../shared/mqtt/packet/packets.ts';
import type { MqttProtocolError } from '../../../shared/mqtt/packet/protocol-error.ts';

/** Why a client's connection is over. */
export type ClientEnd =
  /** CONNACK said no. */
  | { readonly kind: 'refused'; readonly connack: ConnackPacket }
  /** The server sent DISCONNECT (MQTT 5). */
  | { readonly kind: 'disconnected'; readonly packet: DisconnectPacket }
  /** The server broke the specification; `bytes` begin with the packet that did, as far as it was read. */
  | { readonly kind: 'protocol-error'; readonly error: MqttProtocolError; readonly bytes: Uint8Array }
  /** PINGREQ was not answered. */
  | { readonly kind: 'no-pingresp' }
  /** Enhanced authentication went wrong on our side: a server that does not know the password, or no answer to a challenge. */
  | { readonly kind: 'authentication'; readonly message: string }
  /** The stream failed. */
  | { readonly kind: 'error'; readonly error: Error & { readonly code?: string | undefined } }
  /** The stream ended, without a word. */
  | { readonly kind: 'closed' }
  /** By `disconnect` or `destroy`. */
  | { readonly kind: 'asked' };

/** An operation that was under way when the connection ended, or came after it. */
export class ConnectionEnded extends Error {
  override readonly name = 'ConnectionEnded';

  constructor() {
    super('The connection ended before the broker answered.');
  }
}
