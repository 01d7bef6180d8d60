import type { Will as ProfileWill } from '../../../shared/contract/connection-profile.ts';
import type { ConnectionProfile } from '../../../shared/contract/connections.ts';
import type { MqttVersion } from '../../../shared/contract/common.ts';
import type { ConnectPacket, Properties, ProtocolLevel, Will } from '../../../shared/mqtt/packet/packets.ts';
import type { MqttLinkOptions } from './mqtt-link.ts';

export const protocolLevels: Readonly<Record<MqttVersion, ProtocolLevel>> = { '3.1': 3, '3.1.1': 4, '5': 5 };

/** The CONNECT of a connection (§3.1). */
export function connectPacket({ profile, clientId, username, password, will, cleanStart, bridge = false }: MqttLinkOptions): ConnectPacket {
  const level = protocolLevels[profile.version];
  return {
    type: 'connect',
    level,
    bridge: bridge && level !== 5,
    cleanStart: cleanStart ?? profile.cleanStart,
    keepAlive: keepAliveOnTheWire(profile),
    clientId,
    username: username ?? null,
    password: password === undefined ? null : new TextEncoder().encode(password),
    will: will ? { ...will, properties: null } : profile.will && willOf(profile.will),
    properties: level === 5 ? propertiesOf(profile.connectProperties) : null,
  };
}

/** distmqtt takes its ping delay off the keep alive; what is 0 or below switches it off. */
export function keepAliveOnTheWire({ keepAliveSeconds, pingDelaySeconds }: Pick<ConnectionProfile, 'keepAliveSeconds' | 'pingDelaySeconds'>): number {
  return Math.max(0, keepAliveSeconds - pingDelaySeconds);
}

function willOf(will: ProfileWill): Will {
  const { topic, qos, retain } = will;
  const properties: Properties = {
    ...(will.delaySeconds === 0 ? {} : { willDelayInterval: will.delaySeconds }),
    ...(will.payloadIsUtf8 ? { payloadFormatIndicator: 1 } : {}),
    ...(will.messageExpirySeconds === null ? {} : { messageExpiryInterval: will.messageExpirySeconds }),
    ...(will.contentType === '' ? {} : { contentType: will.contentType }),
    ...(will.responseTopic === '' ? {} : { responseTopic: will.responseTopic }),
    ...(will.correlationData === '' ? {} : { correlationData: Buffer.from(will.correlationData, 'base64') }),
    ...(will.userProperties.length === 0 ? {} : { userProperties: will.userProperties }),
  };
  return { topic, payload: Buffer.from(will.payload, will.payloadAs === 'text' ? 'utf8' : 'base64'), qos, retain, properties };
}

function propertiesOf(chosen: ConnectionProfile['connectProperties']): Properties | null {
  const { sessionExpirySeconds, receiveMaximum, maximumPacketSize, topicAliasMaximum, requestResponseInformation, requestProblemInformation, userProperties } =
    chosen;
  const properties: Properties = {
    ...(sessionExpirySeconds === null ? {} : { sessionExpiryInterval: sessionExpirySeconds }),
    ...(receiveMaximum === null ? {} : { receiveMaximum }),
    ...(maximumPacketSize === null ? {} : { maximumPacketSize }),
    ...(topicAliasMaximum === null ? {} : { topicAliasMaximum }),
    ...(requestResponseInformation === null ? {} : { requestResponseInformation: requestResponseInformation ? 1 : 0 }),
    ...(requestProblemInformation === null ? {} : { requestProblemInformation: requestProblemInformation ? 1 : 0 }),
    ...(userProperties.length === 0 ? {} : { userProperties }),
  };
  return Object.keys(properties).length === 0 ? null : properties;
}
