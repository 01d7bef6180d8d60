import type { Qos } from '../contract/common.ts';

/** MQTT 5 PUBLISH properties (§3.3.2.3) that travel with a message. User properties keep their order and duplicates. */
export interface MessageProperties {
  readonly contentType?: string | undefined;
  readonly responseTopic?: string | undefined;
  readonly correlationData?: Uint8Array | undefined;
  readonly messageExpirySeconds?: number | undefined;
  readonly payloadIsUtf8?: boolean | undefined;
  readonly subscriptionIdentifiers?: readonly number[] | undefined;
  readonly topicAlias?: number | undefined;
  readonly userProperties?: readonly (readonly [string, string])[] | undefined;
}

/**
 * One message as the engine moves it around. `id` is 0 until the engine has received it; on the way from the local broker it is the
 * number of the message in this run of the broker, by which its trace is found.
 */
export interface MessageRecord {
  readonly id: number;
  /** Unix time in µs. */
  readonly timeUs: number;
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: Qos;
  readonly retain: boolean;
  readonly dup: boolean;
  readonly direction: 'in' | 'out';
  readonly publisher: string | null;
  readonly properties: MessageProperties | null;
}
