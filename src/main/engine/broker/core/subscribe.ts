import type { Qos } from '../../../../shared/contract/common.ts';
import type { SubscribePacket, SubscriptionRequest, UnsubscribePacket } from '../../../../shared/mqtt/packet/packets.ts';
import { MqttProtocolError } from '../../../../shared/mqtt/packet/protocol-error.ts';
import type { BrokerCore } from './broker-core.ts';
import { maySubscribeNow } from './client-limits.ts';
import type { Connection } from './connection.ts';
import type { CoreOptions } from './core-options.ts';
import type { Session } from './session.ts';

const notAuthorised = 0x87;
const quotaExceeded = 0x97;
const sharedNotSupported = 0x9e;
const identifiersNotSupported = 0xa1;
const wildcardsNotSupported = 0xa2;
/** SUBACK of 3.1.1 knows one failure only (§3.9.3). */
const failure3 = 0x80;
const noSubscriptionExisted = 0x11;

/** SUBSCRIBE: grants what is allowed, acknowledges, and has retained messages sent. */
export function handleSubscribe(connection: Connection, session: Session, packet: SubscribePacket): void {
  const { core } = connection;
  const { options } = core;
  const subscriptionIdentifier = packet.properties?.subscriptionIdentifiers?.[0] ?? 0;
  if (connection.level === 5) checkAgainstConnack(packet, subscriptionIdentifier, options);
  const codes: number[] = [];
  const changes = session.journal?.changes;
  const retained: SubscriptionRequest[] = [];
  const granted: { readonly filter: string; readonly qos: Qos }[] | null = core.handlers === null ? null : [];
  for (const request of packet.subscriptions) {
    const refusal = core.hasClientLimits && !maySubscribeNow(connection, request.filter) ? quotaExceeded : refusalOf(core, session, request);
    if (refusal !== 0) {
      core.counters.subscribeRefused += 1;
      // [MQTT-3.9.3-2]; MQTT 3.1 cannot refuse (§3.9 there): the lowest QoS is granted and nothing is ever delivered.
      codes.push(connection.level === 5 ? refusal : connection.level === 4 ? failure3 : 0);
      continue;
    }
    if (session.journal?.isFailing === true && connection.level > 3) {
      // It could not be kept at the moment, which it has to be before it is acknowledged.
      core.counters.subscribeRefused += 1;
      codes.push(connection.level === 5 ? quotaExceeded : failure3);
      continue;
    }
    // [MQTT-3.8.4-7]: no more than the broker delivers with.
    const qos = request.qos > options.maximumQos ? options.maximumQos : request.qos;
    const { filter, retainHandling } = request;
    const noLocal = request.noLocal || (connection.isBridge && !isShared(filter));
    const retainAsPublished = request.retainAsPublished || connection.isBridge;
    const isNew = core.subscribe(session, { filter, qos, noLocal, retainAsPublished, retainHandling, subscriptionIdentifier });
    codes.push(qos);
    if (granted !== null) granted.push({ filter, qos });
    const wantsRetained = retainHandling === 0 || (retainHandling === 1 && isNew);
    // [MQTT-4.8.2] §3.8.3.1: a shared subscription is sent no retained messages when it is made.
    if (wantsRetained && !isShared(filter)) retained.push(qos === request.qos ? request : { ...request, qos });
  }
  core.subscriptionsChanged();
  const acknowledge = (): void => {
    if (connection.endedBy !== null) return;
    connection.send({ type: 'suback', packetId: packet.packetId, codes, properties: null });
    for (const request of retained) core.sendRetained(session, request, subscriptionIdentifier);
    if (granted !== null && granted.length > 0) core.handlers?.subscribed(session, granted);
  };
  if (session.journal === null || session.journal.changes === changes) acknowledge();
  else session.journal.afterCommit({ run: acknowledge });
}

/** The reason code, or 0 for a subscription that is granted. */
function refusalOf(core: BrokerCore, session: Session, request: SubscriptionRequest): number {
  const { filter } = request;
  if (!core.maySubscribe(session.clientId, request)) return notAuthorised;
  if (session.subscriptions.size >= core.options.maximumSubscriptions && !session.subscriptions.has(filter)) return quotaExceeded;
  // Clients of 3.x were not told in CONNACK what there is not; those of MQTT 5 do not come here with it.
  if (!core.options.sharedSubscriptionAvailable && isShared(filter)) return sharedNotSupported;
  if (!core.options.wildcardSubscriptionAvailable && hasWildcard(filter)) return wildcardsNotSupported;
  return 0;
}

/** What CONNACK said there is not, a client of MQTT 5 may not ask for (§3.2.2.3.11 to §3.2.2.3.13). */
function checkAgainstConnack({ subscriptions }: SubscribePacket, identifier: number, options: CoreOptions): void {
  if (identifier !== 0 && !options.subscriptionIdentifierAvailable) {
    throw new MqttProtocolError(identifiersNotSupported, '§3.2.2.3.12', 'This broker takes no subscription identifiers.');
  }
  if (!options.sharedSubscriptionAvailable && subscriptions.some(({ filter }) => isShared(filter))) {
    throw new MqttProtocolError(sharedNotSupported, '§3.2.2.3.13', 'This broker has no shared subscriptions.');
  }
  if (!options.wildcardSubscriptionAvailable && subscriptions.some(({ filter }) => hasWildcard(filter))) {
    throw new MqttProtocolError(wildcardsNotSupported, '§3.2.2.3.11', 'This broker has no wildcard subscriptions.');
  }
}

function isShared(filter: string): boolean {
  return filter.startsWith('$share/');
}

function hasWildcard(filter: string): boolean {
  return filter.includes('+') || filter.includes('#');
}

export function handleUnsubscribe(connection: Connection, session: Session, packet: UnsubscribePacket): void {
  const { core } = connection;
  const codes = packet.filters.map((filter) => (core.unsubscribe(session, filter) ? 0 : noSubscriptionExisted));
  core.subscriptionsChanged();
  const acknowledge = (): void => {
    if (connection.endedBy === null)
      connection.send({ type: 'unsuback', packetId: packet.packetId, codes: connection.level === 5 ? codes : [], properties: null });
  };
  if (session.journal === null) acknowledge();
  else session.journal.afterCommit({ run: acknowledge });
}
