import { z } from 'zod';
import { stream } from '../ipc/contract.ts';
import { topicTextSchema } from './common.ts';
import { connectionProfileSchema, connectionSecretsSchema } from './connection-profile.ts';

/** The way to a broker, step by step, in this order. */
export const checkStepIds = ['address', 'names', 'tcp', 'proxy', 'tls', 'certificate', 'websocket', 'mqtt', 'subscribe', 'publish'] as const;
export type CheckStepId = (typeof checkStepIds)[number];

export interface CheckStep {
  readonly id: CheckStepId;
  /** `skipped`: does not concern this connection. `waiting` for ever: a step before it failed. */
  readonly state: 'waiting' | 'running' | 'passed' | 'warned' | 'failed' | 'skipped';
  readonly durationMs: number | null;
  /** What was found, in a sentence. */
  readonly message: string | null;
  readonly advice: string | null;
  /** Of a failure or warning, such as `certificate-expired`. */
  readonly code: string | null;
  /** Raw facts: addresses, versions, bytes. */
  readonly details: readonly string[];
}

/** One certificate of the chain that the broker presented. */
export interface PresentedCertificate {
  /** `CN=broker.example, O=Lab`. */
  readonly subject: string;
  readonly issuer: string;
  /** `DNS:broker.example`, `IP Address:192.0.2.1`. */
  readonly subjectAltNames: readonly string[];
  /** Unix ms. */
  readonly validFrom: number;
  readonly validTo: number;
  /** `AB:CD:…`. */
  readonly sha256: string;
  readonly serialNumber: string;
  /** `RSA 2048`, `EC prime256v1`, `Ed25519`. */
  readonly key: string;
  readonly isAuthority: boolean;
  readonly isSelfSigned: boolean;
  /** Names of purposes; empty: any. */
  readonly extendedKeyUsage: readonly string[];
  readonly pem: string;
}

export interface ConnectionCheck {
  readonly steps: readonly CheckStep[];
  /** That of the broker first, then its issuers; the last may come from this machine. */
  readonly certificates: readonly PresentedCertificate[];
  readonly done: boolean;
}

const topic = topicTextSchema.min(1);

export const connectionCheckContract = {
  /** Walks the way to the broker of a profile, saved or not, with a client of its own. Ends when the stream is closed. */
  'connections.check': stream<ConnectionCheck>()(
    z.strictObject({
      profile: connectionProfileSchema,
      /** In front of what is stored for the profile. */
      secrets: connectionSecretsSchema.optional(),
      /** Only what is asked for is tried: a subscription, and a message of QoS 0 without payload that is not retained. */
      probe: z.strictObject({ subscribe: topic.optional(), publish: topic.optional() }).default({}),
    }),
    { overflow: 'coalesce', window: 2 },
  ),
} as const;
