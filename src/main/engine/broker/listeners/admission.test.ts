import { describe, expect, it } from 'vitest';
import { Admission } from './admission.ts';

describe('admission', () => {
  it('lets in as many as may be open at once, and another one when one has left', () => {
    const admission = new Admission({ maxConnections: 2, connectionsPerSecond: null });
    expect([admission.enter(0), admission.enter(0)]).toEqual([null, null]);
    expect(admission.enter(0)).toContain('2 connections at once');
    admission.leave();
    expect(admission.enter(0)).toBeNull();
    expect(admission.enter(1e9)).toContain('2 connections at once');
  });

  it('lets in so many per second, a second’s worth at once after a rest, and no more after a long one', () => {
    const admission = new Admission({ maxConnections: null, connectionsPerSecond: 4 });
    const enter = (nowMs: number, times: number): number =>
      Array.from({ length: times }, () => admission.enter(nowMs)).filter((refusal) => refusal === null).length;
    expect(enter(5000, 10)).toBe(4);
    expect(admission.enter(5000)).toContain('4 new connections per second');
    expect(enter(5249, 10)).toBe(0);
    expect(enter(5250, 10)).toBe(1);
    expect(enter(5750, 10)).toBe(2);
    expect(enter(99_000, 10)).toBe(4);
  });

  it('does not count who was refused', () => {
    const admission = new Admission({ maxConnections: 1, connectionsPerSecond: 1 });
    expect(admission.enter(0)).toBeNull();
    admission.leave();
    expect(admission.enter(0)).toContain('per second');
    expect(admission.enter(1000)).toBeNull();
  });
});
