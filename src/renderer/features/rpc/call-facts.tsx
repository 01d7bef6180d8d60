import type { ReactElement } from 'react';
import type { CallDetail, ReplySubscription } from '../../../shared/contract/rpc.ts';
import { useStreamValue } from '../../data/index.ts';
import { KeyValueTable } from '../../ui/key-value-table.tsx';
import { formatDateTime } from '../common/index.ts';
import { useDialectWords } from './own-dialects.ts';
import { CallWay } from './call-way.tsx';
import { formatMs, formatTimeout, stateWords, stepWords } from './rpc-words.ts';
import { noTimelineWords } from './timeline-words.ts';
import styles from './answer.module.css';

/** Who called what and where, and the steps of the way with their times. */
export function CallFacts({ detail }: { readonly detail: CallDetail }): ReactElement {
  const { name } = useDialectWords();
  const { id, state, dialect, topic, method, callerId, own, replyTo, requestId, timeUs, timeoutMs, steps, request, replySubscription } = detail;
  // The broker traces messages while this is looked at.
  const told = useStreamValue('rpc.timeline', { id });
  const timeline = told?.timeline ?? null;
  const missing = timeline ? null : noTimelineWords(told?.reason ?? null);
  return (
    <div className={styles.scroll} tabIndex={0} role="group" aria-label="Details of the call">
      {timeline ? (
        <CallWay timeline={timeline} />
      ) : steps.length === 0 && state !== 'pending' ? null : (
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
      )}
      {missing !== null && state !== 'pending' && <p className={styles.wayNote}>{missing}</p>}
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
          ...(request === null ? [] : [{ key: 'Request sent', value: `QoS ${request.qos}${qosMeaning(request.qos)}` }]),
          ...(replySubscription === null ? [] : [{ key: 'Answers by', value: subscriptionWords(replySubscription, replyTo) }]),
          { key: 'Time', value: formatDateTime(timeUs) },
          ...(timeoutMs === null ? [] : [{ key: 'Time-out', value: formatTimeout(timeoutMs) }]),
        ]}
      />
    </div>
  );
}

/** PUBACK is often taken for more than it says. */
const qosMeaning = (qos: number): string =>
  qos === 0 ? ': nothing acknowledges it' : ': the broker acknowledges it; peers may get it with QoS 0 all the same';

function subscriptionWords({ filter, askedQos, grantedQos }: ReplySubscription, replyTo: string): string {
  const by = filter === replyTo ? 'a subscription' : `the subscription ${filter}`;
  return `${by} with QoS ${grantedQos}${askedQos === grantedQos ? '' : `, asked for with QoS ${askedQos}`}`;
}
