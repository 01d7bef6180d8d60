import { expect, it } from 'vitest';
import { HandClock } from '../../../../../test/support/faulty-core.ts';
import { partOf } from './curl-test-file.ts';
import { FaultLane } from './fault-lane.ts';
import { seededRandom, textSeed } from './fault-random.ts';
import { PacketFramer } from './packet-framer.ts';

it('puts packets together however they are cut, and gives up on what has no length', () => {
  const packets = [Buffer.from([0xc0, 0]), Buffer.from([0x30, 3, 0, 1, 97]), Buffer.concat([Buffer.from([0x30, 0x80, 0x02]), Buffer.alloc(256, 7)])];
  const all = Buffer.concat(packets);
  for (let cut = 1; cut < all.length; cut += 1) {
    const framer = new PacketFramer(1000);
    const got: Buffer[] = [];
    for (let at = 0; at < all.length; at += cut) {
      framer.push(all.subarray(at, at + cut));
      for (let packet = framer.next(); packet !== undefined; packet = framer.next()) got.push(packet);
    }
    expect(Buffer.concat(got)).toEqual(all);
    expect(got).toHaveLength(3);
    expect(framer.isEmpty).toBe(true);
  }
  for (const bad of [
    [0x30, 0xff, 0xff, 0xff, 0xff],
    [0x30, 0xff, 0x7f],
  ]) {
    const framer = new PacketFramer(1000);
    framer.push(Buffer.from(bad));
    expect(framer.next()).toBeUndefined();
    expect(framer.isRaw).toBe(true);
    expect([...framer.takeRest()]).toEqual(bad);
  }
});

it('has dice that repeat and are not loaded', () => {
  const [one, same, other] = [seededRandom(textSeed('a')), seededRandom(textSeed('a')), seededRandom(textSeed('b'))];
  const numbers = Array.from({ length: 10_000 }, one);
  expect(Array.from({ length: 10_000 }, same)).toEqual(numbers);
  expect(other()).not.toBe(numbers[0]);
  expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
  for (let tenth = 0; tenth < 10; tenth += 1) {
    expect(Math.abs(numbers.filter((number) => Math.floor(number * 10) === tenth).length - 1000)).toBeLessThan(120);
  }
});

it('gives back a part of a test file of curl, as its servers read it', () => {
  const file = (attributes: string, body: string): Buffer =>
    Buffer.from(`<testcase>\n<client>\n<data>\nno\n</data>\n</client>\n<reply>\n<data${attributes}>\n${body}</data>\n</reply>\n`);
  expect(partOf(file('', 'one\ntwo\n'), 'reply', 'data')?.toString()).toBe('one\ntwo\n');
  expect(partOf(file(' nocheck="yes" nonewline="yes"', 'one\n'), 'reply', 'data')?.toString()).toBe('one');
  expect(partOf(file(' base64="yes"', 'aGVs\nbG8=\n'), 'reply', 'data')?.toString()).toBe('hello');
  expect(partOf(file(' hex="yes"', '68 65\n6c6c6f\n'), 'reply', 'data')?.toString()).toBe('hello');
  expect(partOf(Buffer.from('<reply>\n</reply>\n<data>\nx\n</data>'), 'reply', 'data')).toBeNull();
  expect(partOf(Buffer.from('<reply>\n<data>\nnever closed'), 'reply', 'data')).toBeNull();
});

it('keeps the order of a lane, whatever each packet has to wait', () => {
  const clock = new HandClock();
  const passed: string[] = [];
  let held = 0;
  const lane = new FaultLane({
    clock,
    pass: () => undefined,
    passed: (packet) => passed.push(Buffer.from(packet).toString()),
    held: (_packets, bytes) => (held += bytes),
  });
  const random = seededRandom(3);
  for (let n = 0; n < 50; n += 1) {
    lane.add(Buffer.from(String(n)), random() * 100, n % 7 === 0 ? 10 : 0, undefined);
    clock.advance(random() * 20);
  }
  clock.advance(100_000);
  expect(passed).toEqual(Array.from({ length: 50 }, (_, n) => String(n)));
  expect(held).toBe(0);
  expect(clock.pending).toBe(0);
});
