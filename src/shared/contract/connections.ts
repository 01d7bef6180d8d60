import { z } from 'zod';
import { call, stream } from '../ipc/contract.ts';
import { noInput, protocolVersionSchema, qosSchema, topicTextSchema, type Problem, type Qos } from './common.ts';

const subscriptionSchema = z.strictObject({
  filter: topicTextSchema.min(1),
  qos: qosSchema,
  enabled: z.boolean().default(true),
});
export type Subscription = z.infer<typeof subscriptionSchema>;

export const connectionProfileSchema = z.strictObject({
  id: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/)
    .describe('letters, digits, "_" and "-"'),
  name: z.string().min(1, 'Give the connection a name.').max(200),
  /** `mqtt://host:1883`, `mqtts://`, `ws://host:8083/mqtt`, `wss://`. User info is not kept here. */
  uri: z.string().min(1, 'Enter the address of the broker.').max(2048),
  /** `null`: a new random id for each connect. */
  clientId: z.string().max(65_535).nullable().default(null),
  version: protocolVersionSchema.default('5'),
  username: z.string().max(65_535).default(''),
  keepAliveSeconds: z.int().min(0).max(65_535).default(60),
  cleanStart: z.boolean().default(true),
  connectTimeoutSeconds: z.number().min(1).max(300).default(10),
  /** TLS: refuse certificates that cannot be verified. */
  verifyCertificate: z.boolean().default(true),
  subscriptions: z.array(subscriptionSchema).max(10_000).default([]),
});
export type ConnectionProfile = z.infer<typeof connectionProfileSchema>;

/** What the page sees: never the password, only whether one is stored. */
export interface ConnectionProfileView extends ConnectionProfile {
  readonly passwordSet: boolean;
}

export type ConnectionPhase = 'disconnected' | 'connecting' | 'connected' | 'waiting' | 'disconnecting';

export interface SubscriptionStatus {
  readonly filter: string;
  readonly requestedQos: Qos;
  readonly state: 'inactive' | 'pending' | 'granted' | 'refused';
  readonly grantedQos: Qos | null;
  /** Why the broker refused, in words with the reason code. */
  readonly reason: string | null;
}

export interface ConnectionStatus {
  readonly id: string;
  readonly phase: ConnectionPhase;
  /** The attempt under way or to come, 1 for the first since the user asked or the connection was lost; 0 while connected and before any. */
  readonly attempt: number;
  /** Unix time in ms of the next automatic attempt while `waiting`. */
  readonly nextAttemptAt: number | null;
  readonly connectedAt: number | null;
  /** The client id in use, as sent or as assigned by the broker. */
  readonly clientId: string | null;
  readonly lastProblem: Problem | null;
  readonly subscriptions: readonly SubscriptionStatus[];
  readonly receivedMessages: number;
  readonly sentMessages: number;
}

export interface ConnectionsView {
  readonly profiles: readonly ConnectionProfileView[];
  readonly statuses: readonly ConnectionStatus[];
}

const idInput = z.strictObject({ id: z.string().min(1).max(64) });

export const connectionsContract = {
  'connections.watch': stream<ConnectionsView>()(noInput, { overflow: 'coalesce', window: 2 }),
  /** Creates or replaces a profile. `password`: a text sets it, `null` removes it, absent keeps it. */
  'connections.save': call<ConnectionProfileView>()(
    z.strictObject({ profile: connectionProfileSchema, password: z.string().max(65_535).nullable().optional() }),
  ),
  'connections.remove': call<void>()(idInput),
  /** Resolves when connected; rejects with `connect-failed`. A retryable failure goes on retrying in the background only after a first success. */
  'connections.connect': call<void>()(idInput),
  /** Also aborts a running attempt or a waiting retry. */
  'connections.disconnect': call<void>()(idInput),
  /** Takes effect at once on a live connection, otherwise at the next connect. */
  'connections.setSubscriptions': call<void>()(z.strictObject({ id: z.string().min(1).max(64), subscriptions: z.array(subscriptionSchema).max(10_000) })),
} as const;
