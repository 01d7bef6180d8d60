import { expect, test } from 'vitest';
import { newProfile } from './new-profile.ts';
import { reconnectPreview, reconnectWaitMs, spreadWaitMs } from './reconnect.ts';

const { reconnect } = newProfile('a');

test('the defaults double from one second to thirty', () => {
  expect([1, 2, 3, 4, 5, 6, 7].map((attempt) => reconnectWaitMs(reconnect, attempt))).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  expect(spreadWaitMs(reconnect, 1, 0)).toBe(800);
  expect(spreadWaitMs(reconnect, 1, 1)).toBe(1200);
});

test('mqttxx waits 7.5, 11.25, 16.875 … s', () => {
  const mqttxx = { ...reconnect, intervalSeconds: 5, multiplier: 1.5, maxIntervalSeconds: 60, jitter: 0 };
  expect(reconnectPreview(mqttxx, 10)).toEqual({ waitsMs: [7500, 11_250, 16_875, 25_312.5, 37_968.75, 56_953.125, 60_000], goesOn: true });
});

test('distmqtt waits 2^n up to its maximum, as often as it retries', () => {
  const distmqtt = { ...reconnect, intervalSeconds: 1, multiplier: 2, maxIntervalSeconds: 10, jitter: 0, maxAttempts: 5 };
  expect(reconnectPreview(distmqtt, 10)).toEqual({ waitsMs: [2000, 4000, 8000, 10_000, 10_000], goesOn: false });
});

test('a number of attempts that ends nowhere near infinity stays finite', () => {
  expect(reconnectWaitMs({ intervalSeconds: 86_400, multiplier: 100, maxIntervalSeconds: 86_400 }, 1_000_000)).toBe(86_400_000);
});
