import { expect, it } from 'vitest';
import { Message } from './message.ts';

it('forwards what is left of the expiry interval, at no time more than was received [MQTT-3.3.2-6]', () => {
  // Where adding and subtracting a hundred seconds gives a little more than a hundred seconds.
  const nowMs = 234_656.29258787245;
  expect(nowMs + 100_000 - nowMs).toBeGreaterThan(100_000);
  const message = new Message('a', new Uint8Array(0), 0, false, null, null, nowMs + 100_000);
  expect(message.propertiesAt(nowMs)).toEqual({ messageExpiryInterval: 100 });
  expect(message.propertiesAt(nowMs + 1)).toEqual({ messageExpiryInterval: 100 });
  expect(message.propertiesAt(nowMs + 98_500)).toEqual({ messageExpiryInterval: 2 });
  expect(message.propertiesAt(nowMs + 200_000)).toEqual({ messageExpiryInterval: 0 });
});
