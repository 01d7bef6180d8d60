import type { Qos } from '../../../../shared/contract/common.ts';
import type { Delivery } from './delivery-queue.ts';
import { DeliveryQueue } from './delivery-queue.ts';
import type { Message } from './message.ts';
import { nextPacketId } from './packet-ids.ts';
import type { AfterCommit } from './persistence/pending-changes.ts';
import type { Journal } from './persistence/journal.ts';
import { traceDropped, traceSent, traceWritten } from './route-trace.ts';
import type { Inflight, Session } from './session.ts';
import type { Connection } from './connection.ts';
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
  const delivery: Delivery = { message, qos, retain, subscriptionIdentifiers, group, kept: null };
  if (connection !== null && !session.queue?.length && !session.resend && hasRoom(session) && !connection.isBackedUp) return sendWithId(session, delivery);
  session.queue ??= new DeliveryQueue(core.queueTotals);
  if (!session.queue.push(delivery, core.options.maximumQueuedMessages, core.options.maximumQueuedBytes, core.nowMs)) {
    core.counters.droppedFull += 1;
    return 'full';
  }
  session.journal?.added(session, delivery);
  return 'queued';
}

/** Sends what waits, as far as the client's window and its reading allow: first what was under way before, then the queue. */
export function pump(session: Session): void {
  const { connection } = session;
  if (connection === null) return;
  const { core } = connection;
  while (session.resend !== null && !connection.isBackedUp && (session.inflight?.size ?? 0) - session.resend.length < connection.receiveMaximum) {
    const again = session.resend.shift();
    if (session.resend.length === 0) session.resend = null;
    if (again === undefined) break;
    // Acknowledged although it was not sent again: it has arrived on the connection before.
    if (session.inflight?.get(again.packetId) !== again) continue;
    transmit(connection, session, again);
  }
  if (session.resend !== null) return;
  const { nowMs } = core;
  while (session.queue?.length && hasRoom(session) && !connection.isBackedUp) {
    const delivery = session.queue.shift();
    if (delivery === undefined) return;
    // [MQTT-3.3.2-5]: what has expired before its delivery began is dropped.
    if (delivery.message.expiresAtMs <= nowMs) {
      core.counters.droppedExpired += 1;
      session.journal?.finished(delivery);
      if (core.trace !== null) traceDropped(core, session, delivery, 0, 'expired');
    } else {
      const outcome = sendWithId(session, delivery);
      if (core.trace !== null) traceSent(core, session, delivery, outcome);
    }
  }
  if (session.retainedWaits && !session.queue?.length && !connection.isBackedUp) core.retainedDelivery.resume(session);
}

/**
 * [MQTT-4.4.0-1]: what was under way goes out again on a new connection, in its order: PUBREL at once, PUBLISH as the window of the client
 * allows. What waits to be kept follows by itself.
 */
export function sendAgain(connection: Connection, session: Session): void {
  const resend: Inflight[] = [];
  for (const inflight of session.inflight?.values() ?? []) {
    if (inflight.waitsForCommit) continue;
    if (inflight.released) connection.ack('pubrel', inflight.packetId);
    else resend.push(inflight);
  }
  session.resend = resend.length === 0 ? null : resend;
  pump(session);
}

/** PUBLISH of what is under way, or its end where it may not be sent: as if it had been delivered. */
function transmit(connection: Connection, session: Session, inflight: Inflight): void {
  const { core } = connection;
  const { message, qos, retain, subscriptionIdentifiers, packetId, isSent } = inflight;
  // [MQTT-3.3.2-5]: it waited to be kept, and its delivery has not begun.
  if (!isSent && message.expiresAtMs <= core.nowMs) {
    core.counters.droppedExpired += 1;
    giveUp(core, session, inflight, 'expired');
  } else if (connection.sendPublish(message, qos, retain, subscriptionIdentifiers, packetId, isSent)) {
    inflight.isSent = true;
    if (core.trace !== null) traceWritten(core, session, message, packetId, isSent);
  } else {
    // [MQTT-3.1.2-25]
    core.counters.droppedLarge += 1;
    giveUp(core, session, inflight, 'too-large');
  }
}

function giveUp(core: BrokerCore, session: Session, inflight: Inflight, reason: 'expired' | 'too-large'): void {
  session.inflight?.delete(inflight.packetId);
  if (inflight.kept !== null) session.journal?.finished(inflight);
  if (core.trace !== null) traceDropped(core, session, inflight, inflight.packetId, reason);
}

function sendWithId(session: Session, delivery: Delivery): DeliveryOutcome {
  const { connection, journal } = session;
  const { message, qos, retain, subscriptionIdentifiers, group, kept } = delivery;
  session.inflight ??= new Map();
  const packetId = nextPacketId(session.lastPacketId, session.inflight);
  if (connection === null) return 'offline';
  // A client that has a QoS 2 message knows it by its identifier: that one is kept before it is used.
  const waitsForCommit = journal !== null && qos === 2;
  if (!waitsForCommit && !connection.sendPublish(message, qos, retain, subscriptionIdentifiers, packetId, false)) {
    // [MQTT-3.1.2-25]: as if it had been delivered.
    connection.core.counters.droppedLarge += 1;
    journal?.finished(delivery);
    return 'too-large';
  }
  message.own();
  session.lastPacketId = packetId;
  const inflight: Inflight = {
    message,
    qos,
    retain,
    subscriptionIdentifiers,
    group,
    kept,
    packetId,
    released: false,
    isSent: !waitsForCommit,
    waitsForCommit: false,
  };
  session.inflight.set(packetId, inflight);
  if (journal === null) return 'sent';
  if (kept === null) journal.added(session, inflight);
  else journal.changed(inflight);
  if (!waitsForCommit) return 'sent';
  sendWhenKept(journal, session, inflight);
  return 'queued';
}

/** Sends the next packet of a QoS 2 exchange once its state is kept, to the connection there is by then. */
export function sendWhenKept(journal: Journal, session: Session, inflight: Inflight): void {
  if (inflight.waitsForCommit) return;
  inflight.waitsForCommit = true;
  journal.afterCommit(new KeptSend(session, inflight));
}

class KeptSend implements AfterCommit {
  readonly #session: Session;
  readonly #inflight: Inflight;

  constructor(session: Session, inflight: Inflight) {
    this.#session = session;
    this.#inflight = inflight;
  }

  run(): void {
    const inflight = this.#inflight;
    const { connection, inflight: underWay, resend } = this.#session;
    // Its session is not kept any more, and it has gone out.
    if (!inflight.waitsForCommit) return;
    inflight.waitsForCommit = false;
    // Without a connection it goes out with the next one, as everything that is under way.
    if (connection === null || underWay?.get(inflight.packetId) !== inflight) return;
    if (inflight.released) return connection.ack('pubrel', inflight.packetId);
    // The client may have come back with a smaller receive maximum [MQTT-3.3.4-9].
    if (resend !== null || underWay.size > connection.receiveMaximum) (this.#session.resend ??= []).push(inflight);
    else transmit(connection, this.#session, inflight);
    // It may be over already, which makes room.
    if (this.#session.resend !== null || !underWay.has(inflight.packetId)) pump(this.#session);
  }
}

/** Whether one more QoS 1 or 2 message may be under way [MQTT-3.3.4-9]. */
export function hasRoom(session: Session): boolean {
  const { connection, inflight } = session;
  if (connection === null) return false;
  return inflight === null || inflight.size < Math.min(connection.receiveMaximum, connection.core.options.maximumInflight);
}
