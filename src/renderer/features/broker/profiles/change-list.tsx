import type { ReactElement } from 'react';
import type { ProfileChange } from '../../../../shared/contract/broker-profile.ts';
import { useFirst } from '../../common/index.ts';
import styles from './profiles.module.css';

/** Keys as the file has them, with what they were and will be. */
export function ChangeList({ changes }: { readonly changes: readonly ProfileChange[] }): ReactElement {
  const rows = useFirst(changes, 30);
  return (
    <ul className={styles.changes} aria-label="Changes">
      {rows.shown.map(({ path, before, after }) => (
        <li key={path}>
          <code>{path}</code>: {before} → {after}
        </li>
      ))}
      {rows.more && <li>{rows.more}</li>}
    </ul>
  );
}
