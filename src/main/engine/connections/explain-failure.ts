import type { Problem } from '../../../shared/contract/common.ts';
import { connackReason, describeReason } from '../../../shared/mqtt/reason-codes.ts';
import type { BrokerUri } from '../../../shared/mqtt/broker-uri.ts';
import type { TransportStage } from './transport/open-transport.ts';

/** What is known when a connection fails or ends. */
export interface FailureFacts {
  readonly uri: BrokerUri;
  readonly error?: { readonly message: string; readonly code?: string | number | undefined } | undefined;
  /** CONNACK or DISCONNECT code the broker sent. */
  readonly reasonCode?: number | undefined;
  /** Where the broker sends its clients (MQTT 5 Server Reference). */
  readonly serverReference?: string | undefined;
  /** The broker's own words (MQTT 5 Reason String). */
  readonly reasonString?: string | undefined;
  /** The first bytes the peer sent, as far as they came. */
  readonly firstBytes?: Uint8Array | undefined;
  readonly stage: TransportStage | 'waiting for CONNACK' | 'connected';
  readonly proxy?: { readonly host: string; readonly port: number } | null | undefined;
  readonly timedOut?: boolean;
  /** What the broker sent breaks the specification; the bytes begin with the packet that does. */
  readonly brokenPacket?: { readonly clause: string; readonly message: string; readonly bytes: Uint8Array } | undefined;
  readonly noPingresp?: boolean;
  /** What went wrong in enhanced authentication, on this side. */
  readonly authentication?: string | undefined;
}

export interface ExplainedFailure extends Problem {
  /** Trying again by itself makes no sense: it would be refused the same way. */
  readonly final: boolean;
}

type Answer = readonly [code: string, message: string, advice: string, final?: boolean];

const isTls = ({ scheme }: BrokerUri): boolean => scheme === 'mqtts' || scheme === 'wss';
const isWebSocket = ({ scheme }: BrokerUri): boolean => scheme === 'ws' || scheme === 'wss';

/** Says in plain words why a connection failed, and what to do about it. */
export function explainFailure(facts: FailureFacts): ExplainedFailure {
  const [code, message, advice, final = false] =
    byReason(facts) ?? byAuthentication(facts) ?? byBytes(facts) ?? byPacket(facts) ?? byError(facts) ?? byStage(facts);
  return { code, message, advice, final };
}

function byReason({ reasonCode, reasonString, serverReference, stage }: FailureFacts): Answer | undefined {
  if (reasonCode === undefined || reasonCode === 0) return undefined;
  const reason = connackReason(reasonCode);
  const words = `${describeReason(reason)}${reasonString ? `: "${reasonString}"` : ''}`;
  const message = stage === 'connected' ? `The broker ended the connection: ${words}.` : `The broker refused the connection: ${words}.`;
  switch (reason) {
    case 0x84:
      return ['wrong-protocol-version', message, 'Choose another MQTT version in the connection: 3.1.1 is understood nearly everywhere.', true];
    case 0x85:
      return ['client-id-rejected', message, 'Enter another client id, or let the workbench generate one.', true];
    case 0x86:
      return ['bad-credentials', message, 'Check the user name and enter the password again.', true];
    case 0x87:
    case 0x8a:
      return ['not-authorised', message, 'Ask whoever runs the broker, or enter a user name and password that may connect.', true];
    case 0x8c:
      return ['bad-auth-method', message, 'Use a user name and password instead.', true];
    case 0x8e:
      return ['taken-over', message, 'Two clients share this client id. Give one of them another id, or let the workbench generate one.', true];
    case 0x9c:
    case 0x9d:
      return [
        'use-another-server',
        message,
        serverReference ? `The broker names "${serverReference}": use that address.` : 'Ask whoever runs the broker for its new address.',
        true,
      ];
    case 0x8b:
    case 0x88:
    case 0x89:
    case 0x9f:
      return ['broker-unavailable', message, 'Wait a moment; the connection is tried again by itself once it has been up.'];
    default:
      return ['refused-by-broker', message, 'Check what the broker asks of its clients.'];
  }
}

