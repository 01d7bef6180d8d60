import type { ConnectPacket } from '../../../../shared/mqtt/packet/packets.ts';
import type { Qos } from '../../../../shared/contract/common.ts';
import type { Connection } from './connection.ts';
import type { Message } from './message.ts';
import type { Session } from './session.ts';

/** A PUBLISH of a connected client, checked and allowed. */
export interface IncomingPublish {
  readonly connection: Connection;
  readonly session: Session;
  readonly packetId: number;
  readonly dup: boolean;
}

/** Why a handler does not let a client in. */
export interface ConnectRefusal {
  /** Of CONNACK in MQTT 5. */
  readonly code5: number;
  /** In 3.x. */
  readonly code3: number;
  readonly message: string;
}

/**
 * What people's handlers do with what clients do. The core has `null` in its place where there are none, which is all that its hot path asks. None of this
 * throws, and none of it takes long: what a script has to say comes later.
 */
export interface CoreHandlers {
  /** True: the message is taken, and is routed, dropped or refused later, in the order of its publisher. */
  publish(message: Message, incoming: IncomingPublish): boolean;
  /** The same for a will, or (`publisher` of the message `null`) for what the workbench publishes; `routed` is called at the end. */
  publishOther(message: Message, routed: () => void): boolean;
  /** A QoS 2 message that came before is still held, and this is it again: its answer goes to this connection. */
  isHeld(connection: Connection, session: Session, packetId: number): boolean;
  /** `null`: let it in at once. */
  connecting(connection: Connection, packet: ConnectPacket): Promise<ConnectRefusal | null> | null;
  disconnected(connection: Connection): void;
  /** SUBACK is on its way; only what was granted. */
  subscribed(session: Session, granted: readonly { readonly filter: string; readonly qos: Qos }[]): void;
}
