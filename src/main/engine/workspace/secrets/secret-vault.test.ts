import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WorkspaceProblem } from '../../../../shared/contract/workspace.ts';
import { createKeyFileCipher } from './key-file-cipher.ts';
import { openSecretVault, type SecretVault } from './secret-vault.ts';
import type { VaultCipher } from './vault-cipher.ts';

const now = (): number => Date.UTC(2026, 10, 21, 4, 17, 58);
let workspaceFolder: string;
let problems: WorkspaceProblem[];
beforeEach(async () => {
  workspaceFolder = await mkdtemp(path.join(os.tmpdir(), 'vault-'));
  problems = [];
});
afterEach(() => rm(workspaceFolder, { recursive: true, force: true }));

const onProblem = (problem: WorkspaceProblem): void => void problems.push(problem);
const open = (cipher?: VaultCipher): Promise<SecretVault> =>
  openSecretVault({
    workspaceFolder,
    now,
    onProblem,
    cipher: cipher ?? createKeyFileCipher({ folder: path.join(workspaceFolder, '.secrets'), now, onProblem }),
  });
const inSecrets = (name: string): string => path.join(workspaceFolder, '.secrets', name);
const vaultFile = 'secrets.key-file.json';

describe('a vault with a key file', () => {
  it('gives back what it was given, in this run and the next', async () => {
    const first = await open();
    expect(await first.get('a')).toBeUndefined();
    await first.set('a', 'one');
    await first.set('b', 'zwei ✓');
    expect(await first.get('a')).toBe('one');
    await first.remove('a');
    const second = await open();
    expect([second.has('a'), second.has('b')]).toEqual([false, true]);
    expect(await second.get('b')).toBe('zwei ✓');
  });

  it('never seals the same text to the same bytes', async () => {
    const vault = await open();
    await vault.set('a', 'same');
    const first = await readFile(inSecrets(vaultFile), 'utf8');
    await vault.set('a', 'same');
    expect(await readFile(inSecrets(vaultFile), 'utf8')).not.toBe(first);
  });

  it('makes no files before there is a secret', async () => {
    await open();
    expect(await readdir(workspaceFolder)).toEqual([]);
  });

  it('notices changed and swapped entries', async () => {
    const vault = await open();
    await vault.set('a', 'one');
    await vault.set('b', 'two');
    const content = JSON.parse(await readFile(inSecrets(vaultFile), 'utf8')) as { version: 1; secrets: Record<'a' | 'b', string> };
    const flipped = Buffer.from(content.secrets.b, 'base64');
    flipped.writeUInt8((flipped.at(-1) ?? 0) ^ 1, flipped.length - 1);
    await writeFile(inSecrets(vaultFile), JSON.stringify({ version: 1, secrets: { a: content.secrets.b, b: flipped.toString('base64') } }));
    const again = await open();
    await expect(again.get('a')).rejects.toMatchObject({ code: 'invalid-state', advice: 'Enter the password again.' });
    await expect(again.get('b')).rejects.toMatchObject({ code: 'invalid-state' });
    await again.set('a', 'new');
    expect(await again.get('a')).toBe('new');
  });

  it('keeps a damaged vault aside', async () => {
    const vault = await open();
    await vault.set('a', 'one');
    const whole = await readFile(inSecrets(vaultFile), 'utf8');
    await writeFile(inSecrets(vaultFile), whole.slice(0, 40));
    const again = await open();
    expect(again.has('a')).toBe(false);
    expect(problems).toMatchObject([{ file: `.secrets/${vaultFile}`, keptAs: '.secrets/secrets.key-file.2026-11-21-041758.broken.json' }]);
    await again.set('a', 'two');
    expect(await readFile(inSecrets('secrets.key-file.2026-11-21-041758.broken.json'), 'utf8')).toBe(whole.slice(0, 40));
    expect(await (await open()).get('a')).toBe('two');
  });

  it('keeps a damaged key aside and goes on with a new one', async () => {
    await (await open()).set('a', 'one');
    await writeFile(inSecrets('key'), 'torn');
    const again = await open();
    await expect(again.get('a')).rejects.toMatchObject({ code: 'invalid-state' });
    expect(problems).toMatchObject([{ file: '.secrets/key', keptAs: '.secrets/key.2026-11-21-041758.broken' }]);
    await again.set('a', 'two');
    expect(await readFile(inSecrets('key.2026-11-21-041758.broken'), 'utf8')).toBe('torn');
    expect(await (await open()).get('a')).toBe('two');
  });
});

describe('a vault with the cipher of another host', () => {
  const reversing: VaultCipher = {
    id: 'system',
    encrypt: async (text) => Uint8Array.from(Buffer.from(text)).toReversed(),
    decrypt: async (bytes) => Buffer.from(bytes.toReversed()).toString(),
  };

  it('has a file of its own, so that hosts can take turns in a workspace', async () => {
    await (await open()).set('a', 'one');
    const other = await open(reversing);
    expect(other.has('a')).toBe(false);
    await other.set('a', 'two');
    expect(await (await open()).get('a')).toBe('one');
    expect(await (await open(reversing)).get('a')).toBe('two');
  });

  it('uses a secret it cannot seal until the end of the run, and says so', async () => {
    const broken: VaultCipher = { ...reversing, encrypt: () => Promise.reject(new Error('no key store is available')) };
    const vault = await open(broken);
    await expect(vault.set('a', 'one')).rejects.toMatchObject({
      code: 'workspace-unwritable',
      message: expect.stringContaining('No key store is available.') as string,
    });
    expect(await vault.get('a')).toBe('one');
    expect((await open(reversing)).has('a')).toBe(false);
  });
});
