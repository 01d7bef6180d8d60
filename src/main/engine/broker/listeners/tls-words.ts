import type { TLSSocket } from 'node:tls';

/** Why a TLS handshake failed, as a sentence; `null` when the client simply left. */
export function describeTlsFailure(error: NodeJS.ErrnoException, socket: TLSSocket): string | null {
  const { authorizationError } = socket;
  // Typed as an error, but a code in truth.
  if (authorizationError) return describeUntrusted(String(authorizationError));
  switch (error.code) {
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ETIMEDOUT':
      return null;
    case 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE':
      return 'It showed no certificate, which this listener requires.';
    case 'ERR_SSL_HTTP_REQUEST':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
    case 'ERR_SSL_RECORD_LENGTH_MISMATCH':
      return 'It did not speak TLS, which this listener needs.';
    case 'ERR_SSL_UNSUPPORTED_PROTOCOL':
    case 'ERR_SSL_VERSION_TOO_LOW':
      return 'It speaks only versions of TLS that this listener does not take.';
    case 'ERR_SSL_NO_SHARED_CIPHER':
      return 'It has no cipher in common with this listener.';
    case 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA':
    case 'ERR_SSL_TLSV1_ALERT_BAD_CERTIFICATE':
    case 'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE':
    case 'ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN':
    case 'ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED':
      return 'It does not trust the certificate of this listener.';
    default:
      return `The TLS handshake failed (${error.code ?? error.message}).`;
  }
}

export function describeUntrusted(code: string): string {
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return 'It showed a certificate which has expired.';
    case 'CERT_REVOKED':
      return 'It showed a certificate which has been revoked.';
    case 'CRL_HAS_EXPIRED':
    case 'CRL_NOT_YET_VALID':
      return `It showed a certificate, and the CRL file of this listener is ${code === 'CRL_HAS_EXPIRED' ? 'out of date: get the next one' : 'not valid yet'}.`;
    case 'UNABLE_TO_GET_CRL':
      return 'It showed a certificate of an authority of which the CRL file of this listener has no list.';
    default:
      return `It showed a certificate which this listener does not trust (${code}).`;
  }
}

/** `CN=device-1, O=Lab` of a certificate that was checked; `undefined` when the client showed none. */
export function checkedSubject(socket: TLSSocket): string | undefined {
  if (!socket.authorized) return undefined;
  return socket.getPeerX509Certificate()?.subject.split('\n').toReversed().join(', ');
}
