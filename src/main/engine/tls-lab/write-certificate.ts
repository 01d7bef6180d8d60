import { createHash, createPublicKey, sign, X509Certificate, type KeyObject } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import { bits, element, integer, objectId, octets, sequence, setOf, tagged, taggedPlain, time, utf8, yes } from './der.ts';

type CertificatePurpose = 'authority' | 'server' | 'client';

export interface CertificateFacts {
  /** CN, below the organisation that all of the lab share. */
  readonly commonName: string;
  /** 1 to 20 bytes, the highest first. */
  readonly serialNumber: Uint8Array;
  /** Unix ms. */
  readonly validFrom: number;
  readonly validTo: number;
  /** Any key of Node, public or private. */
  readonly key: KeyObject;
  readonly purpose: CertificatePurpose;
  /** Host names and IP addresses. */
  readonly names: readonly string[];
}

export interface Signer {
  readonly commonName: string;
  /** EC P-256, private. */
  readonly key: KeyObject;
}

const ecdsaWithSha256 = sequence(objectId('1.2.840.10045.4.3.2'));
const organisation = 'MQTT Workbench lab';

/** A certificate of version 3 (RFC 5280 §4.1), signed with ECDSA and SHA-256. Signer and certificate of the same key: self-signed. */
export function writeCertificate(facts: CertificateFacts, signer: Signer): X509Certificate {
  const publicKey = publicInfo(facts.key);
  const body = sequence(
    tagged(0, integer(2)),
    integer(facts.serialNumber),
    ecdsaWithSha256,
    distinguishedName(signer.commonName),
    sequence(time(facts.validFrom), time(facts.validTo)),
    distinguishedName(facts.commonName),
    publicKey,
    tagged(3, sequence(...extensions(facts, publicKey, publicInfo(signer.key)))),
  );
  return new X509Certificate(sequence(body, ecdsaWithSha256, bits(sign('sha256', body, signer.key))));
}

const publicInfo = (key: KeyObject): Buffer => (key.type === 'private' ? createPublicKey(key) : key).export({ type: 'spki', format: 'der' });

/** With O before CN, as openssl shows it. */
function distinguishedName(commonName: string): Buffer {
  const part = (id: string, text: string): Buffer => setOf(sequence(objectId(id), utf8(text)));
  return sequence(part('2.5.4.10', organisation), part('2.5.4.3', commonName));
}

const purposeIds = { server: '1.3.6.1.5.5.7.3.1', client: '1.3.6.1.5.5.7.3.2' } as const;

function extensions({ purpose, names, key }: CertificateFacts, publicKey: Buffer, signerKey: Buffer): readonly Buffer[] {
  const extension = (id: string, value: Buffer, isCritical = false): Buffer => sequence(objectId(id), ...(isCritical ? [yes()] : []), octets(value));
  const common = [extension('2.5.29.14', octets(keyId(publicKey))), extension('2.5.29.35', sequence(taggedPlain(0, keyId(signerKey))))];
  // keyCertSign and cRLSign.
  if (purpose === 'authority') return [extension('2.5.29.19', sequence(yes()), true), extension('2.5.29.15', bits(Buffer.of(0x06), 1), true), ...common];
  // digitalSignature, and keyEncipherment for the RSA key exchange of TLS 1.2.
  const usage = key.asymmetricKeyType === 'rsa' ? bits(Buffer.of(0xa0), 5) : bits(Buffer.of(0x80), 7);
  return [
    extension('2.5.29.19', sequence(), true),
    extension('2.5.29.15', usage, true),
    extension('2.5.29.37', sequence(objectId(purposeIds[purpose]))),
    ...(names.length === 0 ? [] : [extension('2.5.29.17', sequence(...names.map(alternativeName)))]),
    ...common,
  ];
}

/** Any 20 bytes that stand for the key do (RFC 5280 §4.2.1.2). */
const keyId = (publicKey: Buffer): Buffer => createHash('sha256').update(publicKey).digest().subarray(0, 20);

function alternativeName(name: string): Buffer {
  if (isIPv4(name)) return taggedPlain(7, Buffer.from(name.split('.').map(Number)));
  if (isIPv6(name)) return taggedPlain(7, ipv6Bytes(name));
  return element(0x82, Buffer.from(name, 'latin1'));
}

/** 16 bytes of an address that `isIPv6` has taken. */
function ipv6Bytes(address: string): Buffer {
  // The URL parser writes the last four bytes in hexadecimal, whatever form they had.
  const plain = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail] = plain.split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const [before, after] = [groups(head), groups(tail ?? '')];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return Buffer.from([...before, ...zeros, ...after].map((group) => group.padStart(4, '0')).join(''), 'hex');
}
