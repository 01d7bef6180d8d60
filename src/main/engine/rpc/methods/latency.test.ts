import { expect, it } from 'vitest';
import { Latency } from './latency.ts';

const of = (times: readonly number[]): Latency => {
  const latency = new Latency();
  for (const time of times) latency.add(time);
  return latency;
};

it('says nothing before the first', () => {
  expect(new Latency().summary()).toBeNull();
  expect(new Latency().median()).toBeNull();
});

it('names percentiles to within 4.5 %', () => {
  let seed = 1;
  const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
  const times = Array.from({ length: 20_000 }, () => 0.05 * 10 ** (random() * 6));
  const sorted = times.toSorted((a, b) => a - b);
  const exact = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] as number;
  const summary = of(times).summary();
  for (const [found, share] of [
    [summary?.p50Ms, 0.5],
    [summary?.p95Ms, 0.95],
    [summary?.p99Ms, 0.99],
  ] as const) {
    expect(Math.abs((found ?? 0) / exact(share) - 1)).toBeLessThan(0.045);
  }
  expect(summary?.maxMs).toBe(sorted.at(-1));
  expect(summary?.count).toBe(20_000);
});

it('names a percentile that is no larger than the largest', () => {
  expect(of([5]).summary()).toMatchObject({ p50Ms: expect.closeTo(5, 0) as number, maxMs: 5 });
  expect(of([5]).summary()?.p99Ms).toBeLessThanOrEqual(5);
  expect(of([0]).summary()).toMatchObject({ p50Ms: 0, maxMs: 0 });
});

it('counts by steps that double, the first below 1 ms and the last open', () => {
  const histogram = of([0, 0.01, 0.999, 1, 1.9, 2, 3.9, 65_535, 65_537, 1e12]).summary()?.histogram ?? [];
  expect(histogram).toHaveLength(18);
  expect(histogram.slice(0, 3)).toEqual([3, 2, 2]);
  expect(histogram.slice(-2)).toEqual([1, 2]);
});
