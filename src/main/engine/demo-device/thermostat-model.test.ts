import { describe, expect, it } from 'vitest';
import { crc16, packTelemetryFrame, telemetryFrameBytes } from './telemetry-frame.ts';
import { isTargetAllowed, newThermostat, stepThermostat } from './thermostat-model.ts';

const steady = (): number => 0.5;

describe('the simulated room', () => {
  it('warms up to its target and stays around it, switching the heater', () => {
    let room = newThermostat();
    for (let second = 0; second < 120; second += 1) room = stepThermostat(room, 1, steady);
    const seen = { temperatures: [] as number[], heater: new Set<boolean>() };
    for (let second = 0; second < 300; second += 1) {
      room = stepThermostat(room, 1, steady);
      seen.temperatures.push(room.temperatureCelsius);
      seen.heater.add(room.heaterOn);
    }
    expect(Math.min(...seen.temperatures)).toBeGreaterThan(20.5);
    expect(Math.max(...seen.temperatures)).toBeLessThan(22.5);
    expect(seen.heater.size).toBe(2);
    expect(room.energyWattHours).toBeGreaterThan(0);
  });

  it('follows a new target down as well, and keeps the humidity believable', () => {
    let room = { ...newThermostat(), targetCelsius: 16 };
    for (let second = 0; second < 600; second += 1) room = stepThermostat(room, 1, steady);
    expect(room.temperatureCelsius).toBeGreaterThan(15);
    expect(room.temperatureCelsius).toBeLessThan(17);
    expect(room.humidityPercent).toBeGreaterThan(30);
    expect(room.humidityPercent).toBeLessThan(70);
  });

  it('bounds the target', () => {
    expect([4.9, 5, 30, 30.1, Number.NaN].map(isTargetAllowed)).toEqual([false, true, true, false, false]);
  });
});

describe('the binary frame', () => {
  it('packs the values in the documented layout', () => {
    const room = { ...newThermostat(), temperatureCelsius: 21.37, targetCelsius: 21.5, humidityPercent: 45.5, heaterOn: true };
    const frame = Buffer.from(packTelemetryFrame(room, 7, 3600));
    expect(frame).toHaveLength(telemetryFrameBytes);
    expect(frame.toString('hex', 0, 18)).toBe('544801030000000700000e100859086611c6');
    expect(frame.readUInt16BE(18)).toBe(crc16(frame.subarray(0, 18)));
  });

  it('uses the CRC with the well-known check value', () => {
    expect(crc16(Buffer.from('123456789'))).toBe(0x29b1);
  });
});
