import type { SubscribePacket, SubscriptionRequest, UnsubscribePacket } from '../../../../shared/mqtt/packet/packets.ts';
import type { Connection } from './connection.ts';
import type { Session } from './session.ts';

const notAuthorised = 0x87;
/** SUBACK of 3.1.1 knows one failure only (§3.9.3). */
const failure3 = 0x80;
const quotaExceeded = 0x97;
const noSubscriptionExisted = 0x11;

/** SUBSCRIBE: grants what is allowed, acknowledges, and has retained messages sent. */
export function handleSubscribe(connection: Connection, session: Session, packet: SubscribePacket): void {
  const { core } = connection;
  const subscriptionIdentifier = packet.properties?.subscriptionIdentifiers?.[0] ?? 0;
  const codes: number[] = [];
  const changes = session.journal?.changes;
  const retained: SubscriptionRequest[] = [];
  for (const request of packet.subscriptions) {
    if (!core.maySubscribe(session.clientId, request)) {
      core.counters.subscribeRefused += 1;
      // [MQTT-3.9.3-2]; MQTT 3.1 cannot refuse (§3.9 there): the lowest QoS is granted and nothing is ever delivered.
      codes.push(connection.level === 5 ? notAuthorised : connection.level === 4 ? failure3 : 0);
      continue;
    }
    if (session.journal?.isFailing === true && connection.level > 3) {
      // It could not be kept at the moment, which it has to be before it is acknowledged.
      core.counters.subscribeRefused += 1;
      codes.push(connection.level === 5 ? quotaExceeded : failure3);
      continue;
    }
    const isNew = core.subscribe(session, { ...request, subscriptionIdentifier });
    codes.push(request.qos);
    const wantsRetained = request.retainHandling === 0 || (request.retainHandling === 1 && isNew);
    // [MQTT-4.8.2] §3.8.3.1: a shared subscription is sent no retained messages when it is made.
    if (wantsRetained && !request.filter.startsWith('$share/')) retained.push(request);
  }
  core.subscriptionsChanged();
  const acknowledge = (): void => {
    if (connection.endedBy !== null) return;
    connection.send({ type: 'suback', packetId: packet.packetId, codes, properties: null });
    for (const request of retained) core.sendRetained(session, request, subscriptionIdentifier);
  };
  if (session.journal === null || session.journal.changes === changes) acknowledge();
  else session.journal.afterCommit({ run: acknowledge });
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
