import { MqttProtocolError } from '../../../../shared/mqtt/packet/protocol-error.ts';
import type { Connection } from './connection.ts';
import { pump, sendWhenKept } from './delivery.ts';
import { traceAnswered } from './route-trace.ts';
import type { Inflight, Session } from './session.ts';

/** No such packet identifier (§3.6.2.1): after one side has lost its session, or when something came twice. */
const notFound = 0x92;

/** PUBACK: a QoS 1 message has arrived, or was refused with a code of 0x80 and above. */
export function acknowledged(connection: Connection, session: Session, packetId: number, code: number): void {
  const inflight = session.inflight?.get(packetId);
  if (inflight === undefined) return;
  if (inflight.qos !== 1) refuseWrongStep('PUBACK', inflight);
  finish(connection, session, inflight, code);
}

/** PUBREC: a QoS 2 message has arrived, or was refused with a code of 0x80 and above [MQTT-4.3.3-4]. */
export function received(connection: Connection, session: Session, packetId: number, code: number): void {
  const inflight = session.inflight?.get(packetId);
  if (inflight === undefined) {
    if (code < 0x80) connection.ack('pubrel', packetId, notFound);
    return;
  }
  if (inflight.qos !== 2) refuseWrongStep('PUBREC', inflight);
  if (code >= 0x80) return finish(connection, session, inflight, code);
  inflight.released = true;
  if (session.journal === null) connection.ack('pubrel', packetId);
  else {
    // Were it forgotten after PUBREL, the message would go out again to a client that is done with it.
    session.journal.changed(inflight);
    sendWhenKept(session.journal, session, inflight);
  }
}

/** PUBREL: the client will not send this QoS 2 message again [MQTT-4.3.3-11]. */
export function released(connection: Connection, session: Session, packetId: number): void {
  const known = session.incoming?.delete(packetId) === true;
  const { journal } = session;
  if (journal === null || !known) connection.ack('pubcomp', packetId, known ? 0 : notFound);
  else {
    // Were it remembered after PUBCOMP, the next message with this identifier would be taken for this one.
    journal.incoming(session, packetId, false);
    journal.acknowledge(connection, 'pubcomp', packetId, 0);
  }
}

/** PUBCOMP: the exchange of a QoS 2 message is over. */
export function completed(connection: Connection, session: Session, packetId: number): void {
  const inflight = session.inflight?.get(packetId);
  if (inflight === undefined) return;
  if (inflight.qos !== 2 || !inflight.released) refuseWrongStep('PUBCOMP', inflight);
  finish(connection, session, inflight, 0);
}

function refuseWrongStep(type: string, { qos, packetId, released: isReleased }: Inflight): never {
  const state = qos === 1 ? 'QoS 1' : isReleased ? 'QoS 2 and released' : 'QoS 2 and not yet received';
  throw new MqttProtocolError(0x82, '§4.3', `${type} for packet ${packetId}, which is ${state}.`);
}

function finish({ core }: Connection, session: Session, inflight: Inflight, code: number): void {
  session.inflight?.delete(inflight.packetId);
  if (inflight.kept !== null) session.journal?.finished(inflight);
  if (core.trace !== null) traceAnswered(core, session, inflight, code);
  if (session.queue?.length || session.resend || session.retainedWaits) pump(session);
}
