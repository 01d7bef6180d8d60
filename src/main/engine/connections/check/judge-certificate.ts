import { isIP } from 'node:net';
import type { PresentedCertificate } from '../../../../shared/contract/connection-check.ts';
import type { ConnectionProfile } from '../../../../shared/contract/connection-profile.ts';
import type { TlsState } from '../../../../shared/contract/connections.ts';
import { serverPurpose } from './certificates.ts';
import type { Finding } from './steps.ts';

const day = 86_400_000;
const soonDays = 14;
const leastRsaBits = 2048;

/** What is worth a warning in a certificate that lets the connection go on; `null`: nothing. */
export function certificateWarning(
  certificates: readonly PresentedCertificate[],
  state: TlsState,
  profile: ConnectionProfile['tls'],
  nowMs: number,
): Finding | null {
  const [own] = certificates;
  if (!own) return null;
  if (state.pinned) {
    return state.verified
      ? null
      : { code: 'pinned', message: 'The certificate is trusted by its fingerprint alone.', advice: `It would not be otherwise: ${state.problem ?? ''}`.trim() };
  }
  if (!state.verified) {
    return {
      code: 'not-verified',
      message:
        profile.verify === 'none'
          ? 'The certificate is not verified, as the connection says: anybody could answer in the place of the broker.'
          : 'The name in the certificate is not checked, as the connection says.',
      advice: `Verified, it would be refused: ${state.problem ?? ''}`.trim(),
    };
  }
  const daysLeft = Math.floor((own.validTo - nowMs) / day);
  if (daysLeft < soonDays)
    return {
      code: 'expires-soon',
      message: `The certificate expires ${daysLeft <= 0 ? 'today' : `in ${daysLeft === 1 ? 'one day' : `${daysLeft} days`}`}.`,
      advice: 'Tell whoever runs the broker.',
    };
  const bits = /^RSA (\d+)$/.exec(own.key)?.[1];
  if (bits !== undefined && Number(bits) < leastRsaBits)
    return { code: 'weak-key', message: `The key of the certificate is weak: ${own.key}.`, advice: `Ask for one with ${leastRsaBits} bits or more.` };
  if (own.extendedKeyUsage.length > 0 && !own.extendedKeyUsage.some((purpose) => purpose === serverPurpose || purpose === 'Any purpose'))
    return {
      code: 'wrong-purpose',
      message: `The certificate is not meant for TLS servers, but for: ${own.extendedKeyUsage.join(', ')}.`,
      advice: 'Ask for a certificate for TLS servers.',
    };
  return null;
}

/** Facts of a certificate that help when it is refused: who it is for, until when, by whom. */
export function certificateDetails(certificates: readonly PresentedCertificate[], host: string): readonly string[] {
  const [own] = certificates;
  if (!own) return [];
  const at = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
  return [
    `for ${own.subject || 'nobody by name'}`,
    `names ${own.subjectAltNames.length === 0 ? 'none' : own.subjectAltNames.join(', ')} (asked for ${isIP(host) === 0 ? 'DNS' : 'IP Address'}:${host})`,
    `valid from ${at(own.validFrom)} to ${at(own.validTo)} UTC`,
    `issued by ${own.issuer || 'nobody by name'}`,
    ...certificates.slice(1).map(({ subject }) => `then ${subject}`),
    `SHA-256 ${own.sha256}`,
  ];
}
