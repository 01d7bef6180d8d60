import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import path from 'node:path';
import type { WorkspaceProblem } from '../../../../shared/contract/workspace.ts';
import { diskAccess, errorCode, type FileAccess } from '../file-access.ts';
import { fileStamp } from '../json-file.ts';
import type { VaultCipher } from './vault-cipher.ts';

const keyBytes = 32;
const ivBytes = 12;
const tagBytes = 16;
const format = 1;

export interface KeyFileCipherOptions {
  /** The folder of the secrets; the key is its file `key`, readable by the owner alone. */
  readonly folder: string;
  readonly onProblem: (problem: WorkspaceProblem) => void;
  readonly now: () => number;
  readonly files?: FileAccess;
}

/** AES-256-GCM with a random key in a file of mode 0600, made when the first secret is stored. */
export function createKeyFileCipher(options: KeyFileCipherOptions): VaultCipher {
  const { files = diskAccess } = options;
  const keyFile = path.join(options.folder, 'key');
  let loading: Promise<Buffer | undefined> | undefined;

  const load = async (): Promise<Buffer | undefined> => {
    let text: string;
    try {
      text = (await files.read(keyFile)).toString('latin1').trim();
    } catch (error) {
      if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
      throw error;
    }
    await files.setMode(keyFile, 0o600).catch(() => {});
    if (/^[0-9a-f]{64}$/.test(text)) return Buffer.from(text, 'hex');
    const keptAs = `key.${fileStamp(options.now())}.broken`;
    await files.rename(keyFile, path.join(options.folder, keptAs));
    options.onProblem({
      code: 'workspace-file',
      file: '.secrets/key',
      keptAs: `.secrets/${keptAs}`,
      message: 'The key of the stored passwords is damaged.',
      advice: 'Enter the passwords again; they are stored under a new key.',
    });
    return undefined;
  };

  const existingKey = (): Promise<Buffer | undefined> =>
    (loading ??= load().catch((error: unknown) => {
      loading = undefined;
      throw error;
    }));

  const keyForWriting = async (): Promise<Buffer> => {
    const existing = await existingKey();
    if (existing) return existing;
    const key = randomBytes(keyBytes);
    await files.makeFolder(options.folder, 0o700);
    try {
      await files.create(keyFile, `${key.toString('hex')}\n`, 0o600);
    } catch (error) {
      loading = undefined;
      if (errorCode(error) === 'EEXIST') return keyForWriting();
      throw error;
    }
    loading = Promise.resolve(key);
    return key;
  };

  return {
    id: 'key-file',
    async encrypt(text) {
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv('aes-256-gcm', await keyForWriting(), iv);
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([Buffer.of(format), iv, cipher.getAuthTag(), sealed]);
    },
    async decrypt(bytes) {
      const key = await existingKey();
      if (!key) throw new Error('its key file is missing or damaged');
      if (bytes.length < 1 + ivBytes + tagBytes || bytes[0] !== format) throw new Error('its format is unknown');
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(1, 1 + ivBytes));
      decipher.setAuthTag(bytes.subarray(1 + ivBytes, 1 + ivBytes + tagBytes));
      try {
        return Buffer.concat([decipher.update(bytes.subarray(1 + ivBytes + tagBytes)), decipher.final()]).toString('utf8');
      } catch {
        throw new Error('it was changed or sealed with another key');
      }
    },
  };
}
