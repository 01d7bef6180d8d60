import type { BrokerCore } from './broker-core.ts';
import type { Message } from './message.ts';
import { isFullOfRetained } from './retain.ts';
import { routeReceived, routeTo } from './route.ts';
import type { Session } from './session.ts';

/* What brokers of a cluster do to the core of this one, see `CoreCluster`. */

/** A message that another broker has taken from its publisher. */
export interface ReceivedMessage {
  readonly message: Message;
  /** It is for everyone who subscribed here, not only for `shares`. */
  readonly isForAll: boolean;
  /** It is news to the retained messages as well. */
  readonly isRetained: boolean;
  /** The shared subscriptions, `$share/NAME/FILTER`, of which one member here gets it. */
  readonly shares: readonly string[];
}

/** Answers the shared subscriptions that have no member here any more. */
export function receive(core: BrokerCore, { message, isForAll, isRetained, shares }: ReceivedMessage): readonly string[] {
  if (isRetained) keepRetained(core, message.topic, message.payload.byteLength === 0 ? null : message);
  core.tapReceived(message, isForAll);
  return routeReceived(core, message, isForAll, shares);
}

/** For a session that was elsewhere when the message came in. */
export function receiveLate(core: BrokerCore, session: Session, message: Message): void {
  core.tapReceived(message, false);
  routeTo(core, message, session);
}

/** As the cluster has it, which keeps it. `null`: no longer retained. */
export function keepRetained(core: BrokerCore, topic: string, message: Message | null): void {
  if (message === null) core.retainedMessages.delete(topic);
  else if (!isFullOfRetained(core, topic)) {
    message.keep();
    core.retainedMessages.set(topic, message, message, core.nowMs);
  }
}

/** The session goes on at another broker, with all that waits in it. It has no connection. */
export function detach(core: BrokerCore, session: Session): void {
  session.cancelTimers();
  session.isEnded = true;
  core.sessions.delete(session.clientId);
  session.journal?.detached(session);
  core.removeSubscriptions(session);
}

/** Others have taken over what this broker had: every connection ends, and its sessions are theirs. */
export function abandon(core: BrokerCore, reason: string): void {
  for (const connection of core.connections) {
    if (connection.session === null) continue;
    if (connection.level === 5) connection.sendDisconnect(0x8b, reason);
    // Whoever took over publishes it.
    connection.session.will = null;
    connection.session.kept = null;
    connection.end('closed-by-broker');
  }
  for (const session of core.sessions.values()) {
    session.kept = null;
    detach(core, session);
  }
}
