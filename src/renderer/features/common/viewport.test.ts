import { expect, it } from 'vitest';
import { LatestSender, rowsAround } from './viewport.ts';

it.each([
  [0, 30, { first: 0, count: 80 }],
  [1, 30, { first: 0, count: 80 }],
  [100, 30, { first: 60, count: 120 }],
  [5000, 900, { first: 4960, count: 500 }],
  [70, 0, { first: 0, count: 0 }],
])('asks around row %i and %i more', (first, count, wanted) => expect(rowsAround(first, count)).toEqual(wanted));

it('sends one state at a time, the newest next, also after a failure, and none once closed', async () => {
  const sent: number[] = [];
  const ends: ((ok: boolean) => void)[] = [];
  let state = 0;
  const sender = new LatestSender(() => {
    sent.push(state);
    return new Promise<void>((resolve, reject) => ends.push((ok) => (ok ? resolve() : reject(new Error('lost')))));
  });
  const change = (): void => {
    state += 1;
    sender.changed();
  };
  change();
  change();
  change();
  expect(sent).toEqual([1]);
  ends[0]?.(false);
  await expect.poll(() => sent).toEqual([1, 3]);
  change();
  sender.close();
  ends[1]?.(true);
  await Promise.resolve();
  expect(sent).toEqual([1, 3]);
});
