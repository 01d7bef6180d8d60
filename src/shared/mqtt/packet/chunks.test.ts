import { describe, expect, test } from 'vitest';
import { PacketDecoder } from './decoder.ts';
import { encodePacket } from './encoder.ts';
import { below, bytesOf, packetTypesOf, samplePacket, seeded, wire } from './packet-samples.ts';
import type { Packet } from './packets.ts';

const maximumPacketSize = 1_000_000;

function publish(payload: Uint8Array, topic = 'a/b'): Packet {
  return { type: 'publish', dup: false, qos: 0, retain: false, topic, packetId: 0, properties: null, payload };
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function drain(decoder: PacketDecoder): Packet[] {
  const packets: Packet[] = [];
  for (let packet = decoder.next(); packet !== undefined; packet = decoder.next()) packets.push(packet);
  return packets;
}

function client(level: 3 | 4 | 5 = 4, limit = maximumPacketSize): PacketDecoder {
  return new PacketDecoder({ role: 'client', level, maximumPacketSize: limit });
}

describe('a stream cut into chunks', () => {
  const random = seeded(5);
  const packets: Packet[] = [samplePacket(random, 'connect', 5, false)];
  for (const type of packetTypesOf(5, false)) if (type !== 'connect') packets.push(samplePacket(random, type, 5, false));
  packets.push(publish(new Uint8Array(200).fill(7), 'x'.repeat(130)));
  const stream = joined(packets.map((packet) => encodePacket(packet, 5)));

  test('at every single place gives the same packets', () => {
    for (let cut = 0; cut <= stream.length; cut += 1) {
      const decoder = new PacketDecoder({ role: 'server', maximumPacketSize });
      decoder.push(stream.slice(0, cut));
      const first = drain(decoder);
      decoder.push(stream.slice(cut));
      expect([...first, ...drain(decoder)]).toEqual(packets);
      expect(decoder.bufferedBytes).toBe(0);
    }
  });
  test('of every equal size gives the same packets, with the bytes of each', () => {
    for (let size = 1; size <= 64; size += 1) {
      const decoder = new PacketDecoder({ role: 'server', maximumPacketSize });
      const seen: Packet[] = [];
      const raw: Uint8Array[] = [];
      for (let at = 0; at < stream.length; at += size) {
        decoder.push(stream.slice(at, at + size));
        for (let packet = decoder.next(); packet !== undefined; packet = decoder.next()) {
          seen.push(packet);
          raw.push(decoder.lastPacketBytes);
        }
      }
      expect(seen).toEqual(packets);
      expect(joined(raw)).toEqual(stream);
    }
  });
  test('may be pushed ahead of reading', () => {
    const decoder = new PacketDecoder({ role: 'server', maximumPacketSize });
    for (let at = 0; at < stream.length; at += 3) decoder.push(stream.slice(at, at + 3));
    expect(decoder.bufferedBytes).toBe(stream.length);
    expect(drain(decoder)).toEqual(packets);
    expect(decoder.bufferedBytes).toBe(0);
  });
  test('may be pushed and read in any turn', () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      const turn = seeded(seed);
      const decoder = new PacketDecoder({ role: 'server', maximumPacketSize });
      const seen: Packet[] = [];
      let at = 0;
      while (at < stream.length || decoder.bufferedBytes > 0) {
        if (at < stream.length && turn() < 0.6) {
          const size = 1 + below(turn, 120);
          decoder.push(stream.slice(at, at + size));
          at += size;
        } else {
          const packet = decoder.next();
          if (packet !== undefined) seen.push(packet);
        }
      }
      expect(seen).toEqual(packets);
    }
  });
  test('may have empty chunks', () => {
    const decoder = client();
    decoder.push(new Uint8Array(0));
    expect(decoder.next()).toBeUndefined();
    decoder.push(bytesOf('d0'));
    decoder.push(new Uint8Array(0));
    decoder.push(bytesOf('00'));
    expect(decoder.next()).toEqual({ type: 'pingresp' });
  });
});

