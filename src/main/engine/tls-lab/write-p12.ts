import { createCipheriv, createHash, createHmac, pbkdf2Sync, randomBytes, type KeyObject, type X509Certificate } from 'node:crypto';
import { element, integer, nothing, objectId, octets, sequence, setOf, tagged, taggedPlain, utf16 } from './der.ts';

const ids = {
  data: '1.2.840.113549.1.7.1',
  encryptedData: '1.2.840.113549.1.7.6',
  shroudedKeyBag: '1.2.840.113549.1.12.10.1.2',
  certificateBag: '1.2.840.113549.1.12.10.1.3',
  x509: '1.2.840.113549.1.9.22.1',
  friendlyName: '1.2.840.113549.1.9.20',
  localKeyId: '1.2.840.113549.1.9.21',
  pbes2: '1.2.840.113549.1.5.13',
  pbkdf2: '1.2.840.113549.1.5.12',
  hmacWithSha256: '1.2.840.113549.2.9',
  aes256Cbc: '2.16.840.1.101.3.4.1.42',
  sha256: '2.16.840.1.101.3.4.2.1',
} as const;

const iterations = 50_000;
/** Readers make the key of the MAC without any help of their library. */
const macIterations = 2048;

export interface P12Content {
  readonly key: KeyObject;
  /** The one of the key first, then its issuers. */
  readonly certificates: readonly X509Certificate[];
  readonly friendlyName: string;
  readonly passphrase: string;
}

/** A PKCS #12 file (RFC 7292) with AES-256 and SHA-256 throughout, as OpenSSL 3 writes it. */
export function writeP12({ key, certificates, friendlyName, passphrase }: P12Content): Buffer {
  const [own] = certificates;
  const localKeyId = createHash('sha1')
    .update(own?.raw ?? '')
    .digest();
  const attribute = (id: string, value: Buffer): Buffer => sequence(objectId(id), setOf(value));
  const attributes = setOf(attribute(ids.friendlyName, element(0x1e, utf16(friendlyName))), attribute(ids.localKeyId, octets(localKeyId)));
  const shrouded = key.export({ type: 'pkcs8', format: 'der', cipher: 'aes-256-cbc', passphrase });
  const keyBag = sequence(objectId(ids.shroudedKeyBag), tagged(0, shrouded), attributes);
  const certificateBags = certificates.map((certificate, at) =>
    sequence(objectId(ids.certificateBag), tagged(0, sequence(objectId(ids.x509), tagged(0, octets(certificate.raw)))), ...(at === 0 ? [attributes] : [])),
  );
  const content = sequence(encryptedContent(sequence(...certificateBags), passphrase), plainContent(sequence(keyBag)));
  return sequence(integer(3), plainContent(content), macOf(content, passphrase));
}

const plainContent = (content: Buffer): Buffer => sequence(objectId(ids.data), tagged(0, octets(content)));

/** PBES2 (RFC 8018 §6.2). */
function encryptedContent(content: Buffer, passphrase: string): Buffer {
  const [salt, iv] = [randomBytes(16), randomBytes(16)];
  const cipher = createCipheriv('aes-256-cbc', pbkdf2Sync(passphrase, salt, iterations, 32, 'sha256'), iv);
  const encrypted = Buffer.concat([cipher.update(content), cipher.final()]);
  const derivation = sequence(objectId(ids.pbkdf2), sequence(octets(salt), integer(iterations), sequence(objectId(ids.hmacWithSha256), nothing())));
  const algorithm = sequence(objectId(ids.pbes2), sequence(derivation, sequence(objectId(ids.aes256Cbc), octets(iv))));
  return sequence(objectId(ids.encryptedData), tagged(0, sequence(integer(0), sequence(objectId(ids.data), algorithm, taggedPlain(0, encrypted)))));
}

function macOf(content: Buffer, passphrase: string): Buffer {
  const salt = randomBytes(16);
  const digest = createHmac('sha256', macKey(passphrase, salt)).update(content).digest();
  return sequence(sequence(sequence(objectId(ids.sha256), nothing()), octets(digest)), octets(salt), integer(macIterations));
}

/** RFC 7292 appendix B.2 with SHA-256 and the id 3: one block of the hash is the whole key. */
function macKey(passphrase: string, salt: Buffer): Buffer {
  const block = 64;
  const filled = (bytes: Buffer): Buffer => Buffer.alloc(block * Math.ceil(bytes.length / block), bytes);
  let key: Buffer = Buffer.concat([Buffer.alloc(block, 3), filled(salt), filled(utf16(`${passphrase}\0`))]);
  for (let round = 0; round < macIterations; round += 1) key = createHash('sha256').update(key).digest();
  return key;
}
