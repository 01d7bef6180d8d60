import { expect, it } from 'vitest';
import { filterProblem, furtherFilters, isFiltered, noFilter, toCallFilter } from './calls-filter.ts';

it('asks for nothing in particular without a filter', () => {
  expect(toCallFilter('broker', noFilter)).toEqual({ source: 'broker' });
  expect(isFiltered(noFilter)).toBe(false);
  // Where to look says nothing without what to look for.
  expect(isFiltered({ ...noFilter, inPayloads: true })).toBe(false);
  expect(toCallFilter('broker', { ...noFilter, text: '  ', inPayloads: true })).toEqual({ source: 'broker' });
});

it('turns each control into its part of the filter', () => {
  const filter = { ...noFilter, choice: 'late', text: 'a', inPayloads: true, who: 'others', topic: 't', method: 'm', slowerThanMs: 0 } as const;
  expect(toCallFilter('connection:x', filter)).toEqual({
    ...{ source: 'connection:x', states: ['late'], text: 'a', inPayloads: true, own: false, topic: 't', method: 'm', slowerThanMs: 0 },
  });
  expect(furtherFilters(filter)).toBe(5);
  expect(toCallFilter('broker', { ...noFilter, choice: 'problems' }).states).toContain('wrong-reply-topic');
  expect(toCallFilter('broker', { ...noFilter, choice: 'problems' }).states).not.toContain('ok');
});

it('takes times as local, the last minute whole, and says when they are the wrong way round', () => {
  const filter = { ...noFilter, from: '2026-11-21T14:05', to: '2026-11-21T14:06' };
  const { fromMs = 0, toMs = 0 } = toCallFilter('broker', filter);
  expect(fromMs).toBe(new Date(2026, 10, 21, 14, 5).getTime());
  expect(toMs - fromMs).toBe(119_999);
  expect(filterProblem(filter)).toBeUndefined();
  expect(filterProblem({ ...filter, to: '2026-11-21T14:04' })).toContain('before');
  expect(toCallFilter('broker', { ...noFilter, from: 'soon' })).toEqual({ source: 'broker' });
});
