import { z } from 'zod';
import { defaultBrokerLimits as defaults, type BrokerLimits } from '../mqtt/broker-limits.ts';
import { qosSchema } from './common.ts';

const upToAMillion = z.int().min(1).max(1_000_000).nullable();

/** What is absent is as usual. */
export const brokerLimitsSchema = z.strictObject({
  maximumQos: qosSchema.default(defaults.maximumQos),
  retainAvailable: z.boolean().default(defaults.retainAvailable),
  wildcardSubscriptionAvailable: z.boolean().default(defaults.wildcardSubscriptionAvailable),
  subscriptionIdentifierAvailable: z.boolean().default(defaults.subscriptionIdentifierAvailable),
  sharedSubscriptionAvailable: z.boolean().default(defaults.sharedSubscriptionAvailable),
  maximumPacketBytes: z.int().min(64).max(268_435_455).default(defaults.maximumPacketBytes),
  receiveMaximum: z.int().min(1).max(65_535).default(defaults.receiveMaximum),
  topicAliasMaximum: z.int().min(0).max(65_535).default(defaults.topicAliasMaximum),
  maximumKeepAliveSeconds: z.int().min(1).max(65_535).nullable().default(defaults.maximumKeepAliveSeconds),
  maximumSessionExpirySeconds: z.int().min(1).max(4_294_967_294).nullable().default(defaults.maximumSessionExpirySeconds),
  responseInformation: z
    .string()
    .min(1)
    .max(1000)
    .regex(/^[^+#\0]*$/, 'It begins topics, so it has neither + nor #.')
    .nullable()
    .default(defaults.responseInformation),
  maximumSessions: z.int().min(1).max(1_000_000).default(defaults.maximumSessions),
  maximumSubscriptions: z.int().min(1).max(1_000_000).default(defaults.maximumSubscriptions),
  maximumQueuedMessages: z.int().min(0).max(10_000_000).default(defaults.maximumQueuedMessages),
  maximumRetainedMessages: z.int().min(0).max(10_000_000).default(defaults.maximumRetainedMessages),
  maximumRetainedBytes: z.int().min(0).max(17_179_869_184).default(defaults.maximumRetainedBytes),
  maximumQueuedBytes: z.int().min(0).max(4_294_967_296).default(defaults.maximumQueuedBytes),
  maximumConnections: upToAMillion.default(defaults.maximumConnections),
  maximumConnectionsPerAddress: upToAMillion.default(defaults.maximumConnectionsPerAddress),
  connectsPerSecond: upToAMillion.default(defaults.connectsPerSecond),
  messagesPerSecond: upToAMillion.default(defaults.messagesPerSecond),
  whenTooFast: z.enum(['disconnect', 'wait']).default(defaults.whenTooFast),
  subscriptionsPerMinute: upToAMillion.default(defaults.subscriptionsPerMinute),
  maximumPayloadBytes: z.int().min(0).max(268_435_455).nullable().default(defaults.maximumPayloadBytes),
}) satisfies z.ZodType<BrokerLimits>;
