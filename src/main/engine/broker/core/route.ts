import type { SessionMatch } from '../routing/session-match.ts';
import type { SharedGroup } from '../routing/shared-groups.ts';
import type { BrokerCore } from './broker-core.ts';
import { deliver } from './delivery.ts';
import type { Message } from './message.ts';
import type { Session } from './session.ts';

/** Whether the message being routed has been queued for somebody. */
let waits = false;

/** Gives a message to every session that subscribed to its topic, and to one of each shared group. Answers how many that were. */
export function route(core: BrokerCore, message: Message, from: Session | null): number {
  const { sessions, groups } = core.subscriptions.match(message.topic);
  let receivers = 0;
  waits = false;
  for (let at = 0; at < sessions.length; at += 1) {
    let match: SessionMatch<Session> | null = sessions[at] as SessionMatch<Session>;
    if (match.session === from) match = match.own;
    if (match !== null && give(core, message, match, null)) receivers += 1;
  }
  for (let at = 0; at < groups.length; at += 1) {
    if (giveToGroup(core, message, groups[at] as SharedGroup<Session>)) receivers += 1;
  }
  // What stays behind holds on to nothing that was only needed to send it.
  if (waits || message.retain) message.keep();
  return receivers;
}

function giveToGroup(core: BrokerCore, message: Message, group: SharedGroup<Session>): boolean {
  const match = group.pick();
  return match !== null && give(core, message, match, group);
}

/** Gives other members what waited for a member whose session ends: all it was not sent, and QoS 1 it did not acknowledge [MQTT-4.8.2-5]. */
export function handOver(core: BrokerCore, session: Session): void {
  for (const inflight of session.inflight?.values() ?? []) {
    if (inflight.group !== null && inflight.qos === 1) giveToGroup(core, inflight.message, inflight.group);
    session.journal?.finished(inflight);
  }
  for (let delivery = session.queue?.shift(); delivery !== undefined; delivery = session.queue?.shift()) {
    if (delivery.group !== null) giveToGroup(core, delivery.message, delivery.group);
    session.journal?.finished(delivery);
  }
}

function give(core: BrokerCore, message: Message, match: SessionMatch<Session>, group: SharedGroup<Session> | null): boolean {
  const { session, subscriptionIdentifiers } = match;
  if (core.hooks.authorizeDeliver !== undefined && !core.mayDeliver(session.clientId, message.topic)) return false;
  // [MQTT-3.3.1-12]: to a subscription that was there before, RETAIN is 0 unless it asked for it as published.
  const retain = match.retainAsPublished && message.retain;
  const outcome = deliver(core, session, message, match.qos, retain, subscriptionIdentifiers.length === 0 ? null : subscriptionIdentifiers, group);
  if (outcome === 'queued') waits = true;
  return true;
}