function byBytes({ firstBytes, uri }: FailureFacts): Answer | undefined {
  if (!firstBytes || firstBytes.byteLength === 0) return undefined;
  const text = Buffer.from(firstBytes.subarray(0, 16)).toString('latin1');
  if (text.startsWith('HTTP/')) {
    return [
      'peer-is-http',
      `A web server answers at ${uri.host}:${uri.port}, not an MQTT broker.`,
      'Check the port; for MQTT over WebSocket use ws:// with the right path.',
      true,
    ];
  }
  if (!isTls(uri) && (firstBytes[0] === 0x15 || firstBytes[0] === 0x16) && firstBytes[1] === 3) {
    return [
      'peer-is-tls',
      `The broker at ${uri.host}:${uri.port} expects TLS.`,
      `Use ${isWebSocket(uri) ? 'wss' : 'mqtts'}:// instead of ${uri.scheme}://, or the broker's plain port.`,
      true,
    ];
  }
  // CONNACK, or AUTH before it.
  if (!isWebSocket(uri) && ![2, 15].includes((firstBytes[0] as number) >> 4)) {
    const shown = Buffer.from(firstBytes.subarray(0, 8))
      .toString('hex')
      .replace(/(..)(?=.)/g, '$1 ');
    return ['peer-is-not-mqtt', `What answers at ${uri.host}:${uri.port} does not speak MQTT (it sent ${shown} …).`, 'Check the host and the port.', true];
  }
  return undefined;
}

function byAuthentication({ authentication }: FailureFacts): Answer | undefined {
  if (authentication === undefined) return undefined;
  return ['authentication-failed', authentication, 'Check the user name, the password and the authentication method.', true];
}

function byPacket({ brokenPacket, noPingresp, stage }: FailureFacts): Answer | undefined {
  if (noPingresp) {
    return [
      'keep-alive-lost',
      'The broker no longer answers: a PINGREQ got no PINGRESP.',
      'The network or the broker is stuck; the connection is tried again.',
    ];
  }
  if (!brokenPacket) return undefined;
  const shown = Buffer.from(brokenPacket.bytes.subarray(0, 16))
    .toString('hex')
    .replace(/(..)(?=.)/g, '$1 ');
  return [
    'illegal-packet',
    `The broker sent a packet that breaks MQTT: ${brokenPacket.message} It began with ${shown}.`,
    stage === 'connected'
      ? 'The fault is on the side of the broker; the connection is tried again.'
      : 'The fault is on the side of the broker. Another MQTT version in the connection may avoid it.',
  ];
}

const certificateAdvice: Readonly<Record<string, string>> = {
  'unknown-ca': 'Enter the certificate of the authority (CA) in the connection; if you know this certificate, trust it for this connection.',
  'self-signed': 'If you know this certificate, trust it for this connection, or enter it as authority (CA).',
  'certificate-expired': 'Ask whoever runs the broker for a new one, and check the clock of this machine.',
  'certificate-not-yet-valid': 'Check the clock of this machine.',
  'wrong-host-name': 'Use the name that is in the certificate as host, or enter it as server name (SNI).',
};

const certificateErrors: Readonly<Record<string, readonly [code: string, message: string]>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: ['self-signed', 'is signed by itself'],
  SELF_SIGNED_CERT_IN_CHAIN: ['unknown-ca', 'is signed by an authority this machine does not know'],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['unknown-ca', 'is signed by an authority this machine does not know'],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['unknown-ca', 'is signed by an authority this machine does not know'],
  CERT_HAS_EXPIRED: ['certificate-expired', 'has expired'],
  CERT_NOT_YET_VALID: ['certificate-not-yet-valid', 'is not valid yet'],
  UNABLE_TO_GET_ISSUER_CERT: ['unknown-ca', 'comes without the certificate of its issuer'],
  ERR_TLS_CERT_ALTNAME_INVALID: ['wrong-host-name', 'is for another host name'],
  INVALID_PURPOSE: ['wrong-purpose', 'is not meant for TLS servers'],
  INVALID_CA: ['wrong-purpose', 'is signed by a certificate that is no authority'],
  PATH_LENGTH_EXCEEDED: ['certificate-refused', 'has more authorities above it than they allow'],
  CERT_CHAIN_TOO_LONG: ['certificate-refused', 'has too long a chain of authorities'],
  CERT_REVOKED: ['certificate-revoked', 'was revoked'],
  CERT_SIGNATURE_FAILURE: ['certificate-refused', 'has a wrong signature'],
  EE_KEY_TOO_SMALL: ['weak-key', 'has a weak key'],
  CA_KEY_TOO_SMALL: ['weak-key', 'is signed with a weak key'],
  CA_MD_TOO_WEAK: ['weak-key', 'is signed with a weak digest'],
};

