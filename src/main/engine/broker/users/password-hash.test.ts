import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { hashForm } from '../../../../shared/broker/access/import-passwords.ts';
import { hashPassword, isHashOf, noPassword } from './password-hash.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

it('makes hashes with scrypt that fit their password alone', async () => {
  const hash = await hashPassword('looking-glass');
  expect(hashForm(hash)).toBe('scrypt');
  expect(await hashPassword('looking-glass')).not.toBe(hash);
  expect(await isHashOf(hash, bytes('looking-glass'))).toBe(true);
  expect(await isHashOf(hash, bytes('looking-glas'))).toBe(false);
  expect(await isHashOf(noPassword, bytes(''))).toBe(false);
});

it.each([
  // RFC 7914 §12: N 16384, r 8, p 1.
  [
    'pleaseletmein',
    `$scrypt$ln=14,r=8,p=1$${Buffer.from('SodiumChloride').toString('base64')}$${Buffer.from('7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887', 'hex').toString('base64')}`,
  ],
])('knows the hash of %j', async (password, hash) => {
  expect(hashForm(hash)).not.toBeNull();
  expect(await isHashOf(hash, bytes(password))).toBe(true);
  expect(await isHashOf(hash, bytes(`${password} `))).toBe(false);
});

it.each(['x', 'Hello world!', 'a much longer password than any block of the hash: '.repeat(4), 'Grüße'])('agrees with OpenSSL about %j', async (password) => {
  for (const [kind, salt] of [
    ['-5', 'abcdefghij'],
    ['-6', 'abcdefghij'],
    ['-6', 'rounds=6001$sixteen-and-more'],
  ] as const) {
    const hash = execFileSync('openssl', ['passwd', kind, '-salt', salt, '-stdin'], { input: `${password}\n`, encoding: 'utf8' }).trim();
    expect(await isHashOf(hash, bytes(password)), hash).toBe(true);
  }
});

it.each([
  '',
  'secret',
  '$scrypt$ln=40,r=8,p=1$AAAA$AAAA',
  '$scrypt$ln=0,r=8,p=1$AAAA$AAAA',
  `$7$99999999$AAAA$${'A'.repeat(86)}==`,
  `$6$rounds=999999999$salt$${'A'.repeat(86)}`,
])('says no to %j at once', async (hash) => {
  expect(await isHashOf(hash, bytes(''))).toBe(false);
});
