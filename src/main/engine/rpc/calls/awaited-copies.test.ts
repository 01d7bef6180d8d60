import { expect, it } from 'vitest';
import { AwaitedCopies } from './awaited-copies.ts';

const awaiting = (count: number): AwaitedCopies<number> => {
  const copies = new AwaitedCopies<number>();
  for (let n = 0; n < count; n += 1) copies.add('a', n);
  return copies;
};
const take = (copies: AwaitedCopies<number>, n: number, topic = 'a'): number | undefined => copies.take(topic, (one) => one === n);

it('finds those that come in another order, once each, on their topic', () => {
  const copies = awaiting(3);
  copies.add('b', 7);
  expect([1, 0, 0, 2].map((n) => take(copies, n))).toEqual([1, 0, undefined, 2]);
  expect([take(copies, 7), take(copies, 7, 'b'), take(copies, 7, 'b')]).toEqual([undefined, 7, undefined]);
});

it('goes on when some never come, and gives them up', () => {
  const copies = awaiting(100);
  expect(take(copies, 50)).toBe(50);
  expect(take(copies, 41)).toBeUndefined();
  expect(take(copies, 42)).toBe(42);
  let looks = 0;
  for (let n = 51; n < 100; n += 1) {
    const found = copies.take('a', (one) => {
      looks += 1;
      return one === n;
    });
    expect(found).toBe(n);
  }
  expect(looks, 'a copy costs no more for those that were lost').toBeLessThan(49 * 10);
});

it('keeps no more than a thousand', () => {
  const copies = awaiting(1001);
  expect(take(copies, 0)).toBeUndefined();
  expect(take(copies, 1000)).toBe(1000);
  for (let n = 0; n < 1000; n += 1) copies.add(`topic/${n}`, n);
  copies.add('one/more', 1);
  expect(take(copies, 999, 'topic/999')).toBeUndefined();
});
