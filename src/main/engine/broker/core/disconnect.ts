import type { DisconnectPacket } from '../../../../shared/mqtt/packet/packets.ts';
import { MqttProtocolError } from '../../../../shared/mqtt/packet/protocol-error.ts';
import type { Connection } from './connection.ts';
import type { Session } from './session.ts';

/** DISCONNECT: the client leaves on purpose, with its will (0x04) or without (§3.14.2.1). */
export function handleDisconnect(connection: Connection, session: Session, packet: DisconnectPacket): void {
  const expiry = packet.properties?.sessionExpiryInterval;
  if (expiry !== undefined) {
    if (session.expirySeconds === 0 && expiry > 0) {
      throw new MqttProtocolError(0x82, '§3.14.2.2.2', 'DISCONNECT sets a session expiry interval although CONNECT had none.');
    }
    session.expirySeconds = connection.core.sessionExpiry(expiry);
  }
  if (packet.code === 0) session.will = null;
  connection.end('client-said-goodbye');
}
