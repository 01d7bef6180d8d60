import { expect, test } from 'vitest';
import { packPackets, unpackPackets } from './packed-packets.ts';
import { crossedNetwork, type TappedPacket } from './tapped-packet.ts';

const packets: readonly TappedPacket[] = [
  { timeUs: 1_790_000_000_000_001, connection: 1, clientId: null, direction: 'in', level: null, bytes: Uint8Array.of(0x10, 0) },
  { timeUs: 5, connection: 2 ** 32 - 1, clientId: 'é', direction: 'out', level: 5, bytes: new Uint8Array(300).fill(7) },
  { timeUs: 6, connection: 3, clientId: '', direction: 'in', level: 3, bytes: new Uint8Array(), end: 'It was lost.' },
  { timeUs: 7, connection: 4, clientId: 'é', direction: 'out', level: 4, bytes: new Uint8Array() },
  { timeUs: 8, connection: 4, clientId: 'é', direction: 'out', level: 5, bytes: Uint8Array.of(0xd0, 0), fault: { rule: 'Bad Wi-Fi: drop', effect: 'dropped' } },
  {
    timeUs: 9,
    connection: 4,
    clientId: null,
    direction: 'in',
    level: null,
    bytes: Uint8Array.of(0xc0, 0),
    fault: { rule: 'Bad Wi-Fi: drop', effect: 'duplicate' },
  },
];

test('gives back what was packed', () => {
  expect(unpackPackets(packPackets(packets))).toEqual(packets);
  expect(unpackPackets(packPackets([]))).toEqual([]);
});

test('reads a batch at any offset of a larger buffer, and shares no memory with its input', () => {
  const bytes = Uint8Array.of(1);
  const packed = packPackets([{ ...(packets[0] as TappedPacket), bytes }]);
  bytes[0] = 2;
  const shifted = new Uint8Array(packed.byteLength + 3);
  shifted.set(packed, 3);
  expect(unpackPackets(shifted.subarray(3))[0]?.bytes).toEqual(Uint8Array.of(1));
});

test('refuses bytes that are no batch, at every length', () => {
  const packed = packPackets(packets);
  for (let length = 0; length < packed.byteLength; length += 5) expect(() => unpackPackets(packed.slice(0, length))).toThrow();
  expect(() => unpackPackets(new Uint8Array(64))).toThrow('malformed');
});

test('says which packets of faults were on the network', () => {
  expect(packets.map(crossedNetwork)).toEqual([true, true, true, true, false, false]);
  expect(crossedNetwork({ direction: 'in', fault: { rule: 'x', effect: 'dropped' } })).toBe(true);
  expect(crossedNetwork({ direction: 'out', fault: { rule: 'x', effect: 'forged' } })).toBe(true);
});
