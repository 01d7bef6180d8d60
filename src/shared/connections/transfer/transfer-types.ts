import type { Problem } from '../../contract/common.ts';
import type { ConnectionProfile, ConnectionSecretName } from '../../contract/connection-profile.ts';

export type ConnectionSecretValues = Readonly<Partial<Record<ConnectionSecretName, string>>>;

/** Something of a file, or of a connection, that does not go where it is to go. */
export interface Loss {
  /** Where it stands: `reconnect.jitter`, `[2].tls.ca_certs`. */
  readonly path: string;
  /** Shortened; secrets are not shown. */
  readonly value: string;
  /** Why, and what to do. */
  readonly reason: string;
  /** Bookkeeping of the other tool, without a meaning for how one connects. */
  readonly minor: boolean;
}

export interface ImportedConnection {
  readonly profile: ConnectionProfile;
  readonly secrets: ConnectionSecretValues;
  readonly losses: readonly Loss[];
}

export interface ImportResult {
  readonly format: TransferFormat | null;
  readonly connections: readonly ImportedConnection[];
  /** Of the file, and of connections that could not be made. */
  readonly losses: readonly Loss[];
  /** Why there are no connections. */
  readonly problem: Problem | null;
}

export interface ExportResult {
  readonly text: string;
  /** A name for the file. */
  readonly fileName: string;
  /** By the place of the connection among those given. */
  readonly losses: readonly (readonly Loss[])[];
}

export const transferFormats = ['uri', 'mqttx', 'mqtt-explorer', 'distmqtt', 'mqttxx'] as const;
export type TransferFormat = (typeof transferFormats)[number];

/** A connection to be written; the secrets are those that are to go along. */
export interface ExportedConnection {
  readonly profile: ConnectionProfile;
  readonly secrets: ConnectionSecretValues;
}
