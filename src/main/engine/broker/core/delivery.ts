import type { Qos } from '../../../../shared/contract/common.ts';
import type { Delivery } from './delivery-queue.ts';
import { DeliveryQueue } from './delivery-queue.ts';
import type { Message } from './message.ts';
import { nextPacketId } from './packet-ids.ts';
import type { Inflight, Session } from './session.ts';
import type { SharedGroup } from '../routing/shared-groups.ts';
import type { BrokerCore } from './broker-core.ts';

export const unlimitedPacketSize = 268_435_460;

/** What became of a message for one session. */
export type DeliveryOutcome = 'sent' | 'queued' | 'offline' | 'slow' | 'full' | 'too-large' | 'expired';

/** Gives one message to one session: at once where it can be sent, later where it has to wait, never where it may not. */
export function deliver(
  core: BrokerCore,
  session: Session,
  message: Message,
  subscribedQos: Qos,
  retain: boolean,
  subscriptionIdentifiers: readonly number[] | null,
  group: SharedGroup<Session> | null = null,
): DeliveryOutcome {
  if (session.isEnded) return 'offline';
  const qos = message.qos < subscribedQos ? message.qos : subscribedQos;
  const { connection } = session;
  if (qos === 0) {
    if (connection === null) return 'offline';
    if (connection.isBackedUp) {
      core.counters.droppedSlow += 1;
      return 'slow';
    }
    if (connection.sendPublish(message, 0, retain, subscriptionIdentifiers, 0, false)) return 'sent';
    connection.core.counters.droppedLarge += 1;
    return 'too-large';
  }
  const delivery: Delivery = { message, qos, retain, subscriptionIdentifiers, group };
  if (connection !== null && !session.queue?.length && !session.resend && hasRoom(session) && !connection.isBackedUp) return sendWithId(session, delivery);
  session.queue ??= new DeliveryQueue();
  if (!session.queue.push(delivery, core.options.maximumQueuedMessages, core.options.maximumQueuedBytes)) {
    core.counters.droppedFull += 1;
    return 'full';
  }
  return 'queued';
}

/** Sends what waits, as far as the client's window and its reading allow: first what was under way before, then the queue. */
export function pump(session: Session): void {
  const { connection } = session;
  if (connection === null) return;
  while (session.resend !== null && !connection.isBackedUp && (session.inflight?.size ?? 0) - session.resend.length < connection.receiveMaximum) {
    const again = session.resend.shift();
    if (session.resend.length === 0) session.resend = null;
    if (again === undefined) break;
    if (again.released) connection.ack('pubrel', again.packetId);
    else connection.sendPublish(again.message, again.qos, again.retain, again.subscriptionIdentifiers, again.packetId, true);
  }
  if (session.resend !== null) return;
  const { nowMs } = connection.core;
  while (session.queue?.length && hasRoom(session) && !connection.isBackedUp) {
    const delivery = session.queue.shift();
    if (delivery === undefined) return;
    // [MQTT-3.3.2-5]: what has expired before its delivery began is dropped.
    if (delivery.message.expiresAtMs <= nowMs) connection.core.counters.droppedExpired += 1;
    else sendWithId(session, delivery);
  }
  if (session.retainedWaits && !session.queue?.length && !connection.isBackedUp) connection.core.retainedDelivery.resume(session);
}

function sendWithId(session: Session, { message, qos, retain, subscriptionIdentifiers, group }: Delivery): DeliveryOutcome {
  const { connection } = session;
  session.inflight ??= new Map();
  const packetId = nextPacketId(session.lastPacketId, session.inflight);
  if (connection === null) return 'offline';
  if (!connection.sendPublish(message, qos, retain, subscriptionIdentifiers, packetId, false)) {
    // [MQTT-3.1.2-25]: as if it had been delivered.
    connection.core.counters.droppedLarge += 1;
    return 'too-large';
  }
  message.own();
  session.lastPacketId = packetId;
  const inflight: Inflight = { message, qos, retain, subscriptionIdentifiers, group, packetId, released: false };
  session.inflight.set(packetId, inflight);
  return 'sent';
}

/** Whether one more QoS 1 or 2 message may be under way [MQTT-3.3.4-9]. */
export function hasRoom(session: Session): boolean {
  const { connection, inflight } = session;
  if (connection === null) return false;
  return inflight === null || inflight.size < Math.min(connection.receiveMaximum, connection.core.options.maximumInflight);
}
