import { memo, useEffect, useRef, type ReactElement } from 'react';
import type { TopicRow } from '../../../shared/contract/topics.ts';
import { formatAge, formatCompact, formatCount, formatRate } from '../common/index.ts';
import { levelLabel } from './topic-paths.ts';
import styles from './topic-row.module.css';

/** A change is shown by a fading background; more often than this it would only flicker. */
const blinkEveryMs = 500;

/** What stands in one line of the topic tree, behind its indent and arrow. */
export const TopicRowContent = memo(function TopicRowContent({ row, nowMs }: { readonly row: TopicRow; readonly nowMs: number }): ReactElement {
  const ref = useBlink(row.messageCount);
  const age = row.lastTimeUs > 0 ? formatAge(Math.max(0, nowMs - row.lastTimeUs / 1000)) : '';
  return (
    <span ref={ref} className={styles.row}>
      <span className={styles.label}>
        <span className={row.name === '' ? styles.emptyName : styles.name}>{levelLabel(row.name)}</span>
        {row.retained && (
          <span className={styles.retained} title="Retained: the broker keeps this value for new subscribers">
            <span aria-hidden>R</span>
            <span className="visually-hidden">retained</span>
          </span>
        )}
        {row.preview !== null && (
          <span className={styles.preview} data-kind={row.previewKind}>
            {row.previewKind === 'empty' ? 'empty' : row.preview}
          </span>
        )}
        {row.preview === null && row.childCount > 0 && (
          <span className={styles.inside}>
            {formatCount(row.topicCount)} {row.topicCount === 1 ? 'topic' : 'topics'}
          </span>
        )}
      </span>
      <span className={styles.rate}>{formatRate(row.rate)}</span>
      <span className={styles.count} title={`${formatCount(row.messageCount)} messages`}>
        {formatCompact(row.messageCount)}
      </span>
      <span className={styles.age}>{age}</span>
    </span>
  );
});

/** Restarts a short CSS animation on the element whenever the count grows. */
function useBlink(count: number): React.RefObject<HTMLSpanElement | null> {
  const ref = useRef<HTMLSpanElement>(null);
  const seen = useRef({ count, at: 0 });
  useEffect(() => {
    const element = ref.current;
    if (!element || count === seen.current.count) return;
    seen.current.count = count;
    const now = performance.now();
    if (now - seen.current.at < blinkEveryMs) return;
    seen.current.at = now;
    element.dataset['blink'] = element.dataset['blink'] === 'a' ? 'b' : 'a';
  }, [count]);
  return ref;
}
