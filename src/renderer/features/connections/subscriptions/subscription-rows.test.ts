import { describe, expect, it } from 'vitest';
import { idleStatus } from '../../../../shared/connections/idle-status.ts';
import { newSubscription } from '../../../../shared/connections/new-profile.ts';
import type { ConnectionPhase, ConnectionStatus, SubscriptionStatus } from '../../../../shared/contract/connections.ts';
import { asksForEverything, putSubscription, subscriptionRows } from './subscription-rows.ts';

const status = (phase: ConnectionPhase, ...subscriptions: readonly SubscriptionStatus[]): ConnectionStatus =>
  idleStatus('a', { phase, attempt: 1, subscriptions });
const entry = (change: Partial<SubscriptionStatus>): SubscriptionStatus => ({
  filter: 'a/#',
  requestedQos: 2,
  state: 'granted',
  grantedQos: 2,
  reason: null,
  received: 0,
  dropped: 0,
  ...change,
});
const asked = newSubscription('a/#', { qos: 2 });

describe('subscriptionRows', () => {
  it.each([
    [status('connected', entry({})), 'ok', 'granted QoS 2'],
    [status('connected', entry({ grantedQos: 0 })), 'warn', 'granted QoS 0, asked 2'],
    [status('connected', entry({ state: 'refused', grantedQos: null, reason: 'Not authorized (0x87)' })), 'bad', 'refused'],
    [status('connected', entry({ state: 'pending', grantedQos: null })), 'busy', 'asked'],
    [status('connected'), 'busy', 'asked'],
    [status('waiting', entry({})), 'off', 'when connected'],
    [undefined, 'off', 'when connected'],
  ] as const)('%#: %s', (given, tone, outcome) => expect(subscriptionRows([asked], given)[0]).toMatchObject({ tone, outcome }));
  it('says off for a disabled one', () => expect(subscriptionRows([{ ...asked, enabled: false }], status('connected'))[0]?.outcome).toBe('off'));
  it('gives the reason of a refusal', () =>
    expect(subscriptionRows([asked], status('connected', entry({ state: 'refused', reason: 'Not authorized (0x87)' })))[0]?.reason).toBe(
      'Not authorized (0x87)',
    ));
});

describe('putSubscription', () => {
  it('adds and replaces', () => {
    expect(putSubscription([], asked)).toEqual({ list: [asked] });
    expect(putSubscription([asked], { ...asked, qos: 0 }, 0)).toEqual({ list: [{ ...asked, qos: 0 }] });
  });
  it('refuses a duplicate', () => {
    expect(putSubscription([asked], { ...asked, qos: 0 })).toHaveProperty('problem');
    expect(putSubscription([asked, { ...asked, filter: 'b' }], asked, 1)).toHaveProperty('problem');
  });
});

it.each([
  ['#', true],
  ['+/#', true],
  ['$share/g/#', true],
  ['a/#', false],
  ['$SYS/#', false],
  ['+', false],
])('%s asks for everything: %s', (filter, everything) => expect(asksForEverything(filter)).toBe(everything));
