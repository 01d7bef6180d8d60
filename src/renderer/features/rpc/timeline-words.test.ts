import { expect, it } from 'vitest';
import type { TimelineStep } from '../../../shared/contract/rpc-timeline.ts';
import { noTimelineWords, stepNote, timelineBars, timelineName } from './timeline-words.ts';

const step = (more: Partial<TimelineStep>): TimelineStep => ({
  kind: 'request-delivered',
  atMs: 0,
  gapMs: 0,
  clientId: 'pump',
  qos: 1,
  state: 'written',
  acknowledgedAfterMs: null,
  ...more,
});

it('names who it was, and how it went', () => {
  expect(timelineName(step({}))).toEqual({ what: 'Delivered to', who: 'pump' });
  expect(timelineName(step({ kind: 'request-not-delivered', clientId: null }))).toEqual({ what: 'Not delivered to', who: 'anybody' });
  expect(stepNote(step({ acknowledgedAfterMs: 2.5 }))).toBe('QoS 1, acknowledged after 2.5 ms');
  expect(stepNote(step({}))).toBe('QoS 1, not acknowledged yet');
  expect(stepNote(step({ qos: 0 }))).toContain('not acknowledged');
  expect(stepNote(step({ kind: 'request-not-delivered', state: 'offline' }))).toContain('not connected');
  expect(stepNote(step({ kind: 'acknowledged' }))).toContain('not by the peer');
  expect(stepNote(step({ kind: 'request-arrived' }))).toBeNull();
});

it('draws gaps and acknowledgements to one scale', () => {
  const bars = timelineBars([
    step({ kind: 'published' }),
    step({ atMs: 10, gapMs: 10, acknowledgedAfterMs: 30 }),
    step({ kind: 'received', atMs: 20, gapMs: 10 }),
  ]);
  expect(bars.map(({ gap }) => [gap.left, gap.width])).toEqual([
    ['0%', '0%'],
    ['0%', '25%'],
    ['25%', '25%'],
  ]);
  expect(bars[1]?.acknowledged).toEqual({ left: '25%', width: '75%' });
  expect(timelineBars([step({})])[0]?.gap).toEqual({ left: '0%', width: '0%' });
});

it('says why there is nothing to draw', () => {
  expect(noTimelineWords(null)).toBeNull();
  expect(noTimelineWords('not-traced')).toContain('nobody looked');
  expect(noTimelineWords('elsewhere')).toContain('Another broker');
});
