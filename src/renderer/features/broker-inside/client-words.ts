import type { ClientRow, LastPacket, SubscriptionRow } from '../../../shared/contract/broker-lists.ts';
import { listenerKindWords } from '../../../shared/mqtt/listener-kinds.ts';
import { formatAge } from '../common/index.ts';

/** `for ever`, `with the connection`, `2 h after the connection`. */
export function expiryWords(seconds: number | null): string {
  if (seconds === null) return 'kept for ever';
  if (seconds === 0) return 'ends with the connection';
  return `kept ${spanWords(seconds)} without a connection`;
}

/** `45 s`, `12 min`, `3 h`, `2 d`, without what is left over. */
export function spanWords(seconds: number): string {
  return seconds < 1 ? '0 s' : formatAge(seconds * 1000);
}

export function keepAliveWords(seconds: number): string {
  return seconds === 0 ? 'off' : `${seconds} s`;
}

/** `PINGREQ 3 s ago`. */
export function packetWords(packet: LastPacket | null, now: number): string {
  if (packet === null) return 'none';
  const age = formatAge(Math.max(0, now - packet.at));
  return `${packet.type} ${age === 'now' ? 'just now' : `${age} ago`}`;
}

export function versionWords({ version, transport }: Pick<ClientRow, 'version' | 'transport'>): string {
  return transport === 'tcp' ? `MQTT ${version}` : `MQTT ${version}, ${listenerKindWords[transport]}`;
}

/** An empty client id is one as well (MQTT 3.1.1 of other brokers). */
export const nameOf = (clientId: string): string => (clientId === '' ? '(empty)' : clientId);

/** When retained messages are sent to it (§3.8.3.1). */
const handling = ['always', 'if new', 'never'] as const;

/** The options of a subscription besides its QoS, those that are not the usual ones. */
export function optionWords({ noLocal, retainAsPublished, retainHandling, subscriptionIdentifier }: SubscriptionRow): readonly string[] {
  return [
    ...(noLocal === true ? ['no local'] : []),
    ...(retainAsPublished === true ? ['retain as published'] : []),
    ...(retainHandling === null || retainHandling === 0 ? [] : [`retained: ${handling[retainHandling]}`]),
    ...(subscriptionIdentifier === null || subscriptionIdentifier === 0 ? [] : [`identifier ${subscriptionIdentifier}`]),
  ];
}

/** The name of a shared subscription; `null` for others. */
export function shareName(filter: string): string | null {
  return filter.startsWith('$share/') ? (filter.split('/', 2)[1] ?? null) : null;
}

export const reachWords: Readonly<Record<NonNullable<SubscriptionRow['reach']>, { readonly tone: 'ok' | 'warn' | 'off' | 'bad'; readonly text: string }>> = {
  now: { tone: 'ok', text: 'gets it now' },
  queued: { tone: 'warn', text: 'gets it when it is back' },
  offline: { tone: 'off', text: 'not connected: QoS 0 is lost' },
  'one-of-group': { tone: 'ok', text: 'it or another of its group' },
  'not-authorised': { tone: 'bad', text: 'not allowed' },
};
