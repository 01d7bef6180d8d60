import type { Connection } from './connection.ts';
import { pump } from './delivery.ts';
import type { Session } from './session.ts';

/** PUBACK: a QoS 1 message has arrived. */
export function acknowledged(session: Session, packetId: number): void {
  if (session.inflight?.get(packetId)?.qos === 1) finish(session, packetId);
}

/** PUBREC: a QoS 2 message has arrived, or was refused with a code of 0x80 and above [MQTT-4.3.3-4]. */
export function received(connection: Connection, session: Session, packetId: number, code: number): void {
  const inflight = session.inflight?.get(packetId);
  if (inflight?.qos !== 2) {
    // 0x92: no such packet identifier (§3.6.2.1).
    connection.ack('pubrel', packetId, 0x92);
  } else if (code >= 0x80) finish(session, packetId);
  else {
    inflight.released = true;
    // The message itself is not needed any more [MQTT-4.3.3-5].
    connection.ack('pubrel', packetId);
  }
}

/** PUBREL: the client will not send this QoS 2 message again [MQTT-4.3.3-11]. */
export function released(connection: Connection, session: Session, packetId: number): void {
  const known = session.incoming?.delete(packetId) === true;
  connection.ack('pubcomp', packetId, known ? 0 : 0x92);
}

/** PUBCOMP: the exchange of a QoS 2 message is over. */
export function completed(session: Session, packetId: number): void {
  if (session.inflight?.get(packetId)?.qos === 2) finish(session, packetId);
}

function finish(session: Session, packetId: number): void {
  session.inflight?.delete(packetId);
  if (session.queue?.length || session.resend || session.retainedWaits) pump(session);
}
