import { once } from 'node:events';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import type { ConnectionProfile } from '../../../../shared/contract/connection-profile.ts';
import type { TlsState } from '../../../../shared/contract/connections.ts';
import type { ConnectionSecrets } from '../broker-access.ts';
import { TransportError } from './transport-error.ts';

type TlsProfile = ConnectionProfile['tls'];

/** What TLS is opened with. Throws a TransportError for a certificate or key that cannot be read. */
export function tlsOptions(profile: TlsProfile, secrets: ConnectionSecrets, host: string): tls.ConnectionOptions {
  const serverName = profile.serverName === '' ? (net.isIP(host) === 0 ? host : '') : profile.serverName;
  const options: tls.ConnectionOptions = {
    // The certificate is judged below, where pins and the choices of the profile are known.
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
    ...(serverName === '' ? {} : { servername: serverName }),
    ...(profile.ca === '' ? {} : { ca: profile.ca }),
    ...(profile.alpn.length === 0 ? {} : { ALPNProtocols: [...profile.alpn] }),
    ...(profile.minVersion === null ? {} : { minVersion: profile.minVersion }),
    ...(profile.maxVersion === null ? {} : { maxVersion: profile.maxVersion }),
    ...(profile.ciphers === '' ? {} : { ciphers: profile.ciphers }),
    ...(profile.certificate === '' ? {} : { cert: profile.certificate }),
    ...(secrets.privateKey === undefined ? {} : { key: secrets.privateKey }),
    ...(secrets.pfx === undefined ? {} : { pfx: Buffer.from(secrets.pfx, 'base64') }),
    ...(secrets.passphrase === undefined ? {} : { passphrase: secrets.passphrase }),
  };
  try {
    return { ...options, secureContext: tls.createSecureContext(options) };
  } catch (error) {
    throw new TransportError('WB_TLS_MATERIAL', materialProblem(error as NodeJS.ErrnoException, profile, secrets), { cause: error });
  }
}

function materialProblem({ message, code = '' }: NodeJS.ErrnoException, profile: TlsProfile, secrets: ConnectionSecrets): string {
  if (/bad decrypt|maybe wrong password|mac verify/i.test(message)) return 'The passphrase of the key is wrong.';
  if (/interrupted or cancelled|missing passphrase|bad password read/i.test(`${message} ${code}`)) return 'The key is encrypted: it needs its passphrase.';
  if (/key values mismatch|X509_check_private_key/i.test(`${message} ${code}`)) return 'The key does not belong to the certificate of this client.';
  if (/not enough data|asn1|wrong tag|unable to load pfx/i.test(message) && secrets.pfx !== undefined) return 'The PFX file cannot be read.';
  if (/no start line|PEM/i.test(`${message} ${code}`)) {
    const what =
      profile.ca !== '' && !profile.ca.includes('-----BEGIN')
        ? 'authority'
        : profile.certificate !== '' && !profile.certificate.includes('-----BEGIN')
          ? 'client certificate'
          : 'key';
    return `The ${what} is not in PEM form ("-----BEGIN …").`;
  }
  if (/no cipher match/i.test(message)) return `No cipher of this machine is named "${profile.ciphers}".`;
  if (/version/i.test(message) && profile.minVersion && profile.maxVersion)
    return `There is no version of TLS from ${profile.minVersion} to ${profile.maxVersion}.`;
  return `The certificates or the key cannot be used: ${message}.`;
}

/** TLS over a stream. Rejects where the certificate is not trusted, with the code of OpenSSL. */
export async function secure(stream: Duplex, options: tls.ConnectionOptions, signal: AbortSignal): Promise<tls.TLSSocket> {
  const socket = tls.connect({ ...options, socket: stream });
  try {
    await once(socket, 'secureConnect', { signal });
    return socket;
  } catch (error) {
    // What it still has to say goes to nobody.
    socket.on('error', () => undefined);
    socket.destroy();
    stream.destroy();
    throw error;
  }
}

interface Trust {
  readonly state: TlsState;
  /** Why the connection may not go on; `null`: it may. */
  readonly refusal: TransportError | null;
}

/** Whether the certificate that was presented is good enough for the profile, and what TLS came to. */
export function judge(socket: tls.TLSSocket, profile: TlsProfile, host: string): Trust {
  // Not `getPeerX509Certificate`, which in Node 24.21 takes the certificate away from the connection.
  const certificate = socket.getPeerCertificate();
  const fingerprint = (certificate.fingerprint256 as string | undefined) ?? null;
  const pinned = fingerprint !== null && profile.pinned.includes(fingerprint);
  const name = profile.serverName === '' ? host : profile.serverName;
  const checksName = profile.verify === 'optional' || (profile.verify === 'required' && profile.checkHostName);
  const chain = socket.authorized ? null : untrusted(refusalCode(String(socket.authorizationError), certificate));
  const identity = fingerprint === null ? new Error('The broker presented no certificate.') : tls.checkServerIdentity(name, certificate);
  const wrongName = identity ? new TransportError('ERR_TLS_CERT_ALTNAME_INVALID', identity.message) : null;
  const problem = chain ?? wrongName;
  const counted = chain ?? (checksName ? wrongName : null);
  const state: TlsState = {
    protocol: socket.getProtocol(),
    cipher: socket.getCipher()?.standardName ?? socket.getCipher()?.name ?? null,
    alpn: typeof socket.alpnProtocol === 'string' ? socket.alpnProtocol : null,
    verified: problem === null,
    problem: problem?.message ?? null,
    pinned,
    fingerprint,
  };
  return { state, refusal: pinned || profile.verify === 'none' ? null : counted };
}

const untrusted = (code: string): TransportError => new TransportError(code, `The certificate is not trusted (${code}).`);

/** OpenSSL's reason; Node has no word for a key that is too weak. */
function refusalCode(code: string, { modulus, bits = 0 }: Partial<tls.PeerCertificate>): string {
  return code === 'UNSPECIFIED' && modulus !== undefined && bits < 2048 ? 'EE_KEY_TOO_SMALL' : code;
}
