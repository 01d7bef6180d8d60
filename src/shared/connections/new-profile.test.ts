import { expect, test } from 'vitest';
import { connectionProfileSchema, subscriptionSchema } from '../contract/connection-profile.ts';
import { newProfile, newSubscription } from './new-profile.ts';

test('new profiles and subscriptions have the defaults of the schema', () => {
  expect(newProfile('a', { name: 'n', uri: 'mqtt://h' })).toEqual(connectionProfileSchema.parse({ id: 'a', name: 'n', uri: 'mqtt://h' }));
  expect(newSubscription('a/#', { qos: 1 })).toEqual(subscriptionSchema.parse({ filter: 'a/#', qos: 1 }));
});

test('profiles of the first form are read', () => {
  const first = { id: 'a', name: 'n', uri: 'mqtts://h', subscriptions: [{ filter: 'x', qos: 2, enabled: false }] };
  expect(connectionProfileSchema.parse({ ...first, verifyCertificate: false })).toEqual(
    newProfile('a', {
      name: 'n',
      uri: 'mqtts://h',
      tls: { ...newProfile('').tls, verify: 'none' },
      subscriptions: [newSubscription('x', { qos: 2, enabled: false })],
    }),
  );
  expect(connectionProfileSchema.parse({ ...first, verifyCertificate: true }).tls.verify).toBe('required');
});
