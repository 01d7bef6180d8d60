import { expect, test } from 'vitest';
import { EchoMemory } from './echo-memory.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('what was sent is known once when it comes back, and forgotten after its time', () => {
  let now = 0;
  const memory = new EchoMemory({ keepMs: 1000, most: 3, now: () => now });
  memory.sent('a', bytes('1'));
  memory.sent('a', bytes('1'));
  expect([memory.returned('a', bytes('1')), memory.returned('a', bytes('1')), memory.returned('a', bytes('1'))]).toEqual([true, true, false]);
  expect([memory.returned('b', bytes('1')), memory.returned('a', bytes('2'))]).toEqual([false, false]);
  memory.sent('a', bytes('late'));
  now = 1001;
  expect(memory.returned('a', bytes('late'))).toBe(false);
  expect(memory.unreturned).toBe(1);
  memory.sent('x', bytes(''));
  expect([memory.returned('x', bytes(''), 500), memory.returned('x', bytes(''), 500)]).toEqual([true, true]);
  now += 501;
  expect(memory.returned('x', bytes(''), 500)).toBe(false);
  for (let at = 0; at < 10; at += 1) memory.sent(`t${at}`, bytes(''));
  expect(memory.returned('t0', bytes(''))).toBe(false);
  expect(memory.returned('t9', bytes(''))).toBe(true);
});
