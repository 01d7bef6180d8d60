import { median } from '../bench.ts';
import { costNames, type BrokerName } from './brokers/running-broker.ts';
import { perProcessorSecondOf, valuesOf, type MeasuredRow } from './judge.ts';
import { table } from './report.ts';
import { throughputScenarios } from './rows/throughput.ts';
import type { Scenario } from './rows/scenario.ts';

/** Each beside what it is compared with. The packet view is open in the workbench, which has the tap of messages on as well. */
export const costs: readonly { readonly name: BrokerName; readonly to: BrokerName; readonly what: string }[] = [
  ...costNames.slice(1).map((name) => ({ name, to: costNames[0] as BrokerName, what: name })),
  { name: 'packet tap on', to: 'tap on', what: 'packet view open (to the tap alone)' },
];

const rowNames = new Set(['1:1, QoS 0, 256 B', '1:100, QoS 0, 256 B', '1:1, QoS 1, 256 B']);

export function costScenarios(): readonly Scenario[] {
  return throughputScenarios().filter(({ rows }) => rows.some(({ name }) => rowNames.has(name)));
}

/** A table in Markdown: what is left of the rate, and in brackets of the rate for a second of processor time. */
export function costReport(measured: readonly MeasuredRow[]): string {
  const base = costs[0]?.to as BrokerName;
  const rate = (row: MeasuredRow, name: BrokerName): string => `${Math.round(median(valuesOf(row, name)) / 1000)}k/s`;
  const lines = [
    ['', ...measured.map(({ row }) => row.name)],
    [base, ...measured.map((row) => rate(row, base))],
    ...costs.map(({ name, to, what }) => [what, ...measured.map((row) => ratio(row, name, to))]),
  ];
  return table(lines);
}

function ratio(row: MeasuredRow, name: BrokerName, to: BrokerName): string {
  const [values, bases] = [valuesOf(row, name), valuesOf(row, to)];
  if (values.length === 0 || bases.length === 0) return '–';
  const [mine, theirs] = [perProcessorSecondOf(row, name), perProcessorSecondOf(row, to)];
  const perSecond = mine === null || theirs === null ? '' : ` (${factor(mine / theirs)})`;
  return `${factor(median(values) / median(bases))} ×${perSecond}`;
}

/** Two digits that say something. */
function factor(value: number): string {
  return value >= 0.1 ? value.toFixed(2) : value.toPrecision(2);
}
