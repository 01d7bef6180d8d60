import type { ReactElement, ReactNode } from 'react';
import styles from './code-frame.module.css';

interface CodeFrameProps {
  readonly invalid: boolean;
  /** Shown while nothing is written. */
  readonly placeholder?: ReactNode;
  /** A `CodeView`. */
  readonly children: ReactElement;
}

/** Makes a field of a form of an editor: as high as there is room for. */
export function CodeFrame({ invalid, placeholder, children }: CodeFrameProps): ReactElement {
  return (
    <div className={styles['frame']} data-invalid={invalid ? true : undefined}>
      {children}
      {placeholder != null && (
        <span className={styles['placeholder']} aria-hidden>
          {placeholder}
        </span>
      )}
    </div>
  );
}
