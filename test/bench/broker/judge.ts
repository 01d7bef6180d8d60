import { median } from '../bench.ts';
import type { BrokerName } from './brokers/running-broker.ts';
import type { Row, Sample } from './rows/scenario.ts';

/** One row as measured: for each broker a sample of each repetition. */
export interface MeasuredRow {
  readonly row: Row;
  readonly samples: ReadonlyMap<BrokerName, readonly Sample[]>;
}

export interface Judgement {
  /** Of the medians; `null` without both brokers. */
  readonly ratio: number | null;
  /** The same for each repetition. */
  readonly ratios: readonly number[];
  readonly perProcessorSecond: number | null;
  readonly verdict: 'met' | 'missed' | 'not judged';
  /** Repetitions in which the aim was met. */
  readonly metIn: number;
}

const peer: BrokerName = 'mosquitto';

export function valuesOf({ samples }: MeasuredRow, broker: BrokerName): readonly number[] {
  return (samples.get(broker) ?? []).map(({ value }) => value);
}

/** Per second of processor time, the median; `null` where that was not measured. */
export function perProcessorSecondOf({ samples }: MeasuredRow, broker: BrokerName): number | null {
  const values = (samples.get(broker) ?? []).flatMap(({ perProcessorSecond }) => (perProcessorSecond === null ? [] : [perProcessorSecond]));
  return values.length === 0 ? null : median(values);
}

/** One of our brokers against mosquitto in the same run. */
export function judge(measured: MeasuredRow, ours: BrokerName): Judgement {
  const values = valuesOf(measured, ours);
  const theirs = valuesOf(measured, peer);
  const { aim, better } = measured.row;
  const ratios = values.map((value, repetition) => value / (theirs[repetition] ?? Number.NaN)).filter((ratio) => Number.isFinite(ratio));
  const ratio = ratios.length === 0 ? null : median(values) / median(theirs);
  const oursPerSecond = perProcessorSecondOf(measured, ours);
  const theirsPerSecond = perProcessorSecondOf(measured, peer);
  const perProcessorSecond = oursPerSecond === null || theirsPerSecond === null ? null : oursPerSecond / theirsPerSecond;
  const meets = (value: number, ratio: number | null): boolean | null => {
    if (aim === null || Number.isNaN(value)) return null;
    if ('most' in aim) return value <= aim.most;
    return ratio === null ? null : better === 'more' ? ratio >= aim.ratio : ratio <= aim.ratio;
  };
  const met = values.length === 0 ? null : meets(median(values), ratio);
  const metIn = values.filter((value, repetition) => meets(value, ratios[repetition] ?? null) === true).length;
  return { ratio, ratios, perProcessorSecond, verdict: met === null ? 'not judged' : met ? 'met' : 'missed', metIn };
}
