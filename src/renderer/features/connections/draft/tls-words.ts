import type { ConnectionProfile } from '../../../../shared/contract/connections.ts';
import { parseBrokerUri } from '../../../../shared/mqtt/broker-uri.ts';

/** Whether the address uses TLS, so that certificates matter. */
export function usesTls(uri: string): boolean {
  return /^\s*(mqtts|ssl|tls|wss):/i.test(uri);
}

export function usesWebSocket(uri: string): boolean {
  return /^\s*wss?:/i.test(uri);
}

type Checks = Pick<ConnectionProfile['tls'], 'verify' | 'checkHostName'>;

/** Whether the host name counts: `optional` always checks it, `none` never, as mqttxx does. */
export const checksHostName = ({ verify, checkHostName }: Checks): boolean => verify === 'optional' || (verify === 'required' && checkHostName);

/** What a choice means, exactly. */
export function verifyWords(checks: Checks): string {
  if (checks.verify === 'none')
    return 'Neither the certificate nor the host name is checked: anyone between you and the broker could read and change everything.';
  if (checks.verify === 'optional') {
    return 'The certificate is verified, and the host name always with it. A client sees no difference to “Required” (CERT_OPTIONAL of Python).';
  }
  return checks.checkHostName
    ? 'The certificate must come from a trusted authority, be valid now, and be for the host name.'
    : 'The certificate must come from a trusted authority and be valid now. It may be for any host: whoever has a certificate of that authority can pose as the broker.';
}

/** Of a profile or of a draft. */
interface Guarded {
  readonly uri: string;
  readonly username: string;
  readonly tls: Checks & { readonly minVersion: string | null };
  readonly authentication: { readonly kind: string } | null;
}

/** What makes a connection insecure, in sentences; empty where nothing does. */
export function insecurities({ uri, username, tls, authentication }: Guarded, hasPassword: boolean): readonly string[] {
  if (usesTls(uri)) {
    return [
      ...(tls.verify === 'none' ? ['The certificate of the broker is not verified.'] : []),
      ...(tls.verify !== 'none' && !checksHostName(tls) ? ['The host name in the certificate is not checked.'] : []),
      ...(tls.minVersion === 'TLSv1' || tls.minVersion === 'TLSv1.1' ? [`${tls.minVersion.replace('v', ' ')} is allowed, which has known weaknesses.`] : []),
    ];
  }
  // SCRAM proves the password without sending it (RFC 5802).
  if (!hasPassword || authentication?.kind === 'scram-sha-256' || isLoopback(uri)) return [];
  return [`The password${username === '' ? '' : ` of “${username}”`} is sent in plain text: the address has no TLS.`];
}

/** Nothing leaves the machine. */
export function isLoopback(uri: string): boolean {
  const parsed = parseBrokerUri(uri);
  return parsed.ok && (/^127\.\d+\.\d+\.\d+$/.test(parsed.value.host) || parsed.value.host === '::1' || parsed.value.host.toLowerCase() === 'localhost');
}
