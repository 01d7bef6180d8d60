import type { RpcLatency } from '../../../../shared/contract/rpc.ts';

/** Eight steps to each doubling: what a percentile says is off by 4.5 % at most. */
const stepsPerOctave = 8;
/** Shorter times are all in the first step. */
const shortestMs = 1 / 64;
const lastStep = 40 * stepsPerOctave;
/** Below 1 ms, 1 to 2, 2 to 4 … 65,536 ms and above. */
const histogramLength = 18;

/** Times by logarithmic steps, of which only those in use take memory. */
export class Latency {
  readonly #counts = new Map<number, number>();
  #count = 0;
  #maxMs = 0;

  add(ms: number): void {
    const step = stepOf(ms);
    this.#counts.set(step, (this.#counts.get(step) ?? 0) + 1);
    this.#count += 1;
    if (ms > this.#maxMs) this.#maxMs = ms;
  }

  /** `null` before the first. */
  median(): number | null {
    return this.#count === 0 ? null : (this.#percentiles([0.5])[0] as number);
  }

  summary(): RpcLatency | null {
    if (this.#count === 0) return null;
    const [p50Ms, p95Ms, p99Ms] = this.#percentiles([0.5, 0.95, 0.99]) as [number, number, number];
    const histogram = Array.from({ length: histogramLength }, () => 0);
    for (const [step, count] of this.#counts) {
      const octave = Math.floor(step / stepsPerOctave) + Math.log2(shortestMs);
      const at = Math.min(histogramLength - 1, Math.max(0, octave + 1));
      histogram[at] = (histogram[at] as number) + count;
    }
    return { count: this.#count, p50Ms, p95Ms, p99Ms, maxMs: this.#maxMs, histogram };
  }

  /** By nearest rank: the smallest time that this share of all times does not exceed. `shares` ascend. */
  #percentiles(shares: readonly number[]): number[] {
    const steps = [...this.#counts.keys()].toSorted((a, b) => a - b);
    const found: number[] = [];
    let seen = 0;
    for (const step of steps) {
      seen += this.#counts.get(step) as number;
      while (found.length < shares.length && seen >= Math.ceil((shares[found.length] as number) * this.#count))
        found.push(Math.min(middleOf(step), this.#maxMs));
    }
    return found;
  }
}

function stepOf(ms: number): number {
  return ms <= shortestMs ? 0 : Math.min(lastStep, Math.floor(Math.log2(ms / shortestMs) * stepsPerOctave));
}

/** The geometric middle, from which both ends of the step are equally far. */
function middleOf(step: number): number {
  return shortestMs * 2 ** ((step + 0.5) / stepsPerOctave);
}
