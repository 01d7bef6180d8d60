import { expect, test } from 'vitest';
import { VaultCipher, type SystemKeyStore } from './vault-cipher.ts';

function keyStore(backend = 'gnome_libsecret', available = true): SystemKeyStore & { plain: boolean } {
  const store = {
    plain: false,
    isEncryptionAvailable: () => available && (backend !== 'basic_text' || store.plain),
    encryptString: (text: string) => Buffer.from(`sealed:${text}`),
    decryptString: (bytes: Buffer) => {
      const text = bytes.toString();
      if (!text.startsWith('sealed:')) throw new Error(`cannot read ${text}`);
      return text.slice('sealed:'.length);
    },
    getSelectedStorageBackend: () => backend,
    setUsePlainTextEncryption: (use: boolean) => void (store.plain = use),
  };
  return store;
}

test('seals and opens', () => {
  const warnings: string[] = [];
  const cipher = new VaultCipher({ store: keyStore(), platform: 'linux', onWeak: (reason) => warnings.push(reason) });
  const sealed = cipher.answer({ type: 'vault', id: 1, op: 'encrypt', text: 'geheim' });
  const bytes = 'bytes' in sealed ? sealed.bytes : new Uint8Array();
  expect(Buffer.from(bytes).toString()).toBe('sealed:geheim');
  expect(cipher.answer({ type: 'vault', id: 2, op: 'decrypt', bytes })).toEqual({ type: 'vault', id: 2, text: 'geheim' });
  expect(warnings).toEqual([]);
});

test('without a keyring it goes on, and says once that this protects little', () => {
  const warnings: string[] = [];
  const cipher = new VaultCipher({ store: keyStore('basic_text'), platform: 'linux', onWeak: (reason) => warnings.push(reason) });
  expect(cipher.answer({ type: 'vault', id: 1, op: 'encrypt', text: 'x' })).toHaveProperty('bytes');
  cipher.answer({ type: 'vault', id: 2, op: 'encrypt', text: 'y' });
  expect(warnings).toHaveLength(1);
});

test('a key store that is away is said in words', () => {
  const cipher = new VaultCipher({ store: keyStore('', false), platform: 'darwin', onWeak: () => {} });
  expect(cipher.answer({ type: 'vault', id: 3, op: 'encrypt', text: 'x' })).toEqual({ type: 'vault', id: 3, error: expect.stringContaining('not available') });
});

test('a secret that cannot be opened is not quoted', () => {
  const cipher = new VaultCipher({ store: keyStore(), platform: 'win32', onWeak: () => {} });
  const answer = cipher.answer({ type: 'vault', id: 4, op: 'decrypt', bytes: Buffer.from('topsecret') });
  expect(answer).toEqual({ type: 'vault', id: 4, error: expect.stringContaining('Enter it again') });
  expect(JSON.stringify(answer)).not.toContain('topsecret');
});
