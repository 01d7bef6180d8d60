import { useState, type ReactElement } from 'react';
import type { Loss } from '../../../../shared/contract/connection-transfer.ts';
import { describeLosses } from './transfer-words.ts';
import styles from './transfer.module.css';

/** What gets lost, with the value and the reason; folded until it is looked at. */
export function LossList({ losses, title }: { readonly losses: readonly Loss[]; readonly title?: string }): ReactElement {
  const [open, setOpen] = useState(false);
  if (losses.length === 0) return <p className={styles['losses']}>{title ?? describeLosses(losses)}</p>;
  const sorted = [...losses.filter(({ minor }) => !minor), ...losses.filter(({ minor }) => minor)];
  return (
    <details className={styles['losses']} data-any={losses.some(({ minor }) => !minor) || undefined} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{title ?? describeLosses(losses)}</summary>
      {open && (
        <ul className={styles['lossList']}>
          {sorted.map((loss, at) => (
            // Several can have one path, and none moves.
            // oxlint-disable-next-line react/no-array-index-key
            <li key={at}>
              <span className={styles['path']}>
                {loss.path === '' ? 'file' : loss.path}
                {loss.value === '' ? '' : ` = ${loss.value}`}
              </span>
              {': '}
              {loss.reason}
            </li>
          ))}
        </ul>
      )}
    </details>
  );
}
