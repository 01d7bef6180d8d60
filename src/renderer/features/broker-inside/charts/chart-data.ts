import type { BrokerPoint } from '../../../../shared/contract/broker-metrics.ts';
import { formatBytes, formatCompact } from '../../common/index.ts';

type Value = Exclude<keyof BrokerPoint, 'timeMs'>;

export interface ChartLine {
  readonly value: Value;
  readonly label: string;
  /** A colour token. */
  readonly colour: string;
}

export interface ChartSpec {
  readonly id: string;
  readonly title: string;
  readonly lines: readonly ChartLine[];
  readonly format: (value: number) => string;
  /** Steps of the axis that give round numbers; absent: decimal ones. */
  readonly steps?: number[];
  /** What is measured, and what is not. */
  readonly hint?: string;
}

const [first, second] = ['--label-blue', '--label-orange'];

/** `0.4`, `12`, `3.4k`. */
export const formatNumber = (value: number): string => (value < 10 && !Number.isInteger(value) ? value.toFixed(1) : formatCompact(Math.round(value)));

/** `120 µs`, `1.2 ms`, `3.4 s`. */
export function formatMicros(us: number): string {
  if (us < 1000) return `${Math.round(us)} µs`;
  const [value, unit] = us < 1_000_000 ? [us / 1000, 'ms'] : [us / 1_000_000, 's'];
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

const powersOfTwo = Array.from({ length: 40 }, (_, at) => 2 ** at);

const inOut = (into: Value, out: Value): readonly ChartLine[] => [
  { value: into, label: 'in', colour: first },
  { value: out, label: 'out', colour: second },
];

const percentiles = (half: Value, most: Value): readonly ChartLine[] => [
  { value: half, label: 'p50', colour: first },
  { value: most, label: 'p99', colour: second },
];

export const charts: readonly ChartSpec[] = [
  { id: 'messages', title: 'Messages per second', lines: inOut('messagesIn', 'messagesOut'), format: formatNumber },
  { id: 'bytes', title: 'Bytes per second', lines: inOut('bytesIn', 'bytesOut'), format: formatBytes, steps: powersOfTwo },
  { id: 'clients', title: 'Connected clients', lines: [{ value: 'clients', label: 'clients', colour: first }], format: formatNumber },
  { id: 'connections', title: 'New connections per second', lines: [{ value: 'newConnections', label: 'new', colour: first }], format: formatNumber },
  { id: 'queued', title: 'Queued messages', lines: [{ value: 'queuedMessages', label: 'queued', colour: first }], format: formatNumber },
  { id: 'dropped', title: 'Dropped messages per second', lines: [{ value: 'dropped', label: 'dropped', colour: '--label-red' }], format: formatNumber },
  {
    id: 'written',
    title: 'From PUBLISH in to written out',
    lines: percentiles('writtenP50Us', 'writtenP99Us'),
    format: formatMicros,
    hint: 'Of every message that was delivered at once: an upper bound, since messages that are handled together count as long as the slowest of them.',
  },
  {
    id: 'acknowledged',
    title: 'From PUBLISH in to acknowledged',
    lines: percentiles('acknowledgedP50Us', 'acknowledgedP99Us'),
    format: formatMicros,
    hint: 'Of messages of QoS 1 and 2 that are traced: switch Tracing on under “Who got it”.',
  },
];

/** A point that far after the one before follows a time in which the broker did not run. */
const gapMs = 3500;

/** Times in s, then the values of each line; with an empty place where the broker did not run. */
export function chartData(points: readonly BrokerPoint[], lines: readonly ChartLine[]): [number[], ...(number | null)[][]] {
  const times: number[] = [];
  const values: (number | null)[][] = lines.map(() => []);
  let before: number | null = null;
  for (const point of points) {
    if (before !== null && point.timeMs - before > gapMs) {
      times.push((before + 1000) / 1000);
      for (const list of values) list.push(null);
    }
    before = point.timeMs;
    times.push(point.timeMs / 1000);
    lines.forEach(({ value }, at) => values[at]?.push(point[value]));
  }
  return [times, ...values];
}

/** Whether there is anything to show: an engine may not tell, or nothing was traced. */
export function hasValues(points: readonly BrokerPoint[], { lines }: ChartSpec): boolean {
  return points.some((point) => lines.some(({ value }) => point[value] !== null));
}
