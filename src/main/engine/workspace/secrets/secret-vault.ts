import path from 'node:path';
import { z } from 'zod';
import type { WorkspaceProblem } from '../../../../shared/contract/workspace.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { diskAccess, errorCode, type FileAccess } from '../file-access.ts';
import { createJsonFile, sortKeys } from '../json-file.ts';
import { unwritable } from '../workspace-errors.ts';
import type { VaultCipher } from './vault-cipher.ts';

/** Secrets by key, sealed one by one and kept apart from the files people share. */
export interface SecretVault {
  has(key: string): boolean;
  /** Rejects with `invalid-state` when the stored secret cannot be opened (any more). */
  get(key: string): Promise<string | undefined>;
  /** On `workspace-unwritable` the secret is still in use until the workbench closes. */
  set(key: string, value: string): Promise<void>;
  remove(key: string): Promise<void>;
  /** Waits for writes under way. */
  settle(): Promise<void>;
}

export interface SecretVaultOptions {
  readonly workspaceFolder: string;
  readonly cipher: VaultCipher;
  readonly now: () => number;
  readonly onProblem: (problem: WorkspaceProblem) => void;
  readonly onRecovered?: (file: string) => void;
  readonly files?: FileAccess;
}

export const secretsFolderName = '.secrets';

const contentSchema = z.strictObject({ secrets: z.record(z.string(), z.base64()) });

export async function openSecretVault(options: SecretVaultOptions): Promise<SecretVault> {
  const { cipher, files = diskAccess } = options;
  const folder = path.join(options.workspaceFolder, secretsFolderName);
  const name = `${secretsFolderName}/secrets.${cipher.id}.json`;
  const file = createJsonFile({
    folder: options.workspaceFolder,
    name,
    schema: contentSchema,
    without: 'Enter the passwords of the connections again.',
    now: options.now,
    mode: 0o600,
    files,
    onProblem: options.onProblem,
    onRecovered: options.onRecovered,
  });
  const sealed = new Map(Object.entries((await file.read())?.secrets ?? {}));
  // Secrets that could not be sealed or saved: usable until the end of this run.
  const unsaved = new Map<string, string>();

  const prepareFolder = async (): Promise<void> => {
    try {
      await files.makeFolder(folder, 0o700);
      await files.setMode(folder, 0o700);
      await files.create(path.join(folder, '.gitignore'), '*\n').catch((error: unknown) => {
        if (errorCode(error) !== 'EEXIST') throw error;
      });
    } catch (error) {
      throw unwritable(name, error);
    }
  };

  const save = (): Promise<void> => file.write({ secrets: sortKeys(Object.fromEntries(sealed)) });

  const seal = async (key: string, value: string): Promise<string> => {
    try {
      // The key is sealed with its value, so that entries of the file cannot be swapped.
      return Buffer.from(await cipher.encrypt(JSON.stringify([key, value]))).toString('base64');
    } catch (error) {
      throw new CodedError('workspace-unwritable', `The password could not be stored. ${sentenceOf(error)}`, {
        advice: 'It is in use until the workbench closes; enter it again after that.',
      });
    }
  };

  return {
    has: (key) => unsaved.has(key) || sealed.has(key),
    async get(key) {
      const plain = unsaved.get(key);
      if (plain !== undefined) return plain;
      const text = sealed.get(key);
      if (text === undefined) return undefined;
      try {
        const [sealedKey, value] = JSON.parse(await cipher.decrypt(Buffer.from(text, 'base64'))) as readonly unknown[];
        if (sealedKey !== key || typeof value !== 'string') throw new Error('it belongs to another entry');
        return value;
      } catch (error) {
        throw new CodedError('invalid-state', `The stored password could not be opened. ${sentenceOf(error)}`, { advice: 'Enter the password again.' });
      }
    },
    async set(key, value) {
      unsaved.set(key, value);
      await prepareFolder();
      sealed.set(key, await seal(key, value));
      await save();
      if (unsaved.get(key) === value) unsaved.delete(key);
    },
    async remove(key) {
      unsaved.delete(key);
      if (sealed.delete(key)) await save();
    },
    settle: () => file.settle(),
  };
}

function sentenceOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
}
