import type { MqttVersion } from '../../../../shared/contract/common.ts';
import type { BrokerCapabilities, ConnectionStatus, TlsState } from '../../../../shared/contract/connections.ts';
import { formatBytes, formatCount } from '../../common/index.ts';
import { spokenSeconds } from '../draft/numbers.ts';

interface Row {
  readonly key: string;
  readonly value: string;
  readonly mono?: boolean;
}

const yes = (value: boolean): string => (value ? 'yes' : 'no');

/** What holds for this session. */
export function sessionRows(status: ConnectionStatus): readonly Row[] {
  const { broker, keepAliveSeconds } = status;
  const assigned = broker?.assignedClientId != null;
  return [
    { key: 'Client id in use', value: `${status.clientId ?? ''}${assigned ? ' (assigned by the broker)' : ''}`, mono: true },
    ...(status.version === null ? [] : [{ key: 'Version', value: `MQTT ${status.version}` }]),
    ...(broker ? [{ key: 'Session', value: sessionWords(broker) }] : []),
    ...(keepAliveSeconds === null ? [] : [{ key: 'Keep-alive', value: keepAliveWords(keepAliveSeconds, broker) }]),
    { key: 'Received', value: `${formatCount(status.receivedMessages)} messages` },
    { key: 'Sent', value: `${formatCount(status.sentMessages)} messages` },
  ];
}

function sessionWords({ sessionPresent, sessionExpirySeconds }: BrokerCapabilities): string {
  const expiry =
    sessionExpirySeconds === null
      ? ''
      : sessionExpirySeconds === 0xff_ff_ff_ff
        ? ', never expires'
        : `, expires ${spokenSeconds(sessionExpirySeconds)} after the connection`;
  return `${sessionPresent ? 'present: the broker had kept it' : 'new'}${expiry}`;
}

function keepAliveWords(seconds: number, broker: BrokerCapabilities | null): string {
  const word = seconds === 0 ? 'off' : spokenSeconds(seconds);
  return broker?.serverKeepAliveSeconds == null ? word : `${word}, as the broker asks`;
}

/** What the broker said of itself (§3.2.2.3); empty below MQTT 5, where it says nothing. */
export function brokerRows(broker: BrokerCapabilities, version: MqttVersion | null): readonly Row[] {
  if (version !== '5') return [];
  const optional = (key: string, value: string | null, mono = false): readonly Row[] => (value === null ? [] : [{ key, value, mono }]);
  return [
    { key: 'Maximum QoS', value: String(broker.maximumQos) },
    { key: 'Retained messages', value: yes(broker.retainAvailable) },
    { key: 'Maximum packet size', value: broker.maximumPacketSize === null ? 'no limit told' : formatBytes(broker.maximumPacketSize) },
    { key: 'Receive maximum', value: formatCount(broker.receiveMaximum) },
    { key: 'Topic aliases', value: broker.topicAliasMaximum === 0 ? 'none' : `up to ${formatCount(broker.topicAliasMaximum)}` },
    { key: 'Wildcard subscriptions', value: yes(broker.wildcardSubscriptions) },
    { key: 'Subscription identifiers', value: yes(broker.subscriptionIdentifiers) },
    { key: 'Shared subscriptions', value: yes(broker.sharedSubscriptions) },
    ...optional('Reason', broker.reasonString),
    ...optional('Response information', broker.responseInformation, true),
    ...optional('Other server', broker.serverReference, true),
    ...optional('Authentication method', broker.authenticationMethod),
  ];
}

export function tlsRows(tls: TlsState): readonly Row[] {
  return [
    { key: 'Version', value: tls.protocol?.replace('TLSv', 'TLS ') ?? 'unknown' },
    { key: 'Cipher', value: tls.cipher ?? 'unknown', mono: true },
    ...(tls.alpn === null ? [] : [{ key: 'ALPN', value: tls.alpn, mono: true }]),
    { key: 'Certificate', value: certificateWords(tls) },
    ...(tls.fingerprint === null ? [] : [{ key: 'SHA-256', value: tls.fingerprint, mono: true }]),
  ];
}

function certificateWords({ verified, problem, pinned }: TlsState): string {
  if (verified) return pinned ? 'verified, and pinned' : 'verified';
  return `${pinned ? 'trusted by its fingerprint alone' : 'not verified'}${problem === null ? '' : `: ${problem}`}`;
}
