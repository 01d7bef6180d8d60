import type { ConnectPacket, ProtocolLevel } from '../../../shared/mqtt/packet/packets.ts';
import type { MqttVersion } from '../../../shared/contract/common.ts';
import type { MqttLinkOptions } from './mqtt-link.ts';

export const protocolLevels: Readonly<Record<MqttVersion, ProtocolLevel>> = { '3.1': 3, '3.1.1': 4, '5': 5 };

/** The CONNECT of a connection (§3.1). */
export function connectPacket({ profile, clientId, username, password, will }: MqttLinkOptions): ConnectPacket {
  return {
    type: 'connect',
    level: protocolLevels[profile.version],
    bridge: false,
    cleanStart: profile.cleanStart,
    keepAlive: profile.keepAliveSeconds,
    clientId,
    username: username ?? null,
    password: password === undefined ? null : new TextEncoder().encode(password),
    will: will ? { ...will, properties: null } : null,
    properties: null,
  };
}
