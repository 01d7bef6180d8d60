import { median } from '../bench.ts';
import type { BrokerName } from './brokers/running-broker.ts';
import { judge, perProcessorSecondOf, valuesOf, type Judgement, type MeasuredRow } from './judge.ts';
import type { Row } from './rows/scenario.ts';

/** The aims are for our broker as the workbench runs it. */
const judged: BrokerName = 'tap on';

/** A table in Markdown, the rows that miss, and what a reader must know of single rows. */
export function report(measured: readonly MeasuredRow[], brokers: readonly BrokerName[]): string {
  const ours = brokers.includes(judged) ? judged : (brokers.at(-1) as BrokerName);
  const lines = [['', 'unit', ...brokers, `${ours} : mosquitto`, 'per CPU second', 'aim', 'verdict']];
  for (const one of measured) {
    const judgement = judge(one, ours);
    lines.push([
      one.row.name,
      one.row.unit,
      ...brokers.map((broker) => cell(one, broker)),
      ratioText(judgement),
      judgement.perProcessorSecond === null ? '–' : `${short(judgement.perProcessorSecond)} ×`,
      aimText(one.row),
      verdictText(judgement),
    ]);
  }
  const missed = measured.filter((one) => judge(one, ours).verdict === 'missed').map(({ row }) => `- ${row.name}`);
  const count = measured.filter((one) => judge(one, ours).verdict !== 'not judged').length;
  const summary = missed.length === 0 ? `All ${count} aims are met.` : `${missed.length} of ${count} aims are missed:\n${missed.join('\n')}`;
  const remarks = measured.flatMap((one) => brokers.flatMap((broker) => remarksOf(one, broker)));
  return [table(lines), summary, ...(remarks.length === 0 ? [] : [`Remarks:\n${remarks.join('\n')}`])].join('\n\n');
}

/** One line for a scenario that has just been measured. */
export function progressLine(broker: BrokerName, row: Row, value: number, brokerShare: number | null): string {
  const share = brokerShare === null ? '' : `, ${Math.round(brokerShare * 100)} % of a processor`;
  return `  ${row.name}, ${broker}: ${short(value)} ${row.unit}${share}`;
}

/** The median, and in brackets what it was for a second of the broker's processor time. */
function cell(measured: MeasuredRow, broker: BrokerName): string {
  const values = valuesOf(measured, broker);
  if (values.length === 0) return '–';
  const perSecond = perProcessorSecondOf(measured, broker);
  return `${short(median(values))}${perSecond === null ? '' : ` (${short(perSecond)})`}`;
}

function ratioText({ ratio, ratios }: Judgement): string {
  if (ratio === null) return '–';
  return ratios.length < 2 ? `${short(ratio)} ×` : `${short(ratio)} × (${short(Math.min(...ratios))}–${short(Math.max(...ratios))})`;
}

function aimText({ aim, better, unit }: Row): string {
  if (aim === null) return '';
  return 'most' in aim ? `≤ ${aim.most} ${unit}` : `${better === 'more' ? '≥' : '≤'} ${aim.ratio} ×`;
}

function verdictText({ verdict, ratios, metIn }: Judgement): string {
  if (verdict === 'not judged') return '';
  const isUnanimous = ratios.length < 2 || metIn === (verdict === 'met' ? ratios.length : 0);
  return isUnanimous ? verdict : `${verdict} (met in ${metIn} of ${ratios.length})`;
}

function remarksOf({ row, samples }: MeasuredRow, broker: BrokerName): string[] {
  const times = new Map<string, number>();
  for (const { remarks } of samples.get(broker) ?? []) for (const remark of remarks) times.set(remark, (times.get(remark) ?? 0) + 1);
  if (times.size === 0) return [];
  const told = Array.from(times, ([remark, count]) => (count === 1 ? remark : `${remark} (${count} times)`));
  return [`- ${row.name}, ${broker}: ${told.join('; ')}`];
}

export function table([head = [], ...body]: readonly (readonly string[])[]): string {
  const all = [head, ...body];
  const widths = head.map((_, column) => Math.max(3, ...all.map((line) => (line[column] ?? '').length)));
  const line = (cells: readonly string[]): string => `| ${cells.map((text, column) => text.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body.map(line)].join('\n');
}

/** Three digits. */
function short(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value >= 999_500) return `${(value / 1e6).toPrecision(3)}M`;
  if (value >= 9_995) return `${Math.round(value / 1000)}k`;
  if (value >= 999.5) return `${(value / 1000).toFixed(1)}k`;
  return value >= 99.95 ? String(Math.round(value)) : value.toPrecision(value < 1 && value > -1 ? 2 : 3);
}
