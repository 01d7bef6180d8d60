import type { MqttVersion, Problem, Qos } from '../../../../shared/contract/common.ts';
import type { ReplySubscription } from '../../../../shared/contract/rpc.ts';
import type { MessageRecord } from '../../../../shared/messages/record.ts';
import type { OutgoingMessage } from '../../../../shared/rpc/dialect.ts';

export interface NodeMessage extends OutgoingMessage {
  /** `false` when absent. */
  readonly retain?: boolean;
}

/** The MQTT session of a node, while it is up. */
export interface NodeSession {
  readonly clientId: string;
  readonly version: MqttVersion;
  /** Nobody else uses it. */
  readonly isOwn: boolean;
  /** Rejects when the session ends. */
  subscribe(filter: string, qos: Qos): Promise<{ readonly grantedQos: Qos | null; readonly reason: string | null; readonly reasonCode: number }>;
  unsubscribe(filter: string): Promise<void>;
  /** The subscription by which messages of this topic arrive without one of the node. */
  covering(topic: string): ReplySubscription | null;
  /** Resolves with the acknowledgement. Rejects with a coded error. */
  publish(message: NodeMessage): Promise<{ readonly noSubscribers: boolean; readonly note: string | null }>;
}

export interface NodeSessionHooks {
  connected(session: NodeSession): void;
  /** `id` of the records is 0. */
  messages(records: readonly MessageRecord[]): void;
  /** Once, unless it was closed. `final`: another attempt would end the same way. */
  ended(problem: Problem, final: boolean): void;
}

/** A session, or the attempt at one. */
export interface NodeSessionHandle {
  /** `before`: the last message of it. No hook is called any more. Takes a second at most; idempotent. */
  close(before?: NodeMessage): Promise<void>;
}
