import type { ReactElement } from 'react';
import type { RpcLatency } from '../../../shared/contract/rpc.ts';
import { formatCount } from '../common/index.ts';
import { bucketWords } from './rpc-words.ts';
import styles from './method-facts.module.css';

/** How long answers took: a line with a bar for each step from the first to the last that has any. Its words say all that the bars show. */
export function LatencyBars({ latency: { histogram } }: { readonly latency: RpcLatency }): ReactElement | null {
  const first = histogram.findIndex((count) => count > 0);
  const last = histogram.findLastIndex((count) => count > 0);
  if (first < 0) return null;
  const most = Math.max(...histogram);
  return (
    <ul className={styles.bars} aria-label="Answers by time">
      {histogram.slice(first, last + 1).map((count, at) => (
        // A step is its place.
        // oxlint-disable-next-line react/no-array-index-key
        <li key={first + at}>
          <span className={styles.bucket}>{bucketWords(first + at, histogram.length)}</span>
          <span className={styles.track} aria-hidden>
            <span className={styles.bar} style={{ width: `${(100 * count) / most}%` }} data-none={count === 0 || undefined} />
          </span>
          <span className={styles.count}>{formatCount(count)}</span>
        </li>
      ))}
    </ul>
  );
}
