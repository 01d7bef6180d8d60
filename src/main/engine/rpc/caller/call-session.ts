import type { MqttVersion, Problem, Qos } from '../../../../shared/contract/common.ts';
import type { ReplySubscription } from '../../../../shared/contract/rpc.ts';
import type { OutgoingMessage } from '../../../../shared/rpc/dialect.ts';

/** An MQTT session that own calls go through. What it receives comes to the observer by itself. */
export interface CallSession {
  readonly clientId: string;
  readonly version: MqttVersion;
  /** The subscription by which messages of this topic arrive already, without one for the calls. */
  covering(topic: string): ReplySubscription | null;
  /** Rejects when the session ends; `reason` is in words, with `reasonCode` from 0x80 on, else it is the granted QoS. */
  subscribe(topic: string, qos: Qos): Promise<{ readonly reason: string | null; readonly reasonCode: number }>;
  unsubscribe(topic: string): Promise<void>;
  /** Resolves with the acknowledgement. Rejects with a coded error. */
  publish(message: OutgoingMessage): Promise<{ readonly noSubscribers: boolean; readonly note: string | null }>;
  /** Told once, when the session is over; at once if it is. */
  onEnd(listener: (problem: Problem) => void): () => void;
  /** While own calls go through it, and some time after. */
  hold(): void;
  release(): void;
}
