import { describe, expect, it } from 'vitest';
import { formatAge, formatBytes, formatCompact, formatDateTime, formatDuration, formatRate, formatTime, formatTimeNear, plural } from './format.ts';

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1 KiB'],
    [1536, '1.5 KiB'],
    [1_048_575, '1 MiB'],
    [10_485_760, '10 MiB'],
    [157_286_400, '150 MiB'],
    [1_073_741_824, '1 GiB'],
  ])('%d is %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));
});

describe('numbers', () => {
  it.each([
    [9999, '9,999'],
    [12_345, '12.3k'],
    [999_499, '999k'],
    [999_600, '1.0M'],
    [4_560_000, '4.6M'],
    [999_600_000, '1.0G'],
  ])('compact %d is %s', (count, text) => expect(formatCompact(count)).toBe(text));
  it.each([
    [0, ''],
    [0.01, ''],
    [0.2, '0.2/s'],
    [9.96, '10/s'],
    [12_345, '12.3k/s'],
    [Number.NaN, ''],
  ])('rate %d is "%s"', (rate, text) => expect(formatRate(rate)).toBe(text));
  it('counts in words', () => {
    expect(plural(1, 'message')).toBe('1 message');
    expect(plural(1200, 'match', 'matches')).toBe('1,200 matches');
  });
});

describe('times', () => {
  it.each([
    [400, 'now'],
    [12_000, '12 s'],
    [300_000, '5 min'],
    [10_800_000, '3 h'],
    [172_800_000, '2 d'],
  ])('age %d ms is %s', (ms, text) => expect(formatAge(ms)).toBe(text));
  it.each([
    [7000, '0:07'],
    [754_000, '12:34'],
    [3_723_000, '1:02:03'],
    [183_600_000, '2 d 3 h'],
  ])('duration %d ms is %s', (ms, text) => expect(formatDuration(ms)).toBe(text));
  it('shows the date only for another day', () => {
    const noonMs = new Date(2026, 10, 21, 12, 0, 0, 7).getTime();
    expect(formatTime(noonMs * 1000)).toBe('12:00:00.007');
    expect(formatTimeNear(noonMs * 1000, noonMs + 3_600_000)).toBe('12:00:00.007');
    expect(formatTimeNear(noonMs * 1000, noonMs + 86_400_000)).toBe('2026-11-21 12:00:00.007');
    expect(formatDateTime(noonMs * 1000 + 456)).toBe('2026-11-21 12:00:00.007456');
  });
});
