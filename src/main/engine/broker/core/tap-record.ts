import type { MessageProperties, MessageRecord } from '../../../../shared/messages/record.ts';
import type { Properties } from '../../../../shared/mqtt/packet/packets.ts';
import type { Message } from './message.ts';

/** A message as the capture tap shows it. */
export function toRecord(message: Message, timeUs: number, dup: boolean): MessageRecord {
  const { topic, payload, qos, retain, publisher, properties } = message;
  return {
    id: message.number,
    timeUs,
    topic,
    payload,
    qos,
    retain,
    dup,
    direction: publisher === null ? 'out' : 'in',
    publisher,
    properties: properties === null ? null : toMessageProperties(properties),
  };
}

export function toMessageProperties(properties: Properties): MessageProperties {
  return {
    contentType: properties.contentType,
    responseTopic: properties.responseTopic,
    correlationData: properties.correlationData,
    messageExpirySeconds: properties.messageExpiryInterval,
    payloadIsUtf8: properties.payloadFormatIndicator === undefined ? undefined : properties.payloadFormatIndicator === 1,
    userProperties: properties.userProperties,
  };
}
