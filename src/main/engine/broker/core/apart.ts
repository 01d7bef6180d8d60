import type { BrokerCore } from './broker-core.ts';
import { deliver } from './delivery.ts';
import type { Message } from './message.ts';
import { deliveryStates, RouteTrace } from './route-trace.ts';
import type { Session } from './session.ts';

/** Messages that do not go the way of all: the tap and the trace show them all the same. */

/** For one session alone, whatever it has subscribed to. */
export function spreadTo(core: BrokerCore, session: Session, message: Message): void {
  core.announce(message, message.retain);
  const isAllowed = core.hooks.authorizeDeliver === undefined || core.mayDeliver(session.clientId, message.topic);
  const outcome = isAllowed ? deliver(core, session, message, 2, message.retain, null) : 'not-authorised';
  if (outcome === 'queued') message.keep();
  if (core.trace === null) return;
  const trace = new RouteTrace();
  trace.add(message, session, [], message.qos, null, deliveryStates[outcome]);
  trace.end(core, message, 'published', 0);
}

/** For nobody, although it came. `packetId`: of its PUBLISH. */
export function withhold(core: BrokerCore, message: Message, packetId: number): void {
  core.announce(message, false);
  if (core.trace !== null) new RouteTrace().end(core, message, 'published', packetId);
}
