import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import type { ListenerTls } from '../../../../shared/contract/listeners.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';

/** Chains and bundles of authorities are far smaller. */
const largestFile = 4 * 1_048_576;

/** Where a file belongs, for the words of an error. */
interface Place {
  readonly listener: { readonly id: string; readonly label: string };
  readonly what: 'certificate' | 'key' | 'CA' | 'CRL';
  readonly path: string;
}

export type TlsMaterial = Pick<SecureContextOptions, 'cert' | 'key' | 'ca' | 'crl' | 'minVersion' | 'ciphers'>;

/** Reads and checks the files of a TLS listener. Fails with `certificate-unusable`, naming listener, file and remedy. */
export async function readTlsMaterial(listener: Place['listener'], tls: ListenerTls, nowMs: number): Promise<TlsMaterial> {
  const certificatePlace = { listener, what: 'certificate', path: tls.certificateFile } as const;
  const keyPlace = { listener, what: 'key', path: tls.keyFile } as const;
  const cert = await readPem(certificatePlace);
  const [own] = parseCertificates(certificatePlace, cert);
  // Certificates of the lab may be wrong on purpose, and shown as such.
  const isFromLab = tls.labCertificate !== null;
  if (own && !isFromLab) checkDates(certificatePlace, own, nowMs);
  const key = await readPem(keyPlace);
  const privateKey = parseKey(keyPlace, key);
  if (own?.checkPrivateKey(privateKey) === false) {
    fail(keyPlace, `does not belong to the certificate ${tls.certificateFile}`, 'Choose the key that this certificate was made with.');
  }
  const material: TlsMaterial = { cert, key, minVersion: `TLSv${tls.minVersion}` };
  if (isFromLab && isWeak(privateKey) && hasSecurityLevels()) material.ciphers = weakestLevel;
  if (tls.clientCertificates !== 'none') {
    if (tls.caFile === null) {
      throw unusable(listener, `The ${listener.label} listener checks certificates of clients, but has no CA file to check them with.`, caAdvice);
    }
    const caPlace = { listener, what: 'CA', path: tls.caFile } as const;
    const ca = await readPem(caPlace);
    parseCertificates(caPlace, ca);
    material.ca = ca;
    if (tls.crlFile !== null)
      material.crl = readRevocations({ listener, what: 'CRL', path: tls.crlFile }, await readPem({ listener, what: 'CRL', path: tls.crlFile }));
  }
  try {
    createSecureContext(material);
  } catch (error) {
    // Among others: a key or a signature that is too weak for the TLS library.
    fail(certificatePlace, `cannot be used for TLS (${(error as Error).message})`, 'Make a new certificate and key.');
  }
  return material;
}

const caAdvice = 'Name the file with the certificates of those who sign for your clients, or ask for no certificates.';

async function readPem(place: Place): Promise<Buffer> {
  const { path } = place;
  if (!isAbsolute(path)) fail(place, 'is not named by its whole path', 'Write the path from the root of the file system on.');
  let bytes: Buffer;
  try {
    const found = await stat(path);
    // Opening a pipe would wait for somebody to write into it.
    if (!found.isFile()) fail(place, 'is not a file', 'Name the file itself.');
    if (found.size > largestFile) fail(place, `has ${found.size} bytes, too many for a ${place.what}`, 'Name the right file.');
    bytes = await readFile(path);
  } catch (error) {
    if (error instanceof CodedError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') fail(place, 'does not exist', 'Check the path.');
    if (code === 'EACCES' || code === 'EPERM') fail(place, 'may not be read', 'Give yourself the right to read it.');
    fail(place, `cannot be read (${code ?? message})`, 'Check the path.');
  }
  if (!bytes.includes('-----BEGIN ')) {
    const command = { key: 'openssl pkey', CRL: 'openssl crl', certificate: 'openssl x509', CA: 'openssl x509' }[place.what];
    // A DER file is one ASN.1 sequence with a length of two bytes.
    const isDer = bytes[0] === 0x30 && bytes[1] === 0x82;
    fail(place, isDer ? 'is in DER form, not PEM' : 'is not PEM', isDer ? `Convert it: ${command} -inform der -in FILE -out FILE.pem` : pemAdvice(place.what));
  }
  return bytes;
}

function parseCertificates(place: Place, pem: Buffer): readonly X509Certificate[] {
  const blocks = pem.toString('latin1').match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) {
    const isKey = pem.includes('PRIVATE KEY-----');
    fail(place, isKey ? 'holds a key, not a certificate' : 'holds no certificate', isKey ? 'Were the two files swapped?' : pemAdvice(place.what));
  }
  return blocks.map((block, at) => {
    try {
      return new X509Certificate(block);
    } catch {
      return fail(place, blocks.length > 1 ? `is damaged: its certificate number ${at + 1} cannot be read` : 'is damaged', 'Get or make the file again.');
    }
  });
}