describe('memory', () => {
  test('whole packets are read in place: what holds bytes is a view into the chunk', () => {
    const connect = wire(0x10, "'MQTT' 05 c6 003c 00 'id' 00 't' 'bye' 'user' 'secret'");
    const message = wire(0x30, "'a' 04 09 0001 ff =payload");
    const chunk = joined([connect, message]);
    const decoder = new PacketDecoder({ role: 'server', maximumPacketSize });
    decoder.push(chunk);
    const first = decoder.next();
    expect(decoder.lastPacketBytes).toEqual(connect);
    expect(decoder.lastPacketBytes.buffer).toBe(chunk.buffer);
    const second = decoder.next();
    expect(decoder.lastPacketBytes).toEqual(message);
    if (first?.type !== 'connect' || second?.type !== 'publish') throw new Error('other packets');
    for (const view of [first.will!.payload, first.password!, second.payload, second.properties!.correlationData!]) {
      expect(view.length).toBeGreaterThan(0);
      expect(view.buffer).toBe(chunk.buffer);
    }
    expect(second.payload.byteOffset).toBe(chunk.length - 7);
  });

  test('a packet that spans chunks is put together in memory of exactly its size', () => {
    const bytes = encodePacket(publish(new Uint8Array(5000).fill(9)), 4);
    const decoder = client();
    decoder.push(bytes.slice(0, 100));
    expect(decoder.next()).toBeUndefined();
    decoder.push(joined([bytes.slice(100), bytesOf('d0 00')]));
    const packet = decoder.next();
    if (packet?.type !== 'publish') throw new Error('no PUBLISH');
    expect(packet.payload.buffer.byteLength).toBe(bytes.length);
    expect(decoder.next()).toEqual({ type: 'pingresp' });
  });

  test('payloads stay as they are while more is pushed', () => {
    const decoder = client();
    const payloads: Uint8Array[] = [];
    const stream = joined(Array.from({ length: 50 }, (_, index) => encodePacket(publish(new Uint8Array(40).fill(index)), 4)));
    for (let at = 0; at < stream.length; at += 61) {
      decoder.push(stream.slice(at, at + 61));
      for (const packet of drain(decoder)) if (packet.type === 'publish') payloads.push(packet.payload);
    }
    expect(payloads).toHaveLength(50);
    for (const [index, payload] of payloads.entries()) expect(payload).toEqual(new Uint8Array(40).fill(index));
  });

  test('a giant that is announced and not sent costs 64 KiB, one that is sent comes whole', () => {
    const size = 3_000_000;
    const bytes = encodePacket(publish(new Uint8Array(size).fill(3)), 4);
    const decoder = client(4, 10_000_000);
    const largest = watchAllocations(() => {
      decoder.push(bytes.subarray(0, 10));
      expect(decoder.next()).toBeUndefined();
    });
    expect(largest).toBe(65_536);
    const grown = watchAllocations(() => {
      for (let at = 10; at < 200_000; at += 65_536) decoder.push(bytes.subarray(at, Math.min(at + 65_536, 200_000)));
      expect(decoder.next()).toBeUndefined();
    });
    expect(grown).toBeLessThanOrEqual(2 * 200_000);
    expect(decoder.bufferedBytes).toBe(200_000);
    for (let at = 200_000; at < bytes.length; at += 65_536) decoder.push(bytes.subarray(at, at + 65_536));
    const packet = decoder.next();
    if (packet?.type !== 'publish') throw new Error('no PUBLISH');
    expect(packet.payload.length).toBe(size);
    expect(packet.payload.every((byte) => byte === 3)).toBe(true);
    expect(packet.payload.buffer.byteLength).toBe(bytes.length);
  });
});

describe('the maximum packet size', () => {
  const message = encodePacket(publish(new Uint8Array(93)), 4);

  test('counts the fixed header', () => {
    expect(message).toHaveLength(100);
    const decoder = client(4, 100);
    decoder.push(message);
    expect(decoder.next()).toMatchObject({ type: 'publish' });
  });
  test.each([
    ['MQTT-3.2.2-15', 'server', 5],
    ['MQTT-3.1.2-24', 'client', 5],
    ['§2.2.3', 'server', 4],
  ] as const)('%s: is judged for a %s when the length is known, before anything is kept', (clause, role, level) => {
    const decoder = new PacketDecoder({ role, level, maximumPacketSize: 100 });
    decoder.push(bytesOf('30 63'));
    expect(() => decoder.next()).toThrow(expect.objectContaining({ reasonCode: 0x95, clause }));
    expect(decoder.bufferedBytes).toBe(0);
  });
  test('is judged before CONNECT too', () => {
    const decoder = new PacketDecoder({ role: 'server', maximumPacketSize: 100 });
    decoder.push(bytesOf('10 ff ff ff 7f'));
    expect(() => decoder.next()).toThrow(expect.objectContaining({ reasonCode: 0x95 }));
  });
  test('may change between packets', () => {
    const decoder = client(4, 99);
    decoder.maximumPacketSize = 100;
    decoder.push(joined([message, message]));
    expect(decoder.next()).toMatchObject({ type: 'publish' });
    decoder.maximumPacketSize = 99;
    expect(() => decoder.next()).toThrow(expect.objectContaining({ reasonCode: 0x95 }));
  });
});

describe('after a refusal', () => {
  test('the packets before it were read, and nothing after it is', () => {
    const decoder = client();
    decoder.push(joined([bytesOf('d0 00'), bytesOf('d1 00'), bytesOf('d0 00')]));
    expect(decoder.next()).toEqual({ type: 'pingresp' });
    const refuse = (): unknown => decoder.next();
    expect(refuse).toThrow('MQTT-2.2.2-2');
    decoder.push(bytesOf('d0 00'));
    expect(refuse).toThrow('MQTT-2.2.2-2');
    expect(decoder.bufferedBytes).toBe(0);
  });
  test('the bytes of the refused packet can be looked at', () => {
    const decoder = client();
    decoder.push(joined([bytesOf('d0 00'), bytesOf('40 02 0000')]));
    decoder.next();
    expect(() => decoder.next()).toThrow('packet identifier');
    expect(decoder.lastPacketBytes).toEqual(bytesOf('40 02 0000'));
  });
  test('a first byte that is wrong is refused without its length', () => {
    const decoder = client();
    decoder.push(bytesOf('00'));
    expect(() => decoder.next()).toThrow('type 0');
  });
});

/** The largest Uint8Array made while something runs. */
function watchAllocations(run: () => void): number {
  const original = globalThis.Uint8Array;
  let largest = 0;
  globalThis.Uint8Array = new Proxy(original, {
    construct(target, args: [unknown], newTarget) {
      if (typeof args[0] === 'number') largest = Math.max(largest, args[0]);
      return Reflect.construct(target, args, newTarget) as object;
    },
  });
  try {
    run();
  } finally {
    globalThis.Uint8Array = original;
  }
  return largest;
}
