import { expect, it } from 'vitest';
import { IdList } from './id-list.ts';

it('keeps ids in order, each once, whatever happens to it', () => {
  // Pseudo-random, the same each time.
  let seed = 3;
  const random = (below: number): number => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) % below;
  const list = new IdList([200, 300]);
  const expected = new Set([200, 300]);
  for (let step = 0; step < 3000; step += 1) {
    const id = 1 + random(400);
    if (random(3) === 0) expect(list.remove(id)).toBe(expected.delete(id));
    else {
      expect(list.add(id)).toBe(!expected.has(id));
      expected.add(id);
    }
    if (step % 100 !== 0) continue;
    const ids = [...expected].toSorted((a, b) => b - a);
    expect(list.slice(0, 1000)).toEqual(ids);
    expect(list.slice(3, 4)).toEqual(ids.slice(3, 7));
    expect(list.length).toBe(ids.length);
    expect(list.newest).toBe(ids[0] ?? 0);
    expect(list.countAbove(id)).toBe(ids.filter((one) => one > id).length);
    expect(list.has(id)).toBe(expected.has(id));
  }
});

it('copies stand still', () => {
  const list = new IdList([2]);
  const copy = list.copy();
  list.add(1);
  list.add(3);
  expect(copy.slice(0, 9)).toEqual([2]);
  expect(new IdList().slice(0, 9)).toEqual([]);
});
