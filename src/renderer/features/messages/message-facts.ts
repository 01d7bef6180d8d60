import type { MessageDetail } from '../../../shared/contract/messages.ts';
import { decodeText } from '../../../shared/payload/utf8-text.ts';
import { formatBytes, formatCount, formatDateTime } from '../common/index.ts';

export interface Fact {
  readonly key: string;
  readonly value: string;
  readonly mono?: boolean;
}

/** What is known about a message besides its value. `passedBy`: it was seen on its way between a device and another broker. */
export function messageFacts(detail: MessageDetail, passedBy = false): readonly Fact[] {
  const isIn = detail.direction === 'in';
  return [
    { key: 'Topic', value: detail.topic, mono: true },
    { key: 'Time', value: formatDateTime(detail.timeUs) },
    { key: 'Direction', value: passedBy ? (isIn ? 'from the device to its broker' : 'from the broker to a device') : isIn ? 'received' : 'sent from here' },
    ...(detail.publisher === null ? [] : [{ key: 'Published by', value: detail.publisher, mono: true }]),
    { key: 'Quality of service', value: `${detail.qos} (${['at most once', 'at least once', 'exactly once'][detail.qos]})` },
    { key: 'Retained', value: detail.retain ? 'yes' : 'no' },
    { key: 'Sent again (DUP)', value: detail.dup ? 'yes' : 'no' },
    {
      key: 'Size',
      value: detail.sizeBytes < 1024 ? formatBytes(detail.sizeBytes) : `${formatBytes(detail.sizeBytes)} (${formatCount(detail.sizeBytes)} bytes)`,
    },
    { key: 'Message number', value: formatCount(detail.id) },
  ];
}

/** MQTT 5 properties (§3.3.2.3) in the order of the standard, user properties as they were sent. */
export function propertyFacts({ properties }: Pick<MessageDetail, 'properties'>): readonly Fact[] {
  if (!properties) return [];
  const facts: Fact[] = [];
  if (properties.payloadIsUtf8 !== undefined)
    facts.push({ key: 'Payload format indicator', value: properties.payloadIsUtf8 ? '1 (UTF-8 text)' : '0 (unspecified bytes)' });
  if (properties.messageExpirySeconds !== undefined) facts.push({ key: 'Message expiry interval', value: `${formatCount(properties.messageExpirySeconds)} s` });
  if (properties.topicAlias !== undefined) facts.push({ key: 'Topic alias', value: String(properties.topicAlias) });
  if (properties.responseTopic !== undefined) facts.push({ key: 'Response topic', value: properties.responseTopic, mono: true });
  if (properties.correlationData !== undefined) facts.push({ key: 'Correlation data', value: describeBytes(properties.correlationData), mono: true });
  for (const [key, value] of properties.userProperties ?? []) facts.push({ key: `User property: ${key}`, value, mono: true });
  if (properties.subscriptionIdentifiers && properties.subscriptionIdentifiers.length > 0)
    facts.push({ key: 'Subscription identifier', value: properties.subscriptionIdentifiers.join(', ') });
  if (properties.contentType !== undefined) facts.push({ key: 'Content type', value: properties.contentType, mono: true });
  return facts;
}

/** Bytes as hex, followed by the text they spell if they spell one. */
export function describeBytes(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  const { text, invalidAt } = decodeText(bytes);
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return bytes.length > 0 && invalidAt === null && !/[\u0000-\u001f\u007f]/.test(text) ? `${hex}  “${text}”` : hex;
}

/** A file name for a saved payload: the topic's last levels and the time, in letters every file system takes. */
export function payloadFileName(detail: MessageDetail, format: 'json' | 'text' | 'hex'): string {
  const topic =
    detail.topic
      .replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')
      .replaceAll(/^[-.]+|[-.]+$/g, '')
      .slice(-80) || 'payload';
  const time = new Date(detail.timeUs / 1000).toISOString().slice(0, 19).replaceAll(':', '-');
  return `${topic}_${time}.${format === 'json' ? 'json' : format === 'text' ? 'txt' : 'bin'}`;
}
