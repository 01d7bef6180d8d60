import { expect, it } from 'vitest';
import type { SubscriptionRow } from '../../../shared/contract/broker-lists.ts';
import { expiryWords, keepAliveWords, nameOf, optionWords, packetWords, shareName, versionWords } from './client-words.ts';

const row = (change: Partial<SubscriptionRow>): SubscriptionRow => ({
  clientId: 'c',
  connected: true,
  filter: 'f',
  qos: 0,
  noLocal: false,
  retainAsPublished: false,
  retainHandling: 0,
  subscriptionIdentifier: 0,
  reach: null,
  ...change,
});

it('says how long a session is kept', () => {
  expect([null, 0, 45, 7200].map(expiryWords)).toEqual([
    'kept for ever',
    'ends with the connection',
    'kept 45 s without a connection',
    'kept 2 h without a connection',
  ]);
});

it('names what is unusual about a subscription', () => {
  expect(optionWords(row({}))).toEqual([]);
  expect(optionWords(row({ noLocal: null, retainAsPublished: null, retainHandling: null, subscriptionIdentifier: null }))).toEqual([]);
  expect(optionWords(row({ noLocal: true, retainAsPublished: true, retainHandling: 2, subscriptionIdentifier: 7 }))).toEqual([
    'no local',
    'retain as published',
    'retained: never',
    'identifier 7',
  ]);
  expect(['$share/team/a/b', 'a/$share', '$share/x/'].map(shareName)).toEqual(['team', null, 'x']);
});

it('says what was heard last, and how a client is connected', () => {
  expect(packetWords({ type: 'PINGREQ', at: 1000 }, 4500)).toBe('PINGREQ 3 s ago');
  // The clocks of page and broker need not agree.
  expect(packetWords({ type: 'PUBLISH', at: 2000 }, 1000)).toBe('PUBLISH just now');
  expect(packetWords(null, 0)).toBe('none');
  expect([versionWords({ version: '5', transport: 'tcp' }), versionWords({ version: '3.1.1', transport: 'tls' })]).toEqual(['MQTT 5', 'MQTT 3.1.1, TLS']);
  expect([keepAliveWords(0), keepAliveWords(60), nameOf('')]).toEqual(['off', '60 s', '(empty)']);
});
