import type { BrokerMetrics, BrokerPoint } from '../../../../shared/contract/broker-metrics.ts';
import { createNotifier } from '../../notifier.ts';
import { LatencyHistogram, latencySince } from './latency-histogram.ts';
import { pointBetween } from './metrics.ts';

/** Ten minutes of one point a second. */
const keptPoints = 600;

/** The broker's numbers over the last minutes, over all its runs. */
export class MetricsSeries {
  readonly #kept: number;
  readonly #points: BrokerPoint[] = [];
  readonly #changed = createNotifier();
  readonly #acknowledged = new LatencyHistogram();
  #acknowledgedBefore = this.#acknowledged.read();
  #latest: BrokerMetrics | null = null;
  /** Points there have ever been. */
  #count = 0;

  constructor(kept = keptPoints) {
    this.#kept = kept;
  }

  /** Of the run that goes on, a second old at most; `null`: there is none, or nothing has been read yet. */
  get latest(): BrokerMetrics | null {
    return this.#latest;
  }

  /** Grows with each point. */
  get count(): number {
    return this.#count;
  }

  /** A run begins or has ended: its numbers begin anew. */
  newRun(): void {
    this.#latest = null;
  }

  add(metrics: BrokerMetrics): void {
    const before = this.#latest;
    this.#latest = metrics;
    const acknowledged = this.#acknowledged.read();
    const since = latencySince(this.#acknowledgedBefore, acknowledged);
    this.#acknowledgedBefore = acknowledged;
    if (before === null) return;
    this.#points.push(pointBetween(before, metrics, since));
    if (this.#points.length > this.#kept) this.#points.shift();
    this.#count += 1;
    this.#changed.notify();
  }

  /** A receiver has acknowledged a traced message, so long after it had come. */
  acknowledged(us: number): void {
    this.#acknowledged.add(us);
  }

  /** The points after the first `count` ever, as far as they are kept. */
  since(count: number): readonly BrokerPoint[] {
    const wanted = Math.min(this.#count - count, this.#points.length);
    return wanted <= 0 ? [] : this.#points.slice(-wanted);
  }

  readonly subscribe = (changed: () => void): (() => void) => this.#changed.subscribe(changed);
}
