import { describe, expect, test } from 'vitest';
import { maxScrollHeightPx, ScrollMap } from './scroll-map.ts';

const rowPx = 24;
const viewportPx = 600;

function sized(rows: number): ScrollMap {
  const map = new ScrollMap();
  map.resize(rows * rowPx, viewportPx);
  return map;
}

describe('content that fits', () => {
  test('both positions are the same', () => {
    const map = sized(100_000);
    map.scrolled(123_456);
    expect(map.virtualPx).toBe(123_456);
    expect(map.goTo(50_000 * rowPx)).toBe(50_000 * rowPx);
    expect(map.heightPx).toBe(100_000 * rowPx);
  });

  test('shrinking content pulls the place back to its end', () => {
    const map = sized(1000);
    map.scrolled(20_000);
    expect(map.resize(10 * rowPx, viewportPx)).toBe(0);
    expect(map.virtualPx).toBe(0);
  });
});

describe('a million rows', () => {
  const rows = 1_000_000;
  const end = rows * rowPx - viewportPx;

  test('the element stays below the limit of browsers', () => expect(sized(rows).heightPx).toBe(maxScrollHeightPx));

  test('both ends are reached exactly', () => {
    const map = sized(rows);
    map.scrolled(maxScrollHeightPx - viewportPx);
    expect(map.virtualPx).toBe(end);
    map.scrolled(0);
    expect(map.virtualPx).toBe(0);
  });

  test('a wheel step moves pixel by pixel, so no row is skipped', () => {
    const map = sized(rows);
    map.goTo(12_000_000);
    map.scrolled(map.physicalPx + 100);
    expect(map.virtualPx).toBe(12_000_100);
  });

  test('a jump of the scroll bar lands in proportion', () => {
    const map = sized(rows);
    map.scrolled((maxScrollHeightPx - viewportPx) / 2);
    expect(map.virtualPx).toBeCloseTo(end / 2, -1);
  });

  test('settling moves the bar, not the place', () => {
    const map = sized(rows);
    map.goTo(12_000_000);
    for (let step = 0; step < 200; step += 1) map.scrolled(map.physicalPx + 1000);
    const place = map.virtualPx;
    expect(map.settle()).toBeDefined();
    expect(map.virtualPx).toBe(place);
    expect(map.settle()).toBeUndefined();
  });

  test('every row can be gone to', () => {
    const map = sized(rows);
    for (const row of [0, 1, 499_999, 777_777, 999_970]) {
      map.goTo(row * rowPx);
      expect(map.virtualPx).toBe(row * rowPx);
    }
  });
});
