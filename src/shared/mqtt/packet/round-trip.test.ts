import { describe, expect, test } from 'vitest';
import { PacketDecoder } from './decoder.ts';
import { encodePacket } from './encoder.ts';
import { bytesOf, packetTypesOf, samplePacket, seeded, wire } from './packet-samples.ts';
import type { Packet, ProtocolLevel } from './packets.ts';

const levels = [3, 4, 5] as const satisfies readonly ProtocolLevel[];

function decoderFor(packet: Packet, level: ProtocolLevel, fromServer: boolean): PacketDecoder {
  const maximumPacketSize = 268_435_460;
  if (fromServer) return new PacketDecoder({ role: 'client', level, maximumPacketSize });
  return packet.type === 'connect' ? new PacketDecoder({ role: 'server', maximumPacketSize }) : new PacketDecoder({ role: 'server', level, maximumPacketSize });
}

describe.each([
  ['a client', false],
  ['a server', true],
])('packets of %s', (_, fromServer) => {
  describe.each(levels)('in level %i', (level) => {
    test.each(packetTypesOf(level, fromServer))('%s comes back as it went', (type) => {
      const random = seeded(level * 100 + type.length + (fromServer ? 7 : 0));
      for (let round = 0; round < 150; round += 1) {
        const packet = samplePacket(random, type, level, fromServer);
        const bytes = encodePacket(packet, level);
        const decoder = decoderFor(packet, level, fromServer);
        decoder.push(bytes);
        expect(decoder.next()).toEqual(packet);
        expect(decoder.level).toBe(level);
        expect(decoder.bufferedBytes).toBe(0);
        expect(decoder.lastPacketBytes).toEqual(bytes);
        expect(decoder.next()).toBeUndefined();
        expect(decoder.lastPacketBytes).toHaveLength(0);
      }
    });
  });
});

describe('what 3.1 allows and later levels do not', () => {
  const read = (bytes: Uint8Array, level?: ProtocolLevel): Packet | undefined => {
    const decoder = new PacketDecoder({ role: 'server', maximumPacketSize: 1000, ...(level ? { level } : {}) });
    decoder.push(bytes);
    return decoder.next();
  };
  test('a user name and a password that are announced and missing: the remaining length takes precedence', () => {
    expect(read(wire(0x10, "'MQIsdp' 03 c2 003c 'a'"))).toMatchObject({ level: 3, clientId: 'a', username: null, password: null });
    expect(read(wire(0x10, "'MQIsdp' 03 c2 003c 'a' 'user'"))).toMatchObject({ username: 'user', password: null });
  });
  test('flags in the fixed header of CONNECT, the reserved connect flag, and the bits of a will that is not there', () => {
    expect(read(wire(0x1f, "'MQIsdp' 03 3b 003c 'a'"))).toMatchObject({ level: 3, will: null, cleanStart: true });
  });
  test.each([
    ['subscribe', wire(0x8a, "0001 'a' 01")],
    ['unsubscribe', wire(0xaa, "0001 'a'")],
    ['pubrel', wire(0x6a, '0001')],
  ])('%s again, with the DUP flag', (type, bytes) => {
    expect(read(bytes, 3)).toMatchObject({ type, packetId: 1 });
    expect(() => read(bytes, 4)).toThrow('reserved flags');
  });
});

test('a remaining length with bytes it does not need is only wrong in MQTT 5 [MQTT-1.5.5-1]', () => {
  const read = (level: ProtocolLevel): unknown => {
    const decoder = new PacketDecoder({ role: 'server', maximumPacketSize: 1000, level });
    decoder.push(bytesOf('c0 80 80 00'));
    return decoder.next();
  };
  expect(read(3)).toEqual({ type: 'pingreq' });
  expect(read(4)).toEqual({ type: 'pingreq' });
  expect(() => read(5)).toThrow('MQTT-1.5.5-1');
});

test('a server without MQTT 5 refuses it with the bytes of 3.1.1', () => {
  const packet = { type: 'connack', sessionPresent: false, code: 1, properties: null } as const;
  const decoder = new PacketDecoder({ role: 'client', level: 5, maximumPacketSize: 1000 });
  decoder.push(bytesOf('20 02 00 01'));
  expect(decoder.next()).toEqual(packet);
  expect(encodePacket(packet, 5)).toEqual(bytesOf('20 02 00 01'));
});
