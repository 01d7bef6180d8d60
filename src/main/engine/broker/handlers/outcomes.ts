import type { Qos } from '../../../../shared/contract/common.ts';
import { onlyTopic, type TopicPattern } from '../../../../shared/broker/handlers/pattern.ts';
import type { Properties } from '../../../../shared/mqtt/packet/packets.ts';
import type { CoreOptions } from '../core/core-options.ts';
import { Message } from '../core/message.ts';
import type { MessageParts } from './wire.ts';

/** Not authorised. */
export const defaultRefusal = 0x87;
/** Refusals that PUBACK and PUBREC have (§3.4.2.1, §3.5.2.1). */
export const pubackCodes: ReadonlySet<number> = new Set([0x80, 0x83, 0x87, 0x90, 0x97, 0x99]);
/** And CONNACK (§3.2.2.2). */
export const connackCodes: ReadonlySet<number> = new Set([
  0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8c, 0x90, 0x95, 0x97, 0x99, 0x9a, 0x9b, 0x9c, 0x9d, 0x9f,
]);
const version3Codes: Readonly<Record<number, number>> = { 0x84: 1, 0x85: 2, 0x86: 4, 0x87: 5, 0x8a: 5, 0x8c: 5 };

/** The return code of 3.x that is nearest (§3.2.2.3 of 3.1.1). */
export function version3Code(code: number): number {
  return version3Codes[code] ?? 3;
}

/** What a handler needs of the broker. */
interface BrokerFacts {
  readonly options: Pick<CoreOptions, 'maximumQos' | 'retainAvailable'>;
  readonly nowMs: number;
}

/** The message with other parts; the same one where nothing is other. A text: why it cannot be. */
export function changedMessage(core: BrokerFacts, message: Message, parts: MessageParts): { readonly message: Message; readonly about: string } | string {
  const { topic = message.topic, payload = message.payload, qos = message.qos, retain = message.retain, properties = message.properties } = parts;
  if (qos > core.options.maximumQos) return `The highest QoS of this broker is ${core.options.maximumQos}.`;
  if (retain && !core.options.retainAvailable) return 'This broker keeps no retained messages.';
  const changes = [
    ...(topic === message.topic ? [] : [`topic, which was ${message.topic}`]),
    ...(Buffer.compare(payload, message.payload) === 0 ? [] : ['payload']),
    ...(qos === message.qos ? [] : [`QoS, which was ${message.qos}`]),
    ...(retain === message.retain ? [] : ['retain']),
    ...(JSON.stringify(properties) === JSON.stringify(message.properties) ? [] : ['properties']),
  ];
  if (changes.length === 0) return { message, about: '' };
  const expiresAtMs = properties === message.properties ? message.expiresAtMs : expiryOf(core, properties);
  return { message: new Message(topic, payload, qos, retain, properties, message.publisher, expiresAtMs), about: changes.join(', ') };
}

function expiryOf({ nowMs }: BrokerFacts, properties: Properties | null): number {
  const expiry = properties?.messageExpiryInterval;
  return expiry === undefined ? Infinity : nowMs + expiry * 1000;
}

/** What a client gets for its subscription. A text: why it cannot. */
export function subscribeAnswer(
  core: BrokerFacts,
  { filter, qos, pattern, clientId }: { readonly filter: string; readonly qos: Qos; readonly pattern: TopicPattern; readonly clientId?: string },
  parts: MessageParts,
): Message | string {
  const own = withoutShare(filter);
  const topic = parts.topic ?? (/[+#]/.test(own) ? onlyTopic(pattern, clientId ?? '') : own);
  if (topic === null) return `The filter ${own} has wildcards, which no topic has [MQTT-3.3.2-2]: return { topic, payload }.`;
  if (topic.startsWith('$SYS')) return 'Only the broker speaks below $SYS: return { topic, payload }.';
  const { payload = new Uint8Array(0), retain = false, properties = null } = parts;
  // No more than the subscription allows.
  const wanted = parts.qos ?? 0;
  return new Message(topic, payload, wanted < qos ? wanted : qos, retain, properties, null, expiryOf(core, properties));
}

/** The filter of a shared subscription. */
export function withoutShare(filter: string): string {
  if (!filter.startsWith('$share/')) return filter;
  return filter.split('/').slice(2).join('/');
}
