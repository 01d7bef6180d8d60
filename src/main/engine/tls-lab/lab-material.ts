import { generateKeyPair, randomBytes, type KeyObject, type X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';
import type { LabFault, LabRole } from '../../../shared/contract/tls-lab.ts';
import { writeCertificate, type Signer } from './write-certificate.ts';

const dayMs = 86_400_000;
/** Clocks of devices are behind now and then. */
const backdatedMs = 3_600_000;
const authorityDays = 3650;
/** What browsers and Apple's TLS take at most. */
const certificateDays = 397;
const generate = promisify(generateKeyPair);

export interface LabMaterial {
  readonly key: KeyObject;
  /** What its owner shows: its own certificate first, then those between it and the authority. */
  readonly chain: readonly X509Certificate[];
}

export interface LabOrder {
  readonly name: string;
  readonly role: LabRole;
  readonly fault: LabFault | null;
  /** What the certificate is for, complete. */
  readonly names: readonly string[];
}

/** A name that never resolves (RFC 6761 §6.4). */
const wrongName = 'other-host.invalid';

export async function makeAuthority(commonName: string, nowMs: number): Promise<Signer & { readonly certificate: X509Certificate }> {
  const key = await newKey();
  const signer = { commonName, key };
  return { ...signer, certificate: authorityOf(signer, key, commonName, nowMs) };
}

function authorityOf(signer: Signer, key: KeyObject, commonName: string, nowMs: number): X509Certificate {
  const validity = { validFrom: nowMs - backdatedMs, validTo: nowMs + authorityDays * dayMs };
  return writeCertificate({ commonName, serialNumber: newSerial(), ...validity, key, purpose: 'authority', names: [] }, signer);
}

/** A key and certificate, good or wrong in the one way that is asked for. */
export async function makeMaterial({ name, role, fault, names }: LabOrder, authority: Signer, nowMs: number): Promise<LabMaterial> {
  const key = fault === 'weak-key' ? await newWeakKey() : await newKey();
  const { signer, between } = await signerFor(fault, authority, nowMs);
  const isForServers = (role === 'server') !== (fault === 'wrong-usage');
  const own = writeCertificate(
    {
      commonName: name,
      serialNumber: newSerial(),
      ...validityOf(fault, nowMs),
      key,
      purpose: isForServers ? 'server' : 'client',
      names: fault === 'wrong-name' ? [wrongName] : names,
    },
    signer,
  );
  return { key, chain: [own, ...between] };
}

async function signerFor(
  fault: LabFault | null,
  authority: Signer,
  nowMs: number,
): Promise<{ readonly signer: Signer; readonly between: readonly X509Certificate[] }> {
  if (fault === 'unknown-authority') {
    const stranger = await makeAuthority('An authority that nobody knows', nowMs);
    return { signer: stranger, between: [stranger.certificate] };
  }
  if (fault !== 'missing-intermediate') return { signer: authority, between: [] };
  const intermediate = { commonName: 'An authority in between', key: await newKey() };
  // Its certificate would have to be shown as well, and is thrown away.
  return { signer: intermediate, between: [] };
}

function validityOf(fault: LabFault | null, nowMs: number): { readonly validFrom: number; readonly validTo: number } {
  if (fault === 'expired') return { validFrom: nowMs - 30 * dayMs, validTo: nowMs - dayMs };
  if (fault === 'not-yet-valid') return { validFrom: nowMs + 7 * dayMs, validTo: nowMs + certificateDays * dayMs };
  return { validFrom: nowMs - backdatedMs, validTo: nowMs + certificateDays * dayMs };
}

const newKey = async (): Promise<KeyObject> => (await generate('ec', { namedCurve: 'P-256' })).privateKey;

/** Small enough for today's TLS libraries to refuse it, and large enough for them to sign with it. */
const newWeakKey = async (): Promise<KeyObject> => (await generate('rsa', { modulusLength: 1024 })).privateKey;

/** 127 random bits that are positive and never 0 (RFC 5280 §4.1.2.2). */
function newSerial(): Uint8Array {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  return serial;
}

/** What the other side has to say to a certificate that is wrong on purpose. */
export function expectationOf(role: LabRole, fault: LabFault): string {
  const other = role === 'server' ? 'A client' : 'A broker';
  switch (fault) {
    case 'expired':
      return `${other} must refuse it because it has expired (in TLS the alert certificate_expired, 45).`;
    case 'not-yet-valid':
      return `${other} must refuse it because its time has not begun (in TLS mostly the alert bad_certificate, 42); one without a clock cannot tell.`;
    case 'wrong-name':
      return `A client must refuse it because it is for ${wrongName}, not for the host the client asked for.`;
    case 'unknown-authority':
      return `${other} must refuse it because an authority signed it that is not trusted (in TLS the alert unknown_ca, 48), although the chain comes whole.`;
    case 'missing-intermediate':
      return `${other} must refuse it because the certificate between it and the lab's authority is missing (in TLS the alert unknown_ca, 48).`;
    case 'weak-key':
      return `${other} must refuse it because of its RSA key of 1024 bits: 2048 are the least today.`;
    case 'wrong-usage':
      return role === 'server'
        ? 'A client must refuse it because it is for TLS clients, not servers (in TLS the alert unsupported_certificate, 43).'
        : 'A broker must refuse it because it is for TLS servers, not clients (in TLS the alert unsupported_certificate, 43).';
  }
}
