import type { X509Certificate } from 'node:crypto';

/** A certificate as the page shows it. */
export function factsOf(certificate: X509Certificate) {
  return {
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    alternativeNames: certificate.subjectAltName?.split(', ') ?? [],
    validFrom: Date.parse(certificate.validFrom),
    validTo: Date.parse(certificate.validTo),
    sha256: certificate.fingerprint256,
    key: describeKey(certificate),
  };
}

/** CN first, as the broker tells subjects. */
const oneLine = (name: string): string => name.split('\n').toReversed().join(', ');

function describeKey({ publicKey }: X509Certificate): string {
  const bits = publicKey.asymmetricKeyDetails?.modulusLength;
  return bits === undefined ? 'EC P-256' : `RSA ${bits}`;
}
