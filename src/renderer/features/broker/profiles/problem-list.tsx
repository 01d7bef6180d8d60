import { CircleAlert, CircleCheck } from 'lucide-react';
import type { ReactElement } from 'react';
import type { ProfileProblem } from '../../../../shared/contract/broker-profile.ts';
import styles from './profiles.module.css';

/** What is wrong in a file, line by line. */
export function ProblemList({ problems }: { readonly problems: readonly ProfileProblem[] }): ReactElement {
  if (problems.length === 0) {
    return (
      <p className={styles.fine} role="status">
        <CircleCheck size={14} aria-hidden /> Nothing is wrong.
      </p>
    );
  }
  return (
    <div role="status">
      <ul className={styles.problems} aria-label="Problems">
        {problems.map(({ line, column, message }) => (
          <li key={`${line}:${column}:${message}`}>
            <CircleAlert size={14} aria-hidden />
            <span>
              <code>
                {line}:{column}
              </code>{' '}
              {message}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
