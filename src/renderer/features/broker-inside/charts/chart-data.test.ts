import { expect, it } from 'vitest';
import type { BrokerPoint } from '../../../../shared/contract/broker-metrics.ts';
import { chartData, charts, formatMicros, formatNumber, hasValues, type ChartSpec } from './chart-data.ts';

const point = (timeMs: number, change: Partial<BrokerPoint> = {}): BrokerPoint => ({
  timeMs,
  messagesIn: 1,
  messagesOut: 2,
  bytesIn: null,
  bytesOut: null,
  newConnections: 0,
  clients: 3,
  queuedMessages: 0,
  dropped: 0,
  writtenP50Us: null,
  writtenP99Us: null,
  acknowledgedP50Us: null,
  acknowledgedP99Us: null,
  ...change,
});

const chart = (id: string): ChartSpec => charts.find((each) => each.id === id) as ChartSpec;

it('leaves a gap where the broker did not run', () => {
  const points = [point(1000), point(2000), point(9000, { messagesOut: 7 })];
  expect(chartData(points, chart('messages').lines)).toEqual([
    [1, 2, 3, 9],
    [1, 1, null, 1],
    [2, 2, null, 7],
  ]);
  expect(chartData([], chart('clients').lines)).toEqual([[], []]);
});

it('knows what nobody tells', () => {
  expect(hasValues([point(1)], chart('bytes'))).toBe(false);
  expect(hasValues([point(1, { bytesOut: 0 })], chart('bytes'))).toBe(true);
  expect(hasValues([], chart('clients'))).toBe(false);
});

it('writes numbers short', () => {
  expect([0, 0.25, 3, 9.96, 12.4, 12_345].map(formatNumber)).toEqual(['0', '0.3', '3', '10.0', '12', '12.3k']);
  expect([15, 1500, 25_000, 1_250_000].map(formatMicros)).toEqual(['15 µs', '1.5 ms', '25 ms', '1.3 s']);
});
