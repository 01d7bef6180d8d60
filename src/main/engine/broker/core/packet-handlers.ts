import type { Packet } from '../../../../shared/mqtt/packet/packets.ts';
import { MqttProtocolError } from '../../../../shared/mqtt/packet/protocol-error.ts';
import { acknowledged, completed, received, released } from './acknowledgements.ts';
import { handleAuth, handleConnect } from './authenticate.ts';
import type { Connection } from './connection.ts';
import { handleDisconnect } from './disconnect.ts';
import { handlePublish } from './publish.ts';
import { handleSubscribe, handleUnsubscribe } from './subscribe.ts';
import type { Session } from './session.ts';

/** One packet of a client, in the order they came. Throws what ends the connection. */
export function handlePacket(connection: Connection, packet: Packet): void {
  const { session } = connection;
  if (session === null) return handleEarlyPacket(connection, packet);
  switch (packet.type) {
    case 'publish':
      return handlePublish(connection, session, packet);
    case 'puback':
      return acknowledged(connection, session, packet.packetId, packet.code);
    case 'pubrec':
      return received(connection, session, packet.packetId, packet.code);
    case 'pubrel':
      return released(connection, session, packet.packetId);
    case 'pubcomp':
      return completed(connection, session, packet.packetId);
    case 'subscribe':
      return handleSubscribe(connection, session, packet);
    case 'unsubscribe':
      return handleUnsubscribe(connection, session, packet);
    case 'pingreq':
      return connection.transmit(pingresp, null);
    case 'disconnect':
      return handleDisconnect(connection, session, packet);
    case 'connect':
      throw new MqttProtocolError(0x82, 'MQTT-3.1.0-2', 'A second CONNECT on the same connection.');
    case 'auth':
      return handleAuth(connection, packet);
    default:
      return refuseServerPacket(session, packet.type);
  }
}

/** Before CONNACK. The decoder of a new connection knows CONNECT only [MQTT-3.1.0-1]. */
function handleEarlyPacket(connection: Connection, packet: Packet): void {
  if (connection.authentication === null) {
    if (packet.type === 'connect') handleConnect(connection, packet);
  } else if (packet.type === 'auth') handleAuth(connection, packet);
  else if (packet.type === 'disconnect') connection.end('client-said-goodbye');
  else throw new MqttProtocolError(0x82, 'MQTT-3.1.2-30', `${packet.type.toUpperCase()} came before the authentication was over.`);
}

const pingresp = Uint8Array.of(0xd0, 0);

function refuseServerPacket(_session: Session, type: string): never {
  throw new MqttProtocolError(0x82, '§2.1.2', `${type.toUpperCase()} is sent by servers only.`);
}
