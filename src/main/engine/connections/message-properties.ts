import type { PublishInput } from '../../../shared/contract/messages.ts';
import type { MessageProperties, MessageRecord } from '../../../shared/messages/record.ts';
import type { Properties, PublishPacket } from '../../../shared/mqtt/packet/packets.ts';

/** A message as the engine keeps it: bytes are copied, because the packet shares them with what was read from the socket. */
export function messageRecord(packet: PublishPacket, timeUs: number): MessageRecord {
  return {
    id: 0,
    timeUs,
    topic: packet.topic,
    payload: packet.payload.slice(),
    qos: packet.qos,
    retain: packet.retain,
    dup: packet.dup,
    direction: 'in',
    publisher: null,
    properties: packet.properties && messageProperties(packet.properties),
  };
}

/** As the engine keeps them. */
export function messageProperties(properties: Properties): MessageProperties {
  return {
    contentType: properties.contentType,
    responseTopic: properties.responseTopic,
    correlationData: properties.correlationData?.slice(),
    messageExpirySeconds: properties.messageExpiryInterval,
    payloadIsUtf8: properties.payloadFormatIndicator === undefined ? undefined : properties.payloadFormatIndicator === 1,
    subscriptionIdentifiers: properties.subscriptionIdentifiers,
    topicAlias: properties.topicAlias,
    userProperties: properties.userProperties,
  };
}

/** The properties of a PUBLISH; `null` when there are none. */
export function publishProperties(properties: PublishInput['properties']): Properties | null {
  if (!properties) return null;
  const { contentType, responseTopic, correlationData, messageExpirySeconds, payloadIsUtf8, topicAlias, userProperties } = properties;
  return {
    ...(contentType === undefined ? {} : { contentType }),
    ...(responseTopic === undefined ? {} : { responseTopic }),
    ...(correlationData === undefined ? {} : { correlationData }),
    ...(messageExpirySeconds === undefined ? {} : { messageExpiryInterval: messageExpirySeconds }),
    ...(payloadIsUtf8 === undefined ? {} : { payloadFormatIndicator: payloadIsUtf8 ? 1 : 0 }),
    ...(topicAlias === undefined ? {} : { topicAlias }),
    ...(userProperties === undefined ? {} : { userProperties }),
  };
}
