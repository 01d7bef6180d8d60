import type { ReactElement, ReactNode } from 'react';
import styles from './strip-button.module.css';

/** A text of the strip that leads to its details. */
export function StripButton({
  label,
  onClick,
  children,
}: {
  readonly label: string;
  readonly onClick: () => void;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <button type="button" className={styles.item} title={label} onClick={onClick}>
      {children}
    </button>
  );
}
