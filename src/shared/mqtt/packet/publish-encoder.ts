import { packetType } from './packet-type.ts';
import { checkInteger, maxVariableByteInteger, packetWriter, stringSize, variableSize } from './packet-writer.ts';
import { propertiesLength, writeProperties } from './property-writer.ts';
import type { ProtocolLevel, Properties } from './packets.ts';
import type { Qos } from '../../contract/common.ts';

export interface PublishFields {
  /** Empty only with a topic alias. */
  readonly topic: string;
  readonly qos: Qos;
  readonly retain: boolean;
  readonly dup: boolean;
  /** Left out below MQTT 5. */
  readonly properties: Properties | null;
  /** Written for QoS 1 and 2 only. */
  readonly packetId: number;
  readonly payload: Uint8Array;
}

export interface EncodedPublish {
  readonly bytes: Uint8Array;
  /** Where the two bytes of the packet identifier are; 0 for QoS 0, which has none. */
  readonly packetIdAt: number;
}

/** PUBLISH (§3.3), with the place of its packet identifier, so that one encoding serves many receivers: copy it and write theirs. */
export function encodedPublish(level: ProtocolLevel, fields: PublishFields): EncodedPublish {
  return encode(level, fields, true);
}

/** The same without the payload, which is to follow as it is: a large one need not be copied. The remaining length counts it. */
export function publishHeader(level: ProtocolLevel, fields: PublishFields): EncodedPublish {
  return encode(level, fields, false);
}

function encode(level: ProtocolLevel, fields: PublishFields, withPayload: boolean): EncodedPublish {
  const { topic, qos, packetId, payload } = fields;
  if (topic === '' && !(level === 5 && fields.properties?.topicAlias !== undefined)) throw new RangeError('The topic of PUBLISH is empty [MQTT-4.7.3-1].');
  if (qos === 0 && fields.dup) throw new RangeError('PUBLISH of QoS 0 may not have the DUP flag [MQTT-3.3.1-2].');
  if (qos !== 0) checkInteger(packetId, 1, 0xffff, 'The packet identifier of PUBLISH');
  let size = stringSize(topic, 'The topic') + (qos === 0 ? 0 : 2);
  let propertyBytes = 0;
  if (level === 5) {
    propertyBytes = propertiesLength(fields.properties, packetType.publish);
    size += variableSize(propertyBytes) + propertyBytes;
  }
  const remaining = size + payload.length;
  if (remaining > maxVariableByteInteger) throw new RangeError(`PUBLISH has ${remaining} bytes; MQTT allows ${maxVariableByteInteger}.`);
  packetWriter.begin(1 + variableSize(remaining) + (withPayload ? remaining : size));
  packetWriter.byte((packetType.publish << 4) | (fields.dup ? 0x08 : 0) | (qos << 1) | (fields.retain ? 0x01 : 0));
  packetWriter.variable(remaining);
  packetWriter.string(topic);
  let packetIdAt = 0;
  if (qos !== 0) {
    packetIdAt = packetWriter.length;
    packetWriter.uint16(packetId);
  }
  if (level === 5) writeProperties(fields.properties, propertyBytes, packetType.publish);
  if (withPayload) packetWriter.raw(payload);
  return { bytes: packetWriter.take(), packetIdAt };
}
