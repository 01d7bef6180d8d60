import { expect, test } from 'vitest';
import { PacketDecoder } from './decoder.ts';
import { encodePacket } from './encoder.ts';
import { mutated, relabelled, spliced } from './packet-damage.ts';
import { below, packetTypesOf, pick, samplePacket, seeded } from './packet-samples.ts';
import { MqttProtocolError } from './protocol-error.ts';
import { TopicCache } from './topic-cache.ts';
import type { Packet, ProtocolLevel } from './packets.ts';

const rounds = 230_000;

function newDecoder(level: ProtocolLevel, fromServer: boolean, isConnect: boolean, cache: TopicCache): PacketDecoder {
  return new PacketDecoder({ role: fromServer ? 'client' : 'server', maximumPacketSize: 100_000, topicCache: cache, ...(isConnect ? {} : { level }) });
}

test('more than 200,000 damaged packets are read or refused, nothing else, and what is read can be written and read again', () => {
  const random = seeded(20_260_401);
  const cache = new TopicCache(64);
  let done = 0;
  let read = 0;
  let refused = 0;
  for (let round = 0; round < rounds; round += 1) {
    const level = pick(random, [3, 4, 5, 5, 5] as const);
    const fromServer = random() < 0.5;
    const type = pick(random, packetTypesOf(level, fromServer));
    const original = encodePacket(samplePacket(random, type, level, fromServer), level);
    if (original.length > 3000) continue;
    const headerLength = original[1]! < 0x80 ? 2 : 3;
    const changed = mutated(random, original);
    const bytes = random() < 0.7 ? relabelled(changed, headerLength) : changed;
    done += 1;
    const isConnect = type === 'connect';
    const decoder = newDecoder(level, fromServer, isConnect, cache);
    const cut = random() < 0.3 ? below(random, bytes.length) : 0;
    decoder.push(bytes.subarray(0, cut));
    decoder.push(bytes.subarray(cut));
    let at = 0;
    try {
      for (let packet = decoder.next(); packet !== undefined; packet = decoder.next()) {
        read += 1;
        const raw = decoder.lastPacketBytes;
        if (raw.length < 2 || at + raw.length > bytes.length) throw new Error(`a packet of ${raw.length} bytes at ${at} of ${bytes.length}`);
        at += raw.length;
        if (!same(packet, alone(raw.slice(), decoder.level!, fromServer, packet.type === 'connect', cache))) expect(packet).toBe('read from its bytes only');
        if (!again(packet, decoder.level!, fromServer, cache)) expect(packet).toBe('the same when written and read again');
      }
    } catch (error) {
      if (!(error instanceof MqttProtocolError)) throw new Error(`${type} ${level} ${Buffer.from(bytes).toString('hex')}`, { cause: error });
      refused += 1;
      if (error.reasonCode < 0x81 || !/^(MQTT-|§)\d/.test(error.clause)) expect(error).toBe('a refusal with a reason');
      // What lies behind the packet has no say in it.
      const extended = spliced(bytes, bytes.length, bytes.length, Uint8Array.of(0xa5, 0x00, 0xa5));
      if (at === 0 && refusalOf(extended, level, fromServer, isConnect, cache) !== error.message) expect(error).toBe('the same with other bytes behind it');
    }
    if (decoder.bufferedBytes < 0 || decoder.bufferedBytes > bytes.length) throw new Error('bytes counted wrong');
  }
  expect(done).toBeGreaterThanOrEqual(200_000);
  // The damage must be neither too mild nor too wild to mean something.
  expect(read).toBeGreaterThan(rounds * 0.15);
  expect(refused).toBeGreaterThan(rounds * 0.3);
}, 300_000);

function alone(bytes: Uint8Array, level: ProtocolLevel, fromServer: boolean, isConnect: boolean, cache: TopicCache): Packet | undefined {
  const decoder = newDecoder(level, fromServer, isConnect, cache);
  decoder.push(bytes);
  return decoder.next();
}

function refusalOf(...args: Parameters<typeof alone>): string {
  try {
    alone(...args);
    return 'none';
  } catch (error) {
    return (error as Error).message;
  }
}

function again(packet: Packet, level: ProtocolLevel, fromServer: boolean, cache: TopicCache): boolean {
  return same(packet, alone(encodePacket(packet, level), level, fromServer, packet.type === 'connect', cache));
}

/** Deep equality of packets; much quicker than that of the test runner. */
function same(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(other).length) return false;
  return keys.every((key) => same((one as Record<string, unknown>)[key], (other as Record<string, unknown>)[key]));
}

test('random bytes are read or refused too', () => {
  const random = seeded(99);
  for (let round = 0; round < 20_000; round += 1) {
    const bytes = Uint8Array.from({ length: 1 + below(random, 60) }, () => below(random, 256));
    const decoder = new PacketDecoder({ role: random() < 0.5 ? 'server' : 'client', level: pick(random, [3, 4, 5]), maximumPacketSize: 100_000 });
    decoder.push(bytes);
    try {
      while (decoder.next() !== undefined);
    } catch (error) {
      if (!(error instanceof MqttProtocolError)) throw error;
    }
  }
});
