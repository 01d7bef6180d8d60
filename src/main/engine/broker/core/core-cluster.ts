import type { SharedGroup } from '../routing/shared-groups.ts';
import type { Message } from './message.ts';
import type { Session } from './session.ts';

/** What the core asks, and tells, of the brokers it is one with. */
export interface CoreCluster {
  /** This broker is the one that has this client. */
  holds(clientId: string): boolean;
  /**
   * Before CONNACK: afterwards the client is this broker's, with the session it had at another one, where its connection has ended.
   * `isKept`: it has asked for a session that outlives its connection. False: nobody can say at the moment where that session is.
   */
  claim(clientId: string, isKept: boolean): Promise<boolean>;
  /** It has gained or lost its connection. */
  connectionChanged(session: Session): void;
  subscribed(session: Session, filter: string): void;
  unsubscribed(session: Session, filter: string): void;
  ended(session: Session): void;
  /** A message of this broker is about to be routed. */
  begin(message: Message): void;
  /** Whether the receiver in this group is chosen among all brokers, so that nobody here gets the message now. */
  defers(group: SharedGroup<Session>): boolean;
  /** It has been routed here. Whether others may have got it as well. */
  published(message: Message): boolean;
  /** A message that was meant for a member of this group has nobody here any more. */
  handOver(message: Message, group: SharedGroup<Session>): void;
}
