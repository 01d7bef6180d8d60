import { expect, test } from 'vitest';
import { publishPacket } from '../../../support/raw-mqtt.ts';
import { PacketStream } from './packet-stream.ts';

const sizes = [0, 1, 100, 125, 126, 400, 505, 506, 507, 508, 600, 5000, 16_384, 70_000, 3, 0, 200_000, 7];
const packets = sizes.map((size, index) => publishPacket('t', Buffer.alloc(size, index), { qos: 1, id: index + 1 }));
const bytes = Buffer.concat(packets);

/** What was reported of each packet: its length and its first bytes. */
function read(chunkLength: (chunk: number) => number): { size: number; head: string }[] {
  const seen: { size: number; head: string }[] = [];
  const stream = new PacketStream((data, at, size) => seen.push({ size, head: Buffer.from(data.subarray(at, at + 6)).toString('hex') }));
  // As a load does, into memory that is used again.
  const memory = new Uint8Array(bytes.length);
  for (let at = 0, chunk = 0; at < bytes.length; chunk += 1) {
    const length = Math.min(chunkLength(chunk), bytes.length - at);
    memory.set(bytes.subarray(at, at + length));
    stream.feed(memory, length);
    memory.fill(0xff);
    at += length;
  }
  return seen;
}

const whole = packets.map((packet) => ({ size: packet.length, head: packet.toString('hex', 0, 6) }));

test.each([1, 2, 3, 7, 511, 512, 513, 4096, 16_384, 65_536, bytes.length])('finds every packet in chunks of %i bytes', (length) => {
  expect(read(() => length)).toEqual(whole);
});

test('finds every packet in chunks of all lengths', () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    let state = seed;
    const length = (): number => {
      state = Math.imul(state, 1_103_515_245) + 12_345;
      const random = (state >>> 8) & 0xffff;
      return 1 + (random % (seed % 3 === 0 ? 70_000 : seed % 3 === 1 ? 900 : 8000));
    };
    expect(read(length), `seed ${seed}`).toEqual(whole);
  }
});
