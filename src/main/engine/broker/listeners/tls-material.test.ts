import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { makeCertificates } from '../../../../../test/support/certificates.ts';
import type { ListenerTls } from '../../../../shared/contract/listeners.ts';
import type { CodedError } from '../../../../shared/ipc/errors.ts';
import { readTlsMaterial } from './tls-material.ts';

const certificates = makeCertificates();
afterAll(() => certificates?.remove());
const dayMs = 86_400_000;

describe('the files of a TLS listener (needs openssl)', () => {
  beforeEach(({ skip }) => skip(!certificates, 'openssl is not installed'));

  const { folder, ca, server, lists, stranger } = certificates ?? ({} as NonNullable<typeof certificates>);
  const good: ListenerTls = {
    labCertificate: null,
    certificateFile: server?.certificate,
    keyFile: server?.key,
    caFile: null,
    clientCertificates: 'none',
    minVersion: '1.2',
    crlFile: null,
    userFrom: 'connect',
  };
  const checking = { caFile: ca, clientCertificates: 'require' } as const;
  const read = (change: Partial<ListenerTls> = {}, nowMs = Date.now()) => readTlsMaterial({ id: 'a', label: 'TLS (“Lab”)' }, { ...good, ...change }, nowMs);
  const at = (name: string): string => path.join(folder, name);
  const file = (name: string, bytes: string | Buffer): string => {
    writeFileSync(at(name), bytes);
    return at(name);
  };
  const pem = (name: string): string => readFileSync(name, 'utf8');
  const huge = (): string => {
    const name = file('huge.pem', '');
    truncateSync(name, 50_000_000);
    return name;
  };

  it('are taken when they fit', async () => {
    expect(await read({ minVersion: '1.3' })).toMatchObject({ minVersion: 'TLSv1.3' });
    expect(await read({ caFile: ca, clientCertificates: 'require' })).toHaveProperty('ca');
    // A chain, and words around the certificates, as some tools write them.
    const chain = file('chain.pem', `subject=/CN=localhost\n${pem(server.certificate)}\nissuer:\n${pem(ca)}`);
    expect(await read({ certificateFile: chain })).toHaveProperty('cert');
  });

  const problems: readonly (readonly [string, () => Partial<ListenerTls>, RegExp, RegExp])[] = [
    [
      'is missing',
      () => ({ certificateFile: at('none.pem') }),
      /^The certificate file .*none\.pem of the TLS \(“Lab”\) listener does not exist\.$/,
      /Check the path/,
    ],
    ['lies below a file', () => ({ keyFile: path.join(server.key, 'x') }), /^The key file .* does not exist/, /Check the path/],
    ['is a folder', () => ({ keyFile: folder }), /^The key file .* is not a file/, /itself/],
    ['has a relative path', () => ({ certificateFile: 'server.pem' }), /is not named by its whole path/, /root/],
    ['is far too large', () => ({ certificateFile: huge() }), /has 50000000 bytes/, /right file/],
    ['is empty', () => ({ certificateFile: file('empty.pem', '') }), /certificate file .* is not PEM/, /BEGIN CERTIFICATE/],
    ['is no PEM', () => ({ keyFile: file('text.key', 'hello') }), /key file .* is not PEM/, /BEGIN PRIVATE KEY/],
    [
      'is DER',
      () => ({ certificateFile: file('der.crt', Buffer.from(pem(server.certificate).replaceAll(/-----.*-----|\n/g, ''), 'base64')) }),
      /is in DER form/,
      /openssl x509 -inform der/,
    ],
    ['is damaged', () => ({ certificateFile: file('cut.pem', pem(server.certificate).replace(/\n.{64}\n/, '\n')) }), /certificate file .* is damaged/, /again/],
    [
      'has a damaged chain',
      () => ({ certificateFile: file('cut2.pem', pem(server.certificate) + pem(ca).replace(/\n.{64}\n/, '\n')) }),
      /its certificate number 2/,
      /again/,
    ],
    ['is a damaged key', () => ({ keyFile: file('cut.key', pem(server.key).replace(/\n.{64}\n/, '\n')) }), /key file .* is damaged/, /again/],
    ['is a key in place of a certificate', () => ({ certificateFile: server.key }), /holds a key, not a certificate/, /swapped/],
    ['is a certificate in place of a key', () => ({ keyFile: server.certificate }), /holds a certificate, not a key/, /swapped/],
    ['is a request', () => ({ certificateFile: at('server.csr') }), /holds no certificate/, /BEGIN CERTIFICATE/],
    [
      'belongs to another certificate',
      () => ({ keyFile: stranger.key }),
      /key file .* does not belong to the certificate .*server\.pem/,
      /key that this certificate was made with/,
    ],
    ['is a CA file that is missing', () => ({ caFile: at('none.pem'), clientCertificates: 'require' }), /^The CA file .* does not exist/, /Check the path/],
    ['is a CA file without certificates', () => ({ caFile: server.key, clientCertificates: 'request' }), /^The CA file .* holds a key/, /swapped/],
    ['is a CRL file that is missing', () => ({ ...checking, crlFile: at('none.crl') }), /^The CRL file .* does not exist/, /Check the path/],
    ['is a CRL file without lists', () => ({ ...checking, crlFile: ca }), /^The CRL file .* holds no list of revoked/, /BEGIN X509 CRL/],
    [
      'is a damaged CRL file',
      () => ({ ...checking, crlFile: file('cut.crl', pem(lists.empty).replace(/\n.{64}\n/, '\n')) }),
      /^The CRL file .* is damaged/,
      /again/,
    ],
    ['is no CA file, and one is needed', () => ({ clientCertificates: 'require' }), /has no CA file/, /who sign for your clients/],
  ];
  it.each(problems)('are refused when one %s', async (_name, change, message, advice) => {
    const error = (await read(change()).catch((failure: unknown) => failure)) as CodedError;
    expect(error).toMatchObject({ code: 'certificate-unusable', data: { listener: 'a' } });
    expect(error.message).toMatch(message);
    expect(error.message).toContain('TLS (“Lab”)');
    expect(error.advice).toMatch(advice);
  });

  it('are refused with a key that a passphrase protects', async () => {
    execFileSync('openssl', ['pkey', '-in', server.key, '-aes256', '-passout', 'pass:x', '-out', at('locked.key')]);
    await expect(read({ keyFile: at('locked.key') })).rejects.toMatchObject({
      message: expect.stringContaining('passphrase'),
      advice: expect.stringContaining('openssl pkey'),
    });
  });

  it('are refused outside of their time', async () => {
    await expect(read({}, Date.now() + 3 * dayMs)).rejects.toMatchObject({
      message: expect.stringMatching(/expired on \d{4}-\d\d-\d\d\.$/),
      advice: expect.stringContaining('Renew'),
    });
    await expect(read({}, Date.now() - 3 * dayMs)).rejects.toMatchObject({
      message: expect.stringContaining('valid only from'),
      advice: expect.stringContaining('clock'),
    });
  });

  it('are refused with a key that is too weak', async () => {
    mkdirSync(at('weak'), { recursive: true });
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:512', '-nodes', '-keyout', at('weak/key'), '-out', at('weak/pem'), '-subj', '/CN=weak', '-sha1'], {
      stdio: 'pipe',
    });
    await expect(read({ certificateFile: at('weak/pem'), keyFile: at('weak/key') })).rejects.toMatchObject({
      message: expect.stringMatching(/cannot be used for TLS \(.*too small/),
    });
  });
});
