import { z } from 'zod';
import { call, stream } from '../ipc/contract.ts';
import { noInput, type MqttVersion, type Problem, type Qos } from './common.ts';
import {
  connectionProfileSchema,
  connectionSecretsSchema,
  subscriptionSchema,
  type ConnectionProfile,
  type ConnectionSecretName,
  type Subscription,
} from './connection-profile.ts';

export { connectionProfileSchema, type ConnectionProfile, type Subscription } from './connection-profile.ts';

/** What the page sees: never a secret, only which are stored. */
export interface ConnectionProfileView extends ConnectionProfile {
  readonly secretsSet: readonly ConnectionSecretName[];
}

export type ConnectionPhase = 'disconnected' | 'connecting' | 'connected' | 'waiting' | 'disconnecting';

export interface SubscriptionStatus {
  readonly filter: string;
  readonly requestedQos: Qos;
  readonly state: 'inactive' | 'pending' | 'granted' | 'refused';
  readonly grantedQos: Qos | null;
  /** Why the broker refused, in words with the reason code; or what it left out although it granted the subscription. */
  readonly reason: string | null;
  /** Messages that came by it since the connection was made or its filter was added; one that several match counts for each. */
  readonly received: number;
  /** Of these: neither shown nor kept, because each that matches says so. */
  readonly dropped: number;
}

/** A message by a subscription whose action is `notify`. */
export interface SubscriptionNotification {
  /** Of the connection. */
  readonly id: string;
  readonly connection: string;
  readonly filter: string;
  /** Empty: none. */
  readonly alias: string;
  readonly color: Subscription['color'];
  readonly topic: string;
  /** The first bytes of the payload, at most 256. */
  readonly head: Uint8Array;
  readonly sizeBytes: number;
  /** Unix ms. */
  readonly timeMs: number;
  /** Of this connection since the last one that was told: not told one by one, so that a busy topic does not cover the screen. */
  readonly more: number;
}

/** What the broker asks in enhanced authentication; answered with `connections.answerChallenge`. */
export interface AuthenticationChallenge {
  /** Grows with each challenge. */
  readonly number: number;
  readonly method: string;
  readonly data: Uint8Array;
}

/** What the broker said of itself in CONNACK (§3.2.2.3), with the defaults of the specification where it said nothing. */
export interface BrokerCapabilities {
  readonly sessionPresent: boolean;
  readonly maximumQos: Qos;
  readonly retainAvailable: boolean;
  /** Bytes; `null`: no limit told. */
  readonly maximumPacketSize: number | null;
  readonly receiveMaximum: number;
  readonly topicAliasMaximum: number;
  readonly wildcardSubscriptions: boolean;
  readonly subscriptionIdentifiers: boolean;
  readonly sharedSubscriptions: boolean;
  /** Seconds. `null`: as asked for. */
  readonly serverKeepAliveSeconds: number | null;
  readonly sessionExpirySeconds: number | null;
  readonly assignedClientId: string | null;
  readonly responseInformation: string | null;
  readonly serverReference: string | null;
  readonly reasonString: string | null;
  readonly authenticationMethod: string | null;
  readonly userProperties: readonly (readonly [string, string])[];
}

/** A message that was not taken because its payload is larger than the profile allows. */
export interface DroppedMessage {
  /** Unix ms. */
  readonly timeMs: number;
  readonly topic: string;
  readonly sizeBytes: number;
  /** The first bytes of the payload, at most 256. */
  readonly head: Uint8Array;
}

/** How the connection is protected now. */
export interface TlsState {
  /** `TLSv1.3`. */
  readonly protocol: string | null;
  /** As OpenSSL names it. */
  readonly cipher: string | null;
  readonly alpn: string | null;
  /** Whether the chain was verified; otherwise why it would not have been. */
  readonly verified: boolean;
  readonly problem: string | null;
  /** Trusted by its fingerprint alone. */
  readonly pinned: boolean;
  /** SHA-256. */
  readonly fingerprint: string | null;
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
  /** Spoken now; `null` while not connected. */
  readonly version: MqttVersion | null;
  /** `null` while not connected, and below MQTT 5 all but the defaults. */
  readonly broker: BrokerCapabilities | null;
  /** `null` without TLS, and while not connected. */
  readonly tls: TlsState | null;
  /** Seconds, as sent in CONNECT or as the broker asks for. */
  readonly keepAliveSeconds: number | null;
  /** Of the last PINGREQ sent by hand; `null`: none. */
  readonly roundTripMs: number | null;
  /** Published while the connection was down; they wait for it. */
  readonly queuedMessages: number;
  /** Too large for the limit of the profile. */
  readonly droppedMessages: number;
  /** A challenge waits for a person (§4.12). */
  readonly challenge: AuthenticationChallenge | null;
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
  /** Creates or replaces a profile, and sets or removes its secrets. */
  'connections.save': call<ConnectionProfileView>()(z.strictObject({ profile: connectionProfileSchema, secrets: connectionSecretsSchema.optional() })),
  'connections.remove': call<void>()(idInput),
  /** Resolves when connected; rejects with `connect-failed`. A retryable failure goes on retrying in the background only after a first success. */
  'connections.connect': call<void>()(idInput),
  /** Also aborts a running attempt or a waiting retry. */
  'connections.disconnect': call<void>()(idInput),
  /** Sends PINGREQ and waits for PINGRESP: the time in ms. */
  'connections.ping': call<number>()(idInput),
  /** The last 50 messages that were too large, newest first. */
  'connections.droppedMessages': call<readonly DroppedMessage[]>()(idInput),
  /** Base64; empty: an answer without data. `null` gives up. */
  'connections.answerChallenge': call<void>()(z.strictObject({ id: z.string().min(1).max(64), number: z.int(), data: z.string().max(90_000).nullable() })),
  /** From now on; at most one in two seconds of each connection. */
  'connections.notifications': stream<SubscriptionNotification>()(noInput, { overflow: 'drop-oldest', window: 8 }),
  /** Takes effect at once on a live connection, otherwise at the next connect. */
  'connections.setSubscriptions': call<void>()(z.strictObject({ id: z.string().min(1).max(64), subscriptions: z.array(subscriptionSchema).max(10_000) })),
} as const;
