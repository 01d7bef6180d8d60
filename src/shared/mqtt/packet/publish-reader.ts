import { clauseOf, packetIdClause } from './clauses.ts';
import { hasWildcard } from './filter-syntax.ts';
import { packetType } from './packet-type.ts';
import { readProperties } from './property-reader.ts';
import { malformed, protocolError } from './protocol-error.ts';
import { decodeUtf8, inspectUtf8, utf8Trait } from './utf8.ts';
import type { BodyReader } from './body-reader.ts';
import type { Properties, PublishPacket } from './packets.ts';
import type { TopicCache } from './topic-cache.ts';
import type { Qos } from '../../contract/common.ts';

/** PUBLISH (§3.3). Its flags were checked with the fixed header. */
export function readPublish(reader: BodyReader, first: number, fromServer: boolean, cache: TopicCache | null): PublishPacket {
  const { bytes, at, end, level } = reader;
  const topicStart = at + 2;
  if (topicStart > end) throw malformed(clauseOf('errors', level), 'PUBLISH ends before its topic.');
  const topicEnd = topicStart + ((bytes[at]! << 8) | bytes[at + 1]!);
  if (topicEnd > end) throw malformed(clauseOf('errors', level), 'PUBLISH ends within its topic.');
  let topic = '';
  if (topicEnd > topicStart) {
    const known = cache === null ? undefined : cache.find(bytes, topicStart, topicEnd);
    topic = known === undefined ? readTopic(reader, topicStart, topicEnd, cache) : known;
  }
  const qos = (first >> 1) & 3;
  let packetId = 0;
  let payloadStart = topicEnd;
  if (qos !== 0) {
    payloadStart += 2;
    if (payloadStart > end) throw malformed(clauseOf('errors', level), 'PUBLISH ends before its packet identifier.');
    packetId = (bytes[topicEnd]! << 8) | bytes[topicEnd + 1]!;
    if (packetId === 0) throw protocolError(packetIdClause(packetType.publish, level, fromServer), 'The packet identifier of PUBLISH is 0.');
  }
  let properties: Properties | null = null;
  if (level === 5) {
    if (payloadStart < end && bytes[payloadStart] === 0) payloadStart += 1;
    else {
      reader.at = payloadStart;
      properties = readProperties(reader, packetType.publish, fromServer);
      payloadStart = reader.at;
    }
  }
  if (topic === '' && properties?.topicAlias === undefined) {
    if (level === 5) throw protocolError('§3.3.2.1', 'PUBLISH has neither a topic nor a topic alias.');
    throw malformed('MQTT-4.7.3-1', 'The topic of PUBLISH is empty.');
  }
  return {
    type: 'publish',
    dup: (first & 0x08) !== 0,
    qos: qos as Qos,
    retain: (first & 0x01) !== 0,
    topic,
    packetId,
    properties,
    payload: bytes.subarray(payloadStart, end),
  };
}

function readTopic(reader: BodyReader, start: number, end: number, cache: TopicCache | null): string {
  const { bytes } = reader;
  const traits = inspectUtf8(bytes, start, end);
  if (traits > utf8Trait.nonAscii) reader.checkText(traits, 'the topic');
  const topic = decodeUtf8(bytes, start, end, (traits & utf8Trait.nonAscii) === 0);
  if (hasWildcard(topic)) throw malformed('MQTT-3.3.2-2', `The topic "${topic}" contains a wildcard.`);
  // A topic that only some decoders accept is checked each time.
  if (cache !== null && traits <= utf8Trait.nonAscii) cache.add(bytes, start, end, topic);
  return topic;
}
