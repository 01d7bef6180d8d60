import type { LatencyCounts } from '../../../../shared/contract/broker-metrics.ts';

/** Four steps to each doubling: what a percentile says is off by 9 % at most. */
const stepsPerOctave = 4;
const shortestUs = 16;
/** Up to 16.8 s. */
const octaves = 20;

/** The upper ends of the steps, in µs, both rounded up. Longer times are in one step more. */
export const latencyBoundsUs: readonly number[] = Array.from({ length: octaves * stepsPerOctave + 1 }, (_, step) =>
  Math.ceil(shortestUs * 2 ** (step / stepsPerOctave)),
);

const stepCount = latencyBoundsUs.length + 1;

/** Counts times by steps; a time costs a logarithm and three additions. */
export class LatencyHistogram {
  readonly #counts = Array.from({ length: stepCount }, () => 0);
  #count = 0;
  #sumUs = 0;

  add(us: number, times = 1): void {
    const step = us <= shortestUs ? 0 : Math.min(stepCount - 1, Math.ceil(Math.log2(us / shortestUs) * stepsPerOctave));
    this.#counts[step] = (this.#counts[step] as number) + times;
    this.#count += times;
    this.#sumUs += us * times;
  }

  read(): LatencyCounts {
    return { counts: [...this.#counts], count: this.#count, sumUs: Math.round(this.#sumUs) };
  }
}

/** What came between two readings of the same histogram; all of `now` where there is none before. */
export function latencySince(before: LatencyCounts | null, now: LatencyCounts): LatencyCounts {
  if (before === null) return now;
  return {
    counts: now.counts.map((count, step) => count - (before.counts[step] ?? 0)),
    count: now.count - before.count,
    sumUs: now.sumUs - before.sumUs,
  };
}

/** By nearest rank: the end of the step that holds the time which this share of all times does not exceed; `null` without times. */
export function latencyPercentile({ counts, count }: LatencyCounts, share: number): number | null {
  if (count <= 0) return null;
  const rank = Math.ceil(share * count);
  let seen = 0;
  for (const [step, times] of counts.entries()) {
    seen += times;
    if (seen >= rank) return latencyBoundsUs[step] ?? (latencyBoundsUs.at(-1) as number);
  }
  return latencyBoundsUs.at(-1) as number;
}
