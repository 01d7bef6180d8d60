import { describe, expect, it } from 'vitest';
import { idleStatus } from '../../../../shared/connections/idle-status.ts';
import { newSubscription } from '../../../../shared/connections/new-profile.ts';
import type { BrokerCapabilities } from '../../../../shared/contract/connections.ts';
import { activeAsJson, activeAsText, activeSubscriptions, joinGroup, optionsOff, optionWords, splitGroup, subscriptionWarnings } from './subscription-words.ts';

const able = { wildcardSubscriptions: true, sharedSubscriptions: true, subscriptionIdentifiers: true, maximumQos: 2 } as BrokerCapabilities;
const unable = { ...able, wildcardSubscriptions: false, sharedSubscriptions: false, subscriptionIdentifiers: false, maximumQos: 0 } as BrokerCapabilities;

describe('warnings', () => {
  it('are none where the broker has everything, or nothing is known of it', () => {
    const all = newSubscription('$share/g/a/#', { qos: 2, identifier: 1, retainAsPublished: true });
    expect(subscriptionWarnings(all, '5', able)).toEqual([]);
    expect(subscriptionWarnings(all, '5', null)).toEqual([]);
  });
  it('say each thing the broker has not', () => {
    const words = subscriptionWarnings(newSubscription('$share/g/a/#', { qos: 2, identifier: 1, noLocal: true }), '5', unable);
    expect(words).toHaveLength(5);
    expect(words.join(' ')).toMatch(/wildcards.*shared.*identifiers.*QoS 0.*own messages/);
    expect(subscriptionWarnings(newSubscription('plain'), '5', unable)).toEqual([]);
  });
  it('say what is left out below MQTT 5', () => {
    expect(subscriptionWarnings(newSubscription('a', { retainHandling: 2 }), '3.1.1', null)).toEqual([expect.stringContaining('left out with MQTT 3.1.1')]);
    expect(subscriptionWarnings(newSubscription('a'), '3.1.1', null)).toEqual([]);
    expect([optionsOff('5'), optionsOff('3.1')]).toEqual([null, expect.stringContaining('MQTT 3.1:')]);
  });
});

it('a group goes into the filter and out of it', () => {
  for (const filter of ['$share/g/a/#', 'a', '$share/g//', '$shared/x']) {
    const parts = splitGroup(filter);
    expect(joinGroup(parts.group, parts.filter)).toBe(filter);
  }
  expect(splitGroup('$share/g/a/#')).toEqual({ group: 'g', filter: 'a/#' });
});

it('options are told in a few words', () => {
  expect(optionWords(newSubscription('a'))).toEqual([]);
  const all = newSubscription('a', { action: 'drop', identifier: 3, noLocal: true, retainAsPublished: true, retainHandling: 1 });
  expect(optionWords(all)).toEqual(['dropped', 'id 3', 'no local', 'retain as published', 'retained if new']);
});

it('the active ones are those that are granted', () => {
  const counts = { received: 0, dropped: 0, reason: null };
  const status = idleStatus('c', {
    subscriptions: [
      { filter: 'a', requestedQos: 2, grantedQos: 1, state: 'granted', ...counts },
      { filter: 'b', requestedQos: 0, grantedQos: null, state: 'refused', ...counts },
      { filter: 'c/#', requestedQos: 0, grantedQos: 0, state: 'granted', ...counts },
    ],
  });
  const active = activeSubscriptions([newSubscription('a', { alias: 'A', identifier: 9 }), newSubscription('c/#')], status);
  expect(activeAsText(active)).toBe('a\nc/#');
  expect(JSON.parse(activeAsJson(active))).toEqual([
    { filter: 'a', qos: 1, alias: 'A', identifier: 9 },
    { filter: 'c/#', qos: 0 },
  ]);
  expect(activeSubscriptions([], undefined)).toEqual([]);
});
