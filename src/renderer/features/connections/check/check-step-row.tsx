import type { ReactElement } from 'react';
import type { CheckStep } from '../../../../shared/contract/connection-check.ts';
import { StatusDot } from '../../../ui/badge.tsx';
import { stepTitles, stepTones, stepWords } from './check-words.ts';
import styles from './check.module.css';

/** One step of the way: how it went, what it means, what to do, and the raw facts. */
export function CheckStepRow({ step }: { readonly step: CheckStep }): ReactElement {
  const { id, state, durationMs, message, advice, details } = step;
  const tried = state === 'passed' || state === 'warned' || state === 'failed';
  return (
    <li className={styles.step} data-state={state}>
      <StatusDot tone={stepTones[state]} label={stepWords[state]} />
      <div className={styles.stepText}>
        <p className={styles.stepLine}>
          <span className={styles.stepTitle}>{stepTitles[id]}</span>
          {durationMs !== null && <span className={styles.time}>{durationMs < 10 ? durationMs.toFixed(1) : Math.round(durationMs)} ms</span>}
        </p>
        {message !== null && (
          <p className={styles.message} data-selectable>
            {message}
          </p>
        )}
        {advice !== null && (
          <p className={styles.advice} data-selectable>
            {advice}
          </p>
        )}
        {tried && details.some((line) => line !== '') && (
          <details className={styles.details} open={state === 'failed'}>
            <summary>Details</summary>
            <ul data-selectable>
              {details
                .filter((line) => line !== '')
                .map((line) => (
                  <li key={line}>{line}</li>
                ))}
            </ul>
          </details>
        )}
      </div>
    </li>
  );
}