/** One by one: of a file with several, the TLS library would take the first. */
function readRevocations(place: Place, pem: Buffer): string[] {
  const lists = pem.toString('latin1').match(/-----BEGIN X509 CRL-----[^-]*-----END X509 CRL-----/g) ?? [];
  if (lists.length === 0) fail(place, 'holds no list of revoked certificates', pemAdvice(place.what));
  for (const [at, crl] of lists.entries()) {
    try {
      createSecureContext({ crl });
    } catch {
      fail(place, lists.length > 1 ? `is damaged: its list number ${at + 1} cannot be read` : 'is damaged', 'Get or make the file again.');
    }
  }
  return lists;
}

function checkDates(place: Place, certificate: X509Certificate, nowMs: number): void {
  const from = Date.parse(certificate.validFrom);
  const to = Date.parse(certificate.validTo);
  if (nowMs > to) fail(place, `expired on ${day(to)}`, 'Renew it: clients would refuse it.');
  if (nowMs < from) fail(place, `is valid only from ${day(from)} on`, 'Check the clock of this machine, or use another certificate.');
}

const isWeak = ({ asymmetricKeyDetails }: KeyObject): boolean => (asymmetricKeyDetails?.modulusLength ?? 2048) < 2048;

const weakestLevel = 'DEFAULT@SECLEVEL=0';

/** OpenSSL refuses weak keys by its level; BoringSSL, in Electron, has no levels and takes them. */
function hasSecurityLevels(): boolean {
  try {
    createSecureContext({ ciphers: weakestLevel });
    return true;
  } catch {
    return false;
  }
}

const day = (timeMs: number): string => new Date(timeMs).toISOString().slice(0, 10);

function parseKey(place: Place, pem: Buffer): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (pem.includes('ENCRYPTED') || code === 'ERR_MISSING_PASSPHRASE') {
      fail(place, 'is protected by a passphrase', 'Make a copy without one: openssl pkey -in FILE -out FILE.plain');
    }
    if (pem.includes('PRIVATE KEY-----')) fail(place, 'is damaged', 'Get or make the file again.');
    const isCertificate = pem.includes('CERTIFICATE-----');
    return fail(
      place,
      isCertificate ? 'holds a certificate, not a key' : 'holds no private key',
      isCertificate ? 'Were the two files swapped?' : pemAdvice('key'),
    );
  }
}

function pemAdvice(what: Place['what']): string {
  return `It has to hold a line "-----BEGIN ${what === 'key' ? 'PRIVATE KEY' : what === 'CRL' ? 'X509 CRL' : 'CERTIFICATE'}-----".`;
}

function fail({ listener, what, path }: Place, problem: string, advice: string): never {
  throw unusable(listener, `The ${what} file ${path} of the ${listener.label} listener ${problem}.`, advice);
}

function unusable(listener: Place['listener'], message: string, advice: string): CodedError {
  return new CodedError('certificate-unusable', message, { advice, data: { listener: listener.id } });
}
