import { z } from 'zod';
import { transferFormats, type ExportResult, type Loss, type TransferFormat } from '../connections/transfer/transfer-types.ts';
import { call } from '../ipc/contract.ts';
import type { MqttVersion, Problem } from './common.ts';
import type { ConnectionSecretName } from './connection-profile.ts';

export type { Loss, TransferFormat } from '../connections/transfer/transfer-types.ts';

/** A connection that an import would create; never a secret, only which there are. */
export interface ConnectionToImport {
  readonly name: string;
  readonly folder: string;
  readonly uri: string;
  readonly version: MqttVersion;
  readonly username: string;
  readonly clientId: string | null;
  readonly subscriptions: number;
  readonly secrets: readonly ConnectionSecretName[];
  readonly losses: readonly Loss[];
}

export interface ImportPreview {
  /** As asked for or as recognised; `null`: none of those known. */
  readonly format: TransferFormat | null;
  readonly connections: readonly ConnectionToImport[];
  /** Of the file, and of connections that cannot be made. */
  readonly losses: readonly Loss[];
  /** Why there is nothing to import. */
  readonly problem: Problem | null;
}

export interface ImportOutcome {
  /** Of the connections that exist now. */
  readonly ids: readonly string[];
  /** The first thing that could not be kept. */
  readonly problem: Problem | null;
}

const format = z.enum(transferFormats);
const text = z.string().max(16_000_000);

export const connectionTransferContract = {
  /** What a text holds. A file that cannot be used is a `problem` of the answer. */
  'connections.readImport': call<ImportPreview>()(z.strictObject({ text, format: format.optional() })),
  /** Creates connections from the same text, by their places in the preview, with their secrets. Names that exist get a number. */
  'connections.import': call<ImportOutcome>()(
    z.strictObject({ text, format: format.optional(), chosen: z.array(z.int().min(0)).min(1).max(1000), folder: z.string().max(250).default('') }),
  ),
  /** `secrets`: passwords and keys go along as plain text, where the format has a place for them. */
  'connections.export': call<ExportResult>()(z.strictObject({ ids: z.array(z.string().min(1).max(64)).min(1).max(1000), format, secrets: z.boolean() })),
} as const;
