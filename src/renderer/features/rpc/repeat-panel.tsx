import { ListFilter } from 'lucide-react';
import { useEffect, useMemo, type ReactElement } from 'react';
import type { BatchStatus } from '../../../shared/contract/rpc-batches.ts';
import { useStreamValue } from '../../data/index.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { formatCount, plural, type SourceOption } from '../common/index.ts';
import { BatchHead } from './batch-head.tsx';
import { shownBatch, type BatchKind } from './batch-store.ts';
import { LatencyBars } from './latency-bars.tsx';
import { useBatch, useBatchUi } from './batch-ui.ts';
import { formatMs } from './rpc-words.ts';
import styles from './batch.module.css';

/** The batch of a kind that is shown, and what the engine remembers. */
export function useShownBatch(
  source: SourceOption,
  kind: BatchKind,
): { readonly shown: { readonly status: BatchStatus; readonly lost: boolean } | null; readonly batches: readonly BatchStatus[] } {
  const { store, shows } = useBatchUi();
  const every = useStreamValue('rpcBatches.watch', { source: source.id });
  const all = useMemo(() => every?.filter(shows), [every, shows]);
  const state = useBatch(source.id, (now) => now);
  useEffect(() => {
    if (all) store.seen(source.id, all);
  }, [store, source.id, all]);
  return { shown: shownBatch(state, kind, all), batches: all?.filter((batch) => batch.kind === kind) ?? [] };
}

/** A call that is made many times: how far it is, what became of it, and how long answers took. */
export function RepeatPanel({ source }: { readonly source: SourceOption }): ReactElement {
  const { words, lookAt } = useBatchUi();
  const { shown, batches } = useShownBatch(source, 'repeat');
  if (!shown) {
    return (
      <EmptyState
        compact
        title={`No ${words.call}s repeated yet`}
        text={`Say how often and how many at the same time, then ${words.act.toLowerCase()}: counts and times stand here while it runs.`}
      />
    );
  }
  const { status, lost } = shown;
  const { latency, errors, otherErrors, firstFailedCall, unlisted } = status;
  return (
    <section className={styles.panel} aria-label={`Repeated ${words.call}`}>
      <BatchHead source={source} status={status} lost={lost} batches={batches} />
      <div className={styles.body} tabIndex={0} role="group" aria-label="Times and errors">
        {latency && (
          <div className={styles.times}>
            <dl className={styles.percentiles}>
              {(
                [
                  ['Median', latency.p50Ms],
                  ['95 %', latency.p95Ms],
                  ['99 %', latency.p99Ms],
                  ['Longest', latency.maxMs],
                ] as const
              ).map(([name, ms]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{formatMs(ms)}</dd>
                </div>
              ))}
            </dl>
            <LatencyBars latency={latency} />
          </div>
        )}
        {errors.length > 0 && (
          <div className={styles.errors}>
            <h3 className={styles.title}>What went wrong</h3>
            <ul className={styles.errorList}>
              {errors.map(({ name, text, count }) => (
                <li key={`${name} ${text}`}>
                  <span className={styles.count}>{formatCount(count)} ×</span>
                  <span data-selectable>{text}</span>
                  <code>{name}</code>
                </li>
              ))}
            </ul>
            {otherErrors > 0 && <p className={styles.note}>{plural(otherErrors, 'further failure')} of other kinds.</p>}
            {firstFailedCall !== null && !lost && (
              <Button size="small" icon={<ListFilter size={13} aria-hidden />} onClick={() => lookAt(source.id, firstFailedCall)}>
                Show the first failure
              </Button>
            )}
          </div>
        )}
        {unlisted > 0 && (
          <p className={styles.note}>
            {words.list} lists the newest 200 with a result and the first 1,000 that failed; {plural(unlisted, 'other')} of these {words.call}s{' '}
            {unlisted === 1 ? 'is' : 'are'} only counted.
          </p>
        )}
      </div>
    </section>
  );
}