/** What a server says in a TLS alert (RFC 8446 §6), by the end of OpenSSL's name for it. */
const tlsAlerts: Readonly<Record<string, readonly [code: string, message: string, advice: string]>> = {
  CERTIFICATE_REQUIRED: ['client-certificate-missing', 'it wants a certificate of this client', 'Enter a client certificate and its key in the connection.'],
  BAD_CERTIFICATE: [
    'client-certificate-refused',
    'it does not accept the certificate of this client',
    'Check that the broker trusts the authority of the client certificate.',
  ],
  UNKNOWN_CA: [
    'client-certificate-refused',
    'it does not know the authority of the client certificate',
    'Use a certificate of an authority that the broker trusts.',
  ],
  CERTIFICATE_EXPIRED: ['client-certificate-expired', 'the certificate of this client has expired', 'Ask for a new client certificate.'],
  CERTIFICATE_REVOKED: ['client-certificate-refused', 'the certificate of this client was revoked', 'Ask for a new client certificate.'],
  CERTIFICATE_UNKNOWN: ['client-certificate-refused', 'it does not accept the certificate of this client', 'Check the client certificate and its purpose.'],
  HANDSHAKE_FAILURE: ['tls-handshake-refused', 'it found no common ground', 'It may want a client certificate, or other ciphers or versions of TLS.'],
  PROTOCOL_VERSION: ['tls-version', 'it does not speak the versions of TLS that were offered', 'Widen the range of TLS versions in the connection.'],
  INSUFFICIENT_SECURITY: ['tls-ciphers', 'the offered ciphers are too weak for it', 'Leave the ciphers of the connection empty.'],
  NO_APPLICATION_PROTOCOL: [
    'tls-alpn',
    'it speaks none of the offered application protocols',
    'Check the ALPN names of the connection: many brokers want "mqtt".',
  ],
  UNRECOGNIZED_NAME: ['tls-server-name', 'it does not know the server name that was sent', 'Check the server name (SNI) of the connection.'],
};

/** Codes of our own, whose messages say what happened. */
function byStep(code: string, message: string): Answer {
  switch (code) {
    case 'WB_TLS_MATERIAL':
      return ['tls-material', message, 'Check the certificates, the key and its passphrase in the connection.', true];
    case 'WB_PROXY_UNREACHABLE':
      return ['proxy-unreachable', message, 'Check the host and port of the proxy, or connect without one.'];
    case 'WB_PROXY_CREDENTIALS':
      return ['proxy-credentials', message, 'Enter the user name and password of the proxy.', true];
    case 'WB_PROXY_REFUSED':
      return ['proxy-refused', message, 'The proxy may not reach the broker, or not be allowed to: ask whoever runs it.'];
    case 'WB_PROXY_CLOSED':
      return ['proxy-closed', message, 'Check that the proxy allows this connection, and its kind: HTTP or SOCKS 5.'];
    default:
      return ['not-a-proxy', message, 'Check the kind, host and port of the proxy.', true];
  }
}

