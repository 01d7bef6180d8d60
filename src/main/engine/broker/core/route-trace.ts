import type { TraceCause, TraceReason, TraceReceiver } from '../../../../shared/contract/broker-inside.ts';
import type { Qos } from '../../../../shared/contract/common.ts';
import type { SessionMatch } from '../routing/session-match.ts';
import type { SharedGroup } from '../routing/shared-groups.ts';
import type { BrokerCore } from './broker-core.ts';
import type { Delivery } from './delivery-queue.ts';
import type { DeliveryOutcome } from './delivery.ts';
import type { Message } from './message.ts';
import type { Inflight, Session } from './session.ts';

/** What is told of one message at most; the rest is counted. */
const mostReceivers = 200;
/** Of each shared subscription, those that were passed over. */
const mostPassedOver = 20;

type Outcome = DeliveryOutcome | 'not-authorised';

export const deliveryStates: Readonly<Record<Outcome, TraceReceiver['state']>> = {
  'not-authorised': 'not-authorised',
  sent: 'written',
  queued: 'waiting',
  offline: 'offline',
  slow: 'output-full',
  full: 'queue-full',
  'too-large': 'too-large',
  expired: 'expired',
};

/** Collects who a message is given to, while somebody listens. */
export class RouteTrace {
  readonly #receivers: TraceReceiver[] = [];
  #omitted = 0;

  /** After the message was given to the session: its last packet id is then that of this message. */
  given(message: Message, match: SessionMatch<Session>, group: SharedGroup<Session> | null, outcome: Outcome): void {
    this.add(message, match.session, match.filters, match.qos, group, deliveryStates[outcome]);
  }

  noLocal(message: Message, match: SessionMatch<Session>): void {
    this.add(message, match.session, match.filters, match.qos, null, 'no-local');
  }

  /** The members of a shared subscription that this message is not for. */
  passedOver(message: Message, group: SharedGroup<Session>, chosen: Session | null): void {
    let passed = 0;
    for (const { match } of group.members) {
      if (match.session === chosen) continue;
      passed += 1;
      if (passed > mostPassedOver) break;
      this.add(message, match.session, match.filters, match.qos, group, chosen === null ? 'no-member' : 'other-member');
    }
    this.#omitted += Math.max(0, group.size - (chosen === null ? 0 : 1) - Math.min(passed, mostPassedOver));
  }

  /** Those that are not here as their subscriptions were refused. */
  refused({ hooks }: BrokerCore, { topic }: Message): void {
    if (hooks.refusedSubscribers === undefined) return;
    const known = new Set(this.#receivers.map(({ clientId }) => clientId));
    for (const { clientId, filter } of hooks.refusedSubscribers(topic)) {
      if (known.has(clientId)) continue;
      known.add(clientId);
      if (this.#receivers.length >= mostReceivers) this.#omitted += 1;
      else this.#receivers.push({ clientId, filters: [filter], group: null, grantedQos: 0, qos: 0, state: 'not-authorised', packetId: 0 });
    }
  }

  add(
    message: Message,
    session: Session,
    filters: readonly string[],
    grantedQos: Qos,
    group: SharedGroup<Session> | null,
    state: TraceReceiver['state'],
  ): void {
    if (this.#receivers.length >= mostReceivers) {
      this.#omitted += 1;
      return;
    }
    const qos = message.qos < grantedQos ? message.qos : grantedQos;
    const packetId = state === 'written' && qos > 0 ? session.lastPacketId : 0;
    this.#receivers.push({ clientId: session.clientId, filters, group: group === null ? null : group.name, grantedQos, qos, state, packetId });
  }

  /** Tells what was collected; of a later delivery only if there was one. */
  end(core: BrokerCore, message: Message, cause: TraceCause, packetId: number): void {
    if (core.trace === null || (cause !== 'published' && this.#receivers.length === 0)) return;
    const { number, publisher, deeds } = message;
    const handlers = cause === 'published' && deeds !== null ? { handlers: deeds } : {};
    core.trace({
      ...{ kind: 'routed', number, timeUs: core.options.nowUs(), cause, publisher, packetId },
      ...{ receivers: this.#receivers, omitted: this.#omitted, ...handlers },
    });
  }
}

// What happens to a message after it was routed. Each is called only while somebody listens.

/** A retained message was given to a new subscription. */
export function traceRetained(core: BrokerCore, session: Session, message: Message, filter: string, grantedQos: Qos, outcome: Outcome): void {
  const trace = new RouteTrace();
  trace.add(message, session, [filter], grantedQos, null, deliveryStates[outcome]);
  trace.end(core, message, 'retained', 0);
}

/** What had waited was taken out of the queue: sent, lost in the attempt, or still to be sent when it is kept. */
export function traceSent(core: BrokerCore, session: Session, delivery: Delivery, outcome: DeliveryOutcome): void {
  if (outcome === 'sent') traceWritten(core, session, delivery.message, session.lastPacketId, false);
  else if (outcome === 'too-large') traceDropped(core, session, delivery, 0, 'too-large');
}

/** `again`: it had been sent before, to an earlier connection of the client. */
export function traceWritten(core: BrokerCore, session: Session, { number }: Message, packetId: number, again: boolean): void {
  core.trace?.({ kind: 'written', number, timeUs: core.options.nowUs(), clientId: session.clientId, packetId, again });
}

/** PUBACK, PUBCOMP, or PUBREC with an error. */
export function traceAnswered(core: BrokerCore, session: Session, inflight: Inflight, code: number): void {
  const { message, packetId } = inflight;
  if (code >= 0x80) traceDropped(core, session, inflight, packetId, 'refused');
  else core.trace?.({ kind: 'acknowledged', number: message.number, timeUs: core.options.nowUs(), clientId: session.clientId, packetId });
}

/** `packetId` 0: it had not been sent. */
export function traceDropped(core: BrokerCore, session: Session, { message }: Delivery, packetId: number, reason: TraceReason): void {
  core.trace?.({ kind: 'dropped', number: message.number, timeUs: core.options.nowUs(), clientId: session.clientId, packetId, reason });
}
