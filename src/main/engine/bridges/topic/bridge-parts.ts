import { carriesFrom, subscriptionOf, type BridgeSide } from '../../../../shared/broker/bridges/topic-rules.ts';
import type { TopicBridge as BridgeOptions, TopicBridgeStatus } from '../../../../shared/contract/topic-bridges.ts';
import type { ExplainedFailure, MqttLink } from '../../connections/index.ts';
import type { CarriedMessage } from './carried-message.ts';

type Sendable = NonNullable<Parameters<MqttLink['publish']>[0]['properties']>;

/** As a link takes them. */
export function sendable({ userProperties = [], ...properties }: NonNullable<CarriedMessage['properties']>): Sendable {
  return { ...properties, userProperties: userProperties.map(([name, value]) => [name, value]) } as Sendable;
}

/** Since the start. */
export const freshCounts = (): Pick<TopicBridgeStatus, 'messagesIn' | 'messagesOut' | 'bytesIn' | 'bytesOut' | 'dropped' | 'looped' | 'refused'> & {
  -readonly [K in 'messagesIn' | 'messagesOut' | 'bytesIn' | 'bytesOut' | 'dropped' | 'looped' | 'refused']: number;
} => ({ messagesIn: 0, messagesOut: 0, bytesIn: 0, bytesOut: 0, dropped: 0, looped: 0, refused: 0 });

/** What is subscribed to on a side. */
export const filtersOf = ({ rules }: BridgeOptions, side: BridgeSide): readonly string[] =>
  rules.filter((rule) => carriesFrom(rule, side)).map((rule) => subscriptionOf(rule, side));

/** Brokers that do not know the mark refuse the version, or close without a word. */
export function mayBeTheMark({ code }: ExplainedFailure): boolean {
  return code === 'wrong-protocol-version' || code === 'closed-without-connack';
}