function byError({ error, uri, stage }: FailureFacts): Answer | undefined {
  const code = String(error?.code ?? '');
  const where = `${uri.host}:${uri.port}`;
  const certificate = certificateErrors[code] ?? (stage === 'certificate' ? (['certificate-refused', 'cannot be trusted'] as const) : undefined);
  if (certificate) {
    return [
      certificate[0],
      `The certificate of ${where} ${certificate[1]} (${code}).`,
      certificateAdvice[certificate[0]] ?? 'Ask whoever runs the broker; if you know this certificate, trust it for this connection.',
      true,
    ];
  }
  if (code.startsWith('WB_')) return byStep(code, error?.message ?? '');
  const alert = tlsAlerts[/ALERT_(\w+)$/.exec(code)?.[1] ?? code];
  if (alert) return [alert[0], `The broker at ${where} ended the TLS handshake: ${alert[1]} (${code}).`, alert[2], true];
  switch (code) {
    case 'ECONNREFUSED':
      return [
        'refused',
        `Nothing accepts connections at ${where}.`,
        'Check that the broker is running and that the port is right (usually 1883, or 8883 with TLS).',
      ];
    case 'ENOTFOUND':
    case 'EAI_NODATA':
    case 'EAI_NONAME':
      return ['unknown-host', `There is no host named "${uri.host}".`, 'Check the spelling; without a name server, use the IP address.'];
    case 'EAI_AGAIN':
      return [
        'dns-unavailable',
        `The name "${uri.host}" could not be looked up: no name server answered.`,
        'Check the network connection, or use the IP address.',
      ];
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return ['unreachable', `${uri.host} can't be reached from this machine.`, 'Check the network, a VPN or the address.'];
    case 'ETIMEDOUT':
      return ['timed-out', `${where} did not answer.`, 'A firewall may swallow the packets; check host and port.'];
    case 'EACCES':
      return ['forbidden', `This machine does not allow connections to ${where}.`, 'Check the firewall and proxy rules.'];
    default:
  }
  const message = error?.message ?? '';
  if (/wrong version number|packet length too long|unknown protocol|ERR_SSL_/i.test(`${message} ${code}`) || code === 'EPROTO') {
    return [
      'peer-is-plain',
      `${where} does not speak TLS.`,
      `Use ${isWebSocket(uri) ? 'ws' : 'mqtt'}:// instead of ${uri.scheme}://, or the broker's TLS port (usually 8883).`,
      true,
    ];
  }
  if (/before secure TLS connection/i.test(message)) return noTlsAnswer(uri);
  if (isWebSocket(uri) && stage === 'WebSocket handshake' && (code === 'ECONNRESET' || code === 'EPIPE' || code.startsWith('HPE_'))) {
    return [
      'peer-is-not-websocket',
      // What Node's HTTP parser does not understand has a code that begins with HPE_.
      code.startsWith('HPE_')
        ? `What answers at ${where} does not speak WebSocket: its answer is not HTTP.`
        : `${where} closed the connection instead of answering the WebSocket handshake.`,
      `It may be a port for MQTT without WebSocket: try ${isTls(uri) ? 'mqtts' : 'mqtt'}:// instead of ${uri.scheme}://, or the broker's WebSocket port.`,
    ];
  }
  const status = /Unexpected server response: (\d+)/.exec(message)?.[1];
  if (status) {
    const path = uri.path === '' ? '/' : uri.path;
    return [
      'websocket-refused',
      `The server at ${where} refused the WebSocket at "${path}" (HTTP ${status}).`,
      'Check the path of the address: many brokers use /mqtt, some / or /ws.',
      true,
    ];
  }
  if (/subprotocol/i.test(message))
    return [
      'websocket-subprotocol',
      `The WebSocket at ${where} does not offer the subprotocol "mqtt".`,
      'Check that the address is the one of the broker.',
      true,
    ];
  return undefined;
}

function byStage({ stage, timedOut, uri, error }: FailureFacts): Answer {
  const where = `${uri.host}:${uri.port}`;
  if (timedOut && stage === 'waiting for CONNACK')
    return ['no-connack', `${where} accepts the connection but does not answer CONNECT.`, 'Check that this port speaks MQTT, or raise the connect time-out.'];
  if (stage === 'TLS handshake') return noTlsAnswer(uri);
  if (stage === 'proxy') {
    return ['proxy-timed-out', 'The proxy did not answer in time.', 'Check the host, port and kind of the proxy, or raise the connect time-out.'];
  }
  if (timedOut) {
    const port = isWebSocket(uri) ? 'check host and port (does that port speak WebSocket?)' : 'check host and port';
    return ['timed-out', `${where} did not answer in time.`, `A firewall may swallow the packets; ${port}, or raise the connect time-out.`];
  }
  if (stage === 'waiting for CONNACK') {
    return [
      'closed-without-connack',
      `${where} closed the connection without answering CONNECT.`,
      `Some brokers do so for ${isTls(uri) ? 'a client certificate, user name' : 'a user name'}, password or MQTT version that they do not accept; else check that the port speaks MQTT.`,
    ];
  }
  if (stage === 'connected') return ['connection-lost', `The connection to ${where} was lost.`, 'The connection is tried again by itself.'];
  return ['connect-failed', `The connection to ${where} failed${error ? `: ${error.message}` : ''}.`, 'Check the address and the network.'];
}

function noTlsAnswer(uri: BrokerUri): Answer {
  return [
    'no-tls-answer',
    `${uri.host}:${uri.port} accepts the connection but does not answer the TLS handshake.`,
    `It may not speak TLS: try ${isWebSocket(uri) ? 'ws' : 'mqtt'}:// instead of ${uri.scheme}://, or the broker's TLS port (usually 8883).`,
  ];
}
