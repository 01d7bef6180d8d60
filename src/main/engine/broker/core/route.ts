import type { SessionMatch } from '../routing/session-match.ts';
import type { SharedGroup } from '../routing/shared-groups.ts';
import type { BrokerCore } from './broker-core.ts';
import type { CoreCluster } from './core-cluster.ts';
import { deliver } from './delivery.ts';
import type { Message } from './message.ts';
import { RouteTrace, traceDropped } from './route-trace.ts';
import type { Session } from './session.ts';

/** Whether the message being routed has been queued for somebody. */
let waits = false;

/** Gives a message to every session that subscribed to its topic, and to one of each shared group. Answers how many that were. */
export function route(core: BrokerCore, message: Message, from: Session | null, packetId: number): number {
  const { sessions, groups } = core.subscriptions.match(message.topic);
  const trace = core.trace === null ? null : new RouteTrace();
  let receivers = 0;
  waits = false;
  for (let at = 0; at < sessions.length; at += 1) {
    let match: SessionMatch<Session> | null = sessions[at] as SessionMatch<Session>;
    if (match.session === from) {
      if (match.own === null && trace !== null) trace.noLocal(message, match);
      match = match.own;
    }
    if (match !== null && give(core, message, match, null, trace)) receivers += 1;
  }
  for (let at = 0; at < groups.length; at += 1) {
    if (giveToGroup(core, message, groups[at] as SharedGroup<Session>, trace)) receivers += 1;
  }
  if (trace !== null) trace.refused(core, message);
  // What stays behind holds on to nothing that was only needed to send it.
  if (waits || message.retain) message.keep();
  if (trace !== null) trace.end(core, message, 'published', packetId);
  return receivers;
}

/** The same where this broker is one of several. */
export function routeAmongBrokers(core: BrokerCore, cluster: CoreCluster, message: Message, from: Session | null, packetId: number): number {
  // What a broker says of itself is true of it alone.
  if (message.topic.startsWith('$SYS/')) return route(core, message, from, packetId);
  cluster.begin(message);
  const receivers = route(core, message, from, packetId);
  return cluster.published(message) ? receivers + 1 : receivers;
}

function giveToGroup(core: BrokerCore, message: Message, group: SharedGroup<Session>, trace: RouteTrace | null): boolean {
  if (core.cluster !== null && core.cluster.defers(group)) return true;
  return pickFrom(core, message, group, trace);
}

function pickFrom(core: BrokerCore, message: Message, group: SharedGroup<Session>, trace: RouteTrace | null): boolean {
  const match = group.pick();
  if (trace !== null) trace.passedOver(message, group, match === null ? null : match.session);
  return match !== null && give(core, message, match, group, trace);
}

/** Gives a message of another broker to who subscribed here, and to a member of each of `shares`. Answers those of `shares` without a member. */
export function routeReceived(core: BrokerCore, message: Message, isForAll: boolean, shares: readonly string[]): readonly string[] {
  const trace = core.trace === null ? null : new RouteTrace();
  waits = false;
  if (isForAll) {
    const from = message.publisher === null ? undefined : core.sessions.get(message.publisher);
    for (const one of core.subscriptions.match(message.topic).sessions) {
      // [MQTT-3.8.3-3]: also where the publisher was at another broker when it published.
      const match = one.session === from ? one.own : one;
      if (match !== null) give(core, message, match, null, trace);
    }
  }
  let left: string[] | null = null;
  for (const share of shares) {
    const group = core.subscriptions.group(share);
    if (group === undefined || !pickFrom(core, message, group, trace)) (left ??= []).push(share);
  }
  if (waits || message.retain) message.keep();
  if (trace !== null) trace.end(core, message, 'published', 0);
  return left ?? nobody;
}

const nobody: readonly string[] = [];

/** Gives a message to one session, if it subscribed to its topic. */
export function routeTo(core: BrokerCore, message: Message, session: Session): void {
  const found = core.subscriptions.match(message.topic).sessions.find((match) => match.session === session);
  const match = found !== undefined && session.clientId === message.publisher ? found.own : found;
  waits = false;
  if (match) give(core, message, match, null, null);
  if (waits) message.keep();
}

/** Gives other members what waited for a member whose session ends: all it was not sent, and QoS 1 it did not acknowledge [MQTT-4.8.2-5]. */
export function handOver(core: BrokerCore, session: Session): void {
  for (const inflight of session.inflight?.values() ?? []) {
    if (core.trace !== null) traceDropped(core, session, inflight, inflight.isSent ? inflight.packetId : 0, 'session-ended');
    if (inflight.group !== null && inflight.qos === 1) giveAnew(core, inflight.message, inflight.group);
    session.journal?.finished(inflight);
  }
  for (let delivery = session.queue?.shift(); delivery !== undefined; delivery = session.queue?.shift()) {
    if (core.trace !== null) traceDropped(core, session, delivery, 0, 'session-ended');
    if (delivery.group !== null) giveAnew(core, delivery.message, delivery.group);
    session.journal?.finished(delivery);
  }
}

function giveAnew(core: BrokerCore, message: Message, group: SharedGroup<Session>): void {
  const trace = core.trace === null ? null : new RouteTrace();
  if (!pickFrom(core, message, group, trace)) core.cluster?.handOver(message, group);
  if (trace !== null) trace.end(core, message, 'handed-over', 0);
}

function give(core: BrokerCore, message: Message, match: SessionMatch<Session>, group: SharedGroup<Session> | null, trace: RouteTrace | null): boolean {
  const { session, subscriptionIdentifiers } = match;
  if (core.hooks.authorizeDeliver !== undefined && !core.mayDeliver(session.clientId, message.topic)) {
    if (trace !== null) trace.given(message, match, group, 'not-authorised');
    return false;
  }
  // [MQTT-3.3.1-12]: to a subscription that was there before, RETAIN is 0 unless it asked for it as published.
  const retain = match.retainAsPublished && message.retain;
  const outcome = deliver(core, session, message, match.qos, retain, subscriptionIdentifiers.length === 0 ? null : subscriptionIdentifiers, group);
  if (outcome === 'queued') waits = true;
  if (trace !== null) trace.given(message, match, group, outcome);
  return true;
}
