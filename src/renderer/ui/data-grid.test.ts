import { expect, it } from 'vitest';
import { columnsThatFit } from './data-grid.tsx';

const columns = [
  { id: 'name', minPx: 100, grow: 1 },
  { id: 'least', minPx: 50, rank: 9 },
  { id: 'main', minPx: 50, rank: 1 },
  { id: 'more', minPx: 50, rank: 2 },
];
const shownAt = (widthPx: number): string =>
  columnsThatFit(columns, widthPx)
    .map(({ id }) => id)
    .join(' ');

it('leaves out columns by their rank, and keeps the order of the others', () => {
  expect(shownAt(Infinity)).toBe('name least main more');
  expect(shownAt(310)).toBe('name least main more');
  expect(shownAt(309)).toBe('name main more');
  expect(shownAt(200)).toBe('name main');
  expect(shownAt(20)).toBe('name');
  expect(columnsThatFit([], 100)).toEqual([]);
});
