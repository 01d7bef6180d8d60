import type { HasSecret, Told } from './problems.ts';
import { isEncryptedKey, pemBlocks } from './pem.ts';
import type { ProfileDraft } from './profile-draft.ts';
import { alpnNames } from './save-input.ts';

const versions = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const;

export function checkTls({ tls, secrets }: ProfileDraft, has: HasSecret, tell: Told): void {
  tell('tls.ca', certificatesProblem(tls.ca));
  tell('tls.certificate', certificatesProblem(tls.certificate));
  const key = secrets.privateKey.change === 'set' ? secrets.privateKey.value : '';
  if (secrets.privateKey.change === 'set') tell('secrets.privateKey', keyProblem(key));
  if (tls.certificate !== '' && !has('privateKey') && !has('pfx')) tell('secrets.privateKey', 'The client certificate needs its private key.');
  if (isEncryptedKey(key) && !has('passphrase')) tell('secrets.passphrase', 'The key is encrypted: enter its passphrase.');
  tell('secrets.pfx', secrets.pfx.change === 'set' ? pfxProblem(secrets.pfx.value) : undefined);
  if (tls.serverName.length > 255 || /[\s/:]/.test(tls.serverName)) tell('tls.serverName', 'Enter a host name alone, without a port or path.');
  const names = alpnNames(tls.alpn);
  if (names.length > 20) tell('tls.alpn', 'At most 20 protocols fit.');
  if (names.some((name) => new TextEncoder().encode(name).length > 255)) tell('tls.alpn', 'A protocol has 255 bytes at most (RFC 7301).');
  if (tls.minVersion !== 'any' && tls.maxVersion !== 'any' && versions.indexOf(tls.minVersion) > versions.indexOf(tls.maxVersion)) {
    tell('tls.maxVersion', 'The newest version is older than the oldest.');
  }
  if (tls.ciphers.length > 4000) tell('tls.ciphers', 'At most 4,000 characters fit.');
  else if (/[\s,;]/.test(tls.ciphers)) tell('tls.ciphers', 'Write ":" between the ciphers, without spaces.');
}

function certificatesProblem(text: string): string | undefined {
  if (text === '') return undefined;
  if (text.length > 1_000_000) return 'At most 1,000,000 characters fit.';
  const blocks = pemBlocks(text);
  if (blocks.length === 0) return 'This is no PEM: it has "-----BEGIN CERTIFICATE-----" and an end. A file in DER form is turned into PEM when you choose it.';
  if (blocks.some(({ kind }) => kind.includes('PRIVATE KEY')))
    return 'This contains a private key. Put it into the field for the key, where it is kept secret.';
  return blocks.some(({ kind }) => kind.endsWith('CERTIFICATE')) ? undefined : `This is no certificate but a "${blocks[0]?.kind}".`;
}

function keyProblem(text: string): string | undefined {
  if (text.trim() === '') return 'Paste the key or choose its file.';
  if (text.length > 1_000_000) return 'At most 1,000,000 characters fit.';
  const blocks = pemBlocks(text);
  if (blocks.length === 0)
    return 'This is no PEM: a key has "-----BEGIN PRIVATE KEY-----" and an end. "openssl pkey -inform DER" makes one of a key in DER form.';
  return blocks.some(({ kind }) => kind.endsWith('PRIVATE KEY')) ? undefined : `This is no private key but a "${blocks[0]?.kind}".`;
}

function pfxProblem(base64: string): string | undefined {
  if (base64 === '') return 'Choose the file.';
  if (base64.length > 4_000_000) return 'The file is too large: PFX files have 3 MB at most here.';
  // The outermost structure is a SEQUENCE (RFC 7292 §4).
  return atob(base64.slice(0, 4)).startsWith('\x30') ? undefined : 'This is no PFX (PKCS #12) file.';
}
