import type { ReactElement } from 'react';
import { oneLine } from '../messages/index.ts';
import styles from './inside.module.css';

/** The beginning of a payload in one line. */
export function PayloadHead({ head, sizeBytes }: { readonly head: Uint8Array; readonly sizeBytes: number }): ReactElement {
  if (sizeBytes === 0) return <span className={styles['faint']}>empty</span>;
  const { text } = oneLine(head, sizeBytes);
  return (
    <span className={`${styles['mono']} ${styles['ellipsis']}`} title={text}>
      {text}
    </span>
  );
}
