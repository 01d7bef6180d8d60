import type { Thermostat } from './thermostat-model.ts';

export const telemetryFrameBytes = 20;

/**
 * The binary form of the telemetry, 20 bytes, big-endian, as a small device would pack it:
 *
 * | offset | size | meaning |
 * |--------|------|---------|
 * | 0 | 2 | marker `54 48` ("TH") |
 * | 2 | 1 | layout version, 1 |
 * | 3 | 1 | flags: bit 0 heater on, bit 1 target reached within 0.5 °C |
 * | 4 | 4 | sequence number, unsigned, wraps |
 * | 8 | 4 | seconds since the device started, unsigned |
 * | 12 | 2 | temperature, signed, 0.01 °C |
 * | 14 | 2 | target, signed, 0.01 °C |
 * | 16 | 2 | relative humidity, unsigned, 0.01 % |
 * | 18 | 2 | CRC-16/CCITT-FALSE of bytes 0 to 17 |
 */
export function packTelemetryFrame(room: Thermostat, sequence: number, uptimeSeconds: number): Uint8Array {
  const bytes = new Uint8Array(telemetryFrameBytes);
  const view = new DataView(bytes.buffer);
  const reached = Math.abs(room.temperatureCelsius - room.targetCelsius) <= 0.5;
  view.setUint16(0, 0x5448);
  view.setUint8(2, 1);
  view.setUint8(3, (room.heaterOn ? 1 : 0) | (reached ? 2 : 0));
  view.setUint32(4, sequence);
  view.setUint32(8, uptimeSeconds);
  view.setInt16(12, Math.round(room.temperatureCelsius * 100));
  view.setInt16(14, Math.round(room.targetCelsius * 100));
  view.setUint16(16, Math.round(room.humidityPercent * 100));
  view.setUint16(18, crc16(bytes.subarray(0, 18)));
  return bytes;
}

/** CRC-16/CCITT-FALSE: polynomial 0x1021, start 0xFFFF, no reflection. */
export function crc16(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
  }
  return crc;
}
