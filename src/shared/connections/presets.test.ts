import { expect, test } from 'vitest';
import { connectionProfileSchema } from '../contract/connection-profile.ts';
import { newProfile } from './new-profile.ts';
import { connectionPresets } from './presets.ts';
import { reconnectPreview } from './reconnect.ts';

test.each(connectionPresets)('$title is a profile that can be kept', ({ settings, notes }) => {
  const profile = newProfile('a', { name: 'n', uri: 'mqtt://h', ...settings, notes });
  expect(connectionProfileSchema.parse(profile)).toEqual(profile);
});

test('they wait as their systems do', () => {
  const waits = (id: string): unknown => {
    const preset = connectionPresets.find((one) => one.id === id);
    return preset?.settings.reconnect && reconnectPreview(preset.settings.reconnect, 4).waitsMs;
  };
  expect(waits('pika')).toEqual([1000]);
  expect(waits('mqttxx2')).toEqual([7500, 11_250, 16_875, 25_312.5]);
  expect(waits('distmqtt')).toEqual([2000, 4000]);
});
