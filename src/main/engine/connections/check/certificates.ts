import { X509Certificate } from 'node:crypto';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import type { PresentedCertificate } from '../../../../shared/contract/connection-check.ts';

/** Chains are short; one that is made to be endless is not followed. */
const mostCertificates = 20;

/** The chain as OpenSSL has it: what the server sent, and perhaps an authority of this machine at its end. */
export function presentedCertificates(socket: TLSSocket): readonly PresentedCertificate[] {
  const chain: PresentedCertificate[] = [];
  const seen = new Set<string>();
  let certificate: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (certificate?.raw && chain.length < mostCertificates && !seen.has(certificate.fingerprint256)) {
    seen.add(certificate.fingerprint256);
    chain.push(presented(new X509Certificate(certificate.raw)));
    certificate = certificate.issuerCertificate;
  }
  return chain;
}

/** A certificate as it is shown. */
function presented(certificate: X509Certificate): PresentedCertificate {
  return {
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    subjectAltNames: certificate.subjectAltName?.split(', ') ?? [],
    validFrom: Date.parse(certificate.validFrom),
    validTo: Date.parse(certificate.validTo),
    sha256: certificate.fingerprint256,
    serialNumber: certificate.serialNumber,
    key: describeKey(certificate),
    isAuthority: certificate.ca,
    isSelfSigned: certificate.checkIssued(certificate),
    extendedKeyUsage: ((certificate.keyUsage as string[] | undefined) ?? []).map((purpose) => purposes[purpose] ?? purpose),
    pem: certificate.toString(),
  };
}

/** Extended key usages (RFC 5280 §4.2.1.12) by their numbers. */
export const serverPurpose = 'TLS server';
const purposes: Readonly<Record<string, string>> = {
  '1.3.6.1.5.5.7.3.1': serverPurpose,
  '1.3.6.1.5.5.7.3.2': 'TLS client',
  '1.3.6.1.5.5.7.3.3': 'Code signing',
  '1.3.6.1.5.5.7.3.4': 'E-mail',
  '1.3.6.1.5.5.7.3.8': 'Time stamping',
  '1.3.6.1.5.5.7.3.9': 'OCSP signing',
  '2.5.29.37.0': 'Any purpose',
};

const oneLine = (name: string | undefined): string => (name ?? '').split('\n').toReversed().join(', ');

function describeKey({ publicKey }: X509Certificate): string {
  const { modulusLength, namedCurve } = publicKey.asymmetricKeyDetails ?? {};
  switch (publicKey.asymmetricKeyType) {
    case 'rsa':
    case 'rsa-pss':
      return `RSA ${modulusLength ?? ''}`.trim();
    case 'ec':
      return `EC ${namedCurve ?? ''}`.trim();
    case 'ed25519':
      return 'Ed25519';
    case 'ed448':
      return 'Ed448';
    default:
      return publicKey.asymmetricKeyType ?? 'unknown';
  }
}
