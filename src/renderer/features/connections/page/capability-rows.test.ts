import { expect, it } from 'vitest';
import { idleStatus } from '../../../../shared/connections/idle-status.ts';
import type { BrokerCapabilities, TlsState } from '../../../../shared/contract/connections.ts';
import { brokerRows, sessionRows, tlsRows } from './capability-rows.ts';

const broker: BrokerCapabilities = {
  sessionPresent: true,
  maximumQos: 1,
  retainAvailable: false,
  maximumPacketSize: 1024,
  receiveMaximum: 10,
  topicAliasMaximum: 0,
  wildcardSubscriptions: true,
  subscriptionIdentifiers: true,
  sharedSubscriptions: false,
  serverKeepAliveSeconds: 120,
  sessionExpirySeconds: 0xff_ff_ff_ff,
  assignedClientId: 'auto-1',
  responseInformation: 'reply/1',
  serverReference: null,
  reasonString: 'welcome',
  authenticationMethod: null,
  userProperties: [
    ['region', 'eu'],
    ['region', 'de'],
  ],
};
const values = (rows: readonly { readonly key: string; readonly value: string }[]): Readonly<Record<string, string>> =>
  Object.fromEntries(rows.map(({ key, value }) => [key, value]));

it('tells what holds for the session', () =>
  expect(values(sessionRows(idleStatus('a', { version: '5', clientId: 'auto-1', broker, keepAliveSeconds: 120, receivedMessages: 1234 })))).toMatchObject({
    'Client id in use': 'auto-1 (assigned by the broker)',
    Session: 'present: the broker had kept it, never expires',
    'Keep-alive': '2 min, as the broker asks',
    Received: '1,234 messages',
  }));

it('tells what the broker said', () => {
  const rows = brokerRows(broker, '5');
  expect(values(rows)).toMatchObject({
    'Maximum QoS': '1',
    'Retained messages': 'no',
    'Maximum packet size': '1 KiB',
    'Topic aliases': 'none',
    Reason: 'welcome',
  });
  expect(rows.map(({ key }) => key)).not.toContain('Other server');
  expect(brokerRows(broker, '3.1.1')).toEqual([]);
});

it.each<readonly [Partial<TlsState>, string]>([
  [{ verified: true }, 'verified'],
  [{ verified: true, pinned: true }, 'verified, and pinned'],
  [{ problem: 'It is signed by itself.' }, 'not verified: It is signed by itself.'],
  [{ pinned: true, problem: 'It is signed by itself.' }, 'trusted by its fingerprint alone: It is signed by itself.'],
])('%j: %s', (state, words) => {
  const tls = { protocol: 'TLSv1.3', cipher: 'X', alpn: null, verified: false, problem: null, pinned: false, fingerprint: 'AB', ...state };
  expect(values(tlsRows(tls))).toMatchObject({ Version: 'TLS 1.3', Certificate: words, 'SHA-256': 'AB' });
});
