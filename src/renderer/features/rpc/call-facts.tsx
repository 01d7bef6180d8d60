import type { ReactElement } from 'react';
import type { CallDetail } from '../../../shared/contract/rpc.ts';
import { KeyValueTable } from '../../ui/key-value-table.tsx';
import { formatDateTime } from '../common/index.ts';
import { useDialectWords } from './own-dialects.ts';
import { formatMs, formatTimeout, stateWords, stepWords } from './rpc-words.ts';
import styles from './answer.module.css';

/** Who called what and where, and the steps of the way with their times. */
export function CallFacts({ detail }: { readonly detail: CallDetail }): ReactElement {
  const { state, dialect, topic, method, callerId, own, replyTo, requestId, timeUs, timeoutMs, steps } = detail;
  const { name } = useDialectWords();
  return (
    <div className={styles.scroll} tabIndex={0} role="group" aria-label="Details of the call">
      <ol className={styles.steps} aria-label="Steps">
        {steps.map(({ at, afterMs, note }, index) => (
          // The same step may come twice.
          // oxlint-disable-next-line react/no-array-index-key
          <li key={`${index} ${at}`} className={styles.step} data-at={at}>
            <span className={styles.stepName}>{stepWords[at]}</span>
            <span className={styles.stepTime}>{afterMs === 0 ? '' : `after ${formatMs(afterMs)}`}</span>
            {note !== undefined && <span className={styles.stepNote}>{note}</span>}
          </li>
        ))}
        {state === 'pending' && (
          <li className={styles.step} data-at="waiting">
            <span className={styles.stepName}>Waiting for the answer</span>
          </li>
        )}
      </ol>
      <KeyValueTable
        compact
        label="Call"
        rows={[
          { key: 'State', value: stateWords(state).meaning },
          ...(method === '' ? [] : [{ key: 'Method', value: method, mono: true }]),
          { key: 'Topic', value: topic, mono: true },
          { key: 'Dialect', value: name(dialect) },
          { key: 'Called by', value: callerId === '' ? 'not said' : `${callerId}${own ? ' (this workbench)' : ''}` },
          ...(replyTo === '' ? [] : [{ key: 'Reply topic', value: replyTo, mono: true }]),
          ...(requestId === '' ? [] : [{ key: 'Request id', value: requestId, mono: true }]),
          { key: 'Time', value: formatDateTime(timeUs) },
          ...(timeoutMs === null ? [] : [{ key: 'Time-out', value: formatTimeout(timeoutMs) }]),
        ]}
      />
    </div>
  );
}
